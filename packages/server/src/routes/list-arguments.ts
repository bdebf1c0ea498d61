import { IpamError, type ListOptions } from '@freehold/engine'

interface ListQuery {
  limit?: number
  cursor?: string
  sort?: string
  label?: string[]
}

/** Splits a list's query into the engine's filter and paging. Throws IpamError INVALID_FIELD for a label without colon. */
export function listArguments<Query extends ListQuery>(
  query: Query,
): [
  filter: Omit<Query, keyof ListQuery> & { labels?: Record<string, string> },
  options: ListOptions,
] {
  const { limit, cursor, sort, label, ...filter } = query
  return [
    label === undefined ? filter : { ...filter, labels: readLabels(label) },
    {
      ...(limit === undefined ? {} : { limit }),
      ...(cursor === undefined ? {} : { cursor }),
      ...(sort === undefined ? {} : { sort }),
    },
  ]
}

function readLabels(texts: readonly string[]): Record<string, string> {
  return Object.fromEntries(
    texts.map((text) => {
      const colon = text.indexOf(':')
      if (colon < 1)
        throw new IpamError('INVALID_FIELD', 'label must be name:value.', {
          pointer: '/label',
          in: 'query',
        })
      return [text.slice(0, colon), text.slice(colon + 1)]
    }),
  )
}
