import { parseRange } from '../model/address-input.ts'
import type { AddressScope } from '../model/address-scope.ts'
import type { PlannedAddressScope, PlannedSubnet, PlannedSubnetPool } from '../model/plan.ts'
import type { Labels } from '../model/record.ts'
import type { Subnet } from '../model/subnet.ts'
import type { SubnetPool } from '../model/subnet-pool.ts'

/**
 * What an import leaves as it is: a record that is there already keeps its own name, gateway and so on where the plan says
 * something else. These functions name what differs; fields that the plan does not give differ in nothing.
 */
export function scopeDifferences(entry: PlannedAddressScope, found: AddressScope): string[] {
  return differing({
    labels: isOther(entry.labels, found.labels, sameLabels),
    sharing: isOther(entry.shared, found.shared),
  })
}

export function poolDifferences(entry: PlannedSubnetPool, found: SubnetPool): string[] {
  return differing({
    labels: isOther(entry.labels, found.labels, sameLabels),
    'prefix lengths':
      isOther(entry.minPrefixLength, found.minPrefixLength) ||
      isOther(entry.defaultPrefixLength, found.defaultPrefixLength) ||
      isOther(entry.maxPrefixLength, found.maxPrefixLength),
    quota: isOther(entry.quota, found.quota?.toString() ?? null),
    sharing: isOther(entry.shared, found.shared),
    'being the default': isOther(entry.isDefault, found.isDefault),
  })
}

export function subnetDifferences(
  entry: PlannedSubnet,
  found: Subnet,
  subnetPoolId: string | null,
): string[] {
  const gateway = entry.gateway === 'auto' ? undefined : entry.gateway
  return differing({
    name: isOther(entry.name, found.name),
    labels: isOther(entry.labels, found.labels, sameLabels),
    'subnet pool': found.subnetPoolId !== subnetPoolId,
    gateway: isOther(gateway, found.gateway),
    'allocation pools': isOther(entry.allocationPools, found.allocationPools, sameRanges),
    'cooling time': isOther(entry.coolingSeconds, found.coolingSeconds),
    sharing: isOther(entry.shared, found.shared),
  })
}

function differing(fields: Readonly<Record<string, boolean>>): string[] {
  return Object.keys(fields).filter((name) => fields[name])
}

function isOther<T>(
  planned: T | undefined,
  found: T,
  same: (a: T, b: T) => boolean = Object.is,
): boolean {
  return planned !== undefined && !same(planned, found)
}

function sameLabels(a: Labels, b: Labels): boolean {
  return canonicalLabels(a) === canonicalLabels(b)
}

function canonicalLabels(labels: Labels): string {
  return JSON.stringify(Object.entries(labels).sort(([a], [b]) => (a < b ? -1 : 1)))
}

function sameRanges(a: Subnet['allocationPools'], b: Subnet['allocationPools']): boolean {
  return canonicalRanges(a) === canonicalRanges(b)
}

function canonicalRanges(ranges: Subnet['allocationPools']): string {
  return ranges
    .map((range) => parseRange(range, '/allocationPools'))
    .sort((a, b) => a.compare(b))
    .join()
}
