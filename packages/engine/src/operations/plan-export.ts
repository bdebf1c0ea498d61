import type { Page } from '../model/list.ts'
import type { Plan } from '../model/plan.ts'
import { builtInScopeId } from '../store/sql/address-scope-queries.ts'
import { listAddressScopes } from './address-scope-operations.ts'
import { listAllocations } from './allocation-operations.ts'
import type { OperationContext } from './context.ts'
import { maxPageSize } from './record-list.ts'
import { listSubnets } from './subnet-operations.ts'
import { listSubnetPools } from './subnet-pool-operations.ts'
import { read } from './transaction.ts'

// The deadline of one change is none for reading a whole database.
const leastDeadlineMs = 300_000

/**
 * Everything that the caller may see, as a plan. Records are in order of their creation; the keys are their ids. Read in one
 * snapshot, so that whatever others make and delete meanwhile, every entry is there that another one names. Linear in the
 * records.
 */
export async function exportPlan(context: OperationContext): Promise<Plan> {
  const patient = { ...context, deadlineMs: Math.max(context.deadlineMs, leastDeadlineMs) }
  return read(patient, (session) => planOf({ ...patient, joined: session }))
}

async function planOf(context: OperationContext): Promise<Plan> {
  const scopeKeys = new Map<string, string>([
    [builtInScopeId(4), 'default-4'],
    [builtInScopeId(6), 'default-6'],
  ])
  const scopes = await all((cursor) => listAddressScopes(context, {}, paged(cursor)))
  const pools = await all((cursor) => listSubnetPools(context, {}, paged(cursor)))
  const subnets = await all((cursor) => listSubnets(context, {}, paged(cursor)))
  const allocations: Plan['allocations'][number][] = []
  for (const subnet of subnets)
    for (const held of await all((cursor) =>
      listAllocations(context, subnet.id, {}, paged(cursor)),
    ))
      allocations.push({
        subnet: subnet.id,
        address: held.address,
        holder: held.holder,
        labels: held.labels,
        projectId: held.projectId,
        state: held.state,
        expiresAt: held.expiresAt,
      })
  return {
    format: 'freehold-plan/1',
    addressScopes: scopes
      .filter((scope) => !scopeKeys.has(scope.id))
      .map(({ id, name, projectId, labels, ipVersion, shared }) => ({
        key: id,
        ...nameOf({ name }),
        projectId,
        labels,
        ipVersion,
        shared,
      })),
    subnetPools: pools.map((pool) => ({
      key: pool.id,
      ...nameOf(pool),
      projectId: pool.projectId,
      labels: pool.labels,
      addressScope: scopeKeys.get(pool.addressScopeId) ?? pool.addressScopeId,
      prefixes: pool.prefixes,
      minPrefixLength: pool.minPrefixLength,
      defaultPrefixLength: pool.defaultPrefixLength,
      maxPrefixLength: pool.maxPrefixLength,
      quota: pool.quota === null ? null : pool.quota.toString(),
      shared: pool.shared,
      isDefault: pool.isDefault,
    })),
    subnets: subnets.map((subnet) => ({
      key: subnet.id,
      ...nameOf(subnet),
      projectId: subnet.projectId,
      labels: subnet.labels,
      addressScope: scopeKeys.get(subnet.addressScopeId) ?? subnet.addressScopeId,
      ...(subnet.subnetPoolId === null ? {} : { subnetPool: subnet.subnetPoolId }),
      cidr: subnet.cidr,
      gateway: subnet.gateway,
      onLink: true,
      allocationPools: subnet.allocationPools,
      coolingSeconds: subnet.coolingSeconds,
      shared: subnet.shared,
    })),
    allocations,
  }
}

/** A record without a name is a plan's entry without one: an empty name is refused on input. */
function nameOf({ name }: { name: string }): { name?: string } {
  return name === '' ? {} : { name }
}

async function all<T>(list: (cursor: string | undefined) => Promise<Page<T>>): Promise<T[]> {
  const items: T[] = []
  for (let cursor: string | undefined; ; ) {
    const page = await list(cursor)
    items.push(...page.items)
    if (page.nextCursor === null) return items
    cursor = page.nextCursor
  }
}

function paged(cursor: string | undefined): { limit: number; cursor?: string } {
  return cursor === undefined ? { limit: maxPageSize } : { limit: maxPageSize, cursor }
}
