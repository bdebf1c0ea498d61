import type { Caller } from '@freehold/engine'
import type { FastifyReply, FastifyRequest } from 'fastify'
import { requestSubjects } from './logging/request-subjects.ts'
import type { Metrics } from './metrics.ts'
import type { Pseudonymize } from './pseudonyms.ts'
import type { RequestLog } from './request-log.ts'

export interface RequestRecorders {
  readonly log: RequestLog
  readonly metrics: Metrics
  readonly pseudonymize: Pseudonymize
}

/** Writes a served request's log line and counts it. Unknown paths share one route label, so nobody can grow the metrics. */
export function recordRequest(
  request: FastifyRequest,
  reply: FastifyReply,
  { log, metrics, pseudonymize }: RequestRecorders,
): void {
  const { problem, identity } = request
  const definition = request.routeOptions.config.route
  const route = definition?.path ?? 'unknown'
  const method = definition === undefined ? 'other' : request.method
  const durationMs = reply.elapsedTime
  log.request({
    requestId: request.id,
    method,
    route,
    status: reply.statusCode,
    durationMs: Math.round(durationMs * 1000) / 1000,
    ...(problem === undefined ? {} : { errorCode: problem.code }),
    ...(identity === undefined ? {} : callerFields(identity.caller, pseudonymize)),
    ...requestSubjects(request, route, pseudonymize),
  })
  metrics.observeRequest(method, route, reply.statusCode, durationMs / 1000)
  if (problem?.kind === 'exhausted') metrics.observeExhaustion(problem.code)
  if (definition?.access.rule === 'allocation:allocate')
    metrics.observeAllocation(requestKind(request.body), problem?.kind ?? 'allocated')
}

/** The log line of a request that the router refused before it had a route. */
export function recordUnrouted(
  { id, problem }: FastifyRequest,
  { statusCode }: FastifyReply,
  log: RequestLog,
): void {
  log.request({
    requestId: id,
    method: 'other',
    route: 'unknown',
    status: statusCode,
    durationMs: 0,
    ...(problem === undefined ? {} : { errorCode: problem.code }),
  })
}

function callerFields(
  { projectId, actor }: Caller,
  pseudonymize: Pseudonymize,
): { project: string; actor?: string } {
  const project = pseudonymize('prj', projectId)
  if (actor === undefined) return { project }
  const [, tokenId] = /^token:(.+)$/.exec(actor) ?? []
  return {
    project,
    actor: tokenId === undefined ? pseudonymize('act', actor) : pseudonymize('tok', tokenId),
  }
}

const requestKinds = new Set(['any', 'next', 'specific', 'bulk', 'eui64'])

function requestKind(body: unknown): string {
  const kind = (body as { request?: { kind?: unknown } } | null | undefined)?.request?.kind
  return typeof kind === 'string' && requestKinds.has(kind) ? kind : 'unknown'
}
