import { optional, readOnly, required } from './attribute-map.ts'
import {
  AttributeReason,
  boolean,
  dictionary,
  integer,
  ipAddress,
  line,
  listOf,
  macAddress,
  nullOr,
  oneOf,
  stored,
  text,
  uuid,
} from './attribute-readers.ts'
import { addressPairs } from './port-security.ts'
import { projectAttributes } from './project.ts'
import { pythonText } from './python-text.ts'
import { isObject } from './request-body.ts'
import { tags } from './tag-attribute.ts'

export interface FixedIp {
  readonly subnet_id?: string
  readonly ip_address?: string
}

const vnicTypes = [
  'normal',
  'direct',
  'macvtap',
  'baremetal',
  'direct-physical',
  'virtio-forwarder',
  'smart-nic',
  'vdpa',
  'accelerator-direct',
  'accelerator-direct-physical',
  'remote-managed',
] as const

// Neutron's own bound: its column has so many.
const profile = nullOr(stored(dictionary, 4095))

export const portAttributes = {
  id: readOnly,
  name: optional(line(255)),
  ...projectAttributes,
  network_id: required(uuid),
  admin_state_up: optional(boolean),
  mac_address: optional(nullOr(macAddress)),
  fixed_ips: optional(fixedIps),
  device_id: optional(line(255)),
  device_owner: optional(line(255)),
  status: readOnly,
  port_security_enabled: optional(boolean),
  security_groups: optional(nullOr(listOf(uuid))),
  'binding:vnic_type': optional(oneOf(...vnicTypes)),
  'binding:profile': optional(profile),
  'binding:host_id': optional(nullOr(line(255))),
  'binding:vif_type': readOnly,
  'binding:vif_details': readOnly,
  allowed_address_pairs: optional(addressPairs),
  extra_dhcp_opts: optional(nullOr(stored(extraDhcpOpts, 65_535))),
  description: optional(text(255)),
  // Of all records, only a port can be given its tags when it is made.
  tags: { ...tags, create: 'optional' } as const,
  created_at: readOnly,
  updated_at: readOnly,
  revision_number: readOnly,
}

/** Nothing here serves DHCP; what is left out is filled in as Neutron does. */
function extraDhcpOpts(value: unknown) {
  return listOf(
    dictionary,
    100,
  )(value).map((option) => ({
    ...option,
    ip_version: integer(option['ip_version'] ?? 4),
  }))
}

/** The list of `fixed_ips`, as Neutron checks it before it looks at any subnet. */
function fixedIps(value: unknown): readonly FixedIp[] {
  const odd = (found: unknown) =>
    new AttributeReason(`Invalid data format for fixed IP: '${pythonText(found)}'`)
  if (!Array.isArray(value)) throw odd(value)
  if (value.length > 1000) throw new AttributeReason('The list has more than 1000 items')
  const seen = new Set<string>()
  return value.map((item) => {
    if (!isObject(item)) throw odd(item)
    const { subnet_id: subnetId, ip_address: address } = item
    const fixedIp: FixedIp = {
      ...(subnetId === undefined ? {} : { subnet_id: uuid(subnetId) }),
      ...(address === undefined ? {} : { ip_address: ipAddress(address) }),
    }
    if (fixedIp.ip_address !== undefined) {
      if (seen.has(fixedIp.ip_address))
        throw new AttributeReason(`Duplicate IP address '${fixedIp.ip_address}'`)
      seen.add(fixedIp.ip_address)
    }
    return fixedIp
  })
}
