import { insertRows, type Session, type SqlValue } from '../store.ts'
import type { AddressScopeRow } from './row-mapping.ts'

export const selectAddressScope = `SELECT row_key, id, project_id, name, labels, origin, ip_version, shared, created_at,
  updated_at, revision FROM address_scope`

const columns = [
  'id',
  'project_id',
  'name',
  'labels',
  'origin',
  'ip_version',
  'shared',
  'created_at',
  'updated_at',
  'revision',
  'layout_revision',
] as const

/** One key probe. */
export async function findAddressScope(
  session: Session,
  id: string,
  lock: 'none' | 'share' | 'exclusive' = 'none',
): Promise<AddressScopeRow | undefined> {
  return session.get(`${selectAddressScope} WHERE id = ?${lockText(session, lock)}`, [id])
}

/** The built-in scopes have the same ids in every database, so that two servers that start at once make each only once. */
export function builtInScopeId(ipVersion: number): string {
  return `00000000-0000-4000-8000-00000000000${ipVersion}`
}

export async function insertAddressScope(
  session: Session,
  row: Omit<AddressScopeRow, 'row_key'>,
): Promise<void> {
  const shape = session.capabilities.insertUnlessPresent('address_scope', columns, ['id'])
  await session.run(insertRows(shape, columns.length, 1), [
    row.id,
    row.project_id,
    row.name,
    row.labels,
    row.origin,
    row.ip_version,
    row.shared,
    row.created_at,
    row.updated_at,
    row.revision,
    0,
  ])
}

/** Changes the record if it still has the revision; returns whether it had. */
export async function updateAddressScope(
  session: Session,
  row: AddressScopeRow,
  revision: number,
): Promise<boolean> {
  const changed = await session.run(
    'UPDATE address_scope SET name = ?, labels = ?, shared = ?, updated_at = ?, revision = ? WHERE row_key = ? AND revision = ?',
    [row.name, row.labels, row.shared, row.updated_at, row.revision, row.row_key, revision],
  )
  return changed === 1
}

export async function deleteAddressScope(session: Session, key: number): Promise<void> {
  await session.run('DELETE FROM address_scope WHERE row_key = ?', [key])
}

/**
 * Takes the lock under which the subnets and pool prefixes of a scope change: a write to its row, so that it also holds
 * between the nodes of a Galera cluster, where row locks don't. Must be an operation's first write.
 */
export async function lockLayout(session: Session, key: number): Promise<void> {
  await session.run(
    'UPDATE address_scope SET layout_revision = layout_revision + 1 WHERE row_key = ?',
    [key],
  )
}

/** Whether a subnet pool or a subnet is in the scope. Two index probes. */
export async function addressScopeInUse(session: Session, key: number): Promise<boolean> {
  const values: SqlValue[] = [key, key]
  const row = await session.get<{ used: number }>(
    `SELECT CASE WHEN EXISTS (SELECT 1 FROM subnet_pool WHERE address_scope_key = ?)
      OR EXISTS (SELECT 1 FROM subnet WHERE address_scope_key = ?) THEN 1 ELSE 0 END AS used`,
    values,
  )
  return row?.used === 1
}

export function lockText(session: Session, lock: 'none' | 'share' | 'exclusive'): string {
  if (lock === 'none') return ''
  return lock === 'share' ? session.capabilities.shareLock : session.capabilities.exclusiveLock
}
