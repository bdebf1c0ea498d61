import type { IpAddress, Prefix } from '@freehold/address'
import { insertRows, type Session } from '../store.ts'
import { lockText } from './address-scope-queries.ts'
import type { SubnetRow } from './row-mapping.ts'

export const selectSubnet = `SELECT n.row_key, n.id, n.project_id, n.name, n.labels, n.address_scope_key, s.id AS address_scope_id,
  n.subnet_pool_key, p.id AS subnet_pool_id, n.ip_version, n.first, n.prefix_length, n.gateway, n.allocation_pools,
  n.cooling_seconds, n.shared, n.created_at, n.updated_at, n.revision
  FROM subnet n JOIN address_scope s ON s.row_key = n.address_scope_key
  LEFT JOIN subnet_pool p ON p.row_key = n.subnet_pool_key`

const columns = [
  'id',
  'project_id',
  'name',
  'labels',
  'address_scope_key',
  'subnet_pool_key',
  'ip_version',
  'first',
  'last',
  'prefix_length',
  'gateway',
  'allocation_pools',
  'cooling_seconds',
  'shared',
  'created_at',
  'updated_at',
  'revision',
] as const

/** What an allocation needs to know of its subnet: a single row, without joins. */
export interface SubnetCore
  extends Pick<
    SubnetRow,
    | 'row_key'
    | 'id'
    | 'project_id'
    | 'shared'
    | 'revision'
    | 'ip_version'
    | 'first'
    | 'prefix_length'
    | 'gateway'
    | 'allocation_pools'
    | 'cooling_seconds'
  > {}

export const selectCore = `SELECT row_key, id, project_id, shared, revision, ip_version, first, prefix_length, gateway, allocation_pools,
  cooling_seconds FROM subnet`

/** One key probe. */
export async function findSubnet(session: Session, id: string): Promise<SubnetRow | undefined> {
  return session.get(`${selectSubnet} WHERE n.id = ?`, [id])
}

/**
 * The subnet, held so that it is neither deleted nor given other allocation pools until the transaction ends. Any number
 * of allocations may hold it at once. One key probe.
 */
export async function holdSubnet(session: Session, id: string): Promise<SubnetCore | undefined> {
  return session.get(`${selectCore} WHERE id = ?${lockText(session, 'share')}`, [id])
}

/** The same by key, for work that starts from an allocation. */
export async function holdSubnetByKey(
  session: Session,
  key: number,
): Promise<SubnetCore | undefined> {
  return session.get(`${selectCore} WHERE row_key = ?${lockText(session, 'share')}`, [key])
}

/** The subnet for its own change: waits for allocations under way, and keeps new ones out. */
export async function lockSubnet(session: Session, id: string): Promise<SubnetCore | undefined> {
  return session.get(`${selectCore} WHERE id = ?${lockText(session, 'exclusive')}`, [id])
}

export async function findSubnetCore(
  session: Session,
  id: string,
): Promise<SubnetCore | undefined> {
  return session.get(`${selectCore} WHERE id = ?`, [id])
}

/** The same by key. */
export async function findSubnetCoreByKey(
  session: Session,
  key: number,
): Promise<SubnetCore | undefined> {
  return session.get(`${selectCore} WHERE row_key = ?`, [key])
}

/**
 * A subnet of the scope that overlaps the prefix, or undefined. The scope's subnets are disjoint, so only the last one
 * that starts at or below the prefix's last address can. One index probe.
 */
export async function findOverlappingSubnet(
  session: Session,
  scopeKey: number,
  prefix: Prefix,
): Promise<{ row_key: number; first: Uint8Array; prefix_length: number } | undefined> {
  const row = await session.get<{
    row_key: number
    first: Uint8Array
    last: Uint8Array
    prefix_length: number
  }>(
    `SELECT row_key, first, last, prefix_length FROM subnet WHERE address_scope_key = ? AND first <= ?
      ORDER BY first DESC LIMIT 1`,
    [scopeKey, prefix.last.toBytes()],
  )
  if (row === undefined) return undefined
  return Buffer.compare(row.last, prefix.first.toBytes()) >= 0 ? row : undefined
}

/** All subnets of the scope inside a prefix that is no subnet itself, in order. One index range. */
export async function listSubnetsInside(
  session: Session,
  scopeKey: number,
  prefix: Prefix,
): Promise<
  { row_key: number; subnet_pool_key: number | null; first: Uint8Array; prefix_length: number }[]
> {
  return session.all(
    `SELECT row_key, subnet_pool_key, first, prefix_length FROM subnet
      WHERE address_scope_key = ? AND first >= ? AND first <= ? ORDER BY first`,
    [scopeKey, prefix.first.toBytes(), prefix.last.toBytes()],
  )
}

/**
 * The subnet of each scope that holds the address. One index probe a scope: in each, only the last subnet that starts at
 * or below the address can.
 */
export async function listSubnetsWithAddress(
  session: Session,
  address: IpAddress,
): Promise<SubnetRow[]> {
  const bytes = address.toBytes()
  // The condition on the key, which all rows meet, lets the scopes be read by an index. Sequential scans are off in
  // PostgreSQL, at a price before which, up to version 17, all other differences vanish: with one of them in the plan it
  // would as soon read all subnets as one.
  return session.all(
    `${selectSubnet} WHERE n.last >= ? AND n.row_key IN (
      SELECT (SELECT c.row_key FROM subnet c WHERE c.address_scope_key = a.row_key AND c.first <= ? ORDER BY c.first DESC LIMIT 1)
      FROM address_scope a WHERE a.row_key > 0 AND a.ip_version = ?) ORDER BY n.row_key`,
    [bytes, bytes, address.version],
  )
}

export async function insertSubnet(
  session: Session,
  row: Omit<SubnetRow, 'row_key' | 'address_scope_id' | 'subnet_pool_id'>,
  prefix: Prefix,
): Promise<number> {
  const shape = { head: `INSERT INTO subnet (${columns.join(', ')}) VALUES`, tail: '' }
  await session.run(insertRows(shape, columns.length, 1), [
    row.id,
    row.project_id,
    row.name,
    row.labels,
    row.address_scope_key,
    row.subnet_pool_key,
    row.ip_version,
    row.first,
    prefix.last.toBytes(),
    row.prefix_length,
    row.gateway,
    row.allocation_pools,
    row.cooling_seconds,
    row.shared,
    row.created_at,
    row.updated_at,
    row.revision,
  ])
  const made = await session.get<{ row_key: number }>('SELECT row_key FROM subnet WHERE id = ?', [
    row.id,
  ])
  return made?.row_key ?? 0
}

/** Changes the record if it still has the revision; returns whether it had. */
export async function updateSubnet(
  session: Session,
  row: SubnetRow,
  revision: number,
): Promise<boolean> {
  const changed = await session.run(
    `UPDATE subnet SET name = ?, labels = ?, gateway = ?, allocation_pools = ?, cooling_seconds = ?, shared = ?,
      updated_at = ?, revision = ? WHERE row_key = ? AND revision = ?`,
    [
      row.name,
      row.labels,
      row.gateway,
      row.allocation_pools,
      row.cooling_seconds,
      row.shared,
      row.updated_at,
      row.revision,
      row.row_key,
      revision,
    ],
  )
  return changed === 1
}

export async function deleteSubnet(session: Session, key: number): Promise<void> {
  await session.run('DELETE FROM address_page WHERE subnet_key = ?', [key])
  await session.run('DELETE FROM subnet WHERE row_key = ?', [key])
}
