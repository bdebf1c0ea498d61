import { insertRows, type Session, type SqlValue } from '../store.ts'
import { lockText } from './address-scope-queries.ts'
import type { ListQuery } from './list-query.ts'

export interface DocumentRow {
  row_key: number
  collection: string
  id: string
  project_id: string
  name: string
  parent_id: string | null
  reference: string | null
  unique_key: string | null
  shared: number
  body: string
  created_at: number
  updated_at: number
  revision: number
}

const columns = [
  'collection',
  'id',
  'project_id',
  'name',
  'parent_id',
  'reference',
  'unique_key',
  'shared',
  'body',
  'created_at',
  'updated_at',
  'revision',
] as const

export const selectDocument = `SELECT row_key, ${columns.join(', ')} FROM document`

/** One key probe. A lock lasts until the transaction ends. */
export async function findDocument(
  session: Session,
  collection: string,
  id: string,
  lock: 'none' | 'share' | 'exclusive' = 'none',
): Promise<DocumentRow | undefined> {
  return session.get(
    `${selectDocument} WHERE collection = ? AND id = ?${lockText(session, lock)}`,
    [collection, id],
  )
}

/** Throws StoreFault `unique` when the id or the unique key is there already. */
export async function insertDocument(
  session: Session,
  row: Omit<DocumentRow, 'row_key'>,
): Promise<void> {
  const shape = { head: `INSERT INTO document (${columns.join(', ')}) VALUES`, tail: '' }
  await session.run(
    insertRows(shape, columns.length, 1),
    columns.map((column): SqlValue => row[column]),
  )
}

/** Changes the record if it still has the revision; returns whether it had. */
export async function updateDocument(
  session: Session,
  row: DocumentRow,
  revision: number,
): Promise<boolean> {
  const changed = await session.run(
    `UPDATE document SET name = ?, parent_id = ?, reference = ?, unique_key = ?, shared = ?, body = ?, updated_at = ?,
      revision = ? WHERE row_key = ? AND revision = ?`,
    [
      row.name,
      row.parent_id,
      row.reference,
      row.unique_key,
      row.shared,
      row.body,
      row.updated_at,
      row.revision,
      row.row_key,
      revision,
    ],
  )
  return changed === 1
}

export async function deleteDocument(session: Session, key: number): Promise<void> {
  await session.run('DELETE FROM document WHERE row_key = ?', [key])
}

/** Linear in what is counted. */
export async function countDocuments(session: Session, query: ListQuery): Promise<number> {
  const { sql, values } = query.count('document')
  const row = await session.get<{ count: number | bigint }>(sql, values)
  return Number(row?.count ?? 0)
}
