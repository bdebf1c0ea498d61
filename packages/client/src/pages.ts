import { dataOf } from './freehold-api-error.ts'

interface PageAnswer<T> {
  readonly data?: { readonly items: readonly T[]; readonly nextCursor: string | null }
  readonly error?: unknown
  readonly response: Response
}

/**
 * Every record of a list, page by page: `pagesOf((cursor) => client.GET('/v1/subnets', { params: { query: { ...cursor } } }))`.
 * Throws FreeholdApiError.
 */
export async function* pagesOf<T>(
  read: (cursor: { cursor?: string }) => Promise<PageAnswer<T>>,
): AsyncGenerator<T> {
  let cursor: { cursor?: string } | undefined = {}
  while (cursor !== undefined) {
    const page: NonNullable<PageAnswer<T>['data']> = await dataOf(read(cursor))
    yield* page.items
    cursor = page.nextCursor === null ? undefined : { cursor: page.nextCursor }
  }
}
