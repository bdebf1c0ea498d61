import { IpamError } from '../errors.ts'
import {
  type Session,
  type Store,
  StoreFault,
  type TransactionOptions,
  type UnavailableReason,
} from './store.ts'

export interface RetryPolicy {
  /** Attempts including the first. */
  readonly attempts: number
  readonly baseDelayMs: number
  readonly maxDelayMs: number
}

// The deadline ends it, not the number: with several writing nodes most attempts on a small subnet lose.
export const defaultRetryPolicy: RetryPolicy = { attempts: 500, baseDelayMs: 2, maxDelayMs: 500 }

export interface RetryOptions extends TransactionOptions {
  readonly signal?: AbortSignal | undefined
  /** The work finds out by itself whether it was done before (by its idempotency key), and then changes nothing. */
  readonly knowsItself?: boolean
}

/**
 * Runs the work in a transaction, again as a whole after a fault that changed nothing: the work starts from its own
 * frozen input each time. Full jitter (a random wait between 0 and a doubling bound), so that losers of one race do not
 * meet again; never past the deadline. A commit of unknown outcome is only repeated when the work `knowsItself`.
 * @throws IpamError CONTENTION, DATABASE_UNAVAILABLE, OUTCOME_UNKNOWN, STORAGE_FULL, INTERNAL, and what the work throws.
 */
export async function retryingTransaction<T>(
  store: Store,
  work: (session: Session) => Promise<T>,
  options: RetryOptions,
  policy: RetryPolicy = defaultRetryPolicy,
): Promise<T> {
  // The fault that left the outcome open. Until the work has run again and said, nothing later may claim "no change".
  let open: StoreFault | undefined
  let lookedTwice = false
  for (let attempt = 1; ; attempt += 1) {
    if (open === undefined) options.signal?.throwIfAborted()
    try {
      return await store.transaction(work, options)
    } catch (error) {
      const wait = retryWait(attempt, policy)
      const spent = attempt >= policy.attempts || performance.now() + wait >= options.deadline
      if (!(error instanceof StoreFault)) {
        // It may have looked for its key a moment before the open commit was through, and then met its own effect. The
        // second look cannot miss it.
        if (open === undefined || lookedTwice || spent) throw error
        lookedTwice = true
      } else {
        if (error.fault === 'outcome-unknown') open = error
        if (spent || !mayRunAgain(error, options)) throw errorOfFault(open ?? error)
      }
      store.counters.retries += 1
      await new Promise((resolve) => setTimeout(resolve, wait))
    }
  }
}

/** Runs work that does no harm twice until it loses no race any more, or throws what it threw last after the deadline. */
export async function repeated<T>(work: () => Promise<T>, deadline: number): Promise<T> {
  for (let attempt = 1; ; attempt += 1) {
    try {
      return await work()
    } catch (error) {
      const mayRepeat = error instanceof StoreFault && error.fault === 'retry'
      if (!mayRepeat || performance.now() > deadline) throw error
    }
    const wait = retryWait(attempt, defaultRetryPolicy)
    await new Promise((resolve) => setTimeout(resolve, wait))
  }
}

/** Milliseconds to wait after a number of attempts: random from 0 to a doubling bound (full jitter). */
export function retryWait(attempt: number, policy: RetryPolicy): number {
  return Math.random() * Math.min(policy.maxDelayMs, policy.baseDelayMs * 2 ** attempt)
}

function mayRunAgain(fault: StoreFault, options: RetryOptions): boolean {
  switch (fault.fault) {
    case 'retry':
    case 'disconnected':
      return true
    case 'outcome-unknown':
      return options.knowsItself === true
    default:
      return false
  }
}

const unavailable: Readonly<
  Record<UnavailableReason | 'unreachable', { readonly message: string; readonly fix: string }>
> = {
  unreachable: {
    message: 'The database cannot be reached',
    fix: 'Try again in a moment. If that does not help: does its server run, where the URL says?',
  },
  'refused-user': {
    message: 'The database server refuses the user, or its password',
    fix: 'Check the user and the password of the URL, and from where the server lets that user in.',
  },
  'no-database': {
    message: 'The server has no database of this name',
    fix: 'Create it, or mend the name in the URL.',
  },
  'missing-right': {
    message: 'The database user lacks a right',
    fix: 'Grant CREATE to whoever migrates, and SELECT, INSERT, UPDATE and DELETE on all tables.',
  },
  'read-only': {
    message: 'The database takes no changes: it is a standby, or set to be read only',
    fix: 'Use the server that is written to.',
  },
  'too-many-connections': {
    message: 'The database server takes no more connections',
    fix: 'Allow it more, or each Freehold process fewer; then try again.',
  },
  tls: {
    message: 'The database server offers no TLS, or its certificate is not the right one',
    fix: 'Check sslmode and sslrootcert, the name of the host, and the dates of the certificate.',
  },
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
    case 'disconnected':
    case 'unavailable': {
      const { message, fix } = unavailable[fault.reason ?? 'unreachable']
      return new IpamError(
        'DATABASE_UNAVAILABLE',
        `${message}; nothing was changed.`,
        { fix },
        fault,
      )
    }
    case 'outcome-unknown':
      return new IpamError(
        'OUTCOME_UNKNOWN',
        'The connection broke, or the disk failed, while the change was being committed.',
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
