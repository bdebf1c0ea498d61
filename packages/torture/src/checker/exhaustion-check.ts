import type { AddressRange } from '../history-record.ts'
import type { OccupancyIndex } from './occupancy.ts'
import { type Attempt, evidenceOfAll, type RecordedOperation } from './operation-history.ts'
import { prefixBounds, type RunHistory, sizeOfRanges } from './run-history.ts'
import type { Violation } from './violation.ts'

const overlapping = 12

/**
 * K5: "exhausted" is right only when at some moment of the call so few addresses may have been free; and nobody succeeds
 * while for certain too few are.
 */
export function checkExhaustion(history: RunHistory, occupancy: OccupancyIndex): Violation[] {
  const violations: Violation[] = []
  for (const recorded of history.operations) {
    if (recorded.operation.kind === 'create-subnet')
      violations.push(...wrongPoolExhaustion(history, recorded))
    if (recorded.operation.kind !== 'allocate') continue
    const { operation } = recorded
    const wanted = wantedBy(recorded)
    if (wanted === null) continue
    for (const attempt of recorded.attempts) {
      if (attempt.code !== 'SUBNET_EXHAUSTED' && attempt.code !== 'ALL_SUBNETS_EXHAUSTED') continue
      const roomy = operation.subnetIds.find(
        (id) => !mayBeExhausted(occupancy, id, wanted, attempt),
      )
      if (roomy !== undefined)
        violations.push(wrongRefusal(history, recorded, attempt, roomy, wanted))
    }
    violations.push(...impossibleSuccess(occupancy, recorded, wanted))
  }
  return violations
}

/** Addresses that have to come from the pools; null for a request that does not draw from them. */
function wantedBy({ operation }: RecordedOperation): number | null {
  if (operation.kind !== 'allocate' || operation.request.kind === 'specific') return null
  return operation.request.kind === 'bulk' ? operation.request.count : 1
}

function mayBeExhausted(
  occupancy: OccupancyIndex,
  subnetId: string,
  wanted: number,
  { from, until }: Attempt,
): boolean {
  const versions = occupancy.poolsDuring(subnetId, from, until)
  if (versions.length === 0) return true
  return versions.some((pools) => {
    const held = occupancy.of(subnetId, pools).possible.max(from, until)
    return sizeOfRanges(pools) - BigInt(held) < BigInt(wanted)
  })
}

function wrongRefusal(
  history: RunHistory,
  recorded: RecordedOperation,
  attempt: Attempt,
  subnetId: string,
  wanted: number,
): Violation {
  const nearby = history.operations.filter(
    ({ operation, from, until }) =>
      operation.kind !== 'get' &&
      'subnetId' in operation &&
      operation.subnetId === subnetId &&
      from <= attempt.until &&
      until >= attempt.from,
  )
  return {
    property: 'K5',
    subject: `subnet ${subnetId}`,
    message: `The subnet was said to be exhausted while at least ${wanted} addresses were free.`,
    evidence: evidenceOfAll([recorded, ...nearby.slice(0, overlapping)]),
  }
}

function impossibleSuccess(
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
      subject: `subnet ${subnetId}`,
      message: 'The request succeeded while too few addresses were free for certain.',
      evidence: evidenceOfAll([recorded]),
    },
  ]
}

/** A subnet pool is exhausted only when every block of the asked length may be taken, at one moment. */
function wrongPoolExhaustion(history: RunHistory, recorded: RecordedOperation): Violation[] {
  const { operation } = recorded
  if (operation.kind !== 'create-subnet') return []
  const pool = history.topology.subnetPools.find(({ id }) => id === operation.subnetPoolId)
  if (pool === undefined) return []
  const blocks = pool.prefixes.reduce(
    (sum, prefix) => sum + 2 ** (operation.prefixLength - Number(prefix.split('/')[1])),
    0,
  )
  const bounds = pool.prefixes.map(prefixBounds)
  const isInside = (cidr: string) =>
    bounds.some(({ first, last }) => {
      const block = prefixBounds(cidr)
      return first <= block.first && block.last <= last
    })
  return recorded.attempts
    .filter(({ code }) => code === 'SUBNET_POOL_EXHAUSTED')
    .filter(({ from, until }) => {
      const taken = new Set<string>()
      for (const { cidr, createdBy, deletions } of history.subnets.values()) {
        if (createdBy === null || createdBy.from > until || !isInside(cidr)) continue
        const isGone = deletions.some(({ outcome, until: end }) => outcome === 'ok' && end < from)
        if (!isGone) taken.add(cidr)
      }
      // A cut whose outcome nobody knows may hold a block as well.
      const unknown = history.operations.filter(
        (each) =>
          each.operation.kind === 'create-subnet' &&
          each.operation.subnetPoolId === pool.id &&
          each.outcome === 'unknown' &&
          each.from <= until,
      )
      return taken.size + unknown.length < blocks
    })
    .map((attempt) => ({
      property: 'K5',
      subject: `subnet pool ${pool.id}`,
      message: `The pool was said to be exhausted while one of its ${blocks} blocks was free.`,
      evidence: evidenceOfAll([{ ...recorded, attempts: [attempt] }]),
    }))
}
