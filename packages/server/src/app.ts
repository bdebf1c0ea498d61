import { randomUUID } from 'node:crypto'
import type { IncomingMessage, ServerResponse } from 'node:http'
import type { Ipam } from '@freehold/engine'
import fastify, { type FastifyInstance, type FastifyReply, type FastifyRequest } from 'fastify'
import { assertRule } from './access-rules.ts'
import { ApiError } from './api-error.ts'
import type { AppServices } from './app-services.ts'
import { type Authentication, type Identity, noAuthentication } from './authentication.ts'
import { busyAnswer, serverBusy } from './busy-answer.ts'
import { ChangeSignal } from './change-signal.ts'
import { connectionErrorHandler } from './connection-errors.ts'
import { docsPage } from './docs-page.ts'
import { problemResponse } from './error-responses.ts'
import { eventStreamType, maxEventStreams } from './event-stream.ts'
import { invalidHost, isHostHeader } from './host-header.ts'
import { type AppTimeouts, httpServer, maxHeaderBytes } from './http-server.ts'
import { addJsonParser } from './json-parser.ts'
import { defaultLoadLimits, type LoadLimits, LoadShedding } from './load-shedding.ts'
import { Metrics } from './metrics.ts'
import { isNeutronUrl, registerNeutron, sendNeutronError } from './neutron/neutron-registration.ts'
import { openApiDocument } from './openapi-document.ts'
import { type Pseudonymize, pseudonyms } from './pseudonyms.ts'
import { addressesAskedFor, RateLimiter, type RateLimits, tooMuchAtOnce } from './rate-limits.ts'
import { type RequestLog, requestLog } from './request-log.ts'
import { recordRequest, recordUnrouted } from './request-records.ts'
import { registerRoutes } from './route-registration.ts'
import { routeTable } from './route-table.ts'
import { SharedBudget } from './shared-budget.ts'
import { sharedRun } from './shared-run.ts'
import type { TlsKeyPair } from './tls-key-pair.ts'
import { unroutable } from './unroutable.ts'
import { validationError } from './validation-errors.ts'

export interface AppOptions {
  readonly ipam: Ipam
  /** Default: none, which is for loopback only. */
  readonly authentication?: Authentication
  /** Where request lines go. Default: nowhere. */
  readonly log?: RequestLog
  readonly pseudonymize?: Pseudonymize
  readonly loadLimits?: Partial<LoadLimits>
  /** Default: none. Counted in this process alone. */
  readonly rateLimits?: RateLimits
  /** Serves HTTPS. Default: HTTP. */
  readonly tls?: TlsKeyPair
  /** Addresses and networks of proxies whose X-Forwarded-Proto and X-Forwarded-Host are believed. Default: none. */
  readonly trustedProxies?: readonly string[]
  /** Bytes; default 1 MiB. Imports have their own, 64 MiB. */
  readonly bodyLimit?: number
  /** PATCH and DELETE of records that have a revision are refused without If-Match (428). Default false. */
  readonly requireIfMatch?: boolean
  /** Memory and event loop of the process in /metrics. Default false. */
  readonly processMetrics?: boolean
  readonly timeouts?: Partial<AppTimeouts>
}

const defaultBodyLimit = 1024 * 1024

// Answers are data for programs: nothing in them may run, be framed or be cached by a browser in between.
const answerHeaders = {
  'x-content-type-options': 'nosniff',
  'cache-control': 'no-store',
  'content-security-policy': "default-src 'none'; frame-ancestors 'none'",
  'referrer-policy': 'no-referrer',
}

// RFC 6797: whoever came over TLS once does not come without it again, for a year.
const tlsHeaders = { 'strict-transport-security': 'max-age=31536000' }

/**
 * The HTTP API over an open engine. It does not listen: use `startServer`, `fetchThrough` or `inject`. `close()` lets
 * requests in flight finish, answers new ones 503, and leaves the engine open.
 * Throws Error when a route has no access rule.
 */
