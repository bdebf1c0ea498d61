import { IpamError, isIpamError } from '../errors.ts'
import { errorOfFault, retryingTransaction } from '../store/retry.ts'
import { type Session, StoreFault } from '../store/store.ts'
import type { MutationOptions, OperationContext } from './context.ts'
import { replayable, storedResult } from './idempotency.ts'
import { noWaitingLimit } from './waiting-limit.ts'

/** Reads in one snapshot. */
export async function read<T>(
  context: OperationContext,
  work: (session: Session) => Promise<T>,
): Promise<T> {
  return inTransaction(context, 'read', work, {})
}

/**
 * Changes in one transaction, which is run again as a whole when the database asks for it; `work` must take everything
 * from its arguments and what it reads. `input` is what an idempotency key stands for.
 */
export async function write<T>(
  context: OperationContext,
  operation: string,
  input: unknown,
  options: MutationOptions,
  work: (session: Session) => Promise<T>,
): Promise<T> {
  const once = replayable(context, operation, input, options, work)
  if (options.idempotencyKey === undefined) return inTransaction(context, 'write', once, options)
  const deadline = performance.now() + context.deadlineMs
  try {
    return await inTransaction(context, 'write', once, options)
  } catch (error) {
    if (!isRefusal(error)) throw error
    // Sent again while its first call was under way, it may have looked for the key before that was committed, and have
    // been refused for what the first one took.
    const first = await inTransaction(
      letIn(context, deadline),
      'read',
      (session) => storedResult(context, session, operation, input, options),
      {},
    )
    if (first === undefined) throw error
    return first.value as T
  }
}

function isRefusal(error: unknown): boolean {
  return isIpamError(error) && error.kind !== 'unavailable' && error.kind !== 'internal'
}

/**
 * The same for a change that begins with waiting for a lock which others wait for as well: together with them. `lock` names
 * it; two names of one lock cost time and nothing else.
 */
export async function writeBehind<T>(
  context: OperationContext,
  lock: string,
  operation: string,
  input: unknown,
  options: MutationOptions,
  work: (session: Session) => Promise<T>,
): Promise<T> {
  const alone = (own: OperationContext) => write(own, operation, input, options, work)
  // A request with a key has to be answered again after a commit of unknown outcome, which a group cannot.
  if (context.joined !== null || options.idempotencyKey !== undefined) return alone(context)
  const deadline = performance.now() + context.deadlineMs
  return context.waiting.during(() =>
    context.sharedWrites.submit<T>(lock, {
      request: work,
      deadline,
      signal: options.signal,
      turn: [context.caller.projectId, lock],
      alone: () => alone(letIn(context, deadline)),
    }),
  )
}

/** The context of a later part of an operation that was let in before. */
export function letIn(context: OperationContext, deadline: number): OperationContext {
  const deadlineMs = Math.max(deadline - performance.now(), 1)
  return { ...context, deadlineMs, waiting: noWaitingLimit }
}

async function inTransaction<T>(
  context: OperationContext,
  access: 'read' | 'write',
  work: (session: Session) => Promise<T>,
  options: MutationOptions,
): Promise<T> {
  if (context.joined !== null) return inJoined(context, context.joined, access, work)
  const deadline = performance.now() + context.deadlineMs
  return context.waiting.during(() =>
    retryingTransaction(context.store, work, {
      access,
      deadline,
      signal: options.signal,
      knowsItself: options.idempotencyKey !== undefined,
    }),
  )
}

// Inside a caller's transaction nothing can be retried here: the caller's own statements would have to run again too.
async function inJoined<T>(
  context: OperationContext,
  session: Session,
  access: 'read' | 'write',
  work: (session: Session) => Promise<T>,
): Promise<T> {
  try {
    return access === 'read' ? await work(session) : await session.savepoint(() => work(session))
  } catch (error) {
    if (!(error instanceof StoreFault)) throw error
    context.faults?.push(error)
    throw errorOfFault(error)
  }
}

/** Several operations in one transaction of the engine's own, which is run again as a whole where that may help. */
export async function together<T>(
  context: OperationContext,
  work: (context: OperationContext) => Promise<T>,
): Promise<T> {
  return write(context, 'transaction', {}, {}, (session) => asOne(context, session, work))
}

/**
 * Runs several operations in the transaction of the session. Each tells of a fault as an IpamError, which the work may
 * catch; but the database may have undone the whole transaction by then, also what was done before. So the first fault is
 * what this ends with, whatever the work makes of it.
 */
export async function asOne<T>(
  context: OperationContext,
  session: Session,
  work: (context: OperationContext) => Promise<T>,
): Promise<T> {
  const faults: StoreFault[] = []
  const done = work({ ...context, joined: session, faults })
  await done.catch(() => undefined)
  const [fault] = faults
  if (fault !== undefined) throw fault
  return done
}

/** Throws STALE_REVISION unless the record has the revision that the caller saw. */
export function checkRevision(found: number, options: MutationOptions): void {
  if (options.ifRevision !== undefined && options.ifRevision !== found)
    throw new IpamError(
      'STALE_REVISION',
      `The record has revision ${found}, not ${options.ifRevision}.`,
      { fix: 'Read it again and repeat the change.', revision: found },
    )
}
