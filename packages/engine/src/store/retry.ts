import { IpamError } from '../errors.ts'
import { type Session, type Store, StoreFault, type TransactionOptions } from './store.ts'

export interface RetryPolicy {
  /** Attempts including the first. */
  readonly attempts: number
  readonly baseDelayMs: number
  readonly maxDelayMs: number
}

export const defaultRetryPolicy: RetryPolicy = { attempts: 20, baseDelayMs: 2, maxDelayMs: 500 }

/**
 * Runs the work in a transaction, again as a whole after a fault that changed nothing: the work starts from its own
 * frozen input each time. Full jitter (a random wait between 0 and a doubling bound), so that losers of one race do not
 * meet again; never past the deadline.
 * @throws IpamError CONTENTION, DATABASE_UNAVAILABLE, OUTCOME_UNKNOWN, STORAGE_FULL, INTERNAL, and what the work throws.
 */
export async function retryingTransaction<T>(
  store: Store,
  work: (session: Session) => Promise<T>,
  options: TransactionOptions & { readonly signal?: AbortSignal | undefined },
  policy: RetryPolicy = defaultRetryPolicy,
): Promise<T> {
  for (let attempt = 1; ; attempt += 1) {
    options.signal?.throwIfAborted()
    try {
      return await store.transaction(work, options)
    } catch (error) {
      if (!(error instanceof StoreFault)) throw error
      const wait = Math.random() * Math.min(policy.maxDelayMs, policy.baseDelayMs * 2 ** attempt)
      const spent = attempt >= policy.attempts || performance.now() + wait >= options.deadline
      if (error.fault !== 'retry' || spent) throw errorOfFault(error)
      store.counters.retries += 1
      await new Promise((resolve) => setTimeout(resolve, wait))
    }
  }
}

/** What a fault means to a caller, once it is not retried. */
export function errorOfFault(fault: StoreFault): IpamError {
  switch (fault.fault) {
    case 'retry':
      return new IpamError(
        'CONTENTION',
        'Other writers were faster each time; nothing was changed.',
        { fix: 'Try again.' },
        fault,
      )
    case 'unavailable':
      return new IpamError(
        'DATABASE_UNAVAILABLE',
        'The database cannot be reached; nothing was changed.',
        { fix: 'Try again in a moment.' },
        fault,
      )
    case 'outcome-unknown':
      return new IpamError(
        'OUTCOME_UNKNOWN',
        'The connection broke while the change was being committed.',
        { fix: 'Look whether it was made, or repeat the request with the same idempotency key.' },
        fault,
      )
    case 'storage-full':
      return new IpamError(
        'STORAGE_FULL',
        'The database has no room left; nothing was changed.',
        { fix: 'Make room on its disk, then try again.' },
        fault,
      )
    default:
      return new IpamError('INTERNAL', 'The database refused a statement.', {}, fault)
  }
}
