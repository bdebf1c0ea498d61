export { type DatabaseSessions, databaseSessions } from './database-sessions.ts'
export { canFailDisks, failingDisk } from './failing-disk.ts'
export { type GaleraCluster, type GaleraStart, hasGalera, startGalera } from './galera-cluster.ts'
export type { GaleraNode } from './galera-node.ts'
export { hasMariadb, startMariadb } from './mariadb-server.ts'
export { type PostgresStart, postgresProgram, startPostgres } from './postgres-server.ts'
export { canMakeNetworks } from './private-network.ts'
export { readyUrl } from './ready-url.ts'
export {
  type DatabaseServer,
  freePort,
  type ServerStart,
  type StartedServer,
} from './server-process.ts'
export { canMount, type SmallDisk, smallDisk } from './small-disk.ts'
export type { LinkState } from './tcp-link.ts'
export { startTcpProxy, type TcpFault, type TcpProxy } from './tcp-proxy.ts'
export { type TemporaryDirectory, temporaryDirectory } from './temporary-directory.ts'
export { type TestServer, testMariadb, testPostgres } from './test-databases.ts'
