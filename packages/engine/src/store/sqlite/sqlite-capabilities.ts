import type { StoreCapabilities } from '../store.ts'

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
  hexadecimal: (bytes) => `hex(${bytes})`,
  joined: (text, separator) => `group_concat(${text}, '${separator}')`,
  textContains: (text, part) => `instr(${text}, ${part}) > 0`,
  maxValues: 30_000,
}
