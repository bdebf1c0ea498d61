import { optional, readOnly, required } from './attribute-map.ts'
import {
  AttributeReason,
  boolean,
  dictionary,
  ipAddress,
  line,
  listOf,
  macAddress,
  nullOr,
  refuse,
  stored,
  text,
  uuid,
} from './attribute-readers.ts'
import { projectAttributes } from './project.ts'
import { pythonText } from './python-text.ts'
import { tags } from './tag-attribute.ts'

export interface FixedIp {
  readonly subnet_id?: string
  readonly ip_address?: string
}

const storedList = nullOr(stored(listOf(dictionary, 100), 65_535))
// Neutron's own bound: its column has so many.
const profile = nullOr(stored(dictionary, 4095))

export const portAttributes = {
  id: readOnly,
  name: optional(line(255)),
  ...projectAttributes,
  network_id: required(uuid),
  admin_state_up: optional(boolean),
  mac_address: optional(macAddress),
  fixed_ips: optional(nullOr(fixedIps)),
  device_id: optional(nullOr(line(255))),
  device_owner: optional(nullOr(line(255))),
  status: readOnly,
  port_security_enabled: optional(boolean),
  security_groups: optional(nullOr(listOf(uuid))),
  'binding:vnic_type': optional(line(64)),
  'binding:profile': optional(profile),
  'binding:host_id': optional(nullOr(line(255))),
  'binding:vif_type': readOnly,
  'binding:vif_details': readOnly,
  allowed_address_pairs: optional(storedList),
  extra_dhcp_opts: optional(storedList),
  description: optional(nullOr(text(255))),
  tags,
  created_at: readOnly,
  updated_at: readOnly,
  revision_number: readOnly,
}

/** The list of `fixed_ips`, as Neutron checks it before it looks at any subnet. */
function fixedIps(value: unknown): readonly FixedIp[] {
  if (!Array.isArray(value)) throw refuse(value, 'is not a list')
  if (value.length > 1000) throw new AttributeReason('The list has more than 1000 items')
  const seen = new Set<string>()
  return value.map((item) => {
    const { subnet_id: subnetId, ip_address: address, ...rest } = dictionary(item)
    const odd = Object.keys(rest)[0]
    if (odd !== undefined)
      throw new AttributeReason(`Invalid data format for fixed IP: '${pythonText(item)}'`)
    const fixedIp: FixedIp = {
      ...(subnetId === undefined || subnetId === null ? {} : { subnet_id: uuid(subnetId) }),
      ...(address === undefined || address === null ? {} : { ip_address: ipAddress(address) }),
    }
    if (fixedIp.ip_address !== undefined) {
      if (seen.has(fixedIp.ip_address))
        throw new AttributeReason(`Duplicate IP address '${fixedIp.ip_address}'`)
      seen.add(fixedIp.ip_address)
    }
    return fixedIp
  })
}
