import { type FaultKind, StoreFault } from '../store.ts'

// Primary result codes (sqlite.org/rescode.html); the low byte of an extended code.
const faults: Readonly<Record<number, FaultKind>> = {
  5: 'retry', // SQLITE_BUSY, with its SNAPSHOT and RECOVERY forms: another connection writes
  6: 'retry', // SQLITE_LOCKED
  7: 'unavailable', // SQLITE_NOMEM
  8: 'unavailable', // SQLITE_READONLY
  10: 'unavailable', // SQLITE_IOERR
  11: 'internal', // SQLITE_CORRUPT
  13: 'storage-full', // SQLITE_FULL
  14: 'unavailable', // SQLITE_CANTOPEN
  26: 'internal', // SQLITE_NOTADB
}

const constraintFaults: Readonly<Record<number, FaultKind>> = {
  787: 'foreign-key',
  1555: 'unique', // PRIMARY KEY
  2067: 'unique',
  2579: 'unique', // ROWID
}

/** Classifies what `node:sqlite` throws by its extended result code. Anything else is handed back unchanged. */
export function sqliteFault(error: unknown): unknown {
  const code = resultCode(error)
  if (code === undefined) return error
  const constraint = constraintFaults[code]
  if (constraint !== undefined)
    return new StoreFault(constraint, error, {
      constraint: constraint === 'unique' ? constraintOf(error) : undefined,
    })
  return new StoreFault(faults[code & 0xff] ?? 'internal', error)
}

/**
 * The same for COMMIT. When the disk fails to make the log durable, its last entry may be in it all the same: this process
 * overwrites it with the next one, but a process that opens the file after a crash takes it for committed.
 */
export function sqliteCommitFault(error: unknown): unknown {
  const code = resultCode(error)
  return code !== undefined && (code & 0xff) === 10
    ? new StoreFault('outcome-unknown', error)
    : sqliteFault(error)
}

export function isBusy(error: unknown): boolean {
  const code = resultCode(error)
  return code !== undefined && (code & 0xff) === 5
}

function resultCode(error: unknown): number | undefined {
  if (typeof error !== 'object' || error === null || !('errcode' in error)) return undefined
  return typeof error.errcode === 'number' ? error.errcode : undefined
}

// SQLite names the violated key only inside its message ("UNIQUE constraint failed: subnet.id"); this is the one place
// that reads it.
function constraintOf(error: unknown): string | undefined {
  const message = error instanceof Error ? error.message : ''
  return /^UNIQUE constraint failed: ([\w.]+)/.exec(message)?.[1]
}
