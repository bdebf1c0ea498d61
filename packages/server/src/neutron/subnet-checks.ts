import { AddressRange, addressBits, IpAddress, type Prefix } from '@freehold/address'
import type { AttributeValues } from './attribute-map.ts'
import { badRequest, conflict, invalidInput, NeutronError } from './neutron-error.ts'
import { pythonText } from './python-text.ts'
import { parseCidr, type subnetAttributes } from './subnet-attributes.ts'

export type SubnetValues = AttributeValues<typeof subnetAttributes>

export interface PoolValue {
  readonly start: string
  readonly end: string
}

const maxNameservers = 5
const maxHostRoutes = 20

/** Throws NeutronError unless it is clear where the prefix comes from. */
export function checkPrefixSource(values: SubnetValues): void {
  const { cidr, prefixlen, allocation_pools: pools } = values
  const hasCidr = cidr !== undefined && cidr !== null
  const hasPool =
    (values.subnetpool_id !== undefined && values.subnetpool_id !== null) ||
    values.use_default_subnetpool === true
  if (hasCidr && prefixlen !== undefined && prefixlen !== null)
    throw badRequest('subnets', 'cidr and prefixlen must not be supplied together')
  if (!hasCidr && !hasPool)
    throw badRequest('subnets', 'a subnetpool must be specified in the absence of a cidr')
  if (hasPool && !hasCidr && pools !== undefined && pools !== null)
    throw badRequest('subnets', 'allocation_pools allowed only for specific subnet requests.')
}

/** Throws NeutronError InvalidInput unless the text is a prefix of this IP version. */
export function checkCidr(cidr: string, ipVersion: number): Prefix {
  const prefix = parseCidr(cidr)
  if (prefix === null) throw invalidInput(`${pythonText(cidr)} is not in a CIDR format`)
  checkVersion('cidr', cidr, prefix.version, ipVersion)
  return prefix
}

/** What DHCP cannot serve. Without DHCP a subnet of one or two addresses is fully usable. */
export function checkDhcpPrefix(prefix: Prefix): void {
  const bits = addressBits(prefix.version)
  if (prefix.version === 4 && prefix.first.value >> 28n === 14n)
    throw invalidInput('Multicast IP subnet is not supported if enable_dhcp is True')
  if (prefix.version === 6 && prefix.first.value >> 120n === 255n)
    throw invalidInput('Multicast IP subnet is not supported if enable_dhcp is True')
  if (prefix.version === 4 && prefix.first.value >> 24n === 127n)
    throw invalidInput('Loopback IP subnet is not supported if enable_dhcp is True')
  if (prefix.version === 4 && prefix.first.value === 0n)
    throw invalidInput(
      `First IP '${prefix.first}' of network is not supported if enable_dhcp is True.`,
    )
  if (prefix.length > bits - 2)
    throw invalidInput('Subnet has a prefix length that is incompatible with DHCP service enabled')
}

/** The rules of RFC 4861 and 3315 router modes that Neutron has. Throws NeutronError InvalidInput. */
export function checkIpv6Modes(values: SubnetValues, prefix: Prefix | null): void {
  const { ipv6_ra_mode: raMode, ipv6_address_mode: addressMode, ip_version: ipVersion } = values
  for (const [name, mode] of [
    ['ipv6_ra_mode', raMode],
    ['ipv6_address_mode', addressMode],
  ] as const)
    if (mode !== undefined && mode !== null && ipVersion === 4)
      throw invalidInput(`${name} is not valid when ip_version is 4`)
  const isSet = Boolean(raMode) || Boolean(addressMode)
  if (isSet && values.enable_dhcp === false)
    throw invalidInput(
      'ipv6_ra_mode or ipv6_address_mode cannot be set when enable_dhcp is set to False',
    )
  if (raMode && addressMode && raMode !== addressMode)
    throw invalidInput(
      `ipv6_ra_mode set to '${raMode}' with ipv6_address_mode set to '${addressMode}' is not valid. If both attributes are set, they must be the same value`,
    )
  const isAutomatic = [raMode, addressMode].some(
    (mode) => mode === 'slaac' || mode === 'dhcpv6-stateless',
  )
  if (isAutomatic && prefix !== null && prefix.length !== 64)
    throw invalidInput(
      `Invalid CIDR ${prefix} for IPv6 address mode. OpenStack uses the EUI-64 address format, which requires the prefix to be /64`,
    )
}

