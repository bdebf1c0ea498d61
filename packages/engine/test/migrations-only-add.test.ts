import { DatabaseSync } from 'node:sqlite'
import { testMariadb, testPostgres } from '@freehold/test-support'
import mysql from 'mysql2/promise'
import pg from 'pg'
import { describe, expect, it } from 'vitest'
import { loadMigrations, statementsOf } from '../src/store/migration.ts'

// A server goes on with an older schema while a newer one migrates the database, so a step may only add, and what it adds to
// a table has to be able to be absent.

interface Column {
  readonly table: string
  readonly name: string
  readonly type: string
  readonly required: number
}

interface SchemaDatabase {
  /** Runs a whole step. */
  run(sql: string): Promise<unknown>
  columns(): Promise<Column[]>
  end(): Promise<unknown>
}

interface MigratedDatabase {
  readonly name: string
  readonly folder: string
  readonly open: () => Promise<SchemaDatabase>
}

const fromCatalog = (schema: string): string =>
  `SELECT table_name AS "table", column_name AS name, data_type AS type,
    CASE WHEN is_nullable = 'NO' AND column_default IS NULL THEN 1 ELSE 0 END AS required
    FROM information_schema.columns WHERE table_schema = ${schema}`

const sqlite: MigratedDatabase = {
  name: 'SQLite',
  folder: 'sqlite',
  open: async () => {
    const database = new DatabaseSync(':memory:')
    return {
      run: async (sql) => database.exec(sql),
      columns: async () =>
        database
          .prepare(
            `SELECT t.name AS "table", c.name, c.type, c."notnull" = 1 AND c.dflt_value IS NULL AS required
              FROM sqlite_schema t, pragma_table_info(t.name) c WHERE t.type = 'table'`,
          )
          .all() as unknown as Column[],
      end: async () => database.close(),
    }
  },
}

const postgresServer = await testPostgres()
const postgres: MigratedDatabase = {
  name: 'PostgreSQL',
  folder: 'postgres',
  open: async () => {
    const url = await postgresServer.createDatabase()
    const client = new pg.Client({ connectionString: url })
    await client.connect()
    return {
      run: (sql) => client.query(sql),
      columns: async () => (await client.query<Column>(fromCatalog('current_schema()'))).rows,
      end: async () => {
        await client.end()
        await postgresServer.dropDatabase(url)
      },
    }
  },
}

const mariadbServer = await testMariadb()
const mariadb = (server: NonNullable<typeof mariadbServer>): MigratedDatabase => ({
  name: 'MariaDB',
  folder: 'mariadb',
  open: async () => {
    const url = await server.createDatabase()
    const connection = await mysql.createConnection({ uri: url })
    await connection.query("SET sql_mode = 'ANSI_QUOTES,STRICT_ALL_TABLES'")
    return {
      run: async (sql) => {
        for (const statement of statementsOf(sql)) await connection.query(statement)
      },
      columns: async () => {
        const [rows] = await connection.query<mysql.RowDataPacket[]>(fromCatalog('DATABASE()'))
        return rows as unknown as Column[]
      },
      end: async () => {
        await connection.end()
        await server.dropDatabase(url)
      },
    }
  },
})

const databases = [
  sqlite,
  postgres,
  ...(mariadbServer === undefined ? [] : [mariadb(mariadbServer)]),
]

/** What a server on the schema before would miss, or could not write any more. */
function missed(before: readonly Column[], after: readonly Column[]): string[] {
  const keyOf = ({ table, name }: Column): string => `${table}.${name}`
  const now = new Map(after.map((column) => [keyOf(column), column]))
  const then = new Set(before.map(keyOf))
  const tables = new Set(before.map(({ table }) => table))
  return [
    ...before.flatMap((column) => {
      const found = now.get(keyOf(column))
      if (found === undefined) return [`${keyOf(column)} is gone`]
      return found.type === column.type && found.required <= column.required
        ? []
        : [`${keyOf(column)} is another`]
    }),
    ...after
      .filter((column) => tables.has(column.table) && !then.has(keyOf(column)))
      .filter(({ required }) => Number(required) === 1)
      .map((column) => `${keyOf(column)} is required`),
  ]
}

/** Runs the product's steps, and then further ones, and tells what each that is not the first takes away. */
async function takenAway(
  { folder, open }: MigratedDatabase,
  further: readonly string[] = [],
): Promise<string[]> {
  const steps = loadMigrations(new URL(`../src/store/${folder}/migrations/`, import.meta.url))
  const database = await open()
  try {
    const found: string[] = []
    let before: Column[] = []
    for (const sql of [...steps.map((step) => step.sql), ...further]) {
      await database.run(sql)
      const after = await database.columns()
      found.push(...missed(before, after))
      before = after
    }
    expect(before.length).toBeGreaterThan(50)
    return found
  } finally {
    await database.end()
  }
}

describe.each(databases)('the steps of the schema on $name', (database) => {
  it('only add, and nothing that an older server would have to write', async () => {
    expect(await takenAway(database)).toEqual([])
  })

  it.each([
    ['ALTER TABLE setting DROP COLUMN value', 'setting.value is gone'],
    ['ALTER TABLE setting RENAME COLUMN value TO content', 'setting.value is gone'],
    ['ALTER TABLE document RENAME TO record', 'document.id is gone'],
    ['DROP TABLE document', 'document.id is gone'],
  ])('are caught when one says %s', async (step, finding) => {
    expect(await takenAway(database, [step])).toContain(finding)
  })
})

describe.each(databases.slice(1))('the steps of the schema on $name', (database) => {
  // SQLite refuses it by itself.
  it('are caught when one adds a column that has to be written', async () => {
    const step = 'ALTER TABLE setting ADD COLUMN extra integer NOT NULL'
    expect(await takenAway(database, [step])).toEqual(['setting.extra is required'])
  })
})
