import { DatabaseSync } from 'node:sqlite'
import mysql from 'mysql2/promise'
import pg from 'pg'
import type { BenchDatabase } from './bench-database.ts'

/**
 * RAW: the least that an honest allocation has to write, and nothing else. One allocation row and one event row in the
 * product's own tables, in one durable transaction, through the same driver; no search, no count, no check. Its address
 * is known beforehand to be free. Statement by statement, as one writes it by hand: on a server that is four round trips, where
 * the product has two.
 */
export interface RawWriter {
  insert(address: Uint8Array, caller: number): Promise<void>
  /** The way back, so that the fill stays what it is. */
  remove(address: Uint8Array, caller: number): Promise<void>
  close(): Promise<void>
}

type Statement = [sql: string, values: (number | string | Uint8Array | null)[]]

function allocated(subnetKey: number, address: Uint8Array): Statement[] {
  const now = Date.now()
  return [
    [
      `INSERT INTO allocation (subnet_key, address, state, due_at, project_id, holder_kind, holder_id, holder_mac,
        holder_host_name, labels, created_at) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`,
      [subnetKey, address, 0, null, 'default', null, null, null, null, null, now],
    ],
    event('allocated', subnetKey, address, null, '{"holder":null}'),
  ]
}

function released(subnetKey: number, address: Uint8Array): Statement[] {
  return [
    ['DELETE FROM allocation WHERE subnet_key = ? AND address = ?', [subnetKey, address]],
    event('released', subnetKey, address, '{"holder":null}', null),
  ]
}

function event(
  action: string,
  subnetKey: number,
  address: Uint8Array,
  before: string | null,
  after: string | null,
): Statement {
  return [
    `INSERT INTO event (at, action, record_kind, record_id, subnet_key, address, project_id, actor, request_id,
      state_before, state_after) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`,
    [
      Date.now(),
      action,
      'allocation',
      null,
      subnetKey,
      address,
      'default',
      null,
      null,
      before,
      after,
    ],
  ]
}

/**
 * RAW with as many connections as callers. On SQLite one could serve them all, and would be about a twentieth faster (up to 13 % were
 * measured): it would not have to read pages again that another connection has changed.
 */
export async function rawWriter(
  { kind, url }: Pick<BenchDatabase, 'kind' | 'url'>,
  subnetKey: number,
  callers: number,
): Promise<RawWriter> {
  const connections = await Promise.all(Array.from({ length: callers }, () => connect(kind, url)))
  const run = (statements: Statement[], caller: number) =>
    (connections[caller] as RawConnection).transaction(statements)
  return {
    insert: (address, caller) => run(allocated(subnetKey, address), caller),
    remove: (address, caller) => run(released(subnetKey, address), caller),
    close: async () => {
      for (const connection of connections) await connection.close()
    },
  }
}

interface RawConnection {
  transaction(statements: Statement[]): Promise<void>
  close(): Promise<void>
}

function connect(kind: BenchDatabase['kind'], url: string): Promise<RawConnection> {
  if (kind === 'sqlite') return onSqlite(url.replace(/^sqlite:/, ''))
  return kind === 'postgres' ? onPostgres(url) : onMariadb(url)
}

// With the product's own settings.
async function onSqlite(path: string): Promise<RawConnection> {
  const database = new DatabaseSync(path, { timeout: 10_000 })
  database.exec('PRAGMA synchronous = FULL; PRAGMA wal_autocheckpoint = 24000')
  const prepared = new Map<string, ReturnType<DatabaseSync['prepare']>>()
  return {
    async transaction(statements) {
      database.exec('BEGIN IMMEDIATE')
      for (const [sql, values] of statements) {
        const statement = prepared.get(sql) ?? database.prepare(sql)
        prepared.set(sql, statement)
        statement.run(...values)
      }
      database.exec('COMMIT')
    },
    close: async () => database.close(),
  }
}

async function onPostgres(url: string): Promise<RawConnection> {
  const client = new pg.Client({ connectionString: url })
  await client.connect()
  const prepared = new Map<string, { name: string; text: string }>()
  const prepare = (sql: string) => {
    let count = 0
    const query = {
      name: `raw${prepared.size}`,
      text: sql.replace(/\?/g, () => `$${(count += 1)}`),
    }
    prepared.set(sql, query)
    return query
  }
  return {
    async transaction(statements) {
      await client.query('BEGIN')
      for (const [sql, values] of statements)
        await client.query({ ...(prepared.get(sql) ?? prepare(sql)), values })
      await client.query('COMMIT')
    },
    close: () => client.end(),
  }
}

async function onMariadb(url: string): Promise<RawConnection> {
  const connection = await mysql.createConnection({ uri: url })
  return {
    async transaction(statements) {
      await connection.query('START TRANSACTION')
      for (const [sql, values] of statements)
        await connection.execute(
          sql,
          values.map((value) => (value instanceof Uint8Array ? Buffer.from(value) : value)),
        )
      await connection.query('COMMIT')
    },
    close: () => connection.end(),
  }
}
