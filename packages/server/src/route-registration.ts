import type { MutationOptions } from '@freehold/engine'
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify'
import { assertRule, type RuleName } from './access-rules.ts'
import { ApiError } from './api-error.ts'
import type { AppServices } from './app-services.ts'
import { type Authentication, authorize, type Identity, nobody } from './authentication.ts'
import { announcesBody, bodyNotAllowed, checkBodyType } from './body-headers.ts'
import { entityTag, expectedRevision, isUnchanged } from './conditional-requests.ts'
import { bodyTooLarge } from './error-responses.ts'
import { readIdempotencyKey, requestFingerprint } from './idempotency.ts'
import { readPathParameters } from './path-parameters.ts'
import { rawQueryOf, readQuery } from './query-parameters.ts'
import {
  type AccessDefinition,
  RawReply,
  type RouteContext,
  type RouteDefinition,
} from './route-definition.ts'

declare module 'fastify' {
  interface FastifyRequest {
    identity: Identity | undefined
    /** Code and kind of the problem that was answered, for the log and the metrics. */
    problem: { code: string; kind: string } | undefined
    /** Ends what the request counts for as being worked on; called once or more often. */
    endLoad: (() => void) | null
  }
  interface FastifyContextConfig {
    route?: Pick<RouteDefinition, 'path' | 'access'>
  }
}

export interface RegistrationOptions {
  readonly services: AppServices
  /** Counts what each caller asks for. */
  readonly authentication: Authentication
  /** The same without counting, for who was let in already. */
  readonly identifyAgain: Authentication['identify']
  /** PATCH and DELETE of records that have a revision need If-Match. */
  readonly requireIfMatch: boolean
  readonly bodyLimit: number
}

/** Puts the table's routes into the app. Throws Error when one has no known access rule. */
export function registerRoutes(
  app: FastifyInstance,
  routes: readonly RouteDefinition[],
  options: RegistrationOptions,
): void {
  for (const route of routes) registerRoute(app, route, options)
}

function registerRoute(
  app: FastifyInstance,
  route: RouteDefinition,
  options: RegistrationOptions,
): void {
  const { rule } = route.access ?? {}
  assertRule(`${route.method} ${route.path}`, rule)
  const bodyLimit = route.bodyLimit ?? options.bodyLimit
  app.route({
    method: route.method,
    url: route.path.replace(/\{(\w+)\}/g, ':$1'),
    config: { route },
    bodyLimit,
    schema: {
      ...(route.body === undefined ? {} : { body: route.body }),
      ...(route.query === undefined ? {} : { querystring: route.query }),
      ...(route.success.schema === undefined
        ? {}
        : { response: { [route.success.status]: route.success.schema } }),
    },
    // No `async` where nothing has to be waited for: it costs every request a promise and a turn of the microtasks.
    onRequest(request, _reply, done) {
      checkBodyHeaders(request, route, bodyLimit)
      if (rule === 'service:read') return done()
      const identity = options.authentication.identify(request.headers, request.id)
      if (identity instanceof Promise) return identity.then((known) => letIn(request, rule, known))
      letIn(request, rule, identity)
      done()
    },
    preValidation(request, _reply, done) {
      if (route.body !== undefined && request.body === undefined)
        throw new ApiError('EMPTY_BODY', 'The body must be a JSON object.')
      checkAdminFields(route.access, request)
      request.query = readQuery(rawQueryOf(request.raw.url ?? ''), route.query)
      done()
    },
    handler: (request, reply) => serve(route, options, request, reply),
  })
}

function letIn(request: FastifyRequest, rule: RuleName, identity: Identity): void {
  request.identity = identity
  authorize(rule, identity)
}

// Sharing a record, or making a pool the default one, changes what other projects see and get.
function checkAdminFields({ adminFields = [] }: AccessDefinition, request: FastifyRequest): void {
  if (request.identity?.role === 'admin') return
  for (const field of adminFields) {
    const value = (request.body as Record<string, unknown> | null)?.[field]
    if (value === undefined || (value === false && request.method === 'POST')) continue
    throw new ApiError('FORBIDDEN', 'Only an administrator may decide what other projects share.', {
      pointer: `/${field}`,
    })
  }
}