export function createApp(options: AppOptions): FastifyInstance {
  const log = options.log ?? requestLog('silent')
  const pseudonymize = options.pseudonymize ?? pseudonyms()
  const load = new LoadShedding({ ...defaultLoadLimits, ...options.loadLimits }, (count) =>
    log.warning('requests were answered 503 because there was too much to do', { count }),
  )
  const stopping = new AbortController()
  const services = appServices(options, pseudonymize, load, stopping.signal)
  const headers = headersOf(options.tls)
  const answerBusy = busyAnswer(headers)
  // A line for each of these would cost more than the answer: the log is told their number.
  const app = emptyApp(options, log, (request, response) => {
    if (!load.isOverloaded || stopping.signal.aborted || isAlwaysServed(request.url)) return false
    load.countRefusal()
    services.metrics.observeRefusal()
    answerBusy(request, response)
    return true
  })
  const limiter = new RateLimiter(options.rateLimits ?? {})
  const uncounted = options.authentication ?? noAuthentication()
  const authentication = limited(uncounted, limiter)

  // Whichever way a route comes in, by itself or as the HEAD of a GET.
  app.addHook('onRoute', ({ method, url, config }) =>
    assertRule(`${String(method)} ${url}`, config?.route?.access?.rule),
  )
  app.decorateRequest('identity', undefined)
  app.decorateRequest('problem', undefined)
  app.decorateRequest('endLoad', null)
  app.addHook('preClose', (done) => {
    stopping.abort()
    done()
  })
  app.addHook('onClose', async () => load.stop())
  app.addHook('onRequest', (request, reply, done) => {
    reply.headers(headers)
    reply.header('x-request-id', request.id)
    const refused = refusal(request, stopping.signal)
    const end = load.begin()
    request.endLoad = end
    reply.raw.once('close', end)
    done(refused)
  })
  // After the caller is known, before the body is read.
  app.addHook('preParsing', (request, reply, payload, done) => {
    const release = load.admit(projectSharing(request), bodyBytesOf(request))
    if (typeof release === 'string') return done(release === 'all' ? serverBusy() : tooMuchAtOnce())
    const { endLoad } = request
    request.endLoad = () => {
      endLoad?.()
      release()
    }
    reply.raw.once('close', release)
    done(null, payload)
  })
  app.addHook('preHandler', (request, _reply, done) => {
    countAllocations(request, limiter)
    done()
  })
  app.addHook('onSend', (request, reply, payload, done) => {
    // An open stream has a bound of its own, and is no work until something happens.
    if (reply.getHeader('content-type') === eventStreamType) request.endLoad?.()
    // A kept connection would keep the server from closing.
    if (stopping.signal.aborted) reply.header('connection', 'close')
    // A change has been made by now, and is not told as refused.
    const held = isRead(request) ? load.hold(projectSharing(request), lengthOf(payload)) : undefined
    if (typeof held === 'string') return done(held === 'all' ? serverBusy() : tooMuchAtOnce())
    if (held !== undefined) reply.raw.once('close', held)
    done(null, payload)
  })
  app.addHook('onResponse', (request, reply, done) => {
    recordRequest(request, reply, { log, pseudonymize, metrics: services.metrics })
    done()
  })
  app.setErrorHandler((error, request, reply) => sendProblem(error, request, reply, log))
  addJsonParser(app)
  registerRoutes(app, routeTable, {
    services,
    authentication,
    identifyAgain: (ofRequest, requestId) => uncounted.identify(ofRequest, requestId),
    requireIfMatch: options.requireIfMatch ?? false,
    bodyLimit: options.bodyLimit ?? defaultBodyLimit,
  })
  registerNeutron(app, {
    ipam: services.ipam,
    authentication,
    onChange: () => services.changes.notify(),
  })
  return app
}

function headersOf(tls: TlsKeyPair | undefined): Readonly<Record<string, string>> {
  return tls === undefined ? answerHeaders : { ...answerHeaders, ...tlsHeaders }
}

// Every way into a route goes through here, whichever API it belongs to.
function limited(authentication: Authentication, limiter: RateLimiter): Authentication {
  const counted = (identity: Identity) => {
    limiter.countRequest(identity)
    return identity
  }
  return {
    ...authentication,
    identify(headers, requestId) {
      const identity = authentication.identify(headers, requestId)
      return identity instanceof Promise ? identity.then(counted) : counted(identity)
    },
  }
}

function countAllocations(request: FastifyRequest, limiter: RateLimiter): void {
  const { identity, method, body } = request
  const rule = request.routeOptions.config.route?.access.rule
  if (identity === undefined || rule === undefined) return
  const { isAdmin } = identity.caller
  limiter.countAllocations(identity, addressesAskedFor(rule, { method, body, isAdmin }))
}

