import { spawnSync } from 'node:child_process'
import { join } from 'node:path'
import mysql from 'mysql2/promise'
import {
  dataFolder,
  freePort,
  runToEnd,
  type ServerStart,
  type StartedServer,
  serverFolder,
  startServer,
  tlsFiles,
} from './server-process.ts'

/** Whether this machine has a MariaDB to start. npm has none. */
export function hasMariadb(): boolean {
  return ['mariadbd', 'mariadb-install-db'].every(
    (command) => spawnSync('sh', ['-c', `command -v ${command}`], withServerPath).status === 0,
  )
}

/** Starts a private MariaDB, the machine's own, on a free port. */
export async function startMariadb(options: ServerStart = {}): Promise<StartedServer> {
  const folder = serverFolder()
  installMariadb(folder, options)
  const port = await freePort()
  const url = `mariadb://root@127.0.0.1:${port}/`
  const command = mariadbCommand(folder, port, options)
  const handle = await startServer(folder, command, 'KILL', () => answers(port))
  return { url, ...handle }
}

/** Makes the data of a new server. */
export function installMariadb(folder: string, options: ServerStart): void {
  runToEnd(
    'mariadb-install-db',
    [
      '--no-defaults',
      `--datadir=${dataFolder(folder, options)}`,
      '--auth-root-authentication-method=normal',
      '--skip-test-db',
    ],
    folder,
  )
}

/** A server in a folder of its own. */
export function mariadbCommand(folder: string, port: number, options: ServerStart): string[] {
  const tls = options.tls === undefined ? undefined : tlsFiles(folder, options.tls)
  return [
    'env',
    `PATH=${serverPath}`,
    'mariadbd',
    '--no-defaults',
    `--datadir=${dataFolder(folder, options)}`,
    `--tmpdir=${folder}`,
    `--socket=${join(folder, 'socket')}`,
    `--pid-file=${join(folder, 'pid')}`,
    '--bind-address=127.0.0.1',
    `--port=${port}`,
    '--innodb-buffer-pool-size=128M',
    '--max-connections=200',
    ...(options.dataFolder === undefined
      ? []
      : // Growing in small steps, as it has to on a small disk.
        ['--innodb-log-file-size=8M', '--innodb-autoextend-increment=1']),
    ...(tls === undefined ? [] : [`--ssl-cert=${tls.certFile}`, `--ssl-key=${tls.keyFile}`]),
    ...(options.durable === true ? [] : ['--innodb-flush-log-at-trx-commit=0']),
  ]
}

// Debian keeps server programs where an ordinary user's PATH does not lead.
const serverPath = `${process.env['PATH'] ?? ''}:/usr/sbin:/usr/local/sbin`
export const withServerPath = { env: { ...process.env, PATH: serverPath } }

async function answers(port: number): Promise<void> {
  const connection = await mysql.createConnection({ host: '127.0.0.1', port, user: 'root' })
  await connection.end()
}
