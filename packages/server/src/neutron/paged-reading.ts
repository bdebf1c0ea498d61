import type { Page } from '@freehold/engine'

const pageSize = 1000

/** All records of a list, page by page. Linear in the records. */
export async function everyRecord<T>(
  read: (options: { limit: number; cursor?: string }) => Promise<Page<T>>,
): Promise<T[]> {
  const found: T[] = []
  for (let cursor: string | undefined; ; ) {
    const page = await read({ limit: pageSize, ...(cursor === undefined ? {} : { cursor }) })
    found.push(...page.items)
    if (page.nextCursor === null) return found
    cursor = page.nextCursor
  }
}

/** The records that several ids name, asked for in parts that one question may have. */
export async function everyPart<T>(
  ids: readonly string[],
  read: (part: readonly string[]) => Promise<readonly T[]>,
): Promise<T[]> {
  const found: T[] = []
  for (let start = 0; start < ids.length; start += pageSize)
    found.push(...(await read(ids.slice(start, start + pageSize))))
  return found
}
