import { optional, readOnly, required } from './attribute-map.ts'
import {
  boolean,
  integer,
  integerFrom,
  ipPrefix,
  line,
  listOf,
  nullOr,
  text,
  uuid,
} from './attribute-readers.ts'
import { projectAttributes } from './project.ts'
import { tags } from './tag-attribute.ts'

export const prefixList = listOf(ipPrefix)

export const subnetpoolAttributes = {
  id: readOnly,
  name: required(line(255), true),
  ...projectAttributes,
  prefixes: required(prefixList, true),
  default_prefixlen: optional(nullOr(integer)),
  min_prefixlen: optional(nullOr(integer)),
  max_prefixlen: optional(nullOr(integer)),
  default_quota: optional(nullOr(integerFrom(0, Number.MAX_SAFE_INTEGER))),
  address_scope_id: optional(nullOr(uuid)),
  shared: optional(boolean, false),
  is_default: optional(boolean),
  ip_version: readOnly,
  description: optional(nullOr(text(255))),
  tags,
  created_at: readOnly,
  updated_at: readOnly,
  revision_number: readOnly,
}
