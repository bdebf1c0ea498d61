import type { HistoryRecord } from '../history-record.ts'
import type { Topology } from '../topology.ts'
import { addressRegisters } from './address-register.ts'
import { checkBatches } from './batch-check.ts'
import { checkCounters } from './counter-check.ts'
import { checkDoubles } from './double-check.ts'
import { checkEvents } from './event-check.ts'
import { checkExhaustion } from './exhaustion-check.ts'
import { checkExistence } from './existence-check.ts'
import type { FinalState } from './final-state.ts'
import { checkInUse } from './in-use-check.ts'
import { checkLayout } from './layout-check.ts'
import { checkLeaks } from './leak-check.ts'
import { checkLiveness } from './liveness-check.ts'
import { checkLosses } from './loss-check.ts'
import { checkNext } from './next-check.ts'
import { OccupancyIndex } from './occupancy.ts'
import { checkPoolExhaustion } from './pool-exhaustion-check.ts'
import { checkRefusals } from './refusal-check.ts'
import { type RunHistory, runHistoryOf } from './run-history.ts'
import type { Violation } from './violation.ts'

export interface CheckInput {
  readonly records: readonly HistoryRecord[]
  readonly final: FinalState
  readonly topology: Topology
  /** Whether the order of the whole feed has to be that of the calls: not on several nodes of a cluster. */
  readonly isFeedOrdered: boolean
  /** Time in which every worker must have a success. */
  readonly livenessWindowMs: number
}

export interface CheckResult {
  readonly violations: readonly Violation[]
  /** Addresses whose history has too many unknown calls to be decided. */
  readonly undecided: number
  readonly statistics: RunStatistics
}

export interface RunStatistics {
  readonly calls: number
  readonly ok: number
  readonly fail: number
  readonly unknown: number
  /** Addresses whose histories were judged. */
  readonly addresses: number
  readonly rows: number
  readonly events: number
  readonly byKind: readonly KindStatistics[]
  readonly codes: Readonly<Record<string, number>>
  /** Successes of the process that had the fewest, and of the one that had the most. */
  readonly okOfWorker: { readonly least: number; readonly most: number }
}

export interface KindStatistics {
  readonly kind: string
  readonly ok: number
  readonly fail: number
  readonly unknown: number
}

/** Judges a run by its histories and the final state alone. Pure; nearly linear in the history. */
export function checkHistory(input: CheckInput): CheckResult {
  const history = runHistoryOf(input.records, input.final, input.topology, input.isFeedOrdered)
  const registers = addressRegisters(history)
  const occupancy = new OccupancyIndex(history, registers)
  const { violations: doubles, undecided } = checkDoubles(history, registers)
  const violations = [
    ...checkRefusals(history),
    ...checkExistence(history),
    ...checkInUse(history, occupancy),
    ...doubles,
    ...checkLosses(history, registers, occupancy),
    ...checkLeaks(history, registers),
    ...checkBatches(history, registers),
    ...checkExhaustion(history, occupancy),
    ...checkPoolExhaustion(history),
    ...checkCounters(history, occupancy),
    ...checkEvents(history),
    ...checkLayout(history, occupancy),
    ...checkNext(history, occupancy),
    ...checkLiveness(history, input.livenessWindowMs),
    ...input.final.problems.map(
      (message): Violation => ({
        property: 'K6',
        subject: 'the engine’s own check',
        message,
        evidence: [],
      }),
    ),
  ]
  return { violations, undecided, statistics: statisticsOf(history, registers.length) }
}

function statisticsOf({ operations, final }: RunHistory, addresses: number): RunStatistics {
  const kinds = new Map<string, { ok: number; fail: number; unknown: number }>()
  const codes: Record<string, number> = {}
  const total = { ok: 0, fail: 0, unknown: 0 }
  const okOfWorkers = new Map<number, number>()
  for (const { operation, attempts } of operations) {
    const name =
      operation.kind === 'allocate' ? `allocate ${operation.request.kind}` : operation.kind
    const counts = kinds.get(name) ?? { ok: 0, fail: 0, unknown: 0 }
    kinds.set(name, counts)
    for (const { outcome, code, worker } of attempts) {
      counts[outcome] += 1
      total[outcome] += 1
      // The replay after the load is nobody's.
      if (worker >= 0)
        okOfWorkers.set(worker, (okOfWorkers.get(worker) ?? 0) + (outcome === 'ok' ? 1 : 0))
      if (code !== null) codes[code] = (codes[code] ?? 0) + 1
    }
  }
  return {
    calls: total.ok + total.fail + total.unknown,
    ...total,
    addresses,
    rows: final.allocations.length,
    events: final.events.length,
    byKind: [...kinds]
      .sort(([a], [b]) => (a < b ? -1 : 1))
      .map(([kind, counts]) => ({ kind, ...counts })),
    codes,
    okOfWorker: {
      least: okOfWorkers.size === 0 ? 0 : Math.min(...okOfWorkers.values()),
      most: Math.max(0, ...okOfWorkers.values()),
    },
  }
}
