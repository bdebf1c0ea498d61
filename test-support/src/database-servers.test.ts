import { spawn } from 'node:child_process'
import { existsSync } from 'node:fs'
import { dirname } from 'node:path'
import mysql from 'mysql2/promise'
import pg from 'pg'
import { describe, expect, it } from 'vitest'
import { hasMariadb, startMariadb } from './mariadb-server.ts'
import { startPostgres } from './postgres-server.ts'

async function postgresRow(url: string, statement: string): Promise<Record<string, unknown>> {
  const client = new pg.Client({ connectionString: url })
  await client.connect()
  try {
    return (await client.query(statement)).rows[0]
  } finally {
    await client.end()
  }
}

async function mariadbRow(url: string, statement: string): Promise<Record<string, unknown>> {
  const connection = await mysql.createConnection({ uri: url })
  try {
    const [rows] = await connection.query<mysql.RowDataPacket[]>(statement)
    return rows[0] ?? {}
  } finally {
    await connection.end()
  }
}

const settings =
  "SELECT current_setting('fsync') AS fsync, current_setting('data_directory') AS folder"

it('starts a PostgreSQL and removes it', async () => {
  const server = await startPostgres()
  const { fsync, folder } = await postgresRow(server.url, settings)
  expect(fsync).toBe('off')
  await server.stop()
  expect(existsSync(String(folder))).toBe(false)
  await expect(postgresRow(server.url, settings)).rejects.toThrow('ECONNREFUSED')
})

it('starts the PostgreSQL that npm installed, durable when asked', async () => {
  const server = await startPostgres({ binaries: 'npm', durable: true })
  const { fsync, folder } = await postgresRow(server.url, settings)
  expect(fsync).toBe('on')
  expect(await postgresRow(server.url, 'SELECT version() AS version')).toMatchObject({
    version: expect.stringContaining('PostgreSQL 18'),
  })
  await server.stop()
  expect(existsSync(dirname(String(folder)))).toBe(false)
})

it('leaves no server behind when the process that started it is killed', async () => {
  const script = `
    const { startPostgres } = await import(${JSON.stringify(new URL('./postgres-server.ts', import.meta.url).href)})
    const { url } = await startPostgres()
    console.log(url)
    setInterval(() => undefined, 1000)`
  const child = spawn(process.execPath, ['--input-type=module', '-e', script], {
    stdio: ['ignore', 'pipe', 'inherit'],
  })
  const url = await new Promise<string>((resolve) => {
    child.stdout.once('data', (chunk: Buffer) => resolve(chunk.toString().trim()))
  })
  const { folder } = await postgresRow(url, settings)
  child.kill('SIGKILL')
  await expect.poll(() => existsSync(String(folder)), { timeout: 30_000 }).toBe(false)
  await expect(postgresRow(url, settings)).rejects.toThrow('ECONNREFUSED')
})

it.runIf(hasMariadb())('starts a MariaDB and removes it', async () => {
  const server = await startMariadb({ durable: true })
  const { flush, folder } = await mariadbRow(
    server.url,
    'SELECT @@innodb_flush_log_at_trx_commit AS flush, @@datadir AS folder',
  )
  expect(flush).toBe(1)
  await server.stop()
  expect(existsSync(String(folder))).toBe(false)
})

describe.each([
  { name: 'PostgreSQL', start: startPostgres, isThere: true },
  { name: 'MariaDB', start: startMariadb, isThere: hasMariadb() },
])('a $name that crashes', ({ start, isThere }) => {
  it.runIf(isThere)('comes back with what it stored, on the same port', async () => {
    const server = await start({ durable: true })
    try {
      const run = (sql: string) =>
        server.url.startsWith('postgres')
          ? postgresRow(server.url, sql)
          : mariadbRow(server.url, sql)
      if (server.url.startsWith('mariadb')) await run('CREATE DATABASE kept')
      const table = server.url.startsWith('mariadb') ? 'kept.kept' : 'kept'
      await run(`CREATE TABLE ${table} (value integer)`)
      await run(`INSERT INTO ${table} VALUES (7)`)
      await server.crash()
      expect(await run(`SELECT value FROM ${table}`)).toEqual({ value: 7 })
    } finally {
      await server.stop()
    }
  })
})
