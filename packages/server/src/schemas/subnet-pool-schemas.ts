import { IpamError, type SubnetPool } from '@freehold/engine'
import { type Static, Type } from 'typebox'
import type { Wire } from '../route-definition.ts'
import {
  idInput,
  ipVersionFilter,
  ipVersionSchema,
  listQueryFields,
  namedInputFields,
  pageOf,
  recordFields,
  recordFilterFields,
  sharedFilter,
  sortField,
  uuidSchema,
} from './field-schemas.ts'

const prefixLength = (description: string) => Type.Integer({ description })

const prefixes = Type.Array(Type.String(), { description: 'Prefixes without host bits.' })

const quota = Type.Unsafe<string | null>({
  type: ['string', 'null'],
  description:
    'How much each calling project may cut from the pool, in /32 (IPv4) or /64 (IPv6), as decimal digits; null: no limit.',
})

const isDefault = Type.Boolean({ description: 'At most one pool of an IP version is the default.' })

const shared = Type.Boolean({ description: 'Other projects may cut subnets from it.' })

const lengths = {
  minPrefixLength: prefixLength('Of the widest subnet that may be cut: the smallest number.'),
  defaultPrefixLength: prefixLength('Of a subnet cut without saying how long.'),
  maxPrefixLength: prefixLength('Of the narrowest subnet that may be cut: the largest number.'),
}

export const subnetPoolSchema = Type.Object(
  {
    ...recordFields,
    addressScopeId: uuidSchema('The scope that its subnets live in.'),
    ipVersion: ipVersionSchema,
    prefixes,
    ...lengths,
    quota,
    shared,
    isDefault,
  },
  {
    title: 'SubnetPool',
    description: 'Prefixes from which subnets are cut.',
    additionalProperties: false,
  },
)

export const subnetPoolPageSchema = pageOf('SubnetPoolPage', subnetPoolSchema)

const changeableFields = {
  ...namedInputFields,
  addressScopeId: Type.Optional(idInput('Absent: the built-in scope of the IP version.')),
  minPrefixLength: Type.Optional(lengths.minPrefixLength),
  defaultPrefixLength: Type.Optional(lengths.defaultPrefixLength),
  maxPrefixLength: Type.Optional(lengths.maxPrefixLength),
  quota: Type.Optional(quota),
  shared: Type.Optional(shared),
  isDefault: Type.Optional(isDefault),
}

export const subnetPoolInputSchema = Type.Object(
  { ...changeableFields, prefixes },
  { title: 'SubnetPoolInput', additionalProperties: false },
)

export const subnetPoolChangesSchema = Type.Object(
  { ...changeableFields, prefixes: Type.Optional(prefixes) },
  { title: 'SubnetPoolChanges', additionalProperties: false },
)

export const subnetPoolPrefixesSchema = Type.Object(
  { add: Type.Optional(prefixes), remove: Type.Optional(prefixes) },
  {
    title: 'SubnetPoolPrefixChanges',
    description: 'Either prefixes to add or prefixes to remove.',
    additionalProperties: false,
  },
)

export const subnetPoolQuerySchema = Type.Object(
  {
    ...listQueryFields,
    ...sortField('createdAt', 'name'),
    ...recordFilterFields,
    ipVersion: ipVersionFilter,
    shared: sharedFilter,
    isDefault: Type.Optional(Type.Boolean()),
    addressScopeId: Type.Optional(idInput('Pools of this scope.')),
  },
  { additionalProperties: false },
)

export function wireSubnetPool(pool: SubnetPool): Wire<Static<typeof subnetPoolSchema>> {
  return { ...pool, quota: pool.quota === null ? null : String(pool.quota) }
}

const largestQuota = 1n << 128n

/** The record input with its quota as a number. Throws IpamError INVALID_FIELD unless it is null or 0 to 2^128. */
export function withQuota<Input extends { quota?: string | null }>(
  input: Input,
): Omit<Input, 'quota'> & { quota?: bigint | null } {
  const { quota: text, ...rest } = input
  if (text === undefined) return rest
  return { ...rest, quota: text === null ? null : readQuota(text) }
}

function readQuota(text: string): bigint {
  const isNumber = /^(0|[1-9][0-9]{0,38})$/.test(text)
  if (isNumber && BigInt(text) <= largestQuota) return BigInt(text)
  throw new IpamError('INVALID_FIELD', 'quota must be decimal digits from 0 to 2^128, or null.', {
    pointer: '/quota',
    fix: 'Use null for no limit, and "0" for none at all.',
  })
}