/** Throws NeutronError InvalidInput. A gateway outside the subnet is fine: hosts may reach it on the link. */
export function checkGateway(prefix: Prefix, gateway: string): void {
  const address = IpAddress.parse(gateway)
  checkVersion('gateway_ip', gateway, address.version, prefix.version)
  const bits = addressBits(prefix.version)
  const isSingle = prefix.length === bits && address.equals(prefix.first)
  const isEdge = address.equals(prefix.first) || address.equals(prefix.last)
  if (isSingle || (prefix.version === 4 && prefix.length < bits - 1 && isEdge))
    throw invalidInput('Gateway is not valid on subnet')
}

/** Throws NeutronError as Neutron does, pool by pool and then for all of them. */
export function checkAllocationPools(
  prefix: Prefix,
  gateway: string | null,
  pools: readonly PoolValue[],
): void {
  const ranges = pools.map((pool) => rangeOf(pool))
  const usable = assignable(prefix)
  for (const range of ranges)
    if (range.version !== prefix.version)
      throw new NeutronError(
        400,
        'InvalidAllocationPool',
        `The allocation pool ${range} is not valid.`,
      )
  for (const range of ranges)
    if (!usable.contains(range))
      throw new NeutronError(
        400,
        'OutOfBoundsAllocationPool',
        `The allocation pool ${range} spans beyond the subnet cidr ${prefix}.`,
      )
  const sorted = ranges.toSorted((a, b) => a.first.compare(b.first))
  for (const [index, range] of sorted.entries()) {
    const next = sorted[index + 1]
    if (next?.overlaps(range) === true)
      throw conflict(
        'OverlappingAllocationPools',
        `Found overlapping allocation pools: ${range} ${next} for subnet ${prefix}.`,
      )
  }
  if (gateway !== null) checkGatewayOutside(IpAddress.parse(gateway), ranges)
}

export function checkNameservers(
  subnetId: string,
  nameservers: readonly string[],
  ipVersion: number,
): void {
  if (nameservers.length > maxNameservers)
    throw new NeutronError(
      400,
      'DNSNameServersExhausted',
      `Unable to complete operation for ${subnetId}. The number of DNS nameservers exceeds the limit ${maxNameservers}.`,
    )
  for (const nameserver of nameservers)
    checkVersion('dns_nameserver', nameserver, IpAddress.parse(nameserver).version, ipVersion)
}

export function checkHostRoutes(
  subnetId: string,
  routes: readonly { readonly destination: string; readonly nexthop: string }[],
  ipVersion: number,
): void {
  if (routes.length > maxHostRoutes)
    throw new NeutronError(
      400,
      'HostRoutesExhausted',
      `Unable to complete operation for ${subnetId}. The number of host routes exceeds the limit ${maxHostRoutes}.`,
    )
  for (const { destination, nexthop } of routes) {
    checkVersion('nexthop', nexthop, IpAddress.parse(nexthop).version, ipVersion)
    checkCidr(destination, ipVersion)
  }
}

export function checkVersion(name: string, value: string, found: number, wanted: number): void {
  if (found !== wanted)
    throw invalidInput(`${name} '${value}' does not match the ip_version '${wanted}'`)
}

function checkGatewayOutside(gateway: IpAddress, ranges: readonly AddressRange[]): void {
  const around = ranges.find(
    (range) => range.version === gateway.version && range.contains(gateway),
  )
  if (around !== undefined)
    throw conflict(
      'GatewayConflictWithAllocationPools',
      `Gateway ip ${gateway} conflicts with allocation pool ${around}.`,
    )
}

function rangeOf({ start, end }: PoolValue): AddressRange {
  try {
    return AddressRange.of(IpAddress.parse(start), IpAddress.parse(end))
  } catch {
    throw new NeutronError(
      400,
      'InvalidAllocationPool',
      `The allocation pool {'start': '${start}', 'end': '${end}'} is not valid.`,
    )
  }
}

function assignable(prefix: Prefix): AddressRange {
  if (prefix.length >= addressBits(prefix.version) - 1) return prefix.toRange()
  const last = prefix.version === 4 ? prefix.last.plus(-1) : prefix.last
  return AddressRange.of(prefix.first.plus(1), last)
}
