import { Type } from 'typebox'
import { allocationSchema, holderSchema } from './allocation-schemas.ts'
import { ipVersionSchema, nullableTimeSchema, timeSchema, uuidSchema } from './field-schemas.ts'
import { subnetPoolSchema } from './subnet-pool-schemas.ts'
import { subnetSchema } from './subnet-schemas.ts'

const addressRoles = [
  'allocated',
  'cooling',
  'gateway',
  'reserved',
  'in-pool',
  'outside-pools',
] as const

const addressInSubnetSchema = Type.Object(
  {
    subnet: subnetSchema,
    role: Type.Unsafe<(typeof addressRoles)[number]>({ type: 'string', enum: [...addressRoles] }),
    allocation: Type.Union([allocationSchema, Type.Null()]),
  },
  { title: 'AddressInSubnet', additionalProperties: false },
)

export const addressKnowledgeSchema = Type.Object(
  {
    address: Type.String({ description: 'In canonical form.' }),
    ipVersion: ipVersionSchema,
    subnets: Type.Array(addressInSubnetSchema, {
      description: 'The subnets that it lies in, one for each scope at most.',
    }),
    subnetPools: Type.Array(subnetPoolSchema, { description: 'The pools whose prefixes hold it.' }),
  },
  { title: 'AddressKnowledge', additionalProperties: false },
)

const addressTenureSchema = Type.Object(
  {
    address: Type.String(),
    subnetId: uuidSchema('The subnet that it was held in.'),
    projectId: Type.String(),
    holder: holderSchema,
    from: timeSchema('When it was allocated.'),
    until: nullableTimeSchema('When it was released; null: still held.'),
  },
  { title: 'AddressTenure', additionalProperties: false },
)

export const addressHistorySchema = Type.Object(
  { items: Type.Array(addressTenureSchema) },
  { title: 'AddressHistory', additionalProperties: false },
)

export const addressHistoryQuerySchema = Type.Object(
  { at: Type.Optional(Type.String({ description: 'RFC 3339: only who held it at this moment.' })) },
  { additionalProperties: false },
)
