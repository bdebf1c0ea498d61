import { Prefix } from '@freehold/address'
import { optional, readOnly, required } from './attribute-map.ts'
import {
  AttributeReason,
  boolean,
  ipAddress,
  line,
  listOf,
  nonNegative,
  nullOr,
  objectOf,
  oneOf,
  refuse,
  text,
  uuid,
  withoutDuplicates,
} from './attribute-readers.ts'
import { httpBadRequest, NeutronError } from './neutron-error.ts'
import { projectAttributes } from './project.ts'
import { pythonText } from './python-text.ts'
import { tags } from './tag-attribute.ts'

const ipv6Mode = oneOf('slaac', 'dhcpv6-stateful', 'dhcpv6-stateless')

export const subnetAttributes = {
  id: readOnly,
  name: optional(line(255)),
  ...projectAttributes,
  network_id: required(uuid),
  ip_version: required(oneOf(4, 6)),
  cidr: optional(nullOr(anyText), false),
  subnetpool_id: optional(nullOr(uuid), false),
  use_default_subnetpool: optional(boolean, false),
  prefixlen: optional(nonNegative, false),
  gateway_ip: optional(nullOr(ipAddress)),
  allocation_pools: optional(nullOr(allocationPools)),
  dns_nameservers: optional(nullOr(nameservers)),
  host_routes: optional(nullOr(hostRoutes)),
  enable_dhcp: optional(boolean),
  ipv6_ra_mode: optional(ipv6Mode, false),
  ipv6_address_mode: optional(ipv6Mode, false),
  service_types: optional(nullOr(serviceTypes)),
  segment_id: optional(nullOr(uuid)),
  // A subnet is shared as its network is.
  shared: readOnly,
  description: optional(text(255)),
  tags,
  created_at: readOnly,
  updated_at: readOnly,
  revision_number: readOnly,
}

// What is wrong with a prefix is told by subnet-checks.ts, as Neutron tells it: not as an attribute's fault.
function anyText(value: unknown): string {
  return typeof value === 'string' ? value : pythonText(value)
}

function allocationPools(value: unknown) {
  if (!Array.isArray(value))
    throw new AttributeReason(`Invalid data format for IP pool: '${pythonText(value)}'`)
  return listOf(objectOf({ start: ipAddress, end: ipAddress }))(value)
}

function nameservers(value: unknown): readonly string[] {
  const found = listOf(nameserver)(Array.isArray(value) ? value : [value])
  const twice = duplicateOf(found)
  if (twice !== undefined) throw new AttributeReason(`Duplicate nameserver '${twice}'`)
  return found
}

function nameserver(value: unknown): string {
  try {
    return ipAddress(value)
  } catch (error) {
    if (!(error instanceof AttributeReason)) throw error
    throw new AttributeReason(`'${pythonText(value)}' is not a valid nameserver. ${error.message}`)
  }
}

function hostRoutes(value: unknown) {
  if (!Array.isArray(value))
    throw new AttributeReason(`Invalid data format for hostroute: '${pythonText(value)}'`)
  const found = listOf(objectOf({ destination: routePrefix, nexthop: ipAddress }))(value)
  const twice = duplicateOf(found.map((route) => pythonText(route)))
  if (twice !== undefined) throw new AttributeReason(`Duplicate hostroute '${twice}'`)
  return found
}

/** Bits after its length are told, not cleared: a route to one host may have been meant. */
function routePrefix(value: unknown): string {
  const prefix = typeof value === 'string' ? parseCidr(value) : null
  if (prefix === null) throw refuse(value, 'is not a valid CIDR')
  const [address = ''] = String(value).split('/')
  if (ipAddress(address) !== prefix.first.toString())
    throw refuse(value, `is not a recognized CIDR, '${prefix}' is recommended`)
  return prefix.toString()
}

function duplicateOf(items: readonly string[]): string | undefined {
  return items.find((item, index) => items.indexOf(item) !== index)
}

function serviceTypes(value: unknown): readonly string[] {
  if (!Array.isArray(value)) throw httpBadRequest('Subnet service types must be a list.')
  return withoutDuplicates(listOf(serviceType))(value)
}

/** The start of a device owner, such as `compute:` or `network:floatingip`. */
function serviceType(value: unknown): string {
  if (typeof value !== 'string')
    throw new NeutronError(
      400,
      'InvalidInputSubnetServiceType',
      `Subnet service type ${pythonText(value)} is not a string.`,
    )
  const found = line(255)(value)
  if (!/^(compute|network|baremetal|trunk|volume|neutron|[a-z0-9_-]+):\S*$/i.test(found))
    throw new NeutronError(
      400,
      'InvalidSubnetServiceType',
      `Subnet service type ${pythonText(value)} does not correspond to a valid device owner.`,
    )
  return found
}

/** The prefix of a `cidr`, bits after its length cleared; null when it is none. */
export function parseCidr(value: string): Prefix | null {
  if (!value.includes('/')) return null
  try {
    return Prefix.parse(value, 'mask')
  } catch {
    return null
  }
}
