import { ApiError } from '../api-error.ts'
import { defineRoute } from '../route-definition.ts'
import { planImportQuerySchema, planReportSchema, planSchema } from '../schemas/plan-schemas.ts'

// As the routes of the single records have it, in `adminFields`.
function refuseSharing({ addressScopes = [], subnetPools = [], subnets = [] }: Sharing): void {
  for (const [name, entries] of Object.entries({ addressScopes, subnetPools, subnets }))
    for (const [index, entry] of entries.entries())
      for (const field of ['shared', 'isDefault'] as const)
        if (entry[field] === true)
          throw new ApiError(
            'FORBIDDEN',
            'Only an administrator may decide what other projects share.',
            { pointer: `/${name}/${index}/${field}` },
          )
}

interface Sharing {
  readonly addressScopes?: readonly SharedEntry[]
  readonly subnetPools?: readonly SharedEntry[]
  readonly subnets?: readonly SharedEntry[]
}

interface SharedEntry {
  readonly shared?: boolean
  readonly isDefault?: boolean
}

const tag = 'Plan'
const planBodyLimit = 64 * 1024 * 1024

export const planRoutes = [
  defineRoute({
    operationId: 'exportPlan',
    method: 'GET',
    path: '/v1/plan',
    tag,
    summary: 'Export the whole address plan',
    access: { rule: 'plan:export' },
    success: { status: 200, description: 'The plan.', schema: planSchema },
    handler: async ({ ipam }) => ipam.plans.export(),
  }),
  defineRoute({
    operationId: 'importPlan',
    method: 'POST',
    path: '/v1/plan',
    tag,
    summary: 'Import an address plan',
    description:
      'In one transaction. What exists already and is equal is left alone. Up to 64 MiB.',
    access: { rule: 'plan:import' },
    query: planImportQuerySchema,
    body: planSchema,
    bodyLimit: planBodyLimit,
    success: { status: 200, description: 'What was done, or would be.', schema: planReportSchema },
    handler: async ({ ipam, query: { dryRun, ...options }, body, mutation }) => {
      if (!ipam.caller.isAdmin) refuseSharing(body)
      return dryRun === true
        ? ipam.plans.preview(body)
        : ipam.plans.apply(body, { ...mutation, ...options })
    },
  }),
]
