import type { Store } from '../../src/store/store.ts'
import { storeWithTransactions } from '../contract/watched-store.ts'

/** A store whose next change stops when all but its commit is done. */
export interface PausedStore {
  readonly store: Store
  /** Resolves when the change has come so far. */
  reached(): Promise<void>
  /** Lets it commit. */
  goOn(): void
  /** From now on the next change is stopped. */
  arm(): void
}

export function pausedStore(inner: Store): PausedStore {
  let reached = Promise.withResolvers<void>()
  let released = Promise.withResolvers<void>()
  let isArmed = false
  return {
    store: storeWithTransactions(inner, (work, options) =>
      inner.transaction(async (session) => {
        const value = await work(session)
        if (options.access === 'read' || !isArmed) return value
        // What follows, and what is run again, is not stopped.
        isArmed = false
        reached.resolve()
        await released.promise
        return value
      }, options),
    ),
    reached: () => reached.promise,
    goOn: () => released.resolve(),
    arm() {
      reached = Promise.withResolvers()
      released = Promise.withResolvers()
      isArmed = true
    },
  }
}
