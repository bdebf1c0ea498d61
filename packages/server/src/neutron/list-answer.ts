import type { ListQuery } from './list-query.ts'
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

/**
 * Sorts, cuts out one page and links its neighbours. The marker's record says where the page starts, and need not be
 * in the list itself.
 */
export function pageOf(
  views: readonly View[],
  query: ListQuery,
  marker: View | null,
  listUrl: string,
): ListPage {
  const { limit, isReverse } = query
  if (query.sort.length === 0 && limit === 0) return { items: views, links: null }
  const compare = orderOf(query)
  const sorted = views.toSorted(compare)
  if (limit === 0) return { items: isReverse ? sorted.toReversed() : sorted, links: null }
  const isPast = (view: View) => marker === null || compare(view, marker) * (isReverse ? -1 : 1) > 0
  const rest = sorted.filter(isPast)
  const items = isReverse ? rest.slice(-limit) : rest.slice(0, limit)
  return { items, links: pageLinks(items, query, listUrl) }
}

/** A full page links on in the direction that it was read in, even when nothing follows; so does Neutron. */
export function pageLinks(
  items: readonly View[],
  query: ListQuery,
  listUrl: string,
): ListPage['links'] {
  const isShort = items.length < query.limit
  const others = query.parameters.filter(([name]) => name !== 'marker' && name !== 'page_reverse')
  const href = (marker: string | undefined, reverse: boolean) => {
    const parameters = new URLSearchParams(
      others.map(([name, value]): [string, string] => [name, value]),
    )
    if (marker !== undefined) parameters.append('marker', marker)
    if (reverse) parameters.append('page_reverse', 'True')
    return `${listUrl}?${parameters.toString()}`
  }
  return [
    ...(isShort && !query.isReverse
      ? []
      : [{ rel: 'next' as const, href: href(items.at(-1)?.id, false) }]),
    ...(isShort && query.isReverse
      ? []
      : [{ rel: 'previous' as const, href: href(items[0]?.id, true) }]),
  ]
}

// The id makes every order total, so that pages neither overlap nor leave anything out.
function orderOf({ sort }: ListQuery): (a: View, b: View) => number {
  const order = [...sort, { key: 'id', descending: false }]
  return (a, b) => {
    for (const { key, descending } of order) {
      const difference = compareValues(a[key], b[key])
      if (difference !== 0) return descending ? -difference : difference
    }
    return 0
  }
}

function compareValues(a: unknown, b: unknown): number {
  if (a === b) return 0
  if (a === null || a === undefined) return -1
  if (b === null || b === undefined) return 1
  return a < b ? -1 : 1
}

function matchesValue(found: unknown, wanted: string): boolean {
  if (Array.isArray(found)) return found.some((item) => matchesValue(item, wanted))
  if (typeof found === 'string') return found === wanted
  if (typeof found === 'number' || typeof found === 'bigint' || typeof found === 'boolean')
    return String(found) === wanted
  return false
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
