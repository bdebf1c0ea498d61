import type { TortureOptions, TortureProgress } from '../../src/index.ts'

type Load = Required<Pick<TortureOptions, 'seconds' | 'calls' | 'signal' | 'onProgress'>>

/**
 * Lets a load go on until something has happened in it, however long a busy machine takes, and so many successes longer. Of
 * a worker that dies soon after its start few are heard of, or none: where workers do, wait for no more of them.
 */
function untilHappened(hasHappened: (progress: TortureProgress) => boolean, callsAfter = 30): Load {
  const over = new AbortController()
  let enoughAt = Number.POSITIVE_INFINITY
  return {
    // Long enough for a busy machine to start a database three times.
    seconds: 200,
    calls: Number.MAX_SAFE_INTEGER,
    signal: over.signal,
    onProgress: (progress) => {
      if (hasHappened(progress)) enoughAt = Math.min(enoughAt, progress.ok)
      if (progress.ok >= enoughAt + callsAfter) over.abort()
    },
  }
}

/** Lets a load go on until workers died so often: at least one had taken the place of another, and has got as far as it. */
export function untilDead(times: number): Load {
  return untilHappened(({ kills }) => kills >= times, 0)
}

/**
 * Lets a load go on until it was disturbed so often: each time when 50 calls have succeeded since the last. `disturb` is
 * given the number of times before, and says whether it came to pass.
 */
export function untilDisturbed(
  times: number,
  disturb: (before: number) => Promise<boolean>,
): { readonly load: Load; readonly ended: () => Promise<void> } {
  const callsBetween = 50
  let disturbing: Promise<void> | undefined
  let [done, dueAt, isUnderWay] = [0, callsBetween, false]
  const load = untilHappened(() => done >= times, callsBetween)
  const onProgress = (progress: TortureProgress): void => {
    load.onProgress(progress)
    if (done >= times || isUnderWay) return
    // Counted from the first look after the last time.
    dueAt = Math.min(dueAt, progress.ok + callsBetween)
    if (progress.ok < dueAt) return
    isUnderWay = true
    disturbing = disturb(done).then((isDone) => {
      if (isDone) done += 1
      dueAt = Number.POSITIVE_INFINITY
      isUnderWay = false
    })
    // Looked at by `ended`.
    disturbing.catch(() => undefined)
  }
  return {
    load: { ...load, onProgress },
    /** Rejects when something could not be done, or was not done so often before the load gave up. */
    ended: async () => {
      await disturbing
      if (done < times) throw new Error(`disturbed ${done} times, not ${times}`)
    },
  }
}
