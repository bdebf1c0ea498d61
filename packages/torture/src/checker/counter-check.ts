import type { OccupancyIndex } from './occupancy.ts'
import { evidenceOfAll, type RecordedOperation } from './operation-history.ts'
import { isInRanges, nameOfSubnet, type RunHistory, sizeOfRanges } from './run-history.ts'
import { type Interval, StepFunction } from './step-function.ts'
import type { Violation } from './violation.ts'

/** K6: utilization equals the rows, at the end and, as far as that can be told, at every reading; quotas hold. */
export function checkCounters(history: RunHistory, occupancy: OccupancyIndex): Violation[] {
  return [
    ...finalCounts(history),
    ...history.operations.flatMap((recorded) => readings(history, occupancy, recorded)),
    ...quotas(history),
  ]
}

function finalCounts({ final }: RunHistory): Violation[] {
  const rows = Map.groupBy(final.allocations, ({ subnetId }) => subnetId)
  const violations: Violation[] = []
  for (const { id, cidr, counts, allocationPools } of final.subnets) {
    const own = rows.get(id) ?? []
    const inside = own.filter(({ address }) => isInRanges(address, allocationPools))
    const held = inside.filter(({ isHeld }) => isHeld).length
    const capacity = sizeOfRanges(allocationPools)
    const expected = {
      capacity: capacity.toString(),
      allocated: String(held),
      cooling: String(inside.length - held),
      available: (capacity - BigInt(inside.length)).toString(),
      outsidePools: String(own.length - inside.length),
    }
    for (const [name, count] of Object.entries(expected)) {
      const found = counts[name as keyof typeof counts]
      if (found !== count)
        violations.push({
          property: 'K6',
          subject: `subnet ${cidr} (${id})`,
          message: `${name} is ${found} in the utilization, and ${count} by the rows.`,
          evidence: [],
        })
    }
  }
  return violations
}

function readings(
  history: RunHistory,
  occupancy: OccupancyIndex,
  recorded: RecordedOperation,
): Violation[] {
  const { operation, answer, from, until } = recorded
  if (operation.kind !== 'utilization' || answer?.kind !== 'utilization') return []
  const report = (message: string): Violation[] => [
    {
      property: 'K6',
      subject: nameOfSubnet(history, operation.subnetId),
      message,
      evidence: evidenceOfAll([recorded]),
    },
  ]
  const used = BigInt(answer.allocated) + BigInt(answer.cooling)
  const capacity = BigInt(answer.capacity)
  if (used + BigInt(answer.available) !== capacity)
    return report('allocated, cooling and available do not add up to the capacity.')
  if (used < 0n || used > capacity) return report('More is used than there is, or less than none.')
  const versions = occupancy
    .poolsDuring(operation.subnetId, from, until)
    .filter((pools) => sizeOfRanges(pools) === capacity)
  if (versions.length === 0) return report('The capacity is that of no pools it may have had.')
  const bounds = versions.map((pools) => {
    const { certain, possible } = occupancy.of(operation.subnetId, pools)
    return { least: BigInt(certain.min(from, until)), most: BigInt(possible.max(from, until)) }
  })
  if (!bounds.some(({ least }) => used >= least))
    return report('Fewer addresses are counted than were held for certain.')
  // A lease that is over, and an address that has cooled, are counted until somebody looks.
  if (!occupancy.isWithoutDelay(operation.subnetId)) return []
  if (answer.cooling !== '0') return report('Addresses are said to cool where none does.')
  return bounds.some(({ least, most }) => least <= used && used <= most)
    ? []
    : report('More addresses are counted than may have been held.')
}

/** In addresses: what a project has for certain is never above its quota, and "over quota" is only said when it may be. */
function quotas(history: RunHistory): Violation[] {
  return history.topology.subnetPools.flatMap(({ id, quota, prefixLength }) => {
    if (quota === null) return []
    const cuts = history.cuts.get(id) ?? []
    const size = 2 ** (32 - prefixLength)
    return [...Map.groupBy(cuts, ({ projectId }) => projectId)].flatMap(([projectId, own]) =>
      quotaOf(history, `project ${projectId} in subnet pool ${id}`, own, Math.floor(quota / size)),
    )
  })
}

function quotaOf(
  history: RunHistory,
  subject: string,
  cuts: readonly RecordedOperation[],
  most: number,
): Violation[] {
  const certain: Interval[] = []
  const possible: Interval[] = []
  for (const cut of cuts) {
    if (cut.outcome === 'fail') continue
    const life =
      cut.answer?.kind === 'create-subnet' ? history.lives.get(cut.answer.subnetId) : undefined
    possible.push([cut.from, life?.endsUntil ?? Infinity])
    const end = (life?.mayEndFrom ?? Infinity) - 1
    if (cut.outcome === 'ok' && cut.until < end) certain.push([cut.until, end])
  }
  const violations: Violation[] = []
  const report = (message: string, evidence: readonly RecordedOperation[]) => {
    violations.push({ property: 'K6', subject, message, evidence: evidenceOfAll(evidence) })
  }
  const highest = new StepFunction(certain).max(0, Number.POSITIVE_INFINITY)
  if (highest > most)
    report(`It had ${highest} subnets at a time, and its quota is ${most}.`, cuts.filter(isOk))
  const ids = new Set(cuts.map(({ id }) => id))
  const inTheEnd = history.final.subnets.filter(({ name }) => ids.has(name))
  if (inTheEnd.length > most)
    report(`In the end it has ${inTheEnd.length} subnets, and its quota is ${most}.`, [])
  const mostAtOnce = new StepFunction(possible)
  for (const cut of cuts)
    for (const attempt of cut.attempts)
      if (attempt.code === 'QUOTA_EXCEEDED' && mostAtOnce.max(attempt.from, attempt.until) < most)
        report(`It was refused though it had fewer than ${most} subnets.`, [cut])
  return violations
}

function isOk({ outcome }: RecordedOperation): boolean {
  return outcome === 'ok'
}
