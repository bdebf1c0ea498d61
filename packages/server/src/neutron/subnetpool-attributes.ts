import { optional, readOnly, required } from './attribute-map.ts'
import {
  boolean,
  ipPrefix,
  line,
  listOf,
  nonNegative,
  notBlank,
  nullOr,
  text,
  uuid,
  withoutDuplicates,
} from './attribute-readers.ts'
import { projectAttributes } from './project.ts'
import { tags } from './tag-attribute.ts'

export const subnetpoolAttributes = {
  id: readOnly,
  name: required(notBlank(line(255)), true),
  ...projectAttributes,
  prefixes: required(withoutDuplicates(listOf(ipPrefix)), true),
  default_quota: optional(nonNegative),
  default_prefixlen: optional(nonNegative),
  min_prefixlen: optional(nonNegative),
  max_prefixlen: optional(nonNegative),
  address_scope_id: optional(nullOr(uuid)),
  shared: optional(boolean, false),
  is_default: optional(boolean),
  ip_version: readOnly,
  description: optional(text(255)),
  tags,
  created_at: readOnly,
  updated_at: readOnly,
  revision_number: readOnly,
}
