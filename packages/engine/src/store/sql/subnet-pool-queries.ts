import type { IpAddress, Prefix } from '@freehold/address'
import { insertRows, type Session } from '../store.ts'
import { lockText } from './address-scope-queries.ts'
import type { PoolPrefixRow, SubnetPoolRow } from './row-mapping.ts'

export const selectSubnetPool = `SELECT p.row_key, p.id, p.project_id, p.name, p.labels, p.address_scope_key, s.id AS address_scope_id,
  p.ip_version, p.min_prefix_length, p.default_prefix_length, p.max_prefix_length, p.quota, p.shared, p.is_default,
  p.created_at, p.updated_at, p.revision
  FROM subnet_pool p JOIN address_scope s ON s.row_key = p.address_scope_key`

const columns = [
  'id',
  'project_id',
  'name',
  'labels',
  'address_scope_key',
  'ip_version',
  'min_prefix_length',
  'default_prefix_length',
  'max_prefix_length',
  'quota',
  'shared',
  'is_default',
  'created_at',
  'updated_at',
  'revision',
] as const

/** One key probe. */
export async function findSubnetPool(
  session: Session,
  id: string,
): Promise<SubnetPoolRow | undefined> {
  return session.get(`${selectSubnetPool} WHERE p.id = ?`, [id])
}

/** Holds the pool's row so that it is neither deleted nor changed by others until the transaction ends. */
export async function lockSubnetPool(
  session: Session,
  key: number,
  lock: 'share' | 'exclusive',
): Promise<boolean> {
  const row = await session.get(
    `SELECT row_key FROM subnet_pool WHERE row_key = ?${lockText(session, lock)}`,
    [key],
  )
  return row !== undefined
}

export async function insertSubnetPool(
  session: Session,
  row: Omit<SubnetPoolRow, 'row_key' | 'address_scope_id'>,
): Promise<number> {
  const shape = { head: `INSERT INTO subnet_pool (${columns.join(', ')}) VALUES`, tail: '' }
  await session.run(insertRows(shape, columns.length, 1), [
    row.id,
    row.project_id,
    row.name,
    row.labels,
    row.address_scope_key,
    row.ip_version,
    row.min_prefix_length,
    row.default_prefix_length,
    row.max_prefix_length,
    row.quota,
    row.shared,
    row.is_default,
    row.created_at,
    row.updated_at,
    row.revision,
  ])
  const made = await session.get<{ row_key: number }>(
    'SELECT row_key FROM subnet_pool WHERE id = ?',
    [row.id],
  )
  return made?.row_key ?? 0
}

/** Changes the record if it still has the revision; returns whether it had. */
export async function updateSubnetPool(
  session: Session,
  row: SubnetPoolRow,
  revision: number,
): Promise<boolean> {
  const changed = await session.run(
    `UPDATE subnet_pool SET name = ?, labels = ?, address_scope_key = ?, min_prefix_length = ?, default_prefix_length = ?,
      max_prefix_length = ?, quota = ?, shared = ?, is_default = ?, updated_at = ?, revision = ?
      WHERE row_key = ? AND revision = ?`,
    [
      row.name,
      row.labels,
      row.address_scope_key,
      row.min_prefix_length,
      row.default_prefix_length,
      row.max_prefix_length,
      row.quota,
      row.shared,
      row.is_default,
      row.updated_at,
      row.revision,
      row.row_key,
      revision,
    ],
  )
  return changed === 1
}

export async function deleteSubnetPool(session: Session, key: number): Promise<void> {
  for (const table of ['pool_usage', 'free_block', 'pool_prefix'])
    await session.run(`DELETE FROM ${table} WHERE subnet_pool_key = ?`, [key])
  await session.run('DELETE FROM subnet_pool WHERE row_key = ?', [key])
}

export async function subnetPoolInUse(session: Session, key: number): Promise<boolean> {
  return (
    (await session.get('SELECT row_key FROM subnet WHERE subnet_pool_key = ? LIMIT 1', [key])) !==
    undefined
  )
}

/** The pool that is the default of its IP version, but for one. Reads the few default pools. */
export async function findOtherDefaultPool(
  session: Session,
  ipVersion: number,
  exceptKey: number,
): Promise<SubnetPoolRow | undefined> {
  return session.get(
    `${selectSubnetPool} WHERE p.is_default = 1 AND p.ip_version = ? AND p.row_key <> ?`,
    [ipVersion, exceptKey],
  )
}

/** Prefixes of several pools, by pool and address. One index range for each pool. */
export async function listPoolPrefixes(
  session: Session,
  poolKeys: readonly number[],
): Promise<PoolPrefixRow[]> {
  if (poolKeys.length === 0) return []
  const marks = poolKeys.map(() => '?').join(', ')
  return session.all(
    `SELECT address_scope_key, subnet_pool_key, first, prefix_length FROM pool_prefix
      WHERE subnet_pool_key IN (${marks}) ORDER BY subnet_pool_key, first`,
    poolKeys,
  )
}

