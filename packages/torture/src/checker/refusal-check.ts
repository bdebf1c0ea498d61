import type { Operation } from '../history-record.ts'
import { evidenceOfAll, type RecordedOperation } from './operation-history.ts'
import type { RunHistory } from './run-history.ts'
import type { Violation } from './violation.ts'

/** The target is away, overloaded, full or cut off: what the faults of a run bring about, whatever was asked. */
const codesOfFaults: ReadonlySet<string> = new Set([
  'DATABASE_UNAVAILABLE',
  'OUTCOME_UNKNOWN',
  'CONTENTION',
  'OVERLOADED',
  'STORAGE_FULL',
  'SERVER_BUSY',
  'SERVER_STOPPING',
  'NO_ANSWER',
])

/** Whether a code speaks of the target's state alone, and not of what was asked. */
export function isOfFaults(code: string | null): boolean {
  if (code === null) return false
  // Those of sockets, and of a proxy before the server.
  return codesOfFaults.has(code) || /^(E[A-Z]+|UND_ERR_.*|HTTP_50[234])$/.test(code)
}

/**
 * K0: no request fails with a code that its kind does not have. The load's requests are well formed, so any other code is
 * a defect, an inner error above all. The first of each kind and code is shown.
 */
export function checkRefusals(history: RunHistory): Violation[] {
  const seen = new Map<string, Violation>()
  for (const recorded of history.operations)
    for (const { code, outcome } of recorded.attempts) {
      if (outcome === 'ok' || code === null || isOfFaults(code)) continue
      const { operation } = recorded
      const kind = `${operation.kind} ${operation.kind === 'allocate' ? operation.request.kind : ''}`
      if (seen.has(`${kind} ${code}`) || rightfulCodes(history, operation).includes(code)) continue
      seen.set(`${kind} ${code}`, violationOf(recorded, code))
    }
  return [...seen.values()]
}

function violationOf(recorded: RecordedOperation, code: string): Violation {
  return {
    property: 'K0',
    subject: `request ${recorded.id}`,
    message: `It failed with ${code}, which such a request must never be told.`,
    evidence: evidenceOfAll([recorded]),
  }
}

/** What a request can rightly be told; whether it was right at that moment is for other checks. */
function rightfulCodes({ topology }: RunHistory, operation: Operation): readonly string[] {
  switch (operation.kind) {
    case 'allocate': {
      const { request, subnetIds } = operation
      if (request.kind === 'specific' || request.kind === 'eui64')
        return ['SUBNET_NOT_FOUND', 'ADDRESS_IN_USE']
      return [
        'SUBNET_NOT_FOUND',
        subnetIds.length === 1 ? 'SUBNET_EXHAUSTED' : 'ALL_SUBNETS_EXHAUSTED',
      ]
    }
    case 'release':
    case 'get':
      return ['SUBNET_NOT_FOUND', 'ALLOCATION_NOT_FOUND']
    case 'create-subnet': {
      const pool = topology.subnetPools.find(({ id }) => id === operation.subnetPoolId)
      return pool?.quota === null
        ? ['SUBNET_POOL_EXHAUSTED']
        : ['SUBNET_POOL_EXHAUSTED', 'QUOTA_EXCEEDED']
    }
    case 'delete-subnet':
      return operation.cascade ? ['SUBNET_NOT_FOUND'] : ['SUBNET_NOT_FOUND', 'SUBNET_IN_USE']
    case 'set-allocation-pools':
    case 'utilization':
      return ['SUBNET_NOT_FOUND']
    case 'set-prefixes':
      return ['PREFIX_IN_USE']
    default:
      return []
  }
}
