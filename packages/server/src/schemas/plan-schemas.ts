import { Type } from 'typebox'
import { allocationStateSchema, holderSchema } from './allocation-schemas.ts'
import {
  allocationPoolSchema,
  coolingSecondsInput,
  gatewayInput,
  ipVersionSchema,
  labelsSchema,
  nameInput,
} from './field-schemas.ts'

const key = Type.String({ description: 'A name that is only good inside this document.' })

const plannedFields = {
  source: Type.Optional(Type.String({ description: 'Where the entry came from; for reports.' })),
  labels: Type.Optional(labelsSchema),
  projectId: Type.Optional(Type.String({ description: "Absent: the caller's project." })),
}

const scopeKey = Type.String({
  description: 'Key of an address scope here, or default-4 or default-6.',
})

const plannedAddressScopeSchema = Type.Object(
  {
    key,
    ...plannedFields,
    name: Type.Optional(nameInput),
    ipVersion: ipVersionSchema,
    shared: Type.Optional(Type.Boolean()),
  },
  { title: 'PlannedAddressScope', additionalProperties: false },
)

const plannedSubnetPoolSchema = Type.Object(
  {
    key,
    ...plannedFields,
    name: Type.Optional(nameInput),
    addressScope: scopeKey,
    prefixes: Type.Array(Type.String()),
    minPrefixLength: Type.Optional(Type.Integer()),
    defaultPrefixLength: Type.Optional(Type.Integer()),
    maxPrefixLength: Type.Optional(Type.Integer()),
    quota: Type.Optional(Type.Unsafe<string | null>({ type: ['string', 'null'] })),
    shared: Type.Optional(Type.Boolean()),
    isDefault: Type.Optional(Type.Boolean()),
  },
  { title: 'PlannedSubnetPool', additionalProperties: false },
)

const plannedSubnetSchema = Type.Object(
  {
    key,
    ...plannedFields,
    name: Type.Optional(nameInput),
    addressScope: scopeKey,
    subnetPool: Type.Optional(Type.String({ description: 'Key of the pool it is cut from.' })),
    cidr: Type.String(),
    gateway: Type.Optional(gatewayInput),
    onLink: Type.Optional(Type.Boolean()),
    allocationPools: Type.Optional(Type.Array(allocationPoolSchema)),
    coolingSeconds: Type.Optional(coolingSecondsInput),
    shared: Type.Optional(Type.Boolean()),
  },
  { title: 'PlannedSubnet', additionalProperties: false },
)

const plannedAllocationSchema = Type.Object(
  {
    ...plannedFields,
    subnet: Type.String({ description: 'Key of the subnet.' }),
    address: Type.String(),
    holder: Type.Optional(holderSchema),
    expiresAt: Type.Optional(Type.Unsafe<string | null>({ type: ['string', 'null'] })),
    state: Type.Optional(allocationStateSchema),
  },
  { title: 'PlannedAllocation', additionalProperties: false },
)

export const planSchema = Type.Object(
  {
    format: Type.Unsafe<'freehold-plan/1'>({ type: 'string', const: 'freehold-plan/1' }),
    addressScopes: Type.Array(plannedAddressScopeSchema),
    subnetPools: Type.Array(plannedSubnetPoolSchema),
    subnets: Type.Array(plannedSubnetSchema),
    allocations: Type.Array(plannedAllocationSchema),
  },
  {
    title: 'Plan',
    description: 'A whole address plan. Records name one another by key.',
    additionalProperties: false,
  },
)

const outcomes = ['create', 'exists', 'conflict'] as const

const recordKinds = ['address-scope', 'subnet-pool', 'subnet', 'allocation'] as const

const planReportEntrySchema = Type.Object(
  {
    outcome: Type.Unsafe<(typeof outcomes)[number]>({ type: 'string', enum: [...outcomes] }),
    recordKind: Type.Unsafe<(typeof recordKinds)[number]>({
      type: 'string',
      enum: [...recordKinds],
    }),
    subject: Type.String({ description: 'The prefix, address or name that the entry is about.' }),
    source: Type.Optional(Type.String()),
    reason: Type.Optional(Type.String()),
  },
  { title: 'PlanReportEntry', additionalProperties: false },
)

export const planReportSchema = Type.Object(
  {
    counts: Type.Object(
      { create: Type.Integer(), exists: Type.Integer(), conflict: Type.Integer() },
      { additionalProperties: false },
    ),
    entries: Type.Array(planReportEntrySchema),
  },
  { title: 'PlanReport', additionalProperties: false },
)

export const planImportQuerySchema = Type.Object(
  {
    dryRun: Type.Optional(
      Type.Boolean({ description: 'Only say what would happen. Default false.' }),
    ),
    onConflict: Type.Optional(
      Type.Unsafe<'refuse' | 'skip'>({
        type: 'string',
        enum: ['refuse', 'skip'],
        description: 'What an entry that contradicts what is stored does. Default refuse.',
      }),
    ),
  },
  { additionalProperties: false },
)
