import type { Session } from '../store.ts'
import { selectAddressScope } from './address-scope-queries.ts'
import type {
  AddressScopeRow,
  AllocationRow,
  PoolPrefixRow,
  SubnetPoolRow,
  SubnetRow,
} from './row-mapping.ts'
import { selectSubnetPool } from './subnet-pool-queries.ts'
import { selectSubnet } from './subnet-queries.ts'

// Read by `check` alone: every query goes through its table in key order, a part at a time.

export async function listScopesAfter(
  session: Session,
  key: number,
  limit: number,
): Promise<AddressScopeRow[]> {
  return session.all(`${selectAddressScope} WHERE row_key > ? ORDER BY row_key LIMIT ?`, [
    key,
    limit,
  ])
}

export async function listPoolsAfter(
  session: Session,
  key: number,
  limit: number,
): Promise<SubnetPoolRow[]> {
  return session.all(`${selectSubnetPool} WHERE p.row_key > ? ORDER BY p.row_key LIMIT ?`, [
    key,
    limit,
  ])
}

export async function listSubnetsAfter(
  session: Session,
  key: number,
  limit: number,
): Promise<SubnetRow[]> {
  return session.all(`${selectSubnet} WHERE n.row_key > ? ORDER BY n.row_key LIMIT ?`, [key, limit])
}

/** A scope's subnets by address, from after one address. */
export async function listScopeSubnets(
  session: Session,
  scopeKey: number,
  after: Uint8Array | null,
  limit: number,
): Promise<SubnetRow[]> {
  return after === null
    ? session.all(`${selectSubnet} WHERE n.address_scope_key = ? ORDER BY n.first LIMIT ?`, [
        scopeKey,
        limit,
      ])
    : session.all(
        `${selectSubnet} WHERE n.address_scope_key = ? AND n.first > ? ORDER BY n.first LIMIT ?`,
        [scopeKey, after, limit],
      )
}

/** The prefixes of a scope's subnet pools by address. */
export async function listScopePoolPrefixes(
  session: Session,
  scopeKey: number,
): Promise<PoolPrefixRow[]> {
  return session.all(
    `SELECT address_scope_key, subnet_pool_key, first, prefix_length FROM pool_prefix
      WHERE address_scope_key = ? ORDER BY first`,
    [scopeKey],
  )
}

/** Rows of a subnet, each with what the last event of its address says that is in the index. One index probe a row. */
export async function listRowsWithLastAction(
  session: Session,
  subnetKey: number,
  after: Uint8Array | null,
  limit: number,
): Promise<(Pick<AllocationRow, 'address' | 'state'> & { last_action: string | null })[]> {
  const { from, address, id } = session.capabilities.eventIndex
  const select = `SELECT a.address, a.state, (SELECT e.action FROM ${from} WHERE ${address} = a.address
    AND e.subnet_key = a.subnet_key ORDER BY ${id} DESC LIMIT 1) AS last_action FROM allocation a`
  return after === null
    ? session.all(`${select} WHERE a.subnet_key = ? ORDER BY a.address LIMIT ?`, [subnetKey, limit])
    : session.all(`${select} WHERE a.subnet_key = ? AND a.address > ? ORDER BY a.address LIMIT ?`, [
        subnetKey,
        after,
        limit,
      ])
}

/** The last event in the index by address; null where every event is in it. */
export async function findEventIndexEnd(session: Session): Promise<number | null> {
  const { end } = session.capabilities.eventIndex
  if (end === null) return null
  return Number((await session.get<{ event_id: number }>(`SELECT ${end} AS event_id`))?.event_id)
}

/** Events of addresses after one, in order. One key range. */
export async function listAddressEventsAfter(
  session: Session,
  after: number,
): Promise<{ id: number; action: string; subnet_key: number; address: Uint8Array }[]> {
  return session.all(
    'SELECT id, action, subnet_key, address FROM event WHERE id > ? AND address IS NOT NULL ORDER BY id',
    [after],
  )
}

/** For every subnet: how many of its addresses are held, by the events alone. One pass over the events. */
export async function countHeldByEvents(session: Session): Promise<Map<number, number>> {
  const rows = await session.all<{ subnet_key: number; held: number }>(
    `SELECT subnet_key, sum(CASE WHEN action = 'allocated' THEN 1 WHEN action IN ('released', 'expired') THEN -1 ELSE 0 END)
      AS held FROM event WHERE address IS NOT NULL GROUP BY subnet_key`,
  )
  return new Map(rows.map((row) => [row.subnet_key, Number(row.held)]))
}

export async function countHeldRows(session: Session): Promise<Map<number, number>> {
  const rows = await session.all<{ subnet_key: number; held: number }>(
    'SELECT subnet_key, sum(CASE WHEN state = 0 THEN 1 ELSE 0 END) AS held FROM allocation GROUP BY subnet_key',
  )
  return new Map(rows.map((row) => [row.subnet_key, Number(row.held)]))
}

/** A pool's subnets by project. */
export async function listPoolSubnets(
  session: Session,
  poolKey: number,
): Promise<{ project_id: string; prefix_length: number; first: Uint8Array }[]> {
  return session.all(
    'SELECT project_id, prefix_length, first FROM subnet WHERE subnet_pool_key = ? ORDER BY first',
    [poolKey],
  )
}

export async function listPoolUsage(
  session: Session,
  poolKey: number,
): Promise<{ project_id: string; used: string }[]> {
  return session.all('SELECT project_id, used FROM pool_usage WHERE subnet_pool_key = ?', [poolKey])
}
