import type { StoreCapabilities } from '../store.ts'
import { arrayText, arrayType, typeOf } from './postgres-arrays.ts'

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
  hexadecimal: (bytes) => `encode(${bytes}, 'hex')`,
  joined: (text, separator) => `string_agg(${text}, '${separator}')`,
  textContains: (text, part) => `strpos(${text}, ${part}) > 0`,
  maxValues: 30_000,
}
