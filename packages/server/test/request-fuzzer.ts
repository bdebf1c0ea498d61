import fc from 'fast-check'
import type { RouteDefinition } from '../src/index.ts'

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
const textOf = (known: readonly string[]): fc.Arbitrary<string> =>
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

/** Makes requests from the schemas of the routes. */
export class RequestFuzzer {
  readonly #known: readonly string[]
  readonly #text: fc.Arbitrary<string>

  /** `known` are ids of records that exist. */
  constructor(known: readonly string[]) {
    this.#known = known
    this.#text = textOf(known)
  }

  /** Mostly what the schema asks for, now and then something else. */
  #valueOf(schema: Schema): fc.Arbitrary<unknown> {
    return fc.oneof(
      { weight: 12, arbitrary: this.#fittingValue(schema) },
      { weight: 1, arbitrary: fc.jsonValue({ maxDepth: 3 }) },
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

  #objectOf({ properties, required = [], additionalProperties }: Schema) {
    if (properties === undefined)
      return fc.dictionary(this.#text, this.#valueOf(additionalProperties as Schema), {
        maxKeys: 4,
      })
    const fields = Object.entries(properties).map(
      ([name, field]) => [name, this.#valueOf(field)] as const,
    )
    return fc.record(Object.fromEntries(fields), { requiredKeys: [...required] })
  }

  /** Requests of a route: mostly well-formed, now and then not. */
  requestFor(route: RouteDefinition): fc.Arbitrary<FuzzedRequest> {
    const id = fc.oneof({ weight: 5, arbitrary: fc.constantFrom(...this.#known) }, this.#text)
    const query = fc.record(
      Object.fromEntries(
        Object.keys(route.query?.properties ?? { none: 0 }).map((name) => [name, this.#text]),
      ),
      { requiredKeys: [] },
    )
    const body = route.body === undefined ? fc.constant(undefined) : this.#fuzzedBody(route.body)
    const headers = fc.record(
      {
        'if-match': fc.constantFrom('"1"', 'W/"1"', '*', 'x', '"1", "2"'),
        'if-none-match': fc.constantFrom('"1"', '*', 'x'),
        'idempotency-key': fc.constantFrom('a', 'b', 'c', 'k'.repeat(300)),
        'x-project-id': fc.constantFrom('p', 'q', ' '),
      },
      { requiredKeys: [] },
    )
    return fc.record({ id, address: this.#text, query, body, headers }).map((parts) => ({
      method: route.method,
      url:
        route.path.replace('{id}', encode(parts.id)).replace('{address}', encode(parts.address)) +
        encodeQuery(parts.query),
      body: parts.body,
      headers: parts.headers as Record<string, string>,
    }))
  }

  #fuzzedBody(schema: Schema): fc.Arbitrary<string> {
    return fc.oneof(
      {
        weight: 12,
        arbitrary: this.#valueOf(schema).map((value) => JSON.stringify(value) ?? 'null'),
      },
      { weight: 1, arbitrary: fc.string({ unit: 'binary', maxLength: 60 }) },
    )
  }
}

function encode(value: string): string {
  return encodeURIComponent(value.toWellFormed())
}

function encodeQuery(query: object): string {
  const pairs = Object.entries(query).map(([name, value]) => `${name}=${encode(String(value))}`)
  return pairs.length === 0 ? '' : `?${pairs.join('&')}`
}
