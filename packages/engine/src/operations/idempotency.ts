import { createHash } from 'node:crypto'
import { IpamError } from '../errors.ts'
import { checkText } from '../model/record.ts'
import {
  deleteIdempotencyKey,
  findIdempotencyKey,
  insertIdempotencyKey,
} from '../store/sql/idempotency-queries.ts'
import { type Session, StoreFault } from '../store/store.ts'
import type { MutationOptions, OperationContext } from './context.ts'

/**
 * Wraps work so that its result is stored with the caller's idempotency key, in the work's own transaction, and given
 * again when the key returns. Keys belong to the calling project.
 * @throws IpamError IDEMPOTENCY_KEY_REUSED when the key stood for another request.
 */
export function replayable<T>(
  context: OperationContext,
  operation: string,
  input: unknown,
  options: MutationOptions,
  work: (session: Session) => Promise<T>,
): (session: Session) => Promise<T> {
  if (options.idempotencyKey === undefined) return work
  const key = checkText(options.idempotencyKey, '/idempotencyKey')
  const fingerprint = fingerprintOf(operation, options.fingerprint ?? input)
  const { projectId } = context.caller
  return async (session) => {
    const now = context.clock()
    const known = await findIdempotencyKey(session, projectId, key)
    if (known !== undefined && known.expires_at > now) {
      if (known.fingerprint !== fingerprint) throw reused()
      return decodeResult(known.result) as T
    }
    if (known !== undefined) await deleteIdempotencyKey(session, projectId, key)
    const result = await work(session)
    const row = {
      fingerprint,
      result: encodeResult(result),
      expires_at: now + context.idempotencyTtlSeconds * 1000,
    }
    try {
      await insertIdempotencyKey(session, projectId, key, row)
    } catch (error) {
      // The same key was used at the same time; run again, and the first one's result is found.
      if (error instanceof StoreFault && error.fault === 'unique')
        throw new StoreFault('retry', error)
      throw error
    }
    return result
  }
}

/**
 * The result that is stored with the key, once another call of the same request has committed it; undefined where there
 * is none. One key probe.
 */
export async function storedResult(
  context: OperationContext,
  session: Session,
  operation: string,
  input: unknown,
  options: MutationOptions,
): Promise<{ readonly value: unknown } | undefined> {
  const { idempotencyKey = '' } = options
  const known = await findIdempotencyKey(session, context.caller.projectId, idempotencyKey)
  if (known === undefined || known.expires_at <= context.clock()) return undefined
  if (known.fingerprint !== fingerprintOf(operation, options.fingerprint ?? input)) return undefined
  return { value: decodeResult(known.result) }
}

function reused(): IpamError {
  return new IpamError(
    'IDEMPOTENCY_KEY_REUSED',
    'This idempotency key was used for another request.',
    { fix: 'Use a new key for every new request.' },
  )
}

function fingerprintOf(operation: string, input: unknown): string {
  return createHash('sha256')
    .update(`${operation}\n${canonical(input)}`)
    .digest('base64url')
}

/** JSON with sorted keys, so that the order of fields makes no other request. */
function canonical(value: unknown): string {
  if (typeof value === 'bigint') return `"${value}n"`
  if (Array.isArray(value)) return `[${value.map(canonical).join(',')}]`
  if (typeof value === 'object' && value !== null) {
    const entries = Object.entries(value).filter(([, field]) => field !== undefined)
    entries.sort(([a], [b]) => (a < b ? -1 : 1))
    return `{${entries.map(([name, field]) => `${JSON.stringify(name)}:${canonical(field)}`).join(',')}}`
  }
  return JSON.stringify(value) ?? 'null'
}

function encodeResult(result: unknown): string {
  return JSON.stringify(result ?? null, (_, value) =>
    typeof value === 'bigint' ? { $bigint: value.toString() } : value,
  )
}

function decodeResult(text: string): unknown {
  return JSON.parse(text, (_, value) =>
    typeof value === 'object' && value !== null && typeof value.$bigint === 'string'
      ? BigInt(value.$bigint)
      : value,
  )
}
