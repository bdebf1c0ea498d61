import { AttributeReason, boolean, integer } from './attribute-readers.ts'
import { badRequest, httpBadRequest, invalidInput } from './neutron-error.ts'
import { pythonText } from './python-text.ts'

/** What a list request asks for: which records, in what order, which part, and which of their attributes. */
export interface ListQuery {
  /** By attribute; any of the values may match. */
  readonly filters: ReadonlyMap<string, readonly string[]>
  readonly fields: readonly string[]
  readonly sort: readonly { readonly key: string; readonly descending: boolean }[]
  /** 0: no limit. */
  readonly limit: number
  readonly marker: string | null
  readonly isReverse: boolean
  /** As sent, for the links of a page. */
  readonly parameters: readonly (readonly [name: string, value: string])[]
}

/** How the values of each filter are read. */
export type FilterKinds = Readonly<Record<string, 'text' | 'boolean' | 'integer' | 'time'>>

/** What may be asked of a list. */
export interface ListRules {
  readonly filters: FilterKinds
  readonly sortKeys: readonly string[]
}

const paging = new Set(['fields', 'limit', 'marker', 'page_reverse', 'sort_key', 'sort_dir'])

/** Throws NeutronError for attributes that cannot be filtered or sorted by, and for malformed values and paging. */
export function readListQuery(raw: string, rules: ListRules): ListQuery {
  const parameters = readParameters(raw)
  const valuesOf = (name: string) =>
    parameters.filter(([key]) => key === name).map(([, value]) => value)
  const filters = new Map<string, string[]>()
  for (const [name, value] of parameters) {
    if (paging.has(name)) continue
    const values = filters.get(name) ?? []
    values.push(value)
    filters.set(name, values)
  }
  const unknown = [...filters.keys()].filter((name) => !Object.hasOwn(rules.filters, name))
  if (unknown.length > 0)
    throw httpBadRequest(`${pythonText(unknown)} is invalid attribute for filtering`)
  return {
    filters: new Map([...filters].map(([name, values]) => [name, readValues(rules, name, values)])),
    fields: valuesOf('fields'),
    sort: readSort(valuesOf('sort_key'), valuesOf('sort_dir'), rules.sortKeys),
    limit: readLimit(valuesOf('limit').at(-1)),
    marker: valuesOf('marker').at(-1) ?? null,
    isReverse: valuesOf('page_reverse').at(-1)?.toLowerCase() === 'true',
    parameters,
  }
}

/** The values in the form that records show them in, as text. */
function readValues({ filters }: ListRules, name: string, values: readonly string[]): string[] {
  const kind = filters[name]
  try {
    if (kind === 'boolean') return values.map((value) => String(boolean(value)))
    if (kind === 'integer') return values.map((value) => String(integer(value)))
  } catch (error) {
    if (error instanceof AttributeReason) throw invalidInput(error.message)
    throw error
  }
  if (kind === 'time' && values.some((value) => Number.isNaN(Date.parse(value))))
    throw invalidInput(`'${pythonText(values[0])}' is not a time`)
  return [...values]
}

function readParameters(raw: string): [string, string][] {
  return raw
    .split('&')
    .filter((pair) => pair !== '')
    .map((pair) => {
      const equals = pair.indexOf('=')
      const name = decode(equals < 0 ? pair : pair.slice(0, equals))
      const value = decode(equals < 0 ? '' : pair.slice(equals + 1))
      if (name.includes('\0') || value.includes('\0'))
        throw httpBadRequest('The query string has a null character')
      return [name, value]
    })
}

function decode(text: string): string {
  try {
    return decodeURIComponent(text.replaceAll('+', ' '))
  } catch {
    throw httpBadRequest('The query string has a broken percent escape')
  }
}

function readLimit(value: string | undefined): number {
  if (value === undefined) return 0
  if (!/^\d{1,15}$/.test(value))
    throw badRequest(
      'limit',
      `Limit must be an integer 0 or greater and not '${pythonText(value)}'`,
    )
  return Number(value)
}

function readSort(
  keys: readonly string[],
  directions: readonly string[],
  sortKeys: readonly string[],
): ListQuery['sort'] {
  if (keys.length !== directions.length)
    throw httpBadRequest('The number of sort_keys and sort_dirs must be same')
  const unknown = keys.filter((key) => !sortKeys.includes(key))
  if (unknown.length > 0)
    throw httpBadRequest(`${pythonText(unknown)} is invalid attribute for sort_keys`)
  const odd = directions.find((direction) => direction !== 'asc' && direction !== 'desc')
  if (odd !== undefined)
    throw httpBadRequest(
      `${pythonText([odd])} is invalid value for sort_dirs, valid value is 'asc' and 'desc'`,
    )
  return keys.map((key, index) => ({ key, descending: directions[index] === 'desc' }))
}
