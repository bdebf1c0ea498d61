import fc from 'fast-check'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { type RouteDefinition, routeTable } from '../src/index.ts'
import { type AppFixture, openApp } from './app-fixture.ts'

let fixture: AppFixture
let known: string[]

beforeAll(async () => {
  fixture = await openApp()
  const subnet = await fixture.call('POST', '/v1/subnets', { cidr: '10.0.0.0/24' })
  const pool = await fixture.call('POST', '/v1/subnet-pools', { prefixes: ['10.4.0.0/16'] })
  const scope = await fixture.call('POST', '/v1/address-scopes', { ipVersion: 6 })
  known = [subnet, pool, scope].map(({ body }) => body.id)
})
afterAll(() => fixture.close())

interface Schema {
  readonly type?: string | readonly string[]
  readonly enum?: readonly unknown[]
  readonly const?: unknown
  readonly properties?: Readonly<Record<string, Schema>>
  readonly required?: readonly string[]
  readonly items?: Schema
  readonly oneOf?: readonly Schema[]
  readonly additionalProperties?: boolean | Schema
}

/** Text that some field means something by, next to any text. */
const text = () =>
  fc.oneof(
    fc.constantFrom(
      ...known,
      '10.0.0.0/24',
      '10.0.0.5',
      '10.0.0.255',
      '10.4.0.0/24',
      '2001:db8::/64',
      '2001:db8::1',
      '::/0',
      'auto',
      '00:11:22:33:44:55',
      '0',
      '-1',
      'host',
      'default-4',
      'freehold-plan/1',
      '2026-01-01T00:00:00Z',
      '\u0000',
      '\ud800',
      '__proto__',
      'a:b',
      '',
    ),
    fc.string({ unit: 'binary', maxLength: 40 }),
  )

/** Mostly what the schema asks for, now and then something else. */
function valueOf(schema: Schema): fc.Arbitrary<unknown> {
  return fc.oneof(
    { weight: 12, arbitrary: fittingValue(schema) },
    { weight: 1, arbitrary: fc.jsonValue({ maxDepth: 3 }) },
  )
}

function fittingValue(schema: Schema): fc.Arbitrary<unknown> {
  if (schema.oneOf !== undefined) return fc.oneof(...schema.oneOf.map(fittingValue))
  if (schema.const !== undefined) return fc.constant(schema.const)
  if (schema.enum !== undefined) return fc.constantFrom(...schema.enum)
  const [type, other] = [schema.type].flat()
  if (other === 'null') return fc.option(fittingValue({ ...schema, type: type ?? 'null' }))
  switch (type) {
    case 'string':
      return text()
    case 'integer':
      return fc.oneof(fc.integer({ min: -2, max: 130 }), fc.maxSafeInteger())
    case 'number':
      return fc.double()
    case 'boolean':
      return fc.boolean()
    case 'array':
      return fc.array(valueOf(schema.items ?? {}), { maxLength: 4 })
    case 'object':
      return objectOf(schema)
    default:
      return fc.jsonValue({ maxDepth: 2 })
  }
}

function objectOf({ properties, required = [], additionalProperties }: Schema) {
  if (properties === undefined)
    return fc.dictionary(text(), valueOf(additionalProperties as Schema), { maxKeys: 4 })
  const fields = Object.entries(properties).map(([name, field]) => [name, valueOf(field)] as const)
  return fc.record(Object.fromEntries(fields), { requiredKeys: [...required] })
}

interface FuzzedRequest {
  readonly route: RouteDefinition
  readonly url: string
  readonly body: string | undefined
  readonly headers: Record<string, string>
}

function requestFor(route: RouteDefinition): fc.Arbitrary<FuzzedRequest> {
  const id = fc.oneof({ weight: 5, arbitrary: fc.constantFrom(...known) }, text())
  const query = fc.record(
    Object.fromEntries(
      Object.keys(route.query?.properties ?? { none: 0 }).map((name) => [name, text()]),
    ),
    { requiredKeys: [] },
  )
  const body = route.body === undefined ? fc.constant(undefined) : fuzzedBody(route.body)
  const headers = fc.record(
    {
      'if-match': fc.constantFrom('"1"', 'W/"1"', '*', 'x', '"1", "2"'),
      'if-none-match': fc.constantFrom('"1"', '*', 'x'),
      'idempotency-key': fc.constantFrom('a', 'b', 'c', 'k'.repeat(300)),
      'x-project-id': fc.constantFrom('p', 'q', ' '),
    },
    { requiredKeys: [] },
  )
  return fc.record({ id, address: text(), query, body, headers }).map((parts) => ({
    route,
    url:
      route.path.replace('{id}', encode(parts.id)).replace('{address}', encode(parts.address)) +
      encodeQuery(parts.query),
    body: parts.body,
    headers: parts.headers as Record<string, string>,
  }))
}

function fuzzedBody(schema: Schema): fc.Arbitrary<string> {
  return fc.oneof(
    { weight: 12, arbitrary: valueOf(schema).map((value) => JSON.stringify(value) ?? 'null') },
    { weight: 1, arbitrary: fc.string({ unit: 'binary', maxLength: 60 }) },
  )
}

function encode(value: string): string {
  return encodeURIComponent(value.toWellFormed())
}

function encodeQuery(query: object): string {
  const pairs = Object.entries(query).map(([name, value]) => `${name}=${encode(String(value))}`)
  return pairs.length === 0 ? '' : `?${pairs.join('&')}`
}

const fuzzed = routeTable.filter(({ path }) => path !== '/metrics')

test.each(fuzzed)(
  '$method $path answers whatever is sent without an inner error',
  async (route) => {
    await fc.assert(
      fc.asyncProperty(requestFor(route), async ({ url, body, headers }) => {
        const answer = await fixture.call(route.method, url, body, headers)
        expect(answer.status, JSON.stringify(answer.body)).toBeLessThan(500)
        if (answer.status >= 400)
          expect(answer.headers['content-type']).toMatch(/^application\/problem\+json/)
      }),
      { numRuns: 100 },
    )
  },
)

test('what the fuzzing left behind still agrees with itself', async () => {
  expect((await fixture.call('POST', '/v1/check')).body).toMatchObject({ ok: true, problems: [] })
})
