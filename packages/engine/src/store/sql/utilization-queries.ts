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

/** The allocation pools of all subnets, or of those of one project, in parts. */
export async function listPoolTexts(
  session: Session,
  projectId: string | null,
  after: number,
  limit: number,
): Promise<{ row_key: number; allocation_pools: string }[]> {
  return projectId === null
    ? session.all(
        'SELECT row_key, allocation_pools FROM subnet WHERE row_key > ? ORDER BY row_key LIMIT ?',
        [after, limit],
      )
    : session.all(
        `SELECT row_key, allocation_pools FROM subnet WHERE row_key > ? AND project_id = ?
          ORDER BY row_key LIMIT ?`,
        [after, projectId, limit],
      )
}
