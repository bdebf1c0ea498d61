import type { ListQuery } from './list-query.ts'
import { httpBadRequest, type NeutronError } from './neutron-error.ts'
import { pythonText } from './python-text.ts'
import type { View } from './view.ts'

/** Decides whether a record matches any of a filter's values. */
export type Matcher = (view: View, values: readonly string[]) => boolean

/** The records that match all filters. Linear in the records. */
export function filterViews(
  views: readonly View[],
  filters: ListQuery['filters'],
  matchers: Readonly<Record<string, Matcher>>,
): readonly View[] {
  const tests = [...filters].map(([name, values]): ((view: View) => boolean) => {
    const matcher = matchers[name] ?? commonMatchers[name]
    if (matcher !== undefined) return (view) => matcher(view, values)
    return (view) => values.some((value) => matchesValue(view[name], value))
  })
  return views.filter((view) => tests.every((test) => test(view)))
}

export interface ListPage {
  readonly items: readonly View[]
  readonly links: readonly { readonly rel: 'next' | 'previous'; readonly href: string }[] | null
}

/** Sorts, cuts out one page and links its neighbours. Throws NeutronError for a marker that is not in the list. */
export function pageOf(views: readonly View[], query: ListQuery, listUrl: string): ListPage {
  const { limit, marker, isReverse } = query
  const sorted = sortViews(views, query)
  let start = 0
  let end = sorted.length
  if (marker !== null) {
    const at = sorted.findIndex(({ id }) => id === marker)
    if (at === -1) throw markerNotFound(marker)
    if (isReverse) end = at
    else start = at + 1
  }
  if (limit > 0 && isReverse) start = Math.max(start, end - limit)
  else if (limit > 0) end = Math.min(end, start + limit)
  const items = sorted.slice(start, end)
  return { items, links: limit > 0 ? pageLinks(items, query, listUrl) : null }
}

export function markerNotFound(marker: string): NeutronError {
  return httpBadRequest(`The marker ${pythonText(marker)} could not be found`)
}

/** A full page links on in the direction that it was read in, even when nothing follows; so does Neutron. */
export function pageLinks(
  items: readonly View[],
  query: ListQuery,
  listUrl: string,
): ListPage['links'] {
  const [first] = items
  const last = items.at(-1)
  if (first === undefined || last === undefined) return []
  const isShort = items.length < query.limit
  const others = query.parameters.filter(([name]) => name !== 'marker' && name !== 'page_reverse')
  const href = (marker: string, reverse: boolean) => {
    const parameters = new URLSearchParams(
      others.map(([name, value]): [string, string] => [name, value]),
    )
    parameters.append('marker', marker)
    if (reverse) parameters.append('page_reverse', 'True')
    return `${listUrl}?${parameters.toString()}`
  }
  return [
    ...(isShort && !query.isReverse ? [] : [{ rel: 'next' as const, href: href(last.id, false) }]),
    ...(isShort && query.isReverse
      ? []
      : [{ rel: 'previous' as const, href: href(first.id, true) }]),
  ]
}

// The id makes every order total, so that pages neither overlap nor leave anything out.
function sortViews(views: readonly View[], { sort, limit, marker }: ListQuery): readonly View[] {
  if (sort.length === 0 && limit === 0 && marker === null) return views
  const order = [...sort, { key: 'id', descending: false }]
  return [...views].sort((a, b) => {
    for (const { key, descending } of order) {
      const difference = compareValues(a[key], b[key])
      if (difference !== 0) return descending ? -difference : difference
    }
    return 0
  })
}

function compareValues(a: unknown, b: unknown): number {
  if (a === b) return 0
  if (a === null || a === undefined) return -1
  if (b === null || b === undefined) return 1
  if (typeof a === 'object' || typeof b === 'object')
    return compareValues(JSON.stringify(a), JSON.stringify(b))
  return a < b ? -1 : 1
}

function matchesValue(found: unknown, wanted: string): boolean {
  if (Array.isArray(found)) return found.some((item) => matchesValue(item, wanted))
  if (typeof found === 'boolean') return String(found) === booleanText(wanted)
  if (found === null || found === undefined) return wanted === '' || wanted === 'None'
  if (typeof found === 'object') return JSON.stringify(found) === wanted
  return JSON.stringify(found) === (typeof found === 'string' ? JSON.stringify(wanted) : wanted)
}

function booleanText(value: string): string {
  const word = value.toLowerCase()
  return word === '1' ? 'true' : word === '0' ? 'false' : word
}

function listedTags(view: View): readonly string[] {
  return (view['tags'] ?? []) as readonly string[]
}

function namedTags(values: readonly string[]): string[] {
  return values.flatMap((value) => value.split(','))
}

const commonMatchers: Readonly<Record<string, Matcher>> = {
  tags: (view, values) => namedTags(values).every((tag) => listedTags(view).includes(tag)),
  'tags-any': (view, values) => namedTags(values).some((tag) => listedTags(view).includes(tag)),
  'not-tags': (view, values) => !namedTags(values).every((tag) => listedTags(view).includes(tag)),
  'not-tags-any': (view, values) =>
    !namedTags(values).some((tag) => listedTags(view).includes(tag)),
  changed_since: (view, values) =>
    values.every((value) => Date.parse(String(view['updated_at'])) >= Date.parse(value)),
}