// Told before the body is read: neither a wrong type nor a declared excess is worth its bytes.
function checkBodyHeaders(
  { headers }: FastifyRequest,
  { body }: RouteDefinition,
  bodyLimit: number,
): void {
  if (body === undefined && announcesBody(headers)) throw bodyNotAllowed()
  checkBodyType(headers)
  if (Number(headers['content-length'] ?? 0) > bodyLimit) throw bodyTooLarge()
}

async function serve(
  route: RouteDefinition,
  options: RegistrationOptions,
  request: FastifyRequest,
  reply: FastifyReply,
): Promise<FastifyReply | undefined> {
  const result = await route.handler(contextOf(route, options, request))
  if (route.method !== 'GET') options.services.changes.notify()
  if (result instanceof RawReply) return sendRaw(route, result, request, reply)
  sendRecord(route, result, request, reply)
  // A reply that is returned is waited for once more, and this one has been sent.
  return undefined
}

function sendRecord(
  route: RouteDefinition,
  result: unknown,
  request: FastifyRequest,
  reply: FastifyReply,
): void {
  const revision = (result as { revision?: unknown } | undefined)?.revision
  if (route.hasRevision === true && typeof revision === 'number') {
    reply.header('etag', entityTag(revision))
    if (route.method === 'GET' && isUnchanged(request.headers['if-none-match'], revision))
      return void reply.code(304).send()
  }
  if (route.location !== undefined) reply.header('location', route.location(result))
  void reply.code(route.success.status).send(result)
}

function sendRaw(
  route: RouteDefinition,
  { headers, mediaType, content }: RawReply,
  request: FastifyRequest,
  reply: FastifyReply,
): FastifyReply {
  reply.code(route.success.status).headers(headers).type(mediaType)
  // A HEAD would read a stream to its end, and some have none.
  if (request.method !== 'HEAD' || typeof content === 'string') return reply.send(content)
  content.destroy()
  return reply.send('')
}

async function isStillLetIn(
  { access }: RouteDefinition,
  { identifyAgain }: RegistrationOptions,
  { headers, id, identity }: FastifyRequest,
): Promise<boolean> {
  if (identity === undefined) return true
  try {
    const now = await identifyAgain(headers, id)
    authorize(access.rule, now)
    const { projectId, isAdmin } = now.caller
    return projectId === identity.caller.projectId && isAdmin === identity.caller.isAdmin
  } catch (error) {
    if (error instanceof ApiError) return false
    throw error
  }
}

function contextOf(
  route: RouteDefinition,
  options: RegistrationOptions,
  request: FastifyRequest,
): RouteContext<string, unknown, unknown> {
  const { services, requireIfMatch } = options
  const { identity, body, headers } = request
  const query = request.query as object
  const params = readPathParameters(route, request.params as Record<string, string>)
  return {
    ipam: services.ipam.as(identity?.caller ?? nobody),
    params,
    query,
    body,
    headers,
    mutation: route.method === 'POST' ? idempotencyOf(route, params, query, request) : {},
    async ifMatch(current) {
      const header = headers['if-match']
      if (requireIfMatch && header === undefined && route.hasRevision === true)
        throw new ApiError('PRECONDITION_REQUIRED', 'An If-Match header is required.', {
          fix: 'Send the ETag that a GET of the record answered, or *.',
        })
      const ifRevision = await expectedRevision(header, current, route.hasRevision === true)
      return ifRevision === undefined ? {} : { ifRevision }
    },
    services,
    isStillLetIn: () => isStillLetIn(route, options, request),
    tokenId: identity?.tokenId,
  }
}

function idempotencyOf(
  route: RouteDefinition,
  params: Readonly<Record<string, string>>,
  query: object,
  request: FastifyRequest,
): MutationOptions {
  const idempotencyKey = readIdempotencyKey(request.headers['idempotency-key'])
  if (idempotencyKey === undefined) return {}
  const path = route.path.replace(/\{(\w+)\}/g, (_, name: string) => params[name] ?? '')
  return { idempotencyKey, fingerprint: requestFingerprint('POST', path, query, request.body) }
}
