import type { SqlColumn, SqlValue, StoreCapabilities } from '../store.ts'

/**
 * `FOR KEY SHARE` is what a foreign key takes on its parent anyway; of the row locks only `FOR UPDATE`, and deleting, wait
 * for it.
 */
export const postgresCapabilities: StoreCapabilities = {
  database: 'postgres',
  shareLock: ' FOR KEY SHARE',
  exclusiveLock: ' FOR UPDATE',
  returnsOnlyInserted: true,
  insertUnlessPresent: (table, columns, keys) => ({
    head: `INSERT INTO ${table} (${columns.join(', ')}) VALUES`,
    tail: `ON CONFLICT (${keys.join(', ')}) DO NOTHING`,
  }),
  upsert: (table, columns, keys, assign) => ({
    head: `INSERT INTO ${table} (${columns.join(', ')}) VALUES`,
    tail: `ON CONFLICT (${keys.join(', ')}) DO UPDATE SET ${assign((column) => `excluded.${column}`)}`,
  }),
  insertWithKeys: (table, columns) => ({
    head: `INSERT INTO ${table} (${columns.join(', ')}) OVERRIDING SYSTEM VALUE VALUES`,
    tail: '',
  }),
  // Never lowered: a sequence does not go back with its transaction.
  reserveKeys: (table, column, highest) => [
    `SELECT setval(sequence, greatest(${highest}, pg_sequence_last_value(sequence)))
      FROM (SELECT CAST(pg_get_serial_sequence('${table}', '${column}') AS regclass) AS sequence) AS named`,
  ],
  oneOf: (column, values) => ({
    sql: `${column} = ANY(CAST(? AS ${arrayType(typeOf(values[0]))}))`,
    values: [arrayText(values)],
  }),
  rowsFrom: (alias, columns) => ({
    sql: `unnest(${columns.map(({ type }) => `CAST(? AS ${arrayType(type)})`).join(', ')})
      AS ${alias} (${columns.map(({ name }) => name).join(', ')})`,
    values: columns.map(({ values }) => arrayText(values)),
  }),
  rowsBeside: null,
  joinedBytes: (bytes) => `string_agg(${bytes}, CAST('' AS bytea))`,
  joined: (text, separator) => `string_agg(${text}, '${separator}')`,
  eventIndex: { from: 'event e', address: 'e.address', id: 'e.id', end: null },
  textContains: (text, part) => `strpos(${text}, ${part}) > 0`,
  maxValues: 30_000,
}

// Many values as one parameter: the text of a PostgreSQL array.

const arrayTypes = { integer: 'bigint[]', text: 'text[]', bytes: 'bytea[]' } as const

function arrayType(type: SqlColumn['type']): string {
  return arrayTypes[type]
}

function typeOf(value: SqlValue | undefined): SqlColumn['type'] {
  if (typeof value === 'string') return 'text'
  return value instanceof Uint8Array ? 'bytes' : 'integer'
}

/** `{1,2,NULL}`; texts and bytes are quoted, so that none can be taken for NULL or for two. */
export function arrayText(values: readonly SqlValue[]): string {
  return `{${values.map(elementText).join(',')}}`
}

function elementText(value: SqlValue): string {
  if (value === null) return 'NULL'
  if (typeof value === 'string') return `"${value.replace(/["\\]/g, '\\$&')}"`
  if (typeof value === 'number' || typeof value === 'bigint') return String(value)
  return `"\\\\x${Buffer.from(value.buffer, value.byteOffset, value.byteLength).toString('hex')}"`
}
