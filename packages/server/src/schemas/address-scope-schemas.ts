import { Type } from 'typebox'
import {
  ipVersionFilter,
  ipVersionSchema,
  listQueryFields,
  namedInputFields,
  pageOf,
  recordFields,
  recordFilterFields,
  sharedFilter,
  sortField,
} from './field-schemas.ts'

const shared = Type.Boolean({
  description:
    'Other projects may use it for their subnet pools and subnets. Cannot be taken back.',
})

export const addressScopeSchema = Type.Object(
  { ...recordFields, ipVersion: ipVersionSchema, shared },
  {
    title: 'AddressScope',
    description: 'A space in which subnets never overlap.',
    additionalProperties: false,
  },
)

export const addressScopePageSchema = pageOf('AddressScopePage', addressScopeSchema)

export const addressScopeInputSchema = Type.Object(
  { ...namedInputFields, ipVersion: ipVersionSchema, shared: Type.Optional(shared) },
  { title: 'AddressScopeInput', additionalProperties: false },
)

export const addressScopeChangesSchema = Type.Object(
  { ...namedInputFields, shared: Type.Optional(shared) },
  { title: 'AddressScopeChanges', additionalProperties: false },
)

export const addressScopeQuerySchema = Type.Object(
  {
    ...listQueryFields,
    ...sortField('createdAt', 'name'),
    ...recordFilterFields,
    ipVersion: ipVersionFilter,
    shared: sharedFilter,
  },
  { additionalProperties: false },
)
