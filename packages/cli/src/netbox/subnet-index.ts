import type { AddressRange, IpAddress } from '@freehold/address'
import type { NetboxSubnet } from './netbox-prefixes.ts'

/** Finds the subnets of one address scope, which never overlap, by address or range. */
export class SubnetIndex {
  readonly #byScope: ReadonlyMap<string, readonly NetboxSubnet[]>

  constructor(subnets: readonly NetboxSubnet[]) {
    const groups = Map.groupBy(subnets, (subnet) => subnet.scopeKey)
    for (const group of groups.values()) group.sort((a, b) => a.prefix.compare(b.prefix))
    this.#byScope = groups
  }

  /** Cost: logarithmic in the scope's subnets. */
  holding(scopeKey: string, address: IpAddress): NetboxSubnet | undefined {
    const subnets = this.#byScope.get(scopeKey) ?? []
    const subnet = subnets[firstAfter(subnets, address) - 1]
    return subnet?.prefix.contains(address) ? subnet : undefined
  }

  /** The subnets that share an address with the range, in order. Cost: logarithmic, and linear in the answer. */
  overlapping(scopeKey: string, range: AddressRange): readonly NetboxSubnet[] {
    const subnets = this.#byScope.get(scopeKey) ?? []
    const end = firstAfter(subnets, range.last)
    let start = end
    while (start > 0 && (subnets[start - 1] as NetboxSubnet).prefix.last.compare(range.first) >= 0)
      start--
    return subnets.slice(start, end)
  }
}

/** Index of the first subnet that starts after the address. */
function firstAfter(subnets: readonly NetboxSubnet[], address: IpAddress): number {
  let low = 0
  let high = subnets.length
  while (low < high) {
    const middle = (low + high) >> 1
    if ((subnets[middle] as NetboxSubnet).prefix.first.compare(address) <= 0) low = middle + 1
    else high = middle
  }
  return low
}
