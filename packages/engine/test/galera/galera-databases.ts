import { randomBytes } from 'node:crypto'
import { setTimeout } from 'node:timers/promises'
import type { GaleraCluster, GaleraNode } from '@freehold/test-support'
import mysql from 'mysql2/promise'
import { mariadbStore } from '../../src/store/mariadb/mariadb-store.ts'

/** Databases of a cluster, by the URLs of its nodes. */
export interface GaleraDatabases {
  /** The URL, on the first node, of a database that is as a migration leaves it. */
  take(): Promise<string>
  /** Empties it for the next test: a cluster takes long to make tables, and no time to delete rows. */
  giveBack(url: string): Promise<void>
  /** The URL of the same database on the node with this index, once all that was written is there. */
  onNode(url: string, index: number): Promise<string>
}

interface Table {
  readonly name: string
  /** As a migration makes them. */
  readonly rows: readonly Record<string, unknown>[]
}

export function galeraDatabases({ nodes }: GaleraCluster): GaleraDatabases {
  const free: string[] = []
  let tables: readonly Table[] | undefined
  return {
    async take() {
      const name = free.pop()
      if (name !== undefined) return nodes[0].databaseUrl(name)
      const url = await makeDatabase(nodes[0])
      tables ??= await connected(url, readTables)
      return url
    },
    async giveBack(url) {
      await connected(url, (connection) => emptyTables(connection, tables ?? []))
      free.push(new URL(url).pathname.slice(1))
    },
    async onNode(url, index) {
      const node = nodes[index]
      if (node === undefined) throw new Error(`there is no node ${index}`)
      const there = node.databaseUrl(new URL(url).pathname.slice(1))
      // A node applies what others wrote a moment later. Until it has, it refuses connections to the database.
      for (;;)
        try {
          await connected(there, (connection) =>
            connection.query('SET wsrep_sync_wait = 1; SELECT 1'),
          )
          return there
        } catch {
          await setTimeout(10)
        }
    },
  }
}

async function makeDatabase(node: GaleraNode): Promise<string> {
  const url = node.databaseUrl(`freehold_test_${randomBytes(8).toString('hex')}`)
  await node.query(`CREATE DATABASE ${new URL(url).pathname.slice(1)}`)
  const store = mariadbStore({ url })
  await store.migrate()
  await store.close()
  return url
}

async function readTables(connection: mysql.Connection): Promise<Table[]> {
  const [names] = await connection.query<mysql.RowDataPacket[]>('SHOW TABLES')
  const tables: Table[] = []
  for (const row of names) {
    const name = String(Object.values(row)[0])
    if (name === 'migration') continue
    const [rows] = await connection.query<mysql.RowDataPacket[]>(`SELECT * FROM ${name}`)
    tables.push({ name, rows })
  }
  return tables
}

async function emptyTables(connection: mysql.Connection, tables: readonly Table[]): Promise<void> {
  await connection.query('SET foreign_key_checks = 0; START TRANSACTION')
  for (const { name } of tables) await connection.query(`DELETE FROM ${name}`)
  for (const { name, rows } of tables)
    for (const row of rows) await connection.query(`INSERT INTO ${name} SET ?`, [row])
  await connection.query('COMMIT')
  // The feed of events waits for the ids that seem to be missing.
  await connection.query('ALTER TABLE event AUTO_INCREMENT = 1')
}

async function connected<T>(
  url: string,
  work: (connection: mysql.Connection) => Promise<T>,
): Promise<T> {
  const connection = await mysql.createConnection({
    uri: url,
    multipleStatements: true,
  })
  try {
    return await work(connection)
  } finally {
    await connection.end()
  }
}
