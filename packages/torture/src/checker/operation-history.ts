import {
  type Answer,
  type HistoryRecord,
  type InvokeRecord,
  namedAddress,
  type Operation,
  type Outcome,
} from '../history-record.ts'
import type { Evidence } from './violation.ts'

/** One call with its answer. */
export interface Attempt {
  readonly call: string
  readonly worker: number
  /** How often the worker was replaced before. */
  readonly incarnation: number
  readonly from: number
  /** Infinity: never answered. */
  readonly until: number
  readonly outcome: Outcome
  readonly code: string | null
  readonly answer: Answer | null
}

/** All calls of one request. Those under one key have one effect: between the first call and the first success. */
export interface RecordedOperation {
  readonly id: string
  readonly operation: Operation
  readonly projectId: string
  readonly hasKey: boolean
  readonly attempts: readonly Attempt[]
  readonly outcome: Outcome
  readonly from: number
  /** Infinity unless it succeeded or failed for certain. */
  readonly until: number
  /** Of the first success. */
  readonly answer: Answer | null
}

/** Puts calls and answers together, and calls of one operation. Linear in the records. */
export function operationsOf(records: readonly HistoryRecord[]): RecordedOperation[] {
  const completions = new Map(
    records.flatMap((record) => (record.event === 'complete' ? [[record.call, record]] : [])),
  )
  const calls = new Map<string, { invoke: InvokeRecord; attempts: Attempt[] }>()
  for (const record of records) {
    if (record.event !== 'invoke') continue
    const complete = completions.get(record.call)
    const found = calls.get(record.operationId) ?? { invoke: record, attempts: [] }
    found.attempts.push({
      call: record.call,
      worker: record.worker,
      incarnation: record.incarnation,
      from: record.at,
      until: complete === undefined ? Number.POSITIVE_INFINITY : complete.at,
      outcome: complete?.outcome ?? 'unknown',
      code: complete?.code ?? null,
      answer: complete?.answer ?? null,
    })
    calls.set(record.operationId, found)
  }
  return [...calls.values()].map(({ invoke, attempts }) => operationOf(invoke, attempts))
}

function operationOf(invoke: InvokeRecord, attempts: Attempt[]): RecordedOperation {
  attempts.sort((a, b) => a.from - b.from)
  const successes = attempts.filter(({ outcome }) => outcome === 'ok')
  const first = successes.toSorted((a, b) => a.until - b.until)[0]
  const outcome =
    first !== undefined
      ? 'ok'
      : attempts.some((attempt) => attempt.outcome === 'unknown')
        ? 'unknown'
        : 'fail'
  // A call that failed had no effect; the effect belongs to one of the others.
  const effective = outcome === 'fail' ? attempts : attempts.filter((a) => a.outcome !== 'fail')
  const untils = {
    ok: first?.until ?? 0,
    fail: Math.max(...attempts.map(({ until }) => until)),
    unknown: Number.POSITIVE_INFINITY,
  }
  return {
    id: invoke.operationId,
    operation: invoke.operation,
    projectId: invoke.projectId,
    hasKey: invoke.idempotencyKey !== null,
    attempts,
    outcome,
    from: Math.min(...effective.map(({ from }) => from)),
    until: untils[outcome],
    answer: first?.answer ?? null,
  }
}

/** The operation as lines of evidence: one for each of its calls. */
function evidenceOf(recorded: RecordedOperation): Evidence[] {
  return recorded.attempts.map((attempt) => ({
    from: attempt.from,
    until: attempt.until === Number.POSITIVE_INFINITY ? null : attempt.until,
    who: attempt.worker < 0 ? 'replay' : `worker ${attempt.worker}`,
    what: `${asked(recorded)} → ${answered(attempt)}`,
  }))
}

/** Oldest first, without repetitions, at most so many. */
export function evidenceOfAll(operations: Iterable<RecordedOperation>, most = 40): Evidence[] {
  const lines = [...new Set(operations)].flatMap(evidenceOf).sort((a, b) => a.from - b.from)
  return lines.length <= most ? lines : [...lines.slice(0, most / 2), ...lines.slice(-most / 2)]
}

function asked({ id, operation, hasKey }: RecordedOperation): string {
  const name = `${id}${hasKey ? ' (key)' : ''}`
  switch (operation.kind) {
    case 'allocate': {
      const { request, ttlSeconds } = operation
      const detail =
        request.kind === 'bulk'
          ? ` of ${request.count}`
          : (namedAddress(request) ?? '').replace(/^./, ' $&')
      return `${name} allocate ${request.kind}${detail}${ttlSeconds === undefined ? '' : `, lease of ${ttlSeconds} s`}`
    }
    case 'release':
    case 'get':
      return `${name} ${operation.kind} ${operation.address}`
    case 'create-subnet':
      return `${name} cut a /${operation.prefixLength}`
    case 'delete-subnet':
      return `${name} delete the subnet${operation.cascade ? ' with its addresses' : ''}`
    case 'set-allocation-pools':
      return `${name} set allocation pools ${operation.allocationPools.map(({ first, last }) => `${first}-${last}`).join(', ')}`
    case 'set-prefixes':
      return `${name} set prefixes ${operation.prefixes.join(', ')}`
    default:
      return `${name} ${operation.kind}`
  }
}

function answered({ outcome, code, answer, until }: Attempt): string {
  if (until === Number.POSITIVE_INFINITY) return 'never answered'
  if (outcome !== 'ok') return `${outcome} ${code ?? ''}`.trim()
  switch (answer?.kind) {
    case 'allocate':
      return `ok ${answer.addresses.join(' ')}`
    case 'get':
      return `ok, held by ${answer.holderId ?? 'nobody'}`
    case 'create-subnet':
      return `ok ${answer.cidr}`
    case 'utilization':
      return `ok ${answer.allocated} allocated, ${answer.cooling} cooling of ${answer.capacity}`
    default:
      return 'ok'
  }
}
