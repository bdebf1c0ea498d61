import type { TSchema } from 'typebox'
import { ApiError } from './api-error.ts'
import { printable } from './json-pointer.ts'

/** The part of a JSON Schema that says how the text of a parameter is read. */
interface ParameterSchema {
  readonly type?: string
  readonly items?: ParameterSchema
  readonly enum?: readonly unknown[]
}

/**
 * Reads a raw query string by the schema of its parameters: text becomes an integer or a boolean where the schema says so
 * and the text is exactly that; all else stays text for validation to refuse.
 * @throws ApiError UNKNOWN_PARAMETER, REPEATED_PARAMETER, MALFORMED_REQUEST (a broken escape).
 */
export function readQuery(raw: string, schema: TSchema | undefined): Record<string, unknown> {
  const known = parametersOf(schema)
  const query: Record<string, unknown> = {}
  for (const pair of raw.split('&')) {
    if (pair === '') continue
    const [name, text] = readPair(pair)
    const parameter = known !== undefined && Object.hasOwn(known, name) ? known[name] : undefined
    if (parameter === undefined) throw unknownParameter(name, Object.keys(known ?? {}))
    if (parameter.type === 'array') {
      const values = (query[name] ??= []) as unknown[]
      values.push(coerce(text, parameter.items ?? {}))
    } else if (Object.hasOwn(query, name)) {
      throw new ApiError('REPEATED_PARAMETER', `${printable(name)} may be given only once.`, {
        pointer: `/${name}`,
        in: 'query',
      })
    } else {
      query[name] = coerce(text, parameter)
    }
  }
  return query
}

/** What stands behind the first question mark of a URL; another one is part of the query (RFC 3986, section 3.4). */
export function rawQueryOf(url: string): string {
  const mark = url.indexOf('?')
  return mark < 0 ? '' : url.slice(mark + 1)
}

function parametersOf(schema: TSchema | undefined): Record<string, ParameterSchema> | undefined {
  const { properties }: { properties?: Record<string, ParameterSchema> } = schema ?? {}
  return properties
}

function readPair(pair: string): [string, string] {
  const equals = pair.indexOf('=')
  const name = equals < 0 ? pair : pair.slice(0, equals)
  const text = equals < 0 ? '' : pair.slice(equals + 1)
  try {
    return [decode(name), decode(text)]
  } catch {
    throw new ApiError('MALFORMED_REQUEST', 'The query string has a broken percent escape.', {
      in: 'query',
    })
  }
}

function decode(text: string): string {
  return decodeURIComponent(text.replaceAll('+', ' '))
}

function coerce(text: string, { type }: ParameterSchema): unknown {
  if (type === 'integer' && /^(0|-?[1-9][0-9]{0,14})$/.test(text)) return Number(text)
  if (type === 'boolean' && (text === 'true' || text === 'false')) return text === 'true'
  return text
}

function unknownParameter(name: string, allowed: readonly string[]): ApiError {
  const list = allowed.length === 0 ? 'This path takes none.' : `Allowed: ${allowed.join(', ')}.`
  return new ApiError('UNKNOWN_PARAMETER', `${printable(name)} is no query parameter here.`, {
    in: 'query',
    fix: list,
  })
}
