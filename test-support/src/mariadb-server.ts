import { spawnSync } from 'node:child_process'
import { join } from 'node:path'
import mysql from 'mysql2/promise'
import {
  type DatabaseServer,
  freePort,
  runToEnd,
  type ServerStart,
  serverFolder,
  startServer,
} from './server-process.ts'

/** Whether this machine has a MariaDB to start. npm has none. */
export function hasMariadb(): boolean {
  return ['mariadbd', 'mariadb-install-db'].every(
    (command) => spawnSync('sh', ['-c', `command -v ${command}`], withServerPath).status === 0,
  )
}

/** Starts a private MariaDB, the machine's own, on a free port. */
export async function startMariadb(options: ServerStart = {}): Promise<DatabaseServer> {
  const folder = serverFolder()
  installMariadb(folder)
  const port = await freePort()
  const url = `mariadb://root@127.0.0.1:${port}/`
  const command = mariadbCommand(folder, port, options.durable === true)
  const stop = await startServer(folder, command, 'KILL', () => answers(port))
  return { url, stop }
}

/** Makes the data of a new server in the folder's `data`. */
export function installMariadb(folder: string): void {
  runToEnd(
    'mariadb-install-db',
    [
      '--no-defaults',
      `--datadir=${join(folder, 'data')}`,
      '--auth-root-authentication-method=normal',
      '--skip-test-db',
    ],
    folder,
  )
}

/** A server in a folder: its data are in `data`. */
export function mariadbCommand(folder: string, port: number, isDurable: boolean): string[] {
  return [
    'env',
    `PATH=${serverPath}`,
    'mariadbd',
    '--no-defaults',
    `--datadir=${join(folder, 'data')}`,
    `--tmpdir=${folder}`,
    `--socket=${join(folder, 'socket')}`,
    `--pid-file=${join(folder, 'pid')}`,
    '--bind-address=127.0.0.1',
    `--port=${port}`,
    '--innodb-buffer-pool-size=128M',
    '--max-connections=200',
    ...(isDurable ? [] : ['--innodb-flush-log-at-trx-commit=0']),
  ]
}

// Debian keeps server programs where an ordinary user's PATH does not lead.
const serverPath = `${process.env['PATH'] ?? ''}:/usr/sbin:/usr/local/sbin`
export const withServerPath = { env: { ...process.env, PATH: serverPath } }

async function answers(port: number): Promise<void> {
  const connection = await mysql.createConnection({ host: '127.0.0.1', port, user: 'root' })
  await connection.end()
}
