import { defineRoute } from '../route-definition.ts'
import { checkReportSchema } from '../schemas/check-schemas.ts'

export const checkRoutes = [
  defineRoute({
    operationId: 'check',
    method: 'POST',
    path: '/v1/check',
    tag: 'Service',
    summary: 'Prove that what is stored keeps the promises',
    description: 'Reads everything and changes nothing. Takes time with what is stored.',
    access: { rule: 'check:run' },
    success: { status: 200, description: 'What was found.', schema: checkReportSchema },
    handler: async ({ ipam }) => ipam.check(),
  }),
]
