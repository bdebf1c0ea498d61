import { IpamError } from '../../errors.ts'
import { inList, type StoreCapabilities, valueRows } from '../store.ts'

/** SQLite has one writer at a time, so no row locks exist or are needed. */
export const sqliteCapabilities: StoreCapabilities = {
  database: 'sqlite',
  shareLock: '',
  exclusiveLock: '',
  // It could, but a plain insert is cheaper, and with one writer it never meets a row.
  returnsOnlyInserted: false,
  insertUnlessPresent: (table, columns, keys) => ({
    head: `INSERT INTO ${table} (${columns.join(', ')}) VALUES`,
    tail: `ON CONFLICT (${keys.join(', ')}) DO NOTHING`,
  }),
  upsert: (table, columns, keys, assign) => ({
    head: `INSERT INTO ${table} (${columns.join(', ')}) VALUES`,
    tail: `ON CONFLICT (${keys.join(', ')}) DO UPDATE SET ${assign((column) => `excluded.${column}`)}`,
  }),
  insertWithKeys: (table, columns) => ({
    head: `INSERT INTO ${table} (${columns.join(', ')}) VALUES`,
    tail: '',
  }),
  // Only AUTOINCREMENT remembers keys of rows that are gone, in a table that has no key of its own.
  reserveKeys: (table, _column, highest) => [
    `INSERT INTO sqlite_sequence (name, seq) SELECT '${table}', 0
      WHERE NOT EXISTS (SELECT 1 FROM sqlite_sequence WHERE name = '${table}')
      AND EXISTS (SELECT 1 FROM sqlite_schema WHERE name = '${table}' AND sql LIKE '%AUTOINCREMENT%')`,
    `UPDATE sqlite_sequence SET seq = max(seq, ${highest}) WHERE name = '${table}'`,
  ],
  oneOf: inList,
  rowsFrom: null,
  // A value costs as much to hand over as to store. CROSS JOIN keeps the order; an upsert needs the WHERE to be told from a join.
  rowsBeside: (
    shared,
    own,
    count,
  ) => `(SELECT ${shared.map((name) => `? AS ${name}`).join(', ')}) CROSS JOIN
    (SELECT ${own.map((name, index) => `column${index + 1} AS ${name}`).join(', ')} FROM (VALUES ${valueRows(own.length, count)})) WHERE true`,
  joinedBytes: (bytes) => `CAST(group_concat(${bytes}, '') AS BLOB)`,
  joined: (text, separator) => `group_concat(${text}, '${separator}')`,
  eventIndex: {
    from: 'event_address x JOIN event e ON e.id = x.event_id',
    address: 'x.address',
    id: 'x.event_id',
    end: '(SELECT event_id FROM event_address_end WHERE row_key = 1)',
  },
  textContains: (text, part) => `instr(${text}, ${part}) > 0`,
  maxValues: 30_000,
}

// 3.7.0 to 3.51.2 can corrupt a WAL database with two connections, which is how this store uses it.
const oldestSafeVersion = [3, 51, 3] as const

/** @throws IpamError STORE_UNSUPPORTED for a version that can corrupt a database. */
export function assertSafeVersion(version: string): void {
  const parts = version.split('.').map(Number)
  for (const [index, needed] of oldestSafeVersion.entries()) {
    const part = parts[index] ?? 0
    if (part > needed) return
    if (part < needed)
      throw new IpamError(
        'STORE_UNSUPPORTED',
        `SQLite ${version} can corrupt a database that two connections use; ${oldestSafeVersion.join('.')} or newer is needed.`,
        { fix: 'Use a Node.js with a newer SQLite: 24 or later.' },
      )
  }
}
