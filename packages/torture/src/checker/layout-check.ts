import type { AddressRange } from '../history-record.ts'
import type { OccupancyIndex } from './occupancy.ts'
import { evidenceOfAll, type RecordedOperation } from './operation-history.ts'
import {
  addressValue,
  isInRanges,
  type KnownSubnet,
  prefixBounds,
  type RunHistory,
} from './run-history.ts'
import type { Violation } from './violation.ts'

/** K8: subnets of a scope are disjoint; addresses lie where they belong; no gateway and no reserved address is drawn. */
export function checkLayout(history: RunHistory, occupancy: OccupancyIndex): Violation[] {
  return [
    ...overlapsAtTheEnd(history),
    ...overlapsInTime(history),
    ...history.operations.flatMap((recorded) => wrongPlaces(history, occupancy, recorded)),
    ...rowsOutside(history),
  ]
}

function violation(
  subject: string,
  message: string,
  sources: readonly (RecordedOperation | null)[] = [],
): Violation {
  const operations = sources.filter((source) => source !== null)
  return { property: 'K8', subject, message, evidence: evidenceOfAll(operations) }
}

function overlapsAtTheEnd({ final }: RunHistory): Violation[] {
  const violations: Violation[] = []
  for (const subnets of Map.groupBy(final.subnets, (each) => each.addressScopeId).values()) {
    const sorted = subnets
      .map(({ id, cidr }) => ({ id, cidr, ...prefixBounds(cidr) }))
      .sort((a, b) => (a.first < b.first ? -1 : 1))
    for (const [index, subnet] of sorted.entries()) {
      const before = sorted[index - 1]
      if (before !== undefined && before.last >= subnet.first)
        violations.push(
          violation(`subnet ${subnet.cidr} (${subnet.id})`, `It overlaps ${before.cidr}.`),
        )
    }
  }
  return violations
}

/** No two subnets of the pools exist for certain at a time and overlap: all pools are in one scope. */
function overlapsInTime(history: RunHistory): Violation[] {
  const lives = [...history.subnets.values()]
    .filter(({ createdBy }) => createdBy !== null)
    .map((subnet) => ({ subnet, ...prefixBounds(subnet.cidr), ...certainLife(subnet) }))
    .filter(({ from, until }) => from < until)
    .sort((a, b) => (a.first < b.first ? -1 : a.first > b.first ? 1 : a.from - b.from))
  const violations: Violation[] = []
  for (const [index, life] of lives.entries()) {
    for (let at = index + 1; at < lives.length; at += 1) {
      const other = lives[at] as (typeof lives)[0]
      if (other.first > life.last) break
      if (other.from >= life.until || life.from >= other.until) continue
      violations.push(
        violation(`subnet ${life.subnet.cidr}`, `It existed together with ${other.subnet.cidr}.`, [
          life.subnet.createdBy,
          other.subnet.createdBy,
        ]),
      )
    }
  }
  return violations
}

function certainLife({ createdBy, deletions }: KnownSubnet): { from: number; until: number } {
  const starts = deletions.filter(({ outcome }) => outcome !== 'fail').map(({ from }) => from)
  return { from: createdBy?.until ?? 0, until: Math.min(...starts, Number.POSITIVE_INFINITY) }
}

function wrongPlaces(
  history: RunHistory,
  occupancy: OccupancyIndex,
  recorded: RecordedOperation,
): Violation[] {
  const { operation, answer, from, until } = recorded
  if (operation.kind !== 'allocate' || answer?.kind !== 'allocate') return []
  const { subnetId, addresses } = answer
  if (!operation.subnetIds.includes(subnetId))
    return [violation(`request ${recorded.id}`, 'It was served from another subnet.', [recorded])]
  const subnet = history.subnets.get(subnetId)
  if (subnet === undefined) return []
  const pools = occupancy.poolsDuring(subnetId, from, until)
  return addresses.flatMap((address) => {
    const message = misplacement(subnet, address, operation.request.kind === 'specific', pools)
    return message === null ? [] : [violation(address, message, [recorded])]
  })
}

function misplacement(
  { cidr, gateway }: KnownSubnet,
  address: string,
  isSpecific: boolean,
  pools: readonly (readonly AddressRange[])[],
): string | null {
  const reserved = reservedReason(cidr, address)
  if (reserved !== null) return reserved
  if (address === gateway) return 'It is the gateway.'
  if (!isSpecific && !pools.some((ranges) => isInRanges(address, ranges)))
    return 'It was drawn from outside the allocation pools.'
  return null
}

/** RFC 950 and RFC 3021 for IPv4, RFC 4291 section 2.6.1 and RFC 6164 for IPv6. */
function reservedReason(cidr: string, address: string): string | null {
  const { first, last } = prefixBounds(cidr)
  const value = addressValue(address)
  const isIpv6 = address.includes(':')
  if (value < first || value > last || isIpv6 !== cidr.includes(':'))
    return `It is not inside ${cidr}.`
  if (last - first < 2n) return null
  if (value === first) return 'It is the first address of its subnet, which is reserved.'
  if (value === last && !isIpv6) return 'It is the broadcast address of its subnet.'
  return null
}

function rowsOutside({ final }: RunHistory): Violation[] {
  const subnets = new Map(final.subnets.map((subnet) => [subnet.id, subnet]))
  return final.allocations.flatMap(({ subnetId, address }) => {
    const subnet = subnets.get(subnetId)
    const reason =
      subnet === undefined ? 'Its subnet is not there.' : reservedReason(subnet.cidr, address)
    return reason === null ? [] : [violation(address, reason)]
  })
}
