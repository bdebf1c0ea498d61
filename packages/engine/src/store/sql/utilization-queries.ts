import type { Session } from '../store.ts'
import type { PageSums } from './address-page-queries.ts'

/** Exact counts over all subnets, or over those of one project. Linear in their pages. */
export async function sumAllPages(session: Session, projectId: string | null): Promise<PageSums> {
  const subnets =
    projectId === null
      ? ''
      : ' WHERE subnet_key IN (SELECT row_key FROM subnet WHERE project_id = ?)'
  const row = await session.get<PageSums>(
    `SELECT coalesce(sum(used), 0) AS used, coalesce(sum(cooling), 0) AS cooling,
      coalesce(sum(outside), 0) AS outside FROM address_page${subnets}`,
    projectId === null ? [] : [projectId],
  )
  return {
    used: Number(row?.used ?? 0),
    cooling: Number(row?.cooling ?? 0),
    outside: Number(row?.outside ?? 0),
  }
}

export interface PoolTexts {
  /** `first-last` pairs with a comma between them, of all subnets of the part, with a space between subnets. */
  readonly texts: string
  readonly subnets: number
  /** Where the next part begins. */
  readonly last: number
}

/**
 * The allocation pools of the subnets above a key, or of those of one project, at most so many; undefined when there are
 * none. Read as one value, because there may be very many: making rows of them took most of the time.
 */
export async function joinedPoolTexts(
  session: Session,
  projectId: string | null,
  after: number,
  limit: number,
): Promise<PoolTexts | undefined> {
  const ofProject = projectId === null ? '' : ' AND project_id = ?'
  const row = await session.get<{ texts: string | null; subnets: number; last: number | null }>(
    `SELECT ${session.capabilities.joined('allocation_pools', ' ')} AS texts, count(*) AS subnets, max(row_key) AS last
      FROM (SELECT row_key, allocation_pools FROM subnet WHERE row_key > ?${ofProject} ORDER BY row_key LIMIT ?) AS part`,
    projectId === null ? [after, limit] : [after, projectId, limit],
  )
  if (row === undefined || row.last === null) return undefined
  return { texts: row.texts ?? '', subnets: Number(row.subnets), last: Number(row.last) }
}
