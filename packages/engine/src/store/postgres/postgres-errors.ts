import { IpamError } from '../../errors.ts'
import { type FaultKind, StoreFault, type UnavailableReason } from '../store.ts'

/** Where a transaction stood when its error came: only a commit under way leaves a doubt. */
export type PostgresPhase = 'connect' | 'work' | 'commit'

// SQLSTATE codes (postgresql.org/docs/current/errcodes-appendix.html).
const faults: Readonly<Record<string, FaultKind>> = {
  '23503': 'foreign-key',
  '23505': 'unique',
  '23P01': 'unique', // exclusion constraint
  '40001': 'retry', // serialization failure
  '40003': 'outcome-unknown', // statement completion unknown
  '40P01': 'retry', // deadlock
  '55P03': 'retry', // lock not available: lock_timeout
  '57014': 'retry', // statement_timeout, or an administrator cancelled the statement; either way only it was undone
  '08007': 'outcome-unknown', // transaction resolution unknown
  '25P03': 'disconnected', // idle in transaction for too long
  '25P04': 'disconnected', // transaction_timeout
  '57P01': 'disconnected', // administrator ended the connection
  '57P02': 'disconnected', // another server process crashed
  '57P05': 'disconnected', // idle for too long
  '25006': 'unavailable', // a standby, or read-only by configuration
  '3D000': 'unavailable', // no such database
  '42501': 'unavailable', // insufficient privilege
  '53100': 'storage-full',
  '57P03': 'unavailable', // starting up or shutting down
  '57P04': 'unavailable', // database dropped
}

// For codes that are not in the table, by the class of the code.
const classFaults: Readonly<Record<string, FaultKind>> = {
  '08': 'disconnected', // connection exception
  '28': 'unavailable', // invalid authorization
  '53': 'unavailable', // insufficient resources, too many connections among them
  '58': 'unavailable', // system error outside PostgreSQL
}

// By code or class.
const reasons: Readonly<Record<string, UnavailableReason>> = {
  '25006': 'read-only',
  '28': 'refused-user',
  '3D000': 'no-database',
  '42501': 'missing-right',
  '53300': 'too-many-connections',
}

/**
 * Classifies what `pg` throws by its SQLSTATE. An error without one comes from the client: the connection is gone.
 * Errors of the engine, and mistakes of a program, are handed back unchanged.
 */
export function postgresFault(error: unknown, phase: PostgresPhase): unknown {
  if (error instanceof StoreFault || error instanceof IpamError) return error
  if (error instanceof TypeError || error instanceof RangeError) return error
  const answer = serverAnswer(error)
  if (answer === undefined) {
    const reason = phase === 'connect' && isCertificateError(error) ? 'tls' : undefined
    return new StoreFault(withoutAnswer(phase), error, { reason })
  }
  const codeClass = answer.code.slice(0, 2)
  const fault = faults[answer.code] ?? classFaults[codeClass] ?? 'internal'
  if (fault === 'disconnected') return new StoreFault(withoutAnswer(phase), error)
  if (fault === 'unique' || fault === 'foreign-key')
    return new StoreFault(fault, error, {
      constraint: `${answer.table ?? ''}.${answer.constraint ?? ''}`,
    })
  return new StoreFault(fault, error, { reason: reasons[answer.code] ?? reasons[codeClass] })
}

/** Whether a statement asked for something that needs an open transaction, and there was none. */
export function isOutsideTransaction(error: unknown): boolean {
  return serverAnswer(error)?.code === '25P01'
}

/** A division by zero: no statement divides, but for those that have to fail when they found other rows than they were to. */
export function isCountRefusal(error: unknown): boolean {
  return serverAnswer(error)?.code === '22012'
}

function withoutAnswer(phase: PostgresPhase): FaultKind {
  if (phase === 'connect') return 'unavailable'
  return phase === 'commit' ? 'outcome-unknown' : 'disconnected'
}

// Of Node's TLS (nodejs.org/api/tls.html#x509-certificate-error-codes); others are told as no answer at all.
const certificateErrors = new Set([
  'CERT_HAS_EXPIRED',
  'CERT_NOT_YET_VALID',
  'CERT_REJECTED',
  'CERT_REVOKED',
  'CERT_UNTRUSTED',
  'DEPTH_ZERO_SELF_SIGNED_CERT',
  'ERR_TLS_CERT_ALTNAME_INVALID',
  'INVALID_CA',
  'INVALID_PURPOSE',
  'SELF_SIGNED_CERT_IN_CHAIN',
  'UNABLE_TO_GET_ISSUER_CERT',
  'UNABLE_TO_GET_ISSUER_CERT_LOCALLY',
  'UNABLE_TO_VERIFY_LEAF_SIGNATURE',
])

function isCertificateError(error: unknown): boolean {
  if (typeof error !== 'object' || error === null || !('code' in error)) return false
  return typeof error.code === 'string' && certificateErrors.has(error.code)
}

interface ServerAnswer {
  readonly code: string
  readonly table?: string
  readonly constraint?: string
}

// Errors of the operating system have codes too (`EPIPE` even looks like a SQLSTATE), but no severity.
function serverAnswer(error: unknown): ServerAnswer | undefined {
  if (typeof error !== 'object' || error === null) return undefined
  if (!('severity' in error) || !('code' in error) || typeof error.code !== 'string')
    return undefined
  return error as ServerAnswer
}
