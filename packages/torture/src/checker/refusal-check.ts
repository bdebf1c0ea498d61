import { evidenceOfAll } from './operation-history.ts'
import type { RunHistory } from './run-history.ts'
import type { Violation } from './violation.ts'

/**
 * What the requests of the load can rightly be told. They are well formed, so any other code is a defect, an inner error
 * above all.
 */
const rightfulCodes: ReadonlySet<string> = new Set([
  'SUBNET_EXHAUSTED',
  'ALL_SUBNETS_EXHAUSTED',
  'SUBNET_POOL_EXHAUSTED',
  'QUOTA_EXCEEDED',
  'ADDRESS_IN_USE',
  'ALLOCATION_NOT_FOUND',
  'SUBNET_NOT_FOUND',
  'SUBNET_IN_USE',
  'PREFIX_IN_USE',
  'STALE_REVISION',
  // The target is away, overloaded or cut off: those are what the faults of a run bring about.
  'DATABASE_UNAVAILABLE',
  'OUTCOME_UNKNOWN',
  'CONTENTION',
  'OVERLOADED',
  'STORAGE_FULL',
  'SERVER_BUSY',
  'SERVER_STOPPING',
  'NO_ANSWER',
])

/** K0: no request fails with a code that its kind does not have. The first of each code is shown. */
export function checkRefusals({ operations }: RunHistory): Violation[] {
  const seen = new Map<string, Violation>()
  for (const operation of operations)
    for (const { code, outcome } of operation.attempts) {
      // Codes of sockets begin like this: the server was away.
      if (outcome === 'ok' || code === null || /^(E[A-Z]+|UND_ERR_.*)$/.test(code)) continue
      if (rightfulCodes.has(code) || seen.has(code)) continue
      seen.set(code, {
        property: 'K0',
        subject: `request ${operation.id}`,
        message: `It failed with ${code}.`,
        evidence: evidenceOfAll([operation]),
      })
    }
  return [...seen.values()]
}
