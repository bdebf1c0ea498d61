import type { Parameters } from 'fast-check'
import { vi } from 'vitest'

const seconds = process.env['FUZZ_SECONDS']
// What a property may take at most when nobody asks for more, however slow the machine is.
const usualSeconds = 30

/** So many requests of a kind in a time that is bounded; with FUZZ_SECONDS, as many as fit into so many seconds. */
export function fuzzBudget(requests: number): Parameters<unknown> {
  if (seconds === undefined)
    return { numRuns: requests, interruptAfterTimeLimit: usualSeconds * 1000 }
  vi.setConfig({ testTimeout: (Number(seconds) + 60) * 1000 })
  return {
    numRuns: Number.MAX_SAFE_INTEGER,
    interruptAfterTimeLimit: Number(seconds) * 1000,
  }
}
