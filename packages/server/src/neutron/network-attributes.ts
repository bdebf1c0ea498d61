import { optional, readOnly } from './attribute-map.ts'
import { boolean, integerFrom, line, listOf, nullOr, text } from './attribute-readers.ts'
import { projectAttributes } from './project.ts'
import { tags } from './tag-attribute.ts'

export const networkAttributes = {
  id: readOnly,
  name: optional(line(255)),
  ...projectAttributes,
  admin_state_up: optional(boolean),
  mtu: optional(integerFrom(68, 65_535)),
  shared: optional(boolean),
  'router:external': optional(boolean),
  port_security_enabled: optional(boolean),
  availability_zone_hints: optional(listOf(line(255), 20), false),
  description: optional(nullOr(text(255))),
  status: readOnly,
  subnets: readOnly,
  availability_zones: readOnly,
  ipv4_address_scope: readOnly,
  ipv6_address_scope: readOnly,
  'provider:network_type': readOnly,
  'provider:physical_network': readOnly,
  'provider:segmentation_id': readOnly,
  tags,
  created_at: readOnly,
  updated_at: readOnly,
  revision_number: readOnly,
}
