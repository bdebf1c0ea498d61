import { IpamError } from '../../errors.ts'
import { type FaultKind, StoreFault, type UnavailableReason } from '../store.ts'

/** Where a transaction stood when its error came: only a commit under way leaves a doubt. */
export type MariadbPhase = 'connect' | 'begin' | 'work' | 'commit'

const lockWaitTimeout = 1205

// Error numbers (mariadb.com/kb/en/mariadb-error-code-reference).
const faults: Readonly<Record<number, FaultKind>> = {
  1020: 'retry', // record has changed since last read: a snapshot that is too old
  1205: 'retry', // lock wait timeout; only the statement was undone, the store undoes the rest
  1213: 'retry', // deadlock; on Galera also: another node was faster
  1317: 'retry', // an administrator cancelled the statement
  1969: 'retry', // max_statement_time

  1022: 'unique',
  1062: 'unique',
  1169: 'unique',
  1586: 'unique',
  1216: 'foreign-key',
  1217: 'foreign-key',
  1451: 'foreign-key',
  1452: 'foreign-key',

  1053: 'disconnected', // server shutdown in progress
  1080: 'disconnected', // forcing close
  1152: 'disconnected', // aborting connection
  1153: 'internal', // packet larger than max_allowed_packet
  1158: 'disconnected', // error reading packets
  1159: 'disconnected', // timeout reading packets
  1160: 'disconnected', // error writing packets
  1161: 'disconnected', // timeout writing packets
  1184: 'disconnected', // aborting connection
  1927: 'disconnected', // connection was killed
  2006: 'disconnected', // server has gone away
  2013: 'disconnected', // lost connection during query
  4031: 'disconnected', // idle for too long

  1037: 'unavailable', // out of memory
  1038: 'unavailable', // out of sort memory
  1040: 'unavailable', // too many connections
  1041: 'unavailable', // out of memory
  1044: 'unavailable', // access denied to the database
  1045: 'unavailable', // access denied
  1047: 'unavailable', // Galera: the node is not part of the cluster
  1049: 'unavailable', // unknown database
  1129: 'unavailable', // host is blocked
  1130: 'unavailable', // host is not allowed to connect
  1135: 'unavailable', // cannot create a thread
  1142: 'unavailable', // the user lacks a right on the table
  1143: 'unavailable', // the user lacks a right on a column
  1203: 'unavailable', // the user has too many connections
  1226: 'unavailable', // the user exceeded a limit
  1290: 'unavailable', // read_only
  1698: 'unavailable', // access denied
  1792: 'unavailable', // read-only transaction
  1836: 'unavailable', // read-only mode

  1021: 'storage-full',
  1026: 'storage-full', // error writing a file
  1114: 'storage-full', // the table is full
}

const reasons: Readonly<Record<number, UnavailableReason>> = {
  1040: 'too-many-connections',
  1044: 'missing-right',
  1045: 'refused-user',
  1049: 'no-database',
  1130: 'refused-user',
  1142: 'missing-right',
  1143: 'missing-right',
  1203: 'too-many-connections',
  1226: 'too-many-connections',
  1290: 'read-only',
  1698: 'refused-user',
  1792: 'read-only',
  1836: 'read-only',
}

/**
 * Classifies what `mysql2` throws by its error number. An error without one comes from the client: the connection is gone.
 * Errors of the engine, and mistakes of a program, are handed back unchanged.
 */
export function mariadbFault(error: unknown, phase: MariadbPhase): unknown {
  if (error instanceof StoreFault || error instanceof IpamError) return error
  if (error instanceof TypeError || error instanceof RangeError) return error
  const number = serverNumber(error)
  if (number === undefined)
    return new StoreFault(withoutAnswer(phase), error, {
      reason: isTlsError(error) ? 'tls' : undefined,
    })
  // A commit that fails by itself was refused by the other nodes of a cluster; any other error leaves it open.
  if (phase === 'commit')
    return new StoreFault(number === 1213 ? 'retry' : 'outcome-unknown', error)
  // Before its first statement a transaction waits for no lock: the node of a cluster has waited for the others in vain.
  if (phase === 'begin' && number === lockWaitTimeout) return new StoreFault('unavailable', error)
  const fault = faults[number] ?? 'internal'
  if (fault === 'disconnected') return new StoreFault(withoutAnswer(phase), error)
  if (fault === 'unique') return new StoreFault(fault, error, { constraint: violatedKey(error) })
  if (fault === 'foreign-key')
    return new StoreFault(fault, error, { constraint: violatedForeignKey(error) })
  return new StoreFault(fault, error, { reason: reasons[number] })
}

/** The number with which a compound statement of ours refuses to commit: rows that it was to change were not there. */
export function isCountRefusal(error: unknown): boolean {
  return serverNumber(error) === 31000
}

// Errors that a statement has, so that the commit behind it was not reached; and 1213, with which the other nodes of a
// cluster refuse a commit.
const beforeCommit = new Set([1020, 1021, 1062, 1114, 1205, 1213, 1290, 1452, 1792, 1836])

/**
 * Classifies the error of a compound statement that ends with a commit. Whatever cannot be pinned on a statement before it
 * leaves the outcome open.
 */
export function finishingFault(error: unknown): unknown {
  const number = serverNumber(error)
  if (number === undefined || !beforeCommit.has(number)) return mariadbFault(error, 'commit')
  const fault = mariadbFault(error, 'work')
  return fault instanceof StoreFault && fault.fault === 'unique'
    ? new StoreFault('retry', error)
    : fault
}

/**
 * The key that "Duplicate entry '…' for key '…'" names. MariaDB tells it nowhere else, and never says of which table. The
 * entry is a caller's text and may look like anything, so the last key in the message counts.
 */
export function violatedKey(error: unknown): string | undefined {
  return /^.* for key '([^']+)'$/s.exec(messageOf(error))?.[1]
}

/** `table.constraint` of "… a foreign key constraint fails (`database`.`table`, CONSTRAINT `constraint` …". */
export function violatedForeignKey(error: unknown): string | undefined {
  const found = /\(`[^`]+`\.`([^`]+)`, CONSTRAINT `([^`]+)`/.exec(messageOf(error))
  return found === null ? undefined : found.slice(1, 3).join('.')
}

function messageOf(error: unknown): string {
  if (typeof error !== 'object' || error === null) return ''
  // `message` has the statement before it in some versions of the client.
  const text = 'sqlMessage' in error ? error.sqlMessage : 'message' in error ? error.message : ''
  return typeof text === 'string' ? text : ''
}

function withoutAnswer(phase: MariadbPhase): FaultKind {
  if (phase === 'connect') return 'unavailable'
  return phase === 'commit' ? 'outcome-unknown' : 'disconnected'
}

// What the client says when the server's certificate is not the right one, or the server has none.
function isTlsError(error: unknown): boolean {
  if (typeof error !== 'object' || error === null || !('code' in error)) return false
  return error.code === 'HANDSHAKE_SSL_ERROR' || error.code === 'HANDSHAKE_NO_SSL_SUPPORT'
}

// Errors of the operating system have numbers too, below zero.
function serverNumber(error: unknown): number | undefined {
  if (typeof error !== 'object' || error === null || !('errno' in error)) return undefined
  return typeof error.errno === 'number' && error.errno > 0 ? error.errno : undefined
}
