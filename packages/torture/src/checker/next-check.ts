import { IpAddress } from '@freehold/address'
import type { AddressRange } from '../history-record.ts'
import type { OccupancyIndex } from './occupancy.ts'
import { evidenceOfAll } from './operation-history.ts'
import { addressValue, nameOfSubnet, type RunHistory, sizeOfRanges } from './run-history.ts'
import type { Violation } from './violation.ts'

/**
 * K8: `next` gives the lowest address of the pools that may have been the lowest free one at some moment of the call. Not
 * judged where addresses cool or leases end, which nobody may have noticed yet.
 */
export function checkNext(history: RunHistory, occupancy: OccupancyIndex): Violation[] {
  return history.operations.flatMap((recorded): Violation[] => {
    const { operation, answer, from, until } = recorded
    if (operation.kind !== 'allocate' || operation.request.kind !== 'next') return []
    if (answer?.kind !== 'allocate' || !occupancy.isWithoutDelay(answer.subnetId)) return []
    const { subnetId, addresses } = answer
    const [given = ''] = addresses
    const versions = occupancy.poolsDuring(subnetId, from, until)
    const isPossible = versions.some((pools) => {
      const lower = rangesBelow(pools, given)
      const held = occupancy.of(subnetId, lower).possible.max(from, until)
      return BigInt(held) >= sizeOfRanges(lower)
    })
    if (isPossible || versions.length === 0) return []
    return [
      {
        property: 'K8',
        subject: `${given} in ${nameOfSubnet(history, subnetId)}`,
        message: 'It was given as the next one while a lower address was free.',
        evidence: evidenceOfAll([recorded]),
      },
    ]
  })
}

/** What of the ranges lies below an address. */
function rangesBelow(ranges: readonly AddressRange[], address: string): AddressRange[] {
  const { version, value } = IpAddress.parse(address)
  return ranges.flatMap(({ first, last }) => {
    if (addressValue(first) >= value) return []
    const end =
      addressValue(last) < value ? last : IpAddress.fromValue(version, value - 1n).toString()
    return [{ first, last: end }]
  })
}
