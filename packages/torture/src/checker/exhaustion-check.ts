import { type AddressRange, countOf, namedAddress } from '../history-record.ts'
import type { OccupancyIndex } from './occupancy.ts'
import { type Attempt, evidenceOfAll, type RecordedOperation } from './operation-history.ts'
import { nameOfSubnet, type RunHistory, sizeOfRanges } from './run-history.ts'
import type { Violation } from './violation.ts'

const overlapping = 12

/**
 * K5: "exhausted" is right only when at some moment of the call so few addresses may have been free; and nobody succeeds
 * while for certain too few are.
 */
export function checkExhaustion(history: RunHistory, occupancy: OccupancyIndex): Violation[] {
  const violations: Violation[] = []
  for (const recorded of history.operations) {
    if (recorded.operation.kind !== 'allocate') continue
    const { operation } = recorded
    const wanted = wantedBy(recorded)
    if (wanted === null) continue
    for (const attempt of recorded.attempts) {
      if (attempt.code !== 'SUBNET_EXHAUSTED' && attempt.code !== 'ALL_SUBNETS_EXHAUSTED') continue
      for (const subnetId of operation.subnetIds) {
        const free = leastFree(occupancy, subnetId, attempt)
        if (free === null || free < BigInt(wanted)) continue
        violations.push(wrongRefusal(history, recorded, attempt, subnetId, wanted, free))
        break
      }
    }
    violations.push(...impossibleSuccess(history, occupancy, recorded, wanted))
  }
  return violations
}

/** Addresses that have to come from the pools; null for a request that does not draw from them. */
function wantedBy({ operation }: RecordedOperation): number | null {
  if (operation.kind !== 'allocate' || namedAddress(operation.request) !== null) return null
  return countOf(operation.request)
}

/** As few addresses as may have been free at some moment of the call; null of a subnet that nobody knows. */
function leastFree(
  occupancy: OccupancyIndex,
  subnetId: string,
  { from, until }: Attempt,
): bigint | null {
  const free = occupancy
    .poolsDuring(subnetId, from, until)
    .map(
      (pools) =>
        sizeOfRanges(pools) - BigInt(occupancy.of(subnetId, pools).possible.max(from, until)),
    )
  return free.reduce<bigint | null>(
    (least, each) => (least === null || each < least ? each : least),
    null,
  )
}

function wrongRefusal(
  history: RunHistory,
  recorded: RecordedOperation,
  attempt: Attempt,
  subnetId: string,
  wanted: number,
  free: bigint,
): Violation {
  const nearby = history.operations.filter(
    (each) =>
      each !== recorded &&
      changesHolding(each, subnetId) &&
      each.from <= attempt.until &&
      each.until >= attempt.from,
  )
  return {
    property: 'K5',
    subject: nameOfSubnet(history, subnetId),
    message: `The subnet was said to be exhausted for ${counted(BigInt(wanted))}, and at every moment of the call at least ${counted(free)} must have been free.`,
    evidence: evidenceOfAll([
      { ...recorded, attempts: [attempt] },
      ...nearby.slice(0, overlapping),
    ]),
  }
}

function counted(addresses: bigint): string {
  return `${addresses} address${addresses === 1n ? '' : 'es'}`
}

function changesHolding({ operation, answer }: RecordedOperation, subnetId: string): boolean {
  if (operation.kind === 'allocate')
    return answer?.kind === 'allocate'
      ? answer.subnetId === subnetId
      : operation.subnetIds.includes(subnetId)
  return (
    (operation.kind === 'release' || operation.kind === 'set-allocation-pools') &&
    operation.subnetId === subnetId
  )
}

function impossibleSuccess(
  history: RunHistory,
  occupancy: OccupancyIndex,
  recorded: RecordedOperation,
  wanted: number,
): Violation[] {
  const { answer, from, until } = recorded
  if (answer?.kind !== 'allocate') return []
  const { subnetId } = answer
  const versions = occupancy.poolsDuring(subnetId, from, until)
  const hadRoom = (pools: readonly AddressRange[]) =>
    sizeOfRanges(pools) >=
    BigInt(wanted) + BigInt(occupancy.of(subnetId, pools).certain.min(from, until))
  if (versions.length === 0 || versions.some(hadRoom)) return []
  return [
    {
      property: 'K5',
      subject: nameOfSubnet(history, subnetId),
      message: 'The request succeeded while too few addresses were free for certain.',
      evidence: evidenceOfAll([recorded]),
    },
  ]
}
