import { randomBytes } from 'node:crypto'
import { rmSync } from 'node:fs'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import type { Store } from '@freehold/engine'
import { storeAt } from '@freehold/engine/store-url'
import { startMariadb, startPostgres, temporaryDirectory } from '@freehold/test-support'
import mysql from 'mysql2/promise'
import pg from 'pg'

export type DatabaseKind = 'sqlite' | 'postgres' | 'mariadb'

/** A durable, private, empty database and the ways into it. */
export interface BenchDatabase {
  readonly kind: DatabaseKind
  readonly version: string
  /** What `--store` and `storeOf` take. */
  readonly url: string
  /** Runs statements past the product, for preloading. */
  execute(sql: string): Promise<void>
  /** The first row. */
  first(sql: string): Promise<Record<string, unknown>>
  close(): Promise<void>
}

/** A new store on the database of a URL, with as many connections as every benchmark has. */
export function storeOf(url: string): Promise<Store> {
  return storeAt(url, { maxConnections: 20 })
}

/** Servers are started with durability as in production. */
export function openDatabase(kind: DatabaseKind): Promise<BenchDatabase> {
  if (kind === 'sqlite') return openSqlite()
  return kind === 'postgres' ? openPostgres() : openMariadb()
}

async function openSqlite(): Promise<BenchDatabase> {
  const directory = temporaryDirectory()
  const path = join(directory.path, `${randomBytes(4).toString('hex')}.sqlite`)
  const onFile = <T>(work: (database: DatabaseSync) => T): T => {
    using database = new DatabaseSync(path, { timeout: 10_000 })
    // Only for preloading; the product sets its own.
    database.exec('PRAGMA synchronous = OFF; PRAGMA cache_size = -262144')
    return work(database)
  }
  return {
    kind: 'sqlite',
    version: process.versions.sqlite ?? '',
    url: `sqlite:${path}`,
    execute: async (sql) => onFile((database) => database.exec(sql)),
    first: async (sql) => onFile((database) => database.prepare(sql).get()) ?? {},
    close: async () => {
      rmSync(path, { force: true })
      directory[Symbol.dispose]()
    },
  }
}

async function openPostgres(): Promise<BenchDatabase> {
  const server = await startPostgres({ durable: true })
  const client = new pg.Client({ connectionString: server.url })
  // A benchmark may let the server crash; there is then no connection left to end.
  let isBroken = false
  client.on('error', () => {
    isBroken = true
  })
  await client.connect()
  const { rows } = await client.query<{ version: string }>(
    "SELECT current_setting('server_version') AS version",
  )
  return {
    kind: 'postgres',
    version: rows[0]?.version ?? '',
    url: server.url,
    execute: async (sql) => void (await client.query(sql)),
    first: async (sql) => (await client.query<Record<string, unknown>>(sql)).rows[0] ?? {},
    close: async () => {
      if (!isBroken) await client.end()
      await server.stop()
    },
  }
}

async function openMariadb(): Promise<BenchDatabase> {
  const server = await startMariadb({ durable: true })
  const connection = await mysql.createConnection({ uri: server.url, multipleStatements: true })
  connection.on('error', () => undefined)
  await connection.query('CREATE DATABASE bench CHARACTER SET utf8mb4; USE bench')
  const first = async (sql: string): Promise<Record<string, unknown>> => {
    const [rows] = await connection.query<mysql.RowDataPacket[]>(sql)
    return rows[0] ?? {}
  }
  return {
    kind: 'mariadb',
    version: String((await first('SELECT version() AS version'))['version']),
    url: `${server.url.replace(/\/$/, '')}/bench`,
    execute: async (sql) => void (await connection.query(sql)),
    first,
    close: async () => {
      connection.destroy()
      await server.stop()
    },
  }
}
