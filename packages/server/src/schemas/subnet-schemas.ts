import { Type } from 'typebox'
import {
  allocationPoolSchema,
  coolingSecondsInput,
  gatewayInput,
  idInput,
  ipVersionFilter,
  ipVersionSchema,
  listQueryFields,
  namedInputFields,
  nullableString,
  pageOf,
  recordFields,
  recordFilterFields,
  sharedFilter,
  sortField,
  uuidSchema,
} from './field-schemas.ts'

const allocationPools = Type.Array(allocationPoolSchema, {
  description: 'Sorted and disjoint. Empty: addresses are handed out by specific and eui64 only.',
})

const shared = Type.Boolean({ description: 'Other projects may draw addresses from it.' })

const subnetFields = {
  ...recordFields,
  cidr: Type.String({ description: 'The prefix, without host bits.' }),
  ipVersion: ipVersionSchema,
  gateway: nullableString('Never handed out; null: none.'),
  allocationPools,
  addressScopeId: uuidSchema('The space within which it overlaps no other subnet.'),
  subnetPoolId: Type.Unsafe<string | null>({
    type: ['string', 'null'],
    format: 'uuid',
    description: 'The pool that it was cut from; null: none.',
  }),
  coolingSeconds: coolingSecondsInput,
  shared,
}

export const subnetSchema = Type.Object(subnetFields, {
  title: 'Subnet',
  description: 'One prefix in use.',
  additionalProperties: false,
})

export const subnetPageSchema = pageOf('SubnetPage', subnetSchema)

export const updatedSubnetSchema = Type.Object(
  {
    ...subnetFields,
    heldOutsidePools: Type.Integer({
      description: 'How many held addresses lie outside the allocation pools now. They stay held.',
    }),
  },
  { title: 'UpdatedSubnet', additionalProperties: false },
)

const changeableFields = {
  ...namedInputFields,
  gateway: Type.Optional(gatewayInput),
  onLink: Type.Optional(
    Type.Boolean({
      description: 'Allows a gateway outside the subnet, which is refused otherwise.',
    }),
  ),
  allocationPools: Type.Optional(allocationPools),
  coolingSeconds: Type.Optional(coolingSecondsInput),
  shared: Type.Optional(shared),
}

export const subnetInputSchema = Type.Object(
  {
    cidr: Type.Optional(Type.String({ description: 'Alone, or with subnetPoolId.' })),
    subnetPoolId: Type.Optional(idInput('Cut it from this pool.')),
    prefixLength: Type.Optional(
      Type.Integer({ description: 'With subnetPoolId; absent: the default of the pool.' }),
    ),
    addressScopeId: Type.Optional(idInput('Without a pool only. Absent: the built-in scope.')),
    ...changeableFields,
    id: Type.Optional(idInput('A UUID of your own for the new subnet.')),
  },
  {
    title: 'SubnetInput',
    description: 'One of: cidr; subnetPoolId, alone or with prefixLength; subnetPoolId with cidr.',
    additionalProperties: false,
  },
)

export const subnetChangesSchema = Type.Object(changeableFields, {
  title: 'SubnetChanges',
  additionalProperties: false,
})

export const subnetFilterFields = {
  ...listQueryFields,
  ...sortField('createdAt', 'name', 'cidr'),
  ...recordFilterFields,
  ipVersion: ipVersionFilter,
  shared: sharedFilter,
  addressScopeId: Type.Optional(idInput('Subnets of this scope.')),
  subnetPoolId: Type.Optional(idInput('Subnets cut from this pool.')),
  cidr: Type.Optional(Type.String({ description: 'Exactly this prefix.' })),
  contains: Type.Optional(Type.String({ description: 'Subnets that this address lies in.' })),
}

export const subnetQuerySchema = Type.Object(subnetFilterFields, { additionalProperties: false })

export const subnetDeletionQuerySchema = Type.Object(
  {
    cascade: Type.Optional(
      Type.Boolean({ description: 'Releases the addresses that are held in it. Default false.' }),
    ),
  },
  { additionalProperties: false },
)
