import { defineRoute } from '../route-definition.ts'
import {
  auditHeadSchema,
  auditReportSchema,
  auditVerificationSchema,
} from '../schemas/audit-schemas.ts'

const tag = 'Audit'

export const auditRoutes = [
  defineRoute({
    operationId: 'getAuditHead',
    method: 'GET',
    path: '/v1/audit/head',
    tag,
    summary: 'Get the end of the chain over the events',
    description: 'Kept elsewhere, it shows later whether anything before it was changed.',
    access: { rule: 'audit:verify' },
    success: { status: 200, description: 'The head.', schema: auditHeadSchema },
    handler: async ({ ipam }) => ipam.audit.head(),
  }),
  defineRoute({
    operationId: 'verifyAudit',
    method: 'POST',
    path: '/v1/audit/verify',
    tag,
    summary: 'Work the chain over the events out again',
    description: 'Names the first place where it breaks. Takes time with the number of events.',
    access: { rule: 'audit:verify' },
    body: auditVerificationSchema,
    success: { status: 200, description: 'What was found.', schema: auditReportSchema },
    handler: async ({ ipam, body: { head } }) =>
      ipam.audit.verify(head === undefined ? {} : { head }),
  }),
]
