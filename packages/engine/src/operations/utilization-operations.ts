import { capacityOfPools } from '../allocators/pool-capacity.ts'
import { canChange } from '../model/caller.ts'
import {
  type SubnetPoolUtilization,
  type SubnetUtilization,
  type TotalUtilization,
  utilizationOf,
} from '../model/utilization.ts'
import { type PageSums, sumPages, sumPagesOf } from '../store/sql/address-page-queries.ts'
import type { SubnetRow } from '../store/sql/row-mapping.ts'
import { sumPoolUsage } from '../store/sql/subnet-pool-queries.ts'
import { findSubnet } from '../store/sql/subnet-queries.ts'
import { joinedPoolTexts, sumAllPages } from '../store/sql/utilization-queries.ts'
import type { Session } from '../store/store.ts'
import type { OperationContext } from './context.ts'
import { prefixesOfPool } from './pool-layout.ts'
import { subnetNotFound } from './subnet-operations.ts'
import { poolNotFound, visiblePool } from './subnet-pool-operations.ts'
import { read } from './transaction.ts'

const subnetsAtOnce = 1000

// The counts of what others were lent say what they do with it, so only the owner of a subnet or pool and administrators
// get them; for everybody else there is nothing to read.

/**
 * Exact, from the pages of the subnet. Linear in its pages, not in its addresses. Throws SUBNET_NOT_FOUND, also for
 * another project's shared subnet.
 */
export async function subnetUtilization(
  context: OperationContext,
  id: string,
): Promise<SubnetUtilization> {
  return read(context, async (session) => {
    const row = await findSubnet(session, id)
    if (row === undefined || !canCount(context, row)) throw subnetNotFound()
    return toSubnetUtilization(context, row, await sumPages(session, row.row_key))
  })
}

/** The same for several subnets, in the order asked; those that are not the caller's are left out. */
export async function subnetUtilizations(
  context: OperationContext,
  ids: readonly string[],
): Promise<readonly SubnetUtilization[]> {
  return read(context, async (session) => {
    const rows: SubnetRow[] = []
    for (const id of ids) {
      const row = await findSubnet(session, id)
      if (row !== undefined && canCount(context, row)) rows.push(row)
    }
    return utilizationsOf(context, session, rows)
  })
}

/** How much of a pool's prefixes is cut into subnets of the pool. Throws SUBNET_POOL_NOT_FOUND, also for a shared one of another project. */
export async function subnetPoolUtilization(
  context: OperationContext,
  id: string,
): Promise<SubnetPoolUtilization> {
  return read(context, async (session) => {
    const row = await visiblePool(context, session, id)
    if (!canCount(context, row)) throw poolNotFound()
    const prefixes = await prefixesOfPool(session, row.row_key, row.ip_version)
    const capacity = prefixes.reduce((sum, prefix) => sum + prefix.size, 0n)
    const { used, subnets } = await sumPoolUsage(session, row.row_key)
    return { subnetPoolId: id, subnets, ...utilizationOf(capacity, used, 0n, 0n) }
  })
}

/**
 * Over all subnets of the caller's project, for administrators over all. Linear in subnets and their pages, at about a
 * microsecond for each.
 */
export async function totalUtilization(context: OperationContext): Promise<TotalUtilization> {
  const projectId = context.caller.isAdmin ? null : context.caller.projectId
  return read(context, async (session) => {
    const { used, cooling, outside } = await sumAllPages(session, projectId)
    let capacity = 0n
    let subnets = 0
    let after = 0
    for (;;) {
      const part = await joinedPoolTexts(session, projectId, after, subnetsAtOnce)
      if (part === undefined) break
      capacity += capacityOfPools(part.texts)
      subnets += part.subnets
      after = part.last
      if (part.subnets < subnetsAtOnce) break
      // SQLite answers without waiting, and other requests want their turn.
      await new Promise((resolve) => setImmediate(resolve))
    }
    const allocated = BigInt(used - cooling)
    return { subnets, ...utilizationOf(capacity, allocated, BigInt(cooling), BigInt(outside)) }
  })
}

async function utilizationsOf(
  context: OperationContext,
  session: Session,
  rows: readonly SubnetRow[],
): Promise<SubnetUtilization[]> {
  const sums = await sumPagesOf(
    session,
    rows.map((row) => row.row_key),
  )
  return rows.map((row) =>
    toSubnetUtilization(context, row, sums.get(row.row_key) ?? { used: 0, cooling: 0, outside: 0 }),
  )
}

function toSubnetUtilization(
  context: OperationContext,
  row: SubnetRow,
  sums: PageSums,
): SubnetUtilization {
  const { space } = context.layouts.passing(row)
  const cooling = BigInt(sums.cooling)
  return {
    subnetId: row.id,
    ...utilizationOf(space.capacity, BigInt(sums.used) - cooling, cooling, BigInt(sums.outside)),
  }
}

function canCount(context: OperationContext, row: { readonly project_id: string }): boolean {
  return canChange(context.caller, { projectId: row.project_id })
}
