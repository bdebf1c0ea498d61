import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import mysql from 'mysql2/promise'
import { installMariadb, mariadbCommand } from './mariadb-server.ts'
import type { NetworkPlace } from './private-network.ts'
import {
  giveToServer,
  type KeptServer,
  keepServer,
  runToEnd,
  serverFolder,
  waitFor,
} from './server-process.ts'

export interface GaleraNodeOptions {
  /** The library that makes a cluster of some MariaDBs. */
  readonly provider: string
  readonly name: string
  /** Where the nodes talk to one another. */
  readonly group: readonly NodeAddress[]
  readonly groupPort: number
  readonly port: number
  /** For the changes that a node has missed. */
  readonly statePort: number
  /** For all data, copied by rsync. */
  readonly copyPort: number
  readonly isDurable: boolean
  /** Further arguments. */
  readonly settings: readonly string[]
  readonly suspectSeconds: number
  /** Where it runs, if not on loopback; its clients then reach it by its socket file. */
  readonly place?: NetworkPlace
}

export interface NodeAddress {
  readonly host: string
  readonly port: number
}

/** One node: a MariaDB that can be killed, started again and cut off from the others. */
export class GaleraNode {
  readonly #options: GaleraNodeOptions
  readonly #folder: string
  readonly #command: readonly string[]
  readonly #server: KeptServer

