import type { SqlColumn, SqlValue } from '../store.ts'

// Many values as one parameter: the text of a PostgreSQL array.

const arrayTypes = { integer: 'bigint[]', text: 'text[]', bytes: 'bytea[]' } as const

export function arrayType(type: SqlColumn['type']): string {
  return arrayTypes[type]
}

export function typeOf(value: SqlValue | undefined): SqlColumn['type'] {
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
