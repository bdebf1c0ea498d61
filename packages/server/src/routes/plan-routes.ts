import { defineRoute } from '../route-definition.ts'
import { planImportQuerySchema, planReportSchema, planSchema } from '../schemas/plan-schemas.ts'

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
    handler: async ({ ipam, query: { dryRun, ...options }, body, mutation }) =>
      dryRun === true
        ? ipam.plans.preview(body)
        : ipam.plans.apply(body, { ...mutation, ...options }),
  }),
]