  constructor(options: GaleraNodeOptions) {
    this.#options = options
    this.#folder = serverFolder()
    this.#command = nodeCommand(this.#folder, options)
    this.#server = keepServer(this.#folder, this.#command, 'KILL', options.place)
    mkdirSync(join(this.#folder, 'data'))
    giveToServer(join(this.#folder, 'data'))
  }

  /** The URL of a database on it, for an administrator. */
  databaseUrl(name: string): string {
    return this.#options.place === undefined
      ? `mariadb://root@127.0.0.1:${this.#options.port}/${name}`
      : `mariadb://root@localhost/${name}?socket=${encodeURIComponent(this.#socket)}`
  }

  get #socket(): string {
    return join(this.#folder, 'socket')
  }

  /** Starts it as the first of a new cluster. */
  async bootstrap(): Promise<void> {
    installMariadb(this.#folder, {})
    await this.#server.start(() => this.#isSynced(), '--wsrep-new-cluster')
  }

  /**
   * Starts it, and waits until it is part of the cluster: what it has not yet it gets from another node, only the changes
   * that it missed if it has been there before.
   */
  async start(): Promise<void> {
    await this.#server.start(() => this.#isSynced(), ...this.#knownPosition())
  }

  /** How far its data goes, in changes of the whole cluster; to be asked while it is down. */
  position(): number {
    return Number(this.#recovered()?.split(':').at(-1) ?? -1)
  }

  /** Starts it as the first of the cluster that it was in, from what it has on its disk, after all nodes were down. */
  async resume(): Promise<void> {
    const file = join(this.#folder, 'data/grastate.dat')
    const state = readFileSync(file, 'utf8')
    writeFileSync(file, state.replace(/^safe_to_bootstrap: 0$/m, 'safe_to_bootstrap: 1'))
    await this.#server.start(
      () => this.#isSynced(),
      ...this.#knownPosition(),
      '--wsrep-new-cluster',
    )
  }

  /** kill -9; resolves when nobody answers any more. */
  async kill(): Promise<void> {
    this.#server.end('KILL')
    await waitFor(async () => {
      const isThere = await this.query('SELECT 1').then(
        () => true,
        // A server's own errors have numbers above zero.
        (error: { errno?: number }) => (error.errno ?? 0) > 0,
      )
      if (isThere) throw new Error(`${this.#options.name} still answers`)
    })
  }

  /**
   * Has it talk to no other node, or to all of them again, by a setting of its own; its clients reach it all the time. Its
   * connections to the others are closed, which both sides notice.
   */
  async isolate(isIsolated: boolean): Promise<void> {
    await this.query(`SET GLOBAL wsrep_provider_options = 'gmcast.isolate=${isIsolated ? 1 : 0}'`)
  }

  /** Loses every packet between it and the other nodes, and tells nobody; or no more. Needs a network of its own. */
  losePackets(isLost: boolean): void {
    const { place, name } = this.#options
    if (place === undefined) throw new Error(`${name} is on loopback`)
    place.loseAll(isLost)
  }

  /** Waits until it is in working order, in a cluster of so many nodes. */
  async sees(nodes: number): Promise<void> {
    await waitFor(async () => {
      await this.#isSynced()
      const size = await this.status('wsrep_cluster_size')
      if (size !== String(nodes)) throw new Error(`${this.#options.name} sees ${size} nodes`)
    })
  }

  /** Waits until it knows that it is in no majority. */
  async isCutOff(): Promise<void> {
    await waitFor(async () => {
      const state = await this.status('wsrep_cluster_status')
      if (state === 'Primary') throw new Error(`${this.#options.name} is still in a majority`)
    })
  }

  /** The value of a SHOW STATUS line; '' when there is none. */
  async status(name: string): Promise<string> {
    const [row] = await this.query(`SHOW GLOBAL STATUS LIKE '${name}'`)
    return String(row?.['Value'] ?? '')
  }

  async query(sql: string): Promise<mysql.RowDataPacket[]> {
    const connection = await mysql.createConnection({
      ...(this.#options.place === undefined
        ? { host: '127.0.0.1', port: this.#options.port }
        : { socketPath: this.#socket }),
      user: 'root',
      connectTimeout: 5000,
    })
    // It may be killed between two answers.
    connection.on('error', () => undefined)
    try {
      return (await connection.query<mysql.RowDataPacket[]>(sql))[0]
    } finally {
      connection.destroy()
    }
  }

  /** Ends it at once and removes all that it stored. */
  async remove(): Promise<void> {
    await this.#server.stop()
  }

  async #isSynced(): Promise<void> {
    const state = await this.status('wsrep_local_state_comment')
    const isReady = await this.status('wsrep_ready')
    if (state !== 'Synced' || isReady !== 'ON')
      throw new Error(`${this.#options.name} is ${state}, ready: ${isReady}`)
  }

  // As the service of the system does it: a node that was killed has to be told where its data ends.
  #knownPosition(): string[] {
    const position = this.#recovered()
    return position === undefined ? [] : [`--wsrep-start-position=${position}`]
  }

  #recovered(): string | undefined {
    if (!existsSync(join(this.#folder, 'data/grastate.dat'))) return undefined
    const log = join(this.#folder, 'recovery.log')
    const [command = '', ...args] = this.#command
    runToEnd(command, [...args, '--wsrep-recover', `--log-error=${log}`], this.#folder)
    return recoveredPosition(log)
  }
}

function nodeCommand(folder: string, options: GaleraNodeOptions): string[] {
  const { name, groupPort, statePort, copyPort } = options
  const host = options.place?.address ?? '127.0.0.1'
  const at = (port: number) => `${host}:${port}`
  return [
    ...mariadbCommand(folder, options.port, { durable: options.isDurable }),
    '--binlog-format=ROW',
    '--innodb-autoinc-lock-mode=2',
    '--wsrep-on=ON',
    `--wsrep-provider=${options.provider}`,
    '--wsrep-cluster-name=freehold',
    `--wsrep-cluster-address=gcomm://${options.group.map((node) => `${node.host}:${node.port}`).join(',')}`,
    `--wsrep-node-name=${name}`,
    `--wsrep-node-address=${at(groupPort)}`,
    '--wsrep-sst-method=rsync',
    `--wsrep-sst-receive-address=${at(copyPort)}`,
    `--wsrep-provider-options=${[
      `gmcast.listen_addr=tcp://${at(groupPort)}`,
      `ist.recv_addr=${at(statePort)}`,
      'gcache.size=32M',
      `evs.suspect_timeout=PT${options.suspectSeconds}S`,
      `evs.inactive_timeout=PT${3 * options.suspectSeconds}S`,
    ].join(';')}`,
    ...options.settings,
  ]
}

/** `cluster:position` of the last change that is in the data, as `--wsrep-recover` appends it to its log. */
function recoveredPosition(log: string): string | undefined {
  return [...readFileSync(log, 'utf8').matchAll(/Recovered position:\s*(\S+)/g)].at(-1)?.[1]
}
