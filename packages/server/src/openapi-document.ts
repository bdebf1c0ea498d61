import { statusOfCode } from './error-responses.ts'
import type { RouteDefinition } from './route-definition.ts'
import { problemSchema } from './schemas/service-schemas.ts'

type Json = Record<string, unknown>

export interface OpenApiDocument {
  readonly openapi: '3.1.0'
  readonly info: Json
  readonly servers: readonly Json[]
  readonly security: readonly Json[]
  readonly tags: readonly { readonly name: string; readonly description: string }[]
  readonly paths: Readonly<Record<string, Readonly<Record<string, OpenApiOperation>>>>
  readonly components: {
    readonly schemas: Readonly<Record<string, Json>>
    readonly [section: string]: Json
  }
}

export interface OpenApiOperation {
  readonly operationId: string
  readonly tags: readonly string[]
  readonly summary: string
  readonly description?: string
  readonly parameters?: readonly Json[]
  readonly requestBody?: Json
  readonly responses: Readonly<Record<string, Json>>
  readonly security?: readonly Json[]
}

const tagDescriptions: Readonly<Record<string, string>> = {
  'Address scopes': 'Spaces in which subnets never overlap.',
  'Subnet pools': 'Prefixes from which subnets are cut.',
  Subnets: 'Prefixes in use.',
  Allocations: 'Addresses held, by whom, and how to get and release them.',
  Utilization: 'Exact counts, as decimal strings.',
  Addresses: 'One address in all scopes, now and in the past.',
  Events: 'Every change, in order.',
  Plan: 'The whole address plan as one document.',
  Tokens: 'What lets callers in.',
  Service: 'The service itself.',
}

/** The OpenAPI 3.1 document of a route table, from the very schemas that validate. Titled schemas become components. */
export function openApiDocument(routes: readonly RouteDefinition[]): OpenApiDocument {
  const components = new Components()
  const paths: Record<string, Record<string, OpenApiOperation>> = {}
  for (const route of routes)
    (paths[route.path] ??= {})[route.method.toLowerCase()] = operation(route, components)
  components.reference(problemSchema)
  const usedTags = [...new Set(routes.map(({ tag }) => tag))]
  return {
    openapi: '3.1.0',
    info: {
      title: 'Freehold',
      version: '1',
      summary: 'IP address management',
      description:
        'Allocates subnets and addresses. Errors are RFC 9457 problems with a `code`. Unknown fields, repeated keys and wrong types are refused. Counts are decimal strings. The caller acts for the project of its token; an administrator, and everybody where the server runs without authentication, may name another one in `X-Project-Id`.',
      license: { name: 'Apache-2.0', identifier: 'Apache-2.0' },
    },
    servers: [{ url: '/' }],
    security: [{ bearer: [] }, { authToken: [] }, {}],
    tags: usedTags.map((name) => ({ name, description: tagDescriptions[name] ?? name })),
    paths,
    components: {
      schemas: components.schemas,
      responses: {
        Problem: problemResponse(
          'Refused or failed; nothing was changed unless the code says otherwise.',
        ),
        Unauthenticated: problemResponse('No token, or one that is unknown, expired or revoked.', {
          'WWW-Authenticate': 'What to send.',
        }),
        Forbidden: problemResponse('The caller may not do this.'),
        RateLimited: problemResponse('Too much in too short a time; nothing was changed.', {
          'Retry-After': 'Seconds to wait.',
        }),
      },
      securitySchemes: {
        bearer: {
          type: 'http',
          scheme: 'bearer',
          description: 'A token of this server, or of the identity provider that it trusts.',
        },
        authToken: {
          type: 'apiKey',
          in: 'header',
          name: 'X-Auth-Token',
          description: "The same, as OpenStack's clients send it.",
        },
      },
    },
  }
}

function problemResponse(
  description: string,
  headers: Readonly<Record<string, string>> = {},
): Json {
  const described = Object.entries(headers).map(([name, text]) => [
    name,
    { description: text, schema: { type: 'string' } },
  ])
  return {
    description,
    ...(described.length === 0 ? {} : { headers: Object.fromEntries(described) as Json }),
    content: { 'application/problem+json': { schema: { $ref: '#/components/schemas/Problem' } } },
  }
}

