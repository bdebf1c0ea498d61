import { inList, type StoreCapabilities } from '../store.ts'

/**
 * MariaDB has no INSERT that leaves present rows alone and tells of it: `INSERT IGNORE` turns every other error into a
 * warning as well, a missing parent and a text cut short among them.
 */
export const mariadbCapabilities: StoreCapabilities = {
  database: 'mariadb',
  shareLock: ' LOCK IN SHARE MODE',
  exclusiveLock: ' FOR UPDATE',
  returnsOnlyInserted: false,
  insertUnlessPresent: (table, columns, keys) => ({
    head: `INSERT INTO ${table} (${columns.join(', ')}) VALUES`,
    tail: `ON DUPLICATE KEY UPDATE ${keys.map((key) => `${key} = ${table}.${key}`).join(', ')}`,
  }),
  upsert: (table, columns, _keys, assign) => ({
    head: `INSERT INTO ${table} (${columns.join(', ')}) VALUES`,
    tail: `ON DUPLICATE KEY UPDATE ${assign((column) => `VALUES(${column})`)}`,
  }),
  insertWithKeys: (table, columns) => ({
    head: `INSERT INTO ${table} (${columns.join(', ')}) VALUES`,
    tail: '',
  }),
  // Never below a key that is there. Like every change of a schema it commits what is open.
  reserveKeys: (table, _column, highest) => [
    `ALTER TABLE ${table} AUTO_INCREMENT = ${highest + 1}`,
  ],
  oneOf: inList,
  rowsFrom: null,
  rowsBeside: null,
  joinedBytes: (bytes) => `group_concat(${bytes} SEPARATOR '')`,
  joined: (text, separator) => `group_concat(${text} SEPARATOR '${separator}')`,
  eventIndex: { from: 'event e', address: 'e.address', id: 'e.id', end: null },
  textContains: (text, part) => `INSTR(${text}, ${part}) > 0`,
  maxValues: 30_000,
}
