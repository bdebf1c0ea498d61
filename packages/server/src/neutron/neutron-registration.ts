import type { Ipam } from '@freehold/engine'
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify'
import { assertRule } from '../access-rules.ts'
import { ApiError } from '../api-error.ts'
import { type Authentication, authorize, nobody } from '../authentication.ts'
import { announcesBody, bodyNotAllowed, checkBodyType } from '../body-headers.ts'
import { invalidHost, isHostHeader } from '../host-header.ts'
import { matchesTemplate } from '../path-parameters.ts'
import { rawQueryOf } from '../query-parameters.ts'
import { refuseAdminAttributes } from './admin-attributes.ts'
import { jsonText } from './json-text.ts'
import { neutronErrorResponse } from './neutron-error-response.ts'
import type { NeutronAnswer, NeutronRoute } from './neutron-route.ts'
import { neutronRoutes } from './neutron-routes.ts'

// Without the charset that the framework would add to text: Neutron has none, and JSON is always UTF-8 (RFC 8259).
const json = 'application/json'

export interface NeutronOptions {
  /** The engine as the server itself. */
  readonly ipam: Ipam
  readonly authentication: Authentication
  /** Called after every request that may have changed something. */
  readonly onChange: () => void
}

/** Puts the Networking API into the app. Throws Error when a route has no known access rule. */
export function registerNeutron(app: FastifyInstance, options: NeutronOptions): void {
  for (const route of neutronRoutes) registerRoute(app, route, options)
}

/** Whether errors of a request with this URL are told in Neutron's words. */
export function isNeutronUrl(url: string | undefined): boolean {
  const path = (url ?? '').split('?')[0] ?? ''
  return path === '/' || path === '/v2.0' || path.startsWith('/v2.0/')
}

/** Answers an error as Neutron would. Returns what the log and the metrics are told of it. */
export function sendNeutronError(
  error: unknown,
  request: FastifyRequest,
  reply: FastifyReply,
): { readonly code: string; readonly kind: string } {
  const { status, headers, body, code, kind } = neutronErrorResponse(
    refinedError(error, request),
    request.id,
  )
  setRequestId(request, reply)
  void reply.code(status).headers(headers).header('content-type', json).send(jsonBytes(body))
  return { code, kind }
}

function registerRoute(app: FastifyInstance, route: NeutronRoute, options: NeutronOptions): void {
  const { rule } = route.access ?? {}
  assertRule(`${route.method} ${route.path}`, rule)
  app.route({
    method: route.method,
    url: route.path.replace(/\{(\w+)\}/g, ':$1'),
    config: { route },
    async onRequest(request) {
      takeAsJson(request)
      if (!takesBody(route.method) && announcesBody(request.headers)) throw bodyNotAllowed()
      checkBodyType(request.headers)
      if (rule === 'service:read') return
      const identity = await options.authentication.identify(request.headers, request.id)
      request.identity = identity
      authorize(rule, identity)
    },
    async handler(request, reply) {
      const { identity } = request
      if (identity !== undefined) refuseAdminAttributes(route.method, request.body, identity.caller)
      const answer = await route.handler({
        ipam: options.ipam.as(identity?.caller ?? nobody),
        params: request.params as Readonly<Record<string, string>>,
        query: rawQueryOf(request.raw.url ?? ''),
        body: request.body,
        headers: request.headers,
        origin: originOf(request),
      })
      if (route.method !== 'GET') options.onChange()
      return sendAnswer(answer, request, reply)
    },
  })
}

// As the caller reached this server: a proxy that is named at the start may say it of itself.
function originOf({ host, protocol }: FastifyRequest): string {
  if (!isHostHeader(host)) throw invalidHost('X-Forwarded-Host')
  return `${protocol === 'https' ? 'https' : 'http'}://${host === '' ? 'localhost' : host}`
}

// Upstream's own test client names no type when it changes something. A page of another site can leave it out as well
// and is not asked first, but its browser says where it comes from.
function takeAsJson({ raw }: FastifyRequest): void {
  const { headers, method } = raw
  if (!takesBody(method)) return
  if (headers['content-type'] === undefined && headers.origin === undefined)
    headers['content-type'] = json
}

function takesBody(method: string | undefined): boolean {
  return method === 'POST' || method === 'PUT'
}

function sendAnswer(
  { status, body, html }: NeutronAnswer,
  request: FastifyRequest,
  reply: FastifyReply,
): FastifyReply {
  setRequestId(request, reply)
  reply.code(status)
  if (html !== undefined) return reply.type('text/html; charset=UTF-8').send(html)
  if (body === undefined) return reply.send()
  return reply.header('content-type', json).send(jsonBytes(body))
}

function jsonBytes(body: unknown): Buffer {
  return Buffer.from(jsonText(body))
}

function setRequestId(request: FastifyRequest, reply: FastifyReply): void {
  reply.header('x-openstack-request-id', `req-${request.id}`)
}

// The app knows the paths of its own routes only.
function refinedError(error: unknown, request: FastifyRequest): unknown {
  if (!(error instanceof ApiError) || error.code !== 'ROUTE_NOT_FOUND') return error
  const path = (request.raw.url ?? '').split('?')[0] ?? ''
  const onPath = neutronRoutes.filter((route) => matchesTemplate(route.path, path))
  // Of a path that has the method, a parameter could not be decoded: that names nothing.
  const isOtherMethod = onPath.every(({ method }) => method !== request.method)
  return onPath.length > 0 && isOtherMethod
    ? new ApiError('METHOD_NOT_ALLOWED', 'Another method is needed here.')
    : error
}