function operation(route: RouteDefinition, components: Components): OpenApiOperation {
  const parameters = [
    ...pathParameters(route),
    ...queryParameters(route, components),
    ...headerParameters(route),
  ]
  return {
    operationId: route.operationId,
    tags: [route.tag],
    summary: route.summary,
    ...(route.description === undefined ? {} : { description: route.description }),
    ...(parameters.length === 0 ? {} : { parameters }),
    ...(route.body === undefined
      ? {}
      : {
          requestBody: {
            required: true,
            content: { 'application/json': { schema: components.reference(route.body) } },
          },
        }),
    responses: {
      [route.success.status]: successResponse(route, components),
      ...(route.hasRevision === true && route.method === 'GET'
        ? { 304: { description: 'If-None-Match has the current revision.' } }
        : {}),
      ...(route.access.rule === 'service:read'
        ? {}
        : {
            401: { $ref: '#/components/responses/Unauthenticated' },
            403: { $ref: '#/components/responses/Forbidden' },
            429: { $ref: '#/components/responses/RateLimited' },
          }),
      '4XX': { $ref: '#/components/responses/Problem' },
      '5XX': { $ref: '#/components/responses/Problem' },
    },
    ...(route.access.rule === 'service:read' ? { security: [] } : {}),
  }
}

function pathParameters(route: RouteDefinition): Json[] {
  return [...route.path.matchAll(/\{(\w+)\}/g)].map(([, name]) => ({
    name,
    in: 'path',
    required: true,
    schema: { type: 'string' },
    description:
      name === 'address'
        ? 'An IP address in any spelling.'
        : `Id of the ${route.noun ?? 'record'}.`,
  }))
}

function queryParameters({ query }: RouteDefinition, components: Components): Json[] {
  if (query === undefined) return []
  const required = new Set((query as { required?: readonly string[] }).required)
  return Object.entries(query.properties).map(([name, schema]) => {
    const { description, ...rest } = components.inline(schema) as Json
    return {
      name,
      in: 'query',
      ...(required.has(name) ? { required: true } : {}),
      ...(description === undefined ? {} : { description }),
      schema: rest,
    }
  })
}

function headerParameters({ method, hasRevision }: RouteDefinition): Json[] {
  const header = (name: string, description: string) => ({
    name,
    in: 'header',
    description,
    schema: { type: 'string' },
  })
  const list: Json[] = []
  if (method === 'POST')
    list.push(
      header(
        'Idempotency-Key',
        `1 to 255 printable ASCII characters. The same key with the same request gets the first answer again; with another it is refused (${statusOfCode.IDEMPOTENCY_KEY_REUSED}).`,
      ),
    )
  if (hasRevision === true && method === 'GET')
    list.push(header('If-None-Match', 'Answer 304 if this is the current ETag.'))
  if (hasRevision === true && (method === 'PATCH' || method === 'DELETE'))
    list.push(header('If-Match', 'Refuse with 412 unless this is the current ETag.'))
  return list
}

function successResponse(
  { success, hasRevision, ...route }: RouteDefinition,
  components: Components,
) {
  const { schema, mediaTypes = [], description, status } = success
  const content: Json = {}
  if (schema !== undefined) content['application/json'] = { schema: components.reference(schema) }
  for (const mediaType of mediaTypes)
    content[mediaType] = { schema: mediaType === 'application/json' ? {} : { type: 'string' } }
  const text = { schema: { type: 'string' } }
  const headers = {
    ...(hasRevision === true && status !== 204 ? { ETag: text } : {}),
    ...(route.location === undefined ? {} : { Location: text }),
  }
  return {
    description,
    ...(Object.keys(headers).length === 0 ? {} : { headers }),
    ...(Object.keys(content).length === 0 ? {} : { content }),
  }
}

/** Collects titled schemas while it copies. */
class Components {
  readonly schemas: Record<string, Json> = {}

  /** A `$ref` for a titled schema, a copy for any other. */
  reference(schema: unknown): unknown {
    if (Array.isArray(schema)) return schema.map((one) => this.reference(one))
    if (typeof schema !== 'object' || schema === null) return schema
    const { title } = schema as { title?: unknown }
    if (typeof title !== 'string') return this.inline(schema)
    if (!Object.hasOwn(this.schemas, title)) {
      this.schemas[title] = {}
      this.schemas[title] = this.inline(schema) as Json
    }
    return { $ref: `#/components/schemas/${title}` }
  }

  inline(schema: object): unknown {
    const copy: Json = {}
    for (const [key, value] of Object.entries(schema))
      if (key !== 'title' || typeof value !== 'string') copy[key] = this.reference(value)
    if (isChoiceByKind(schema)) copy['discriminator'] = this.#discriminator(schema)
    return copy
  }

  #discriminator({ oneOf, discriminator }: ChoiceByKind): Json {
    const entries = oneOf.map(({ title, properties }) => [
      properties[discriminator.propertyName]?.const,
      `#/components/schemas/${title}`,
    ])
    return { ...discriminator, mapping: Object.fromEntries(entries) as Json }
  }
}

interface ChoiceByKind {
  readonly discriminator: { readonly propertyName: string }
  readonly oneOf: readonly {
    readonly title: string
    readonly properties: Readonly<Record<string, { readonly const?: string }>>
  }[]
}

function isChoiceByKind(schema: object): schema is ChoiceByKind {
  return 'discriminator' in schema && 'oneOf' in schema
}
