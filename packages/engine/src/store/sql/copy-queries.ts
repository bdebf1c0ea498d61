import { insertRows, type Session, type SqlValue } from '../store.ts'
import { type StoredTable, storedTables } from '../stored-tables.ts'

export type StoredRow = Readonly<Record<string, SqlValue>>

// What one INSERT may hold. A character takes up to three bytes on the way, and a MariaDB takes messages of 16 MiB unless
// told otherwise.
const mostBytes = 4 * 1024 * 1024

/** The rows of a table. One pass over an index. */
export async function countRows(session: Session, table: StoredTable): Promise<number> {
  const row = await session.get<{ held: number }>(`SELECT count(*) AS held FROM ${table.name}`)
  return Number(row?.held ?? 0)
}

/**
 * The rows behind one in the order of the primary key; null: from the start. Each statement is one key range: "the rest of
 * this first key part" and "what has a higher one" are asked apart, since no comparison of pairs is an index range on
 * every database.
 */
export async function listStoredRows(
  session: Session,
  table: StoredTable,
  after: StoredRow | null,
  limit: number,
): Promise<StoredRow[]> {
  const [first, second] = table.key
  const select = `SELECT ${table.columns.join(', ')} FROM ${table.name}`
  const order = `ORDER BY ${table.key.join(', ')} LIMIT ?`
  if (after === null) return session.all(`${select} ${order}`, [limit])
  const head = after[first] ?? null
  if (second === undefined)
    return session.all(`${select} WHERE ${first} > ? ${order}`, [head, limit])
  const rest = await session.all<StoredRow>(
    `${select} WHERE ${first} = ? AND ${second} > ? ${order}`,
    [head, after[second] ?? null, limit],
  )
  if (rest.length === limit) return rest
  const higher = await session.all<StoredRow>(`${select} WHERE ${first} > ? ${order}`, [
    head,
    limit - rest.length,
  ])
  return [...rest, ...higher]
}

/** Adds rows with the keys that they have. */
export async function insertStoredRows(
  session: Session,
  table: StoredTable,
  rows: readonly StoredRow[],
): Promise<void> {
  if (rows.length === 0) return
  const { capabilities } = session
  const tooMany = rows.length * table.columns.length > capabilities.maxValues
  if (rows.length > 1 && (tooMany || bytesOf(rows) > mostBytes)) {
    const middle = Math.ceil(rows.length / 2)
    await insertStoredRows(session, table, rows.slice(0, middle))
    await insertStoredRows(session, table, rows.slice(middle))
    return
  }
  await session.run(
    insertRows(
      capabilities.insertWithKeys(table.name, table.columns),
      table.columns.length,
      rows.length,
    ),
    rows.flatMap((row) => table.columns.map((column) => row[column] ?? null)),
  )
}

/** About how large the values of some rows are: a character counts as one. */
export function bytesOf(rows: readonly StoredRow[]): number {
  let bytes = 0
  for (const row of rows)
    for (const value of Object.values(row))
      bytes += typeof value === 'string' || value instanceof Uint8Array ? value.length : 8
  return bytes
}

/** The highest generated key of a table that anything stored shows to have been given out; 0: none. */
export async function highestGeneratedKey(session: Session, table: StoredTable): Promise<number> {
  let highest = 0
  for (const { table: name, column } of table.generatedKey ?? []) {
    const row = await session.get<{ highest: number | null }>(
      `SELECT max(${column}) AS highest FROM ${name}`,
    )
    highest = Math.max(highest, Number(row?.highest ?? 0))
  }
  return highest
}

/** Has the database give out keys of the table above `highest` from now on. On MariaDB this ends the transaction. */
export async function reserveGeneratedKeys(
  session: Session,
  table: StoredTable,
  highest: number,
): Promise<void> {
  const column = table.generatedKey?.[0]?.column
  if (column === undefined || highest === 0) return
  for (const statement of session.capabilities.reserveKeys(table.name, column, highest))
    await session.run(statement)
}

/** The first table with rows that nobody gets by opening an empty database; undefined: there is none. */
export async function findTableInUse(session: Session): Promise<string | undefined> {
  for (const { name } of storedTables) {
    const row = await session.get(`SELECT 1 AS found FROM ${name}${conditions[name] ?? ''} LIMIT 1`)
    if (row !== undefined) return name
  }
  return undefined
}

const conditions: Readonly<Record<string, string>> = {
  // Made by opening; the application around the engine keeps its own in documents.
  setting: " WHERE name <> 'cursor-key'",
  address_scope: " WHERE origin <> 'built-in'",
  event_seal_head: ' WHERE seq > 0',
}

/** Takes away what opening an empty database has made. */
export async function deleteInitialRows(session: Session): Promise<void> {
  for (const table of ['setting', 'address_scope', 'event_seal_head'])
    await session.run(`DELETE FROM ${table}`)
}

/** Until the transaction ends, nobody else can do the same; a second copy waits, and then finds a database in use. */
export async function lockWholeCopy(session: Session): Promise<void> {
  await session.run('UPDATE event_seal_head SET runs = runs + 1 WHERE row_key = 1')
}
