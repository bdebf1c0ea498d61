import type { RecordedOperation } from './operation-history.ts'
import type { RunHistory } from './run-history.ts'
import type { Violation } from './violation.ts'

// Reads answer from a snapshot even while nobody can write: they show no progress of writers.
const changes = new Set(['allocate', 'release', 'create-subnet', 'delete-subnet'])

/** K9: while a worker was at it, no window of this length went by without a change that succeeded. */
export function checkLiveness(history: RunHistory, windowMs: number): Violation[] {
  const windowUs = windowMs * 1000
  const attempts = Map.groupBy(
    history.operations.filter(({ operation }) => changes.has(operation.kind)).flatMap(attemptsOf),
    ({ worker }) => worker,
  )
  const violations: Violation[] = []
  for (const [worker, own] of attempts) {
    if (worker < 0) continue
    const starts = history.starts.filter((start) => start.worker === worker).map(({ at }) => at)
    // One by one: a long run has more of them than a call takes arguments.
    const last = own.reduce((latest, { from }) => Math.max(latest, from), 0)
    const moments = [
      ...starts,
      ...own.filter(({ isOk }) => isOk).map(({ until }) => until),
      last,
    ].sort((a, b) => a - b)
    for (const [index, moment] of moments.entries()) {
      const before = moments[index - 1]
      if (before === undefined || moment - before <= windowUs) continue
      violations.push({
        property: 'K9',
        subject: `worker ${worker}`,
        message: `No change succeeded for ${((moment - before) / 1e6).toFixed(1)} s.`,
        evidence: [],
      })
    }
  }
  return violations
}

function attemptsOf(recorded: RecordedOperation) {
  return recorded.attempts.map(({ worker, from, until, outcome }) => ({
    worker,
    from,
    until,
    isOk: outcome === 'ok',
  }))
}
