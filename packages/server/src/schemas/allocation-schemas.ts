import { Type } from 'typebox'
import {
  idInput,
  labelsSchema,
  listQueryFields,
  nullableTimeSchema,
  pageOf,
  recordFilterFields,
  sortField,
  timeSchema,
  uuidSchema,
} from './field-schemas.ts'

const holderFields = {
  kind: Type.String({ description: 'A short lower-case word: host, port, container, service, …' }),
  id: Type.String({ description: "The caller's own name for the holder." }),
  mac: Type.Optional(Type.String({ description: 'MAC address.' })),
  hostName: Type.Optional(Type.String({ description: 'Up to 253 characters.' })),
}

export interface HolderWire {
  kind: string
  id: string
  mac?: string
  hostName?: string
}

/** Who holds an allocation, or null. One schema with two types, because choices between schemas are slow to serialise. */
export const holderSchema = Type.Unsafe<HolderWire | null>({
  ...Type.Object(holderFields, { additionalProperties: false }),
  type: ['object', 'null'],
  description: 'Who holds the address; null: not said.',
})

export const allocationStateSchema = Type.Unsafe<'allocated' | 'cooling'>({
  type: 'string',
  enum: ['allocated', 'cooling'],
  description: 'cooling: released, and not handed out again before expiresAt.',
})

export const allocationSchema = Type.Object(
  {
    address: Type.String({ description: 'In canonical form (RFC 5952 for IPv6).' }),
    subnetId: uuidSchema('The subnet that it is held in.'),
    state: allocationStateSchema,
    projectId: Type.String({ description: 'The project that holds it.' }),
    holder: holderSchema,
    labels: labelsSchema,
    createdAt: timeSchema('RFC 3339, UTC.'),
    expiresAt: nullableTimeSchema('When it becomes free by itself; null: never.'),
  },
  {
    title: 'Allocation',
    description: 'One address held in one subnet by one holder.',
    additionalProperties: false,
  },
)

export const allocationPageSchema = pageOf('AllocationPage', allocationSchema)

export const allocationsSchema = Type.Object(
  { allocations: Type.Array(allocationSchema) },
  { title: 'Allocations', additionalProperties: false },
)

const requestKind = <Kind extends string>(kind: Kind) =>
  Type.Unsafe<Kind>({ type: 'string', const: kind })

const strict = { additionalProperties: false }

const addressRequestSchema = Type.Unsafe<
  | { kind: 'any' }
  | { kind: 'next' }
  | { kind: 'specific'; address: string }
  | { kind: 'bulk'; count: number }
  | { kind: 'eui64'; mac: string }
>({
  title: 'AddressRequest',
  description: 'What is asked of a subnet.',
  type: 'object',
  discriminator: { propertyName: 'kind' },
  required: ['kind'],
  oneOf: [
    Type.Object(
      { kind: requestKind('any') },
      {
        ...strict,
        title: 'AnyAddress',
        description: 'One free address, uniform over all of them.',
      },
    ),
    Type.Object(
      { kind: requestKind('next') },
      { ...strict, title: 'NextAddress', description: 'The lowest free address.' },
    ),
    Type.Object(
      { kind: requestKind('specific'), address: Type.String() },
      { ...strict, title: 'SpecificAddress', description: 'This one, inside the pools or not.' },
    ),
    Type.Object(
      { kind: requestKind('bulk'), count: Type.Integer({ description: 'From 1 on.' }) },
      { ...strict, title: 'BulkAddresses', description: 'So many different ones, or none at all.' },
    ),
    Type.Object(
      { kind: requestKind('eui64'), mac: Type.String() },
      { ...strict, title: 'Eui64Address', description: 'The modified EUI-64 address of a MAC.' },
    ),
  ],
})

const attributeFields = {
  holder: Type.Optional(holderSchema),
  labels: Type.Optional(labelsSchema),
  ttlSeconds: Type.Optional(
    Type.Integer({ description: 'Lease time, 1 to 315,360,000; absent: held until released.' }),
  ),
}

export const allocationInputSchema = Type.Object(
  { request: addressRequestSchema, ...attributeFields },
  { title: 'AllocationInput', additionalProperties: false },
)

export const multiSubnetAllocationInputSchema = Type.Object(
  {
    subnetIds: Type.Array(idInput('Subnet.'), {
      minItems: 1,
      maxItems: 1000,
      description: 'Tried in this order; the first that has room serves the whole request.',
    }),
    request: addressRequestSchema,
    ...attributeFields,
  },
  { title: 'MultiSubnetAllocationInput', additionalProperties: false },
)

const { projectId, label } = recordFilterFields

export const allocationQuerySchema = Type.Object(
  {
    ...listQueryFields,
    ...sortField('address'),
    projectId,
    label,
    state: Type.Optional(allocationStateSchema),
    holderKind: Type.Optional(Type.String()),
    holderId: Type.Optional(Type.String()),
  },
  { additionalProperties: false },
)

export const holderQuerySchema = Type.Object(
  { holderKind: Type.String(), holderId: Type.String() },
  { additionalProperties: false },
)