/**
 * A prefix of any pool of the scope that overlaps this one, or undefined. The scope's pool prefixes are disjoint, so only
 * the last one that starts at or below the prefix's last address can. One index probe.
 */
export async function findOverlappingPoolPrefix(
  session: Session,
  scopeKey: number,
  prefix: Prefix,
): Promise<PoolPrefixRow | undefined> {
  const row = await session.get<PoolPrefixRow & { last: Uint8Array }>(
    `SELECT address_scope_key, subnet_pool_key, first, last, prefix_length FROM pool_prefix
      WHERE address_scope_key = ? AND first <= ? ORDER BY first DESC LIMIT 1`,
    [scopeKey, prefix.last.toBytes()],
  )
  if (row === undefined) return undefined
  return Buffer.compare(row.last, prefix.first.toBytes()) >= 0 ? row : undefined
}

/** All pool prefixes of the scope that overlap the prefix. One index range. */
export async function listPoolPrefixesAround(
  session: Session,
  scopeKey: number,
  prefix: Prefix,
): Promise<PoolPrefixRow[]> {
  const below = await session.all<PoolPrefixRow>(
    `SELECT address_scope_key, subnet_pool_key, first, prefix_length FROM pool_prefix
      WHERE address_scope_key = ? AND first < ? ORDER BY first DESC LIMIT 1`,
    [scopeKey, prefix.first.toBytes()],
  )
  const within = await session.all<PoolPrefixRow>(
    `SELECT address_scope_key, subnet_pool_key, first, prefix_length FROM pool_prefix
      WHERE address_scope_key = ? AND first >= ? AND first <= ? ORDER BY first`,
    [scopeKey, prefix.first.toBytes(), prefix.last.toBytes()],
  )
  return [...below, ...within]
}

export async function insertPoolPrefixes(
  session: Session,
  scopeKey: number,
  poolKey: number,
  prefixes: readonly Prefix[],
): Promise<void> {
  const names = ['address_scope_key', 'first', 'last', 'prefix_length', 'subnet_pool_key']
  const shape = { head: `INSERT INTO pool_prefix (${names.join(', ')}) VALUES`, tail: '' }
  for (const prefix of prefixes)
    await session.run(insertRows(shape, names.length, 1), [
      scopeKey,
      prefix.first.toBytes(),
      prefix.last.toBytes(),
      prefix.length,
      poolKey,
    ])
}

export async function deletePoolPrefixes(session: Session, poolKey: number): Promise<void> {
  await session.run('DELETE FROM pool_prefix WHERE subnet_pool_key = ?', [poolKey])
}

/** Addresses that the project has cut from the pool. One key probe. */
export async function findPoolUsage(
  session: Session,
  poolKey: number,
  projectId: string,
): Promise<bigint> {
  const row = await session.get<{ used: string }>(
    'SELECT used FROM pool_usage WHERE subnet_pool_key = ? AND project_id = ?',
    [poolKey, projectId],
  )
  return BigInt(row?.used ?? '0')
}

/** Under the scope's lock only. */
export async function setPoolUsage(
  session: Session,
  poolKey: number,
  projectId: string,
  used: bigint,
): Promise<void> {
  const shape = session.capabilities.upsert(
    'pool_usage',
    ['subnet_pool_key', 'project_id', 'used'],
    ['subnet_pool_key', 'project_id'],
    (incoming) => `used = ${incoming('used')}`,
  )
  await session.run(insertRows(shape, 3, 1), [poolKey, projectId, used.toString()])
}

/** Addresses cut from the pool by all projects, and how many subnets. Linear in projects and subnets, an index entry each. */
export async function sumPoolUsage(
  session: Session,
  poolKey: number,
): Promise<{ used: bigint; subnets: number }> {
  const rows = await session.all<{ used: string }>(
    'SELECT used FROM pool_usage WHERE subnet_pool_key = ?',
    [poolKey],
  )
  const count = await session.get<{ subnets: number }>(
    'SELECT count(*) AS subnets FROM subnet WHERE subnet_pool_key = ?',
    [poolKey],
  )
  const used = rows.reduce((sum, row) => sum + BigInt(row.used), 0n)
  return { used, subnets: Number(count?.subnets ?? 0) }
}

/** The pool of each scope that has the address in a prefix. One index probe a scope: a scope's pool prefixes are disjoint. */
export async function listPoolsWithAddress(
  session: Session,
  address: IpAddress,
): Promise<SubnetPoolRow[]> {
  const bytes = address.toBytes()
  return session.all(
    `${selectSubnetPool} WHERE p.row_key IN (
      SELECT (SELECT y.subnet_pool_key FROM pool_prefix y WHERE y.address_scope_key = a.row_key AND y.first <= ?
        ORDER BY y.first DESC LIMIT 1)
      FROM address_scope a WHERE a.row_key > 0 AND a.ip_version = ?)
      AND EXISTS (SELECT 1 FROM pool_prefix x WHERE x.subnet_pool_key = p.row_key AND x.first <= ? AND x.last >= ?)
      ORDER BY p.row_key`,
    [bytes, address.version, bytes, bytes],
  )
}
