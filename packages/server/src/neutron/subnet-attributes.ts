import { Prefix } from '@freehold/address'
import { optional, readOnly, required } from './attribute-map.ts'
import {
  AttributeReason,
  boolean,
  integer,
  ipAddress,
  ipPrefix,
  line,
  listOf,
  nullOr,
  objectOf,
  oneOf,
  text,
  uuid,
  withoutDuplicates,
} from './attribute-readers.ts'
import { projectAttributes } from './project.ts'
import { pythonText } from './python-text.ts'
import { tags } from './tag-attribute.ts'

const ipv6Mode = nullOr(oneOf('slaac', 'dhcpv6-stateful', 'dhcpv6-stateless'))

export const subnetAttributes = {
  id: readOnly,
  name: optional(line(255)),
  ...projectAttributes,
  network_id: required(uuid),
  ip_version: required(oneOf(4, 6)),
  cidr: optional(nullOr(anyText), false),
  subnetpool_id: optional(nullOr(uuid), false),
  use_default_subnetpool: optional(boolean, false),
  prefixlen: optional(nullOr(integer), false),
  gateway_ip: optional(nullOr(ipAddress)),
  allocation_pools: optional(nullOr(listOf(objectOf({ start: ipAddress, end: ipAddress })))),
  dns_nameservers: optional(nullOr(withoutDuplicates(listOf(ipAddress)))),
  host_routes: optional(nullOr(listOf(objectOf({ destination: ipPrefix, nexthop: ipAddress })))),
  enable_dhcp: optional(boolean),
  ipv6_ra_mode: optional(ipv6Mode, false),
  ipv6_address_mode: optional(ipv6Mode, false),
  service_types: optional(withoutDuplicates(listOf(serviceType))),
  segment_id: optional(nullOr(uuid)),
  description: optional(nullOr(text(255))),
  tags,
  created_at: readOnly,
  updated_at: readOnly,
  revision_number: readOnly,
}

// What is wrong with a prefix is told by subnet-checks.ts, as Neutron tells it: not as an attribute's fault.
function anyText(value: unknown): string {
  return typeof value === 'string' ? value : pythonText(value)
}

/** The start of a device owner, such as `compute:` or `network:floatingip`. */
function serviceType(value: unknown): string {
  const found = line(255)(value)
  if (!/^(compute|network|baremetal|trunk|volume|neutron|[a-z0-9_-]+):\S*$/i.test(found))
    throw new AttributeReason(
      `Service type ${pythonText(value)} does not correspond to a valid device owner`,
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
