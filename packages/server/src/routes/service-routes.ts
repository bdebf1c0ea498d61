import { docsPolicy } from '../docs-page.ts'
import { defineRoute, RawReply } from '../route-definition.ts'
import { healthSchema } from '../schemas/service-schemas.ts'

const tag = 'Service'

export const serviceRoutes = [
  defineRoute({
    operationId: 'getHealth',
    method: 'GET',
    path: '/healthz',
    tag,
    summary: 'Whether the process answers',
    access: { rule: 'service:read' },
    success: { status: 200, description: 'It does.', schema: healthSchema },
    handler: async () => ({ status: 'ok' as const }),
  }),
  defineRoute({
    operationId: 'getReadiness',
    method: 'GET',
    path: '/readyz',
    tag,
    summary: 'Whether the database answers',
    access: { rule: 'service:read' },
    success: { status: 200, description: 'It does.', schema: healthSchema },
    handler: async ({ services }) => {
      await services.ready()
      return { status: 'ok' as const }
    },
  }),
  defineRoute({
    operationId: 'getMetrics',
    method: 'GET',
    path: '/metrics',
    tag,
    summary: 'Metrics for Prometheus',
    access: { rule: 'metrics:read' },
    success: { status: 200, description: 'Exposition text.', mediaTypes: ['text/plain'] },
    handler: async ({ services: { metrics } }) =>
      new RawReply(metrics.contentType, await metrics.render()),
  }),
  defineRoute({
    operationId: 'getOpenApiDocument',
    method: 'GET',
    path: '/openapi.json',
    tag,
    summary: 'This document',
    access: { rule: 'service:read' },
    success: { status: 200, description: 'OpenAPI 3.1.', mediaTypes: ['application/json'] },
    handler: async ({ services }) =>
      new RawReply('application/json; charset=utf-8', services.documentText()),
  }),
  defineRoute({
    operationId: 'getDocs',
    method: 'GET',
    path: '/docs',
    tag,
    summary: 'This document for people',
    access: { rule: 'service:read' },
    success: { status: 200, description: 'A page.', mediaTypes: ['text/html'] },
    handler: async ({ services }) =>
      new RawReply('text/html; charset=utf-8', services.docsPage(), {
        'content-security-policy': docsPolicy,
      }),
  }),
]
