import { evidenceOfAll, type RecordedOperation } from './operation-history.ts'
import { lieInside, type RunHistory } from './run-history.ts'
import { StepFunction } from './step-function.ts'
import type { Violation } from './violation.ts'

/**
 * K5 for subnet pools: one is exhausted only when every block of the asked length may be taken, at one moment of the call.
 * The subnets of a pool that are taken for blocks are all of one length, that of the load.
 */
export function checkPoolExhaustion(history: RunHistory): Violation[] {
  return history.operations.flatMap((recorded) =>
    recorded.attempts.flatMap((attempt): Violation[] => {
      const { operation } = recorded
      if (attempt.code !== 'SUBNET_POOL_EXHAUSTED' || operation.kind !== 'create-subnet') return []
      const { from, until } = attempt
      const { subnetPoolId, prefixLength } = operation
      const versions = history.prefixes.get(subnetPoolId)?.during(from, until) ?? []
      const others = (history.cuts.get(subnetPoolId) ?? []).filter((cut) => cut !== recorded)
      const isPossible = versions.some(
        (prefixes) =>
          mostTaken(history, others, prefixes, from, until) >= blocksOf(prefixes, prefixLength),
      )
      if (isPossible || versions.length === 0) return []
      return [
        {
          property: 'K5',
          subject: `subnet pool ${subnetPoolId}`,
          message: 'The pool was said to be exhausted while a block of it was free.',
          evidence: evidenceOfAll([{ ...recorded, attempts: [attempt] }]),
        },
      ]
    }),
  )
}

function blocksOf(prefixes: readonly string[], prefixLength: number): number {
  return prefixes.reduce(
    (sum, prefix) => sum + 2 ** (prefixLength - Number(prefix.split('/')[1])),
    0,
  )
}

/** As many blocks of the prefixes as may have been taken at some moment. */
function mostTaken(
  history: RunHistory,
  cuts: readonly RecordedOperation[],
  prefixes: readonly string[],
  from: number,
  until: number,
): number {
  const times = cuts.flatMap((cut): [number, number][] => {
    // A cut that was never answered may hold a block from then on.
    if (cut.outcome === 'fail') return []
    if (cut.answer?.kind !== 'create-subnet') return [[cut.from, Number.POSITIVE_INFINITY]]
    const { subnetId, cidr } = cut.answer
    if (!lieInside(cidr, prefixes)) return []
    return [[cut.from, history.lives.get(subnetId)?.endsUntil ?? Number.POSITIVE_INFINITY]]
  })
  return new StepFunction(times).max(from, until)
}
