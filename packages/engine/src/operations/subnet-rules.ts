import {
  AddressRange,
  addressBits,
  assignableRange,
  type IpAddress,
  isReservedAddress,
  type Prefix,
  RangeSet,
} from '@freehold/address'
import { IpamError } from '../errors.ts'
import { parseAddress, parseRange } from '../model/address-input.ts'
import type { AllocationPool } from '../model/allocation-pool.ts'
import { ipv4MappedBlock } from '../model/ipv4-mapped-block.ts'
import { checkLength, invalidField } from '../model/record.ts'

/**
 * The gateway that was asked for. `auto` is the first assignable address (Neutron: network + 1), and none where the
 * prefix is point-to-point or a single address.
 * @throws IpamError GATEWAY_OUTSIDE_SUBNET, GATEWAY_NOT_ASSIGNABLE, IP_VERSION_MISMATCH, INVALID_ADDRESS.
 */
export function gatewayOf(
  prefix: Prefix,
  gateway: 'auto' | null | string | undefined,
  onLink: boolean,
): IpAddress | null {
  if (gateway === null) return null
  if (gateway === undefined || gateway === 'auto')
    return isReservedAddress(prefix, prefix.first) ? prefix.first.plus(1) : null
  const address = parseAddress(gateway, '/gateway')
  if (address.version !== prefix.version)
    throw new IpamError(
      'IP_VERSION_MISMATCH',
      'The gateway has another IP version than the subnet.',
      { pointer: '/gateway', fix: `Give an IPv${prefix.version} address, or null for no gateway.` },
    )
  if (!prefix.contains(address) && !onLink)
    throw new IpamError('GATEWAY_OUTSIDE_SUBNET', `${address} is not inside ${prefix}.`, {
      pointer: '/gateway',
      fix: 'Set onLink to true if hosts reach it all the same.',
    })
  const single = prefix.length === addressBits(prefix.version) && prefix.contains(address)
  const reserved = prefix.version === 4 && isReservedAddress(prefix, address)
  if (single || reserved)
    throw new IpamError(
      'GATEWAY_NOT_ASSIGNABLE',
      single
        ? `${address} is the only address of the subnet.`
        : `${address} is the network or broadcast address of ${prefix}.`,
      { pointer: '/gateway', fix: 'Use null for no gateway.' },
    )
  return address
}

/** Everything assignable but the gateway: one pool, or two around it. */
export function defaultAllocationPools(
  prefix: Prefix,
  gateway: IpAddress | null,
): AllocationPool[] {
  const { version } = prefix
  const taken = version === 6 ? [ipv4MappedBlock] : []
  if (gateway !== null && prefix.contains(gateway)) taken.push(AddressRange.of(gateway, gateway))
  return RangeSet.of(version, [assignableRange(prefix)])
    .difference(RangeSet.of(version, taken))
    .ranges.map(toPool)
}

/**
 * Checks pools against their subnet and one another; the order of the list does not matter, adjacent pools may touch.
 * @throws IpamError ALLOCATION_POOL_OUTSIDE_SUBNET, ALLOCATION_POOLS_OVERLAP, GATEWAY_IN_ALLOCATION_POOL, IP_VERSION_MISMATCH.
 */
export function checkAllocationPools(
  prefix: Prefix,
  gateway: IpAddress | null,
  pools: readonly AllocationPool[],
  maxPools: number,
): AllocationPool[] {
  if (!Array.isArray(pools)) throw invalidField('/allocationPools', 'must be a list of ranges')
  checkLength(pools.length, '/allocationPools', 0, maxPools)
  const assignable = assignableRange(prefix)
  const ranges = pools.map((pool, index) => {
    const pointer = `/allocationPools/${index}`
    const range = parseRange(pool, pointer)
    if (range.version !== prefix.version)
      throw new IpamError(
        'IP_VERSION_MISMATCH',
        'The pool has another IP version than the subnet.',
        { pointer, fix: `Give IPv${prefix.version} addresses.` },
      )
    if (!assignable.contains(range))
      throw new IpamError(
        'ALLOCATION_POOL_OUTSIDE_SUBNET',
        `${range.first} to ${range.last} is not inside the assignable addresses of ${prefix}.`,
        { pointer, fix: `Stay between ${assignable.first} and ${assignable.last}.` },
      )
    if (range.version === 6 && range.overlaps(ipv4MappedBlock))
      throw new IpamError(
        'ALLOCATION_POOL_OUTSIDE_SUBNET',
        'The pool holds IPv4-mapped addresses, which are never handed out.',
        { pointer, fix: 'Split the pool around ::ffff:0:0/96.' },
      )
    if (gateway !== null && range.contains(gateway))
      throw new IpamError(
        'GATEWAY_IN_ALLOCATION_POOL',
        `The gateway ${gateway} is inside the pool.`,
        {
          pointer,
          fix: 'Split the pool around it.',
        },
      )
    return range
  })
  const sorted = ranges.sort((a, b) => a.first.compare(b.first))
  for (const [index, range] of sorted.entries()) {
    const next = sorted[index + 1]
    if (next !== undefined && range.overlaps(next))
      throw new IpamError(
        'ALLOCATION_POOLS_OVERLAP',
        `The pools that start at ${range.first} and ${next.first} overlap.`,
        { pointer: '/allocationPools', fix: 'Merge them.' },
      )
  }
  return sorted.map(toPool)
}

function toPool(range: AddressRange): AllocationPool {
  return { first: range.first.toString(), last: range.last.toString() }
}