/** `refuse` answers a request that is not worth routing, and says whether it did. */
function emptyApp(
  options: AppOptions,
  log: RequestLog,
  refuse: (request: IncomingMessage, response: ServerResponse) => boolean,
): FastifyInstance {
  const { bodyLimit, tls, trustedProxies = [] } = options
  const headers = headersOf(tls)
  return fastify({
    serverFactory: (handle) =>
      httpServer(options, (request, response) => {
        if (!refuse(request, response)) handle(request, response)
      }),
    trustProxy: trustedProxies.length === 0 ? false : [...trustedProxies],
    // Fastify's own lines hold raw paths and messages, so it logs nothing; request-log.ts does.
    logger: false,
    bodyLimit: bodyLimit ?? defaultBodyLimit,
    forceCloseConnections: 'idle',
    return503OnClosing: false,
    requestIdHeader: false,
    genReqId: () => randomUUID(),
    routerOptions: {
      maxParamLength: maxHeaderBytes,
      // Read by the route's schema in route-registration.ts.
      querystringParser: () => ({}),
    },
    ajv: {
      customOptions: {
        coerceTypes: false,
        removeAdditional: false,
        useDefaults: false,
        allErrors: false,
        discriminator: true,
        // Tells the error formatter which fields would have been allowed.
        verbose: true,
      },
    },
    schemaErrorFormatter: validationError,
    // The router's own refusals run no hooks, so they are logged here.
    frameworkErrors(_error, request, reply) {
      reply.headers(headers)
      reply.header('x-request-id', request.id)
      sendProblem(unroutable(routeTable, request.method, request.raw.url), request, reply, log)
      recordUnrouted(request, reply, log)
    },
    clientErrorHandler: connectionErrorHandler(headers),
  })
}

function appServices(
  { ipam, processMetrics }: AppOptions,
  pseudonymize: Pseudonymize,
  load: LoadShedding,
  stopping: AbortSignal,
): AppServices {
  const asServer = ipam.as({ projectId: 'default', isAdmin: true })
  const eventStreams = new SharedBudget(maxEventStreams)
  let documentText: string | undefined
  let page: string | undefined
  return {
    ipam: asServer,
    metrics: new Metrics({
      ipam: asServer,
      pseudonymize,
      inFlight: () => load.inFlight,
      eventStreams: () => eventStreams.used,
      includeProcess: processMetrics ?? false,
    }),
    changes: new ChangeSignal(),
    ready: sharedRun(() => asServer.ping()),
    eventStreams,
    stopping,
    documentText: () => (documentText ??= JSON.stringify(openApiDocument(routeTable))),
    docsPage: () => (page ??= docsPage(openApiDocument(routeTable))),
  }
}

// What is asked most when the server is in trouble is always answered. A server that says it is not ready because it is
// busy would send its share of the load to the others, until none is ready.
function isAlwaysServed(url: string | undefined): boolean {
  return /^\/(healthz|readyz|metrics)(\?|$)/.test(url ?? '')
}

function refusal(request: FastifyRequest, stopping: AbortSignal): ApiError | undefined {
  if (stopping.aborted)
    return new ApiError('SERVER_STOPPING', 'The server is stopping.', {}, { connection: 'close' })
  if (!isHostHeader(request.headers.host)) return invalidHost('Host')
  if (request.is404) return unroutable(routeTable, request.method, request.raw.url) as ApiError
  return undefined
}

// Administrators have no share: they are trusted with all of it.
function projectSharing({ identity }: FastifyRequest): string | undefined {
  return identity === undefined || identity.role === 'admin' ? undefined : identity.caller.projectId
}

function isRead({ method }: FastifyRequest): boolean {
  return method === 'GET' || method === 'HEAD'
}

// A stream is read no faster than it is taken.
function lengthOf(payload: unknown): number {
  return typeof payload === 'string' || Buffer.isBuffer(payload) ? payload.length : 0
}

// What is sent in pieces or compressed may become as large as the route allows.
function bodyBytesOf({ headers, routeOptions }: FastifyRequest): number {
  const encoding = headers['content-encoding'] ?? 'identity'
  if (headers['transfer-encoding'] === undefined && encoding === 'identity')
    return Number(headers['content-length'] ?? 0)
  return routeOptions.bodyLimit ?? defaultBodyLimit
}

function sendProblem(
  error: unknown,
  request: FastifyRequest,
  reply: FastifyReply,
  log: RequestLog,
): FastifyReply {
  if (isNeutronUrl(request.raw.url)) {
    request.problem = sendNeutronError(error, request, reply)
    if (request.problem.kind === 'internal') log.failure(request.id, error)
    return reply
  }
  const { status, headers, body } = problemResponse(error, request.id)
  request.problem = { code: body.code, kind: body.kind }
  if (body.kind === 'internal') log.failure(request.id, error)
  return reply
    .removeHeader('etag')
    .removeHeader('location')
    .code(status)
    .headers(headers)
    .type('application/problem+json')
    .send(JSON.stringify(body))
}
