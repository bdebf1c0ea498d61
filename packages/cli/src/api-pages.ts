export interface Page<T> {
  readonly items: readonly T[]
  readonly nextCursor: string | null
}

const largestPage = 1000

/** Reads pages until there are no more, or `limit` records; the cursor is then that of what follows. */
export async function allPages<T>(
  limit: number | undefined,
  read: (page: { limit: number; cursor?: string }) => Promise<Page<T>>,
): Promise<Page<T>> {
  const items: T[] = []
  let cursor: string | null = null
  do {
    const left: number = limit === undefined ? largestPage : limit - items.length
    const page: Page<T> = await read({
      limit: Math.min(left, largestPage),
      ...(cursor === null ? {} : { cursor }),
    })
    items.push(...page.items)
    cursor = page.nextCursor
  } while (cursor !== null && (limit === undefined || items.length < limit))
  return { items, nextCursor: cursor }
}
