import fc from 'fast-check'
import type { RouteDefinition } from '../src/index.ts'
import { type KnownRecords, plausibleValues } from './fuzzed-values.ts'

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

export interface FuzzedRequest {
  readonly method: string
  readonly url: string
  readonly body: string | undefined
  readonly headers: Record<string, string>
}

/** Text that some field means something by, next to any text. */
const textOf = (known: KnownRecords): fc.Arbitrary<string> =>
  fc.oneof(
    fc.constantFrom(
      ...Object.values(known),
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

// Of a hundred fields, parameters and headers about so many are not what was asked for: with ten of them in a request, every
// third request is refused for that, and the others get as far as the engine.
const odd = 4

function mostly<T, U>(usual: fc.Arbitrary<T>, strange: fc.Arbitrary<U>): fc.Arbitrary<T | U> {
  return fc.oneof({ weight: 100 - odd, arbitrary: usual }, { weight: odd, arbitrary: strange })
}

// What no schema says: each may be left out, but not both.
const oneIsNeeded = [
  ['cidr', 'subnetPoolId'],
  ['add', 'remove'],
] as const

/** Objects with what is required and at most three others: of a dozen fields that may be left out, many exclude each other. */
function someOf(
  fields: Readonly<Record<string, fc.Arbitrary<unknown>>>,
  required: readonly string[],
): fc.Arbitrary<object> {
  const optional = Object.keys(fields).filter((name) => !required.includes(name))
  const needed = oneIsNeeded.filter((names) => names.every((name) => optional.includes(name)))
  return fc
    .tuple(
      fc.record(fields),
      fc.subarray(optional, { maxLength: Math.min(3, optional.length) }),
      fc.tuple(...needed.map((names) => fc.constantFrom(...names))),
    )
    .map(([all, ...chosen]) =>
      Object.fromEntries([...required, ...chosen.flat()].map((name) => [name, all[name]])),
    )
}

/** Makes requests from the schemas of the routes. */
export class RequestFuzzer {
  readonly #known: KnownRecords
  readonly #text: fc.Arbitrary<string>
  readonly #plausible: Readonly<Record<string, fc.Arbitrary<unknown>>>

  constructor(known: KnownRecords) {
    this.#known = known
    this.#text = textOf(known)
    this.#plausible = plausibleValues(known)
  }

  /** Mostly what the schema asks for, now and then something else. */
  #valueOf(schema: Schema, name = ''): fc.Arbitrary<unknown> {
    const plausible = schema.const === undefined ? this.#plausible[name] : undefined
    return mostly(
      plausible ?? this.#fittingValue(schema),
      fc.oneof(this.#fittingValue(schema), fc.jsonValue({ maxDepth: 3 })),
    )
  }

  #fittingValue(schema: Schema): fc.Arbitrary<unknown> {
    if (schema.oneOf !== undefined)
      return fc.oneof(...schema.oneOf.map((each) => this.#fittingValue(each)))
    if (schema.const !== undefined) return fc.constant(schema.const)
    if (schema.enum !== undefined) return fc.constantFrom(...schema.enum)
    const [type, other] = [schema.type].flat()
    if (other === 'null') return fc.option(this.#fittingValue({ ...schema, type: type ?? 'null' }))
    switch (type) {
      case 'string':
        return this.#text
      case 'integer':
        return fc.oneof(fc.integer({ min: -2, max: 130 }), fc.maxSafeInteger())
      case 'number':
        return fc.double()
      case 'boolean':
        return fc.boolean()
      case 'array':
        return fc.array(this.#valueOf(schema.items ?? {}), { maxLength: 4 })
      case 'object':
        return this.#objectOf(schema)
      default:
        return fc.jsonValue({ maxDepth: 2 })
    }
  }

  #objectOf(schema: Schema): fc.Arbitrary<unknown> {
    const { properties, required = [], additionalProperties } = schema
    if (properties === undefined)
      return fc.dictionary(this.#text, this.#valueOf(additionalProperties as Schema), {
        maxKeys: 4,
      })
    const fields = Object.entries(properties).map(
      ([name, field]) => [name, this.#valueOf(field, name)] as const,
    )
    return someOf(Object.fromEntries(fields), required)
  }

  /** Requests of a route: mostly well-formed, now and then not. */
  requestFor(route: RouteDefinition): fc.Arbitrary<FuzzedRequest> {
    const known = route.noun === undefined ? this.#text : fc.constant(this.#known[route.noun])
    const id = mostly(known, fc.oneof(fc.constantFrom(...Object.values(this.#known)), this.#text))
    const address = mostly(this.#plausible['address'] as fc.Arbitrary<string>, this.#text)
    const query = mostly(
      this.#queryOf(route.query ?? {}),
      fc.dictionary(fc.oneof(fc.constant('none'), this.#text), this.#text, { maxKeys: 2 }),
    )
    const body = route.body === undefined ? fc.constant(undefined) : this.#fuzzedBody(route.body)
    return fc.record({ id, address, query, body, headers: headersOf(route) }).map((parts) => ({
      method: route.method,
      url:
        route.path.replace('{id}', encode(parts.id)).replace('{address}', encode(parts.address)) +
        encodeQuery(parts.query),
      body: parts.body,
      headers: parts.headers,
    }))
  }

  #queryOf({ properties = {}, required = [] }: Schema): fc.Arbitrary<object> {
    // Hardly ever could a fitting cursor be made up.
    const values = Object.entries(properties)
      .filter(([name]) => name !== 'cursor' && name !== 'after')
      .map(([name, schema]) => {
        const { type, items = {} } = schema
        const value = type === 'array' ? this.#valueOf(items, name) : this.#valueOf(schema, name)
        return [name, value] as const
      })
    return someOf(Object.fromEntries(values), required)
  }

  #fuzzedBody(schema: Schema): fc.Arbitrary<string> {
    return mostly(
      this.#fittingValue(schema).map((value) => JSON.stringify(value) ?? 'null'),
      fc.oneof(
        fc.jsonValue({ maxDepth: 3 }).map((value) => JSON.stringify(value)),
        fc.string({ unit: 'binary', maxLength: 60 }),
      ),
    )
  }
}

function headersOf({ method }: RouteDefinition): fc.Arbitrary<Record<string, string>> {
  const revision = method === 'GET' ? 'if-none-match' : 'if-match'
  const usual: readonly (readonly [string, string])[] = [
    [revision, '"1"'],
    [revision, '*'],
    ['x-project-id', 'default'],
  ]
  const strange = fc.record(
    {
      [revision]: fc.constantFrom('W/"1"', 'x', '"1", "2"', '"9"'),
      'idempotency-key': fc.constantFrom('k'.repeat(300), ''),
      'x-project-id': fc.constantFrom('p', 'q', ' '),
    },
    { requiredKeys: [] },
  )
  const key = fc.nat(2000).map((number) => ({ 'idempotency-key': `k${number}` }))
  const one = fc.constantFrom(...usual).map(([name, value]) => ({ [name]: value }))
  return mostly(fc.oneof({ weight: 3, arbitrary: fc.constant({}) }, one, key), strange).map(
    (headers) => headers as Record<string, string>,
  )
}

function encode(value: string): string {
  return encodeURIComponent(value.toWellFormed())
}

function encodeQuery(query: object): string {
  const pairs = Object.entries(query).map(
    ([name, value]) => `${encode(name)}=${encode(queryText(value))}`,
  )
  return pairs.length === 0 ? '' : `?${pairs.join('&')}`
}

// An object may have a `toString` that is no function.
function queryText(value: unknown): string {
  return typeof value === 'string' ? value : (JSON.stringify(value) ?? '')
}
