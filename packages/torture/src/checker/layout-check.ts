import { type AddressRange, namedAddress } from '../history-record.ts'
import { takenBy } from './address-register.ts'
import type { OccupancyIndex } from './occupancy.ts'
import { evidenceOfAll, type RecordedOperation } from './operation-history.ts'
import {
  addressValue,
  isInRanges,
  type KnownSubnet,
  lieInside,
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
    ...history.operations.flatMap((recorded) => wrongCut(history, recorded)),
    ...history.operations.flatMap((recorded) => leftOutside(history, recorded)),
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
    .map((subnet) => ({ subnet, ...prefixBounds(subnet.cidr), ...certainLife(history, subnet) }))
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

function certainLife({ lives }: RunHistory, { id }: KnownSubnet): { from: number; until: number } {
  const life = lives.get(id)
  return { from: life?.createdUntil ?? 0, until: life?.mayEndFrom ?? 0 }
}

/** A subnet that is cut is of the asked length, inside its pool, and its addresses are inside of it. */
function wrongCut(history: RunHistory, recorded: RecordedOperation): Violation[] {
  const { operation, answer, from, until } = recorded
  if (operation.kind !== 'create-subnet' || answer?.kind !== 'create-subnet') return []
  const { cidr, gateway, allocationPools } = answer
  const report = (message: string) => [violation(`subnet ${cidr}`, message, [recorded])]
  if (!cidr.endsWith(`/${operation.prefixLength}`))
    return report(`A /${operation.prefixLength} was asked for.`)
  const versions = history.prefixes.get(operation.subnetPoolId)?.during(from, until) ?? []
  if (!versions.some((prefixes) => lieInside(cidr, prefixes)))
    return report('It was cut from none of the prefixes that its pool may have had.')
  const ends = allocationPools.flatMap(({ first, last }) => [first, last])
  const misplaced = ends.find((address) => reservedReason(cidr, address) !== null)
  if (misplaced !== undefined)
    return report(`An allocation pool ends at ${misplaced}, which is reserved or outside of it.`)
  if (gateway === null) return []
  if (reservedReason(cidr, gateway) !== null || isInRanges(gateway, allocationPools))
    return report(`Its gateway ${gateway} is reserved, outside of it, or in an allocation pool.`)
  return []
}

/** A pool gives up no prefix in which a subnet of it lies all the while. */
function leftOutside(history: RunHistory, recorded: RecordedOperation): Violation[] {
  const { operation, outcome, from, until } = recorded
  if (operation.kind !== 'set-prefixes' || outcome !== 'ok') return []
  return (history.cuts.get(operation.subnetPoolId) ?? []).flatMap(({ answer }) => {
    if (answer?.kind !== 'create-subnet' || lieInside(answer.cidr, operation.prefixes)) return []
    const life = history.lives.get(answer.subnetId)
    if (life === undefined || life.createdUntil >= from || life.mayEndFrom <= until) return []
    return [
      violation(`subnet ${answer.cidr}`, 'Its pool gave up the prefix that it lies in.', [
        life.createdBy,
        recorded,
      ]),
    ]
  })
}

function wrongPlaces(
  history: RunHistory,
  occupancy: OccupancyIndex,
  recorded: RecordedOperation,
): Violation[] {
  const { operation, from, until } = recorded
  if (operation.kind !== 'allocate') return []
  const { request, subnetIds } = operation
  // Also what one took of whose success nobody heard.
  return takenBy(history, recorded).flatMap(({ subnetId, address }) => {
    if (!subnetIds.includes(subnetId))
      return [violation(`request ${recorded.id}`, 'It was served from another subnet.', [recorded])]
    const named = namedAddress(request)
    if (named !== null && named !== address)
      return [violation(address, `${named} was asked for.`, [recorded])]
    const subnet = history.subnets.get(subnetId)
    if (subnet === undefined) return []
    const pools = occupancy.poolsDuring(subnetId, from, until)
    const message = misplacement(subnet, address, named !== null, pools)
    return message === null ? [] : [violation(address, message, [recorded])]
  })
}

function misplacement(
  { cidr, gateway }: KnownSubnet,
  address: string,
  isNamed: boolean,
  pools: readonly (readonly AddressRange[])[],
): string | null {
  const reserved = reservedReason(cidr, address)
  if (reserved !== null) return reserved
  if (address === gateway) return 'It is the gateway.'
  if (!isNamed && !pools.some((ranges) => isInRanges(address, ranges)))
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
