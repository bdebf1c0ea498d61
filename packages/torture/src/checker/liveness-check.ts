import type { Attempt } from './operation-history.ts'
import type { RunHistory } from './run-history.ts'
import type { Violation } from './violation.ts'

// Reads answer from a snapshot even while nobody can write: they show no progress of writers.
const changes = new Set(['allocate', 'release', 'create-subnet', 'delete-subnet'])

/**
 * K9: while a process was at it, and while anybody was, no window of this length went by without a change that succeeded.
 * A process was at it until its last answer, and to the end of the run when one never came and nobody took its place: how
 * long the machine takes to start another is no concern of this.
 */
export function checkLiveness(history: RunHistory, windowMs: number): Violation[] {
  const attempts = history.operations
    .filter(({ operation }) => changes.has(operation.kind))
    .flatMap((recorded) => recorded.attempts)
    .filter(({ worker }) => worker >= 0)
  const own = Map.groupBy(attempts, processOf)
  const replaced = new Set(
    history.starts.map((start) => processOf({ ...start, incarnation: start.incarnation - 1 })),
  )
  const lives = history.starts.map((start) => {
    const made = own.get(processOf(start)) ?? []
    const last = lastMoment(history, start.at, made, replaced.has(processOf(start)))
    return { subject: `worker ${start.worker}`, ends: [start.at, last], made }
  })
  const ends = lives.flatMap((life) => life.ends).sort((a, b) => a - b)
  const all = {
    subject: 'all workers',
    ends: [...ends.slice(0, 1), ...ends.slice(-1)],
    made: attempts,
  }
  return [all, ...lives].flatMap((each) => stallsOf(each.subject, windowMs, each.ends, each.made))
}

function processOf({ worker, incarnation }: { worker: number; incarnation: number }): string {
  return `${worker}.${incarnation}`
}

function stallsOf(
  subject: string,
  windowMs: number,
  ends: readonly number[],
  attempts: readonly Attempt[],
): Violation[] {
  const moments = [...ends]
  for (const { outcome, until } of attempts) if (outcome === 'ok') moments.push(until)
  moments.sort((a, b) => a - b)
  return moments.flatMap((moment, index): Violation[] => {
    const before = moments[index - 1]
    if (before === undefined || moment - before <= windowMs * 1000) return []
    const message = `No change succeeded for ${((moment - before) / 1e6).toFixed(1)} s.`
    return [{ property: 'K9', subject, message, evidence: [] }]
  })
}

function lastMoment(
  { end }: RunHistory,
  start: number,
  attempts: readonly Attempt[],
  isReplaced: boolean,
): number {
  let last = start
  for (const { from, until } of attempts) {
    if (!Number.isFinite(until) && !isReplaced) return end
    last = Math.max(last, from, Number.isFinite(until) ? until : 0)
  }
  return last
}
