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
  const data = join(folder, 'data')
  runToEnd(
    'mariadb-install-db',
    [
      '--no-defaults',
      `--datadir=${data}`,
      '--auth-root-authentication-method=normal',
      '--skip-test-db',
    ],
    folder,
  )
  const port = await freePort()
  const url = `mariadb://root@127.0.0.1:${port}/`
  const stop = await startServer(
    folder,
    [
      'env',
      `PATH=${serverPath}`,
      'mariadbd',
      '--no-defaults',
      `--datadir=${data}`,
      `--tmpdir=${folder}`,
      `--socket=${join(folder, 'socket')}`,
      `--pid-file=${join(folder, 'pid')}`,
      '--bind-address=127.0.0.1',
      `--port=${port}`,
      '--innodb-buffer-pool-size=128M',
      '--max-connections=200',
      ...(options.durable === true ? [] : ['--innodb-flush-log-at-trx-commit=0']),
    ],
    'KILL',
    () => answers(port),
  )
  return { url, stop }
}

// Debian keeps server programs where an ordinary user's PATH does not lead.
const serverPath = `${process.env['PATH'] ?? ''}:/usr/sbin:/usr/local/sbin`
const withServerPath = { env: { ...process.env, PATH: serverPath } }

async function answers(port: number): Promise<void> {
  const connection = await mysql.createConnection({ host: '127.0.0.1', port, user: 'root' })
  await connection.end()
}
