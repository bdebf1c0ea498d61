import type { OccupancyIndex } from './occupancy.ts'
import { evidenceOfAll, type RecordedOperation } from './operation-history.ts'
import { lieInside, type RunHistory } from './run-history.ts'
import type { Violation } from './violation.ts'

/** K0: "in use" is said of a subnet only when an address of it may be held, of a prefix only when a subnet may lie there. */
export function checkInUse(history: RunHistory, occupancy: OccupancyIndex): Violation[] {
  return history.operations.flatMap((recorded) =>
    recorded.attempts.flatMap((attempt): Violation[] => {
      const subject = wronglyInUse(history, occupancy, recorded, attempt)
      if (subject === null) return []
      const message = `It was refused with ${attempt.code ?? ''} though nothing was in use.`
      const evidence = evidenceOfAll([{ ...recorded, attempts: [attempt] }])
      return [{ property: 'K0', subject, message, evidence }]
    }),
  )
}

function wronglyInUse(
  history: RunHistory,
  occupancy: OccupancyIndex,
  { operation }: RecordedOperation,
  { code, from, until }: RecordedOperation['attempts'][number],
): string | null {
  if (operation.kind === 'delete-subnet' && code === 'SUBNET_IN_USE')
    return occupancy.mayHoldSome(operation.subnetId, from, until)
      ? null
      : `subnet ${operation.subnetId}`
  if (operation.kind !== 'set-prefixes' || code !== 'PREFIX_IN_USE') return null
  const { subnetPoolId, prefixes } = operation
  const mayLieOutside = (history.cuts.get(subnetPoolId) ?? []).some((cut) => {
    if (cut.outcome === 'fail' || cut.from > until) return false
    // Of one that was never answered nobody knows the prefix.
    if (cut.answer?.kind !== 'create-subnet') return true
    const { subnetId, cidr } = cut.answer
    return (history.lives.get(subnetId)?.endsUntil ?? 0) >= from && !lieInside(cidr, prefixes)
  })
  return mayLieOutside ? null : `subnet pool ${subnetPoolId}`
}
