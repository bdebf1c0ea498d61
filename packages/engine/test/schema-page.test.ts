import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { sqliteStore } from '@freehold/engine/sqlite'
import { temporaryDirectory } from '@freehold/test-support'
import { beforeAll, expect, it } from 'vitest'

interface Table {
  /** `name type`, in the order of the table. */
  readonly columns: readonly string[]
  /** `name (columns)`, without those that SQLite makes for a constraint by itself. */
  readonly indexes: readonly string[]
}

let made: Map<string, Table>
let described: Map<string, Table>

beforeAll(async () => {
  made = await freshTables()
  const page = new URL('../../../docs/reference/schema.md', import.meta.url)
  described = describedTables(readFileSync(page, 'utf8'))
})

it('the page about the schema describes every table, and no other', () => {
  expect([...described.keys()].sort()).toEqual([...made.keys()].sort())
})

it('the page about the schema names the columns and indexes of every table', () => {
  for (const [name, table] of made)
    expect({ name, ...described.get(name) }).toEqual({ name, ...table })
})

async function freshTables(): Promise<Map<string, Table>> {
  using directory = temporaryDirectory()
  const path = join(directory.path, 'freehold.sqlite')
  const store = sqliteStore({ path })
  await store.migrate()
  await store.close()
  const database = new DatabaseSync(path, { readOnly: true })
  const strings = (sql: string, value: string) =>
    database
      .prepare(sql)
      .all(value)
      .map((row) => String(row['line']))
  const names = strings(
    "SELECT name AS line FROM sqlite_schema WHERE type = ? AND name NOT LIKE 'sqlite_%'",
    'table',
  )
  const tables = names.map((name): [string, Table] => {
    const columns = strings(
      "SELECT name || ' ' || type AS line FROM pragma_table_info(?) ORDER BY cid",
      name,
    )
    const indexes = strings(
      "SELECT name AS line FROM pragma_index_list(?) WHERE origin = 'c' ORDER BY seq DESC",
      name,
    ).map((index) => `${index} (${strings(columnsOfIndex, index).join(', ')})`)
    return [name, { columns, indexes }]
  })
  database.close()
  return new Map(tables)
}

const columnsOfIndex = 'SELECT name AS line FROM pragma_index_info(?) ORDER BY seqno'

function describedTables(page: string): Map<string, Table> {
  const tables = new Map<string, Table>()
  for (const section of page.split(/^## /m).slice(1)) {
    const name = section.slice(0, section.indexOf('\n'))
    const rows = [...section.matchAll(/^\| (\w+) \| ([A-Z]+) \|/gm)]
    const indexes = [...section.matchAll(/^- `(\w+)` (\([\w, ]+\))/gm)]
    tables.set(name, {
      columns: rows.map(([, column, type]) => `${column} ${type}`),
      indexes: indexes.map(([, index, columns]) => `${index} ${columns}`),
    })
  }
  return tables
}
