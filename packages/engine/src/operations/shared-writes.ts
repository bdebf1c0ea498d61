import { isIpamError } from '../errors.ts'
import type { Session, Store } from '../store/store.ts'
import { type CoalescedRequest, Coalescer, type GroupAnswer } from './coalescer.ts'

export type SharedWork = (session: Session) => Promise<unknown>

interface Group {
  readonly coalescer: Coalescer<SharedWork, unknown>
  pending: number
}

/**
 * Changes that would wait for one another's lock share a transaction instead: they are done one after the other, each behind
 * its own savepoint, and pay for the lock and the commit once.
 */
export class SharedWrites {
  readonly #store: Store
  readonly #groups = new Map<string, Group>()

  constructor(store: Store) {
    this.#store = store
  }

  /** `lock` names what they all wait for. Resolves after the commit; throws what the work throws, and as a Coalescer does. */
  async submit<T>(lock: string, request: CoalescedRequest<SharedWork, T>): Promise<T> {
    const group = this.#groups.get(lock) ?? {
      coalescer: new Coalescer<SharedWork, unknown>(
        this.#store,
        { lanes: () => 1, readsFirst: false },
        runEach,
      ),
      pending: 0,
    }
    this.#groups.set(lock, group)
    group.pending += 1
    try {
      return (await group.coalescer.submit(request)) as T
    } finally {
      group.pending -= 1
      if (group.pending === 0) this.#groups.delete(lock)
    }
  }
}

// One that is by itself needs no savepoint. When it fails it is run alone, which tells its caller the same.
async function runEach(
  session: Session,
  works: readonly SharedWork[],
): Promise<GroupAnswer<unknown>[]> {
  const [only] = works
  if (works.length === 1 && only !== undefined) return [{ result: await only(session) }]
  const answers: GroupAnswer<unknown>[] = []
  for (const work of works) {
    try {
      answers.push({ result: await session.savepoint(() => work(session)) })
    } catch (error) {
      if (!isIpamError(error)) throw error
      answers.push({ error })
    }
  }
  return answers
}
