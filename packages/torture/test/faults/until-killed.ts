import type { TortureOptions } from '../../src/index.ts'

/** Lets a load go on until so many of its processes have died, and some calls longer. */
export function untilKilled(
  deaths: number,
): Pick<TortureOptions, 'seconds' | 'calls' | 'signal' | 'onProgress'> {
  const over = new AbortController()
  let enoughAt = Number.POSITIVE_INFINITY
  return {
    seconds: 120,
    calls: Number.MAX_SAFE_INTEGER,
    signal: over.signal,
    onProgress: ({ kills, ok }) => {
      if (kills >= deaths) enoughAt = Math.min(enoughAt, ok)
      if (ok > enoughAt + 30) over.abort()
    },
  }
}
