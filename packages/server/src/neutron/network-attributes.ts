import { optional, readOnly } from './attribute-map.ts'
import { boolean, ConversionReason, line, listOf, nonNegative, text } from './attribute-readers.ts'
import { projectAttributes } from './project.ts'
import { pythonText } from './python-text.ts'
import { tags } from './tag-attribute.ts'

export const networkAttributes = {
  id: readOnly,
  name: optional(line(255)),
  ...projectAttributes,
  admin_state_up: optional(boolean),
  mtu: optional(mtu),
  shared: optional(boolean),
  'router:external': optional(boolean),
  port_security_enabled: optional(boolean),
  availability_zone_hints: optional(listOf(line(255), 20), false),
  description: optional(text(255)),
  status: readOnly,
  subnets: readOnly,
  availability_zones: readOnly,
  ipv4_address_scope: readOnly,
  ipv6_address_scope: readOnly,
  'provider:network_type': optional(networkType, false),
  'provider:physical_network': readOnly,
  'provider:segmentation_id': readOnly,
  tags,
  created_at: readOnly,
  updated_at: readOnly,
  revision_number: readOnly,
}

const maxMtu = 65_535
const defaultMtu = 1500

/** 0 stands for the default. */
function mtu(value: unknown): number {
  const found = nonNegative(value)
  if (found > maxMtu) throw new ConversionReason(`Requested MTU is too big, maximum is ${maxMtu}`)
  return found === 0 ? defaultMtu : found
}

/** There is no switching here, so there is one type of network. */
function networkType(value: unknown): 'local' {
  if (value === 'local') return value
  throw new ConversionReason(`network_type value '${pythonText(value)}' not supported`)
}
