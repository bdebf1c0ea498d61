import { randomUUID } from 'node:crypto'
import { IpAddress, type Prefix } from '@freehold/address'
import { IpamError } from '../errors.ts'
import { parseAddress, parsePrefix } from '../model/address-input.ts'
import { canChange, canSee } from '../model/caller.ts'
import type { ListOptions, Page, SubnetFilter } from '../model/list.ts'
import { checkInteger, checkLabels, checkLength, checkName, invalidField } from '../model/record.ts'
import type { Subnet, SubnetChanges, SubnetInput, SubnetUpdate } from '../model/subnet.ts'
import { sumPages } from '../store/sql/address-page-queries.ts'
import { lockLayout } from '../store/sql/address-scope-queries.ts'
import { findAllocation } from '../store/sql/allocation-queries.ts'
import { ListQuery } from '../store/sql/list-query.ts'
import {
  allocationPoolsText,
  labelsText,
  type SubnetRow,
  toAllocationPools,
  toPrefix,
  toSubnet,
} from '../store/sql/row-mapping.ts'
import {
  deleteSubnet as deleteRow,
  findOverlappingSubnet,
  findSubnet,
  insertSubnet,
  lockSubnet,
  selectSubnet,
  updateSubnet as updateRow,
} from '../store/sql/subnet-queries.ts'
import { type Session, StoreFault } from '../store/store.ts'
import { rebuildPages } from './address-page-operations.ts'
import type { MutationOptions, OperationContext } from './context.ts'
import { recordChanges } from './event-recording.ts'
import { lostRace } from './lost-race.ts'
import { claimChangedPages, claimPageOf } from './page-claims.ts'
import { occupy, vacate } from './pool-layout.ts'
import { listRows } from './record-list.ts'
import { releaseAll } from './subnet-clearing.ts'
import { chargePool, placeSubnet, refundPool } from './subnet-placement.ts'
import { checkAllocationPools, defaultAllocationPools, gatewayOf } from './subnet-rules.ts'
import { checkRevision, read, write, writeBehind } from './transaction.ts'

const maxCoolingSeconds = 31_536_000
const maxFilterIds = 1000

export async function createSubnet(
  context: OperationContext,
  input: SubnetInput,
  options: MutationOptions,
): Promise<Subnet> {
  const name = checkName(input.name)
  const labels = checkLabels(input.labels)
  const coolingSeconds = checkCooling(input.coolingSeconds)
  const id = checkId(input.id)
  const cidr = input.cidr === undefined ? null : parsePrefix(input.cidr, '/cidr')
  if (cidr !== null) checkWidth(context, cidr)
  const lock = input.subnetPoolId ?? input.addressScopeId ?? 'default scopes'
  return writeBehind(context, lock, 'create subnet', input, options, async (session) => {
    const place = await placeSubnet(context, session, input, cidr)
    const gateway = gatewayOf(place.prefix, input.gateway, input.onLink === true)
    const pools =
      input.allocationPools === undefined
        ? defaultAllocationPools(place.prefix, gateway)
        : checkAllocationPools(
            place.prefix,
            gateway,
            input.allocationPools,
            context.limits.maxAllocationPools,
          )
    const now = context.clock()
    const fields = {
      id: id ?? randomUUID(),
      project_id: context.caller.projectId,
      name,
      labels: labelsText(labels),
      address_scope_key: place.scope.row_key,
      subnet_pool_key: place.pool?.row_key ?? null,
      ip_version: place.prefix.version,
      first: place.prefix.first.toBytes(),
      prefix_length: place.prefix.length,
      gateway: gateway?.toString() ?? null,
      allocation_pools: allocationPoolsText(pools),
      cooling_seconds: coolingSeconds,
      shared: input.shared === true ? 1 : 0,
      created_at: now,
      updated_at: now,
      revision: 1,
    }
    const key = await insertNew(session, fields, place.prefix)
    await occupy(session, place.scope.row_key, place.prefix)
    if (place.pool !== null) await chargePool(session, place.pool, fields.project_id, place.prefix)
    const subnet = toSubnet({
      ...fields,
      row_key: key,
      address_scope_id: place.scope.id,
      subnet_pool_id: place.pool?.id ?? null,
    })
    await recordChanges(context, session, [
      {
        action: 'created',
        recordKind: 'subnet',
        recordId: subnet.id,
        subnetKey: key,
        after: subnet,
      },
    ])
    return subnet
  })
}

export async function getSubnet(context: OperationContext, id: string): Promise<Subnet> {
  return read(context, async (session) => toSubnet(await visibleSubnet(context, session, id)))
}

export async function listSubnets(
  context: OperationContext,
  filter: SubnetFilter,
  options: ListOptions,
): Promise<Page<Subnet>> {
  return read(context, async (session) => {
    const query = subnetQuery(context, session, filter)
    const page = await listRows<SubnetRow>(
      context,
      session,
      {
        name: 'subnets',
        filter,
        select: selectSubnet,
        query,
        sortColumns: { createdAt: 'n.row_key', name: 'n.name', cidr: 'n.first' },
        keyColumn: 'n.row_key',
      },
      options,
    )
    return { items: page.items.map(toSubnet), nextCursor: page.nextCursor }
  })
}

/**
 * Changes a subnet. Its prefix stays. Addresses held outside new allocation pools stay held and are counted in the answer.
 * New pools cost the addresses held, once; everything else is constant.
 */
export async function updateSubnet(
  context: OperationContext,
  id: string,
  changes: SubnetChanges,
  options: MutationOptions,
): Promise<SubnetUpdate> {
  return write(context, 'update subnet', { id, changes }, options, async (session) => {
    await lockSubnet(session, id)
    const row = await changeableSubnet(context, session, id)
    checkRevision(row.revision, options)
    const prefix = toPrefix(row)
    const gateway =
      changes.gateway === undefined
        ? row.gateway === null
          ? null
          : IpAddress.parse(row.gateway)
        : gatewayOf(prefix, changes.gateway, changes.onLink === true)
    const moves = gateway !== null && gateway.toString() !== row.gateway
    if (moves && changes.gatewayMayBeHeld !== true) await checkGatewayFree(session, row, gateway)
    const pools = checkAllocationPools(
      prefix,
      gateway,
      changes.allocationPools ?? toAllocationPools(row.allocation_pools),
      context.limits.maxAllocationPools,
    )
    const changed: SubnetRow = {
      ...row,
      name: changes.name === undefined ? row.name : checkName(changes.name),
      labels: changes.labels === undefined ? row.labels : labelsText(checkLabels(changes.labels)),
      gateway: gateway?.toString() ?? null,
      allocation_pools: allocationPoolsText(pools),
      cooling_seconds:
        changes.coolingSeconds === undefined
          ? row.cooling_seconds
          : checkCooling(changes.coolingSeconds),
      shared: changes.shared === undefined ? row.shared : Number(changes.shared),
      updated_at: context.clock(),
      revision: row.revision + 1,
    }
    if (!(await updateRow(session, changed, row.revision))) throw lostRace()
    const layout = context.layouts.layoutOf(changed)
    if (changed.allocation_pools !== row.allocation_pools) {
      await rebuildPages(session, layout)
      await claimChangedPages(session, context.layouts.passing(row), layout)
    }
    if (moves && layout.gateway !== null) await claimPageOf(session, layout, layout.gateway)
    const subnet = toSubnet(changed)
    await recordChanges(context, session, [
      {
        action: 'updated',
        recordKind: 'subnet',
        recordId: id,
        subnetKey: row.row_key,
        before: toSubnet(row),
        after: subnet,
        projectId: row.project_id,
      },
    ])
    return { subnet, heldOutsidePools: (await sumPages(session, row.row_key)).outside }
  })
}

/** Throws SUBNET_IN_USE while addresses are held, unless `cascade` releases them in the same transaction. */
export async function deleteSubnet(
  context: OperationContext,
  id: string,
  options: MutationOptions & { cascade?: boolean },
): Promise<void> {
  await write(
    context,
    'delete subnet',
    { id, cascade: options.cascade },
    options,
    async (session) => {
      const found = await changeableSubnet(context, session, id)
      await lockLayout(session, found.address_scope_key)
      await lockSubnet(session, id)
      const row = await changeableSubnet(context, session, id)
      checkRevision(row.revision, options)
      await releaseAll(context, session, context.layouts.layoutOf(row), options.cascade === true)
      await deleteRow(session, row.row_key)
      const prefix = toPrefix(row)
      await vacate(session, row.address_scope_key, prefix)
      if (row.subnet_pool_key !== null)
        await refundPool(session, row.subnet_pool_key, row.project_id, prefix)
      await recordChanges(context, session, [
        {
          action: 'deleted',
          recordKind: 'subnet',
          recordId: id,
          subnetKey: row.row_key,
          before: toSubnet(row),
          projectId: row.project_id,
        },
      ])
      return null
    },
  )
}

/** Throws SUBNET_NOT_FOUND for what is missing and for what the caller must not know of. */
async function visibleSubnet(
  context: OperationContext,
  session: Session,
  id: string,
): Promise<SubnetRow> {
  const row = await findSubnet(session, id)
  if (row === undefined || !canSee(context.caller, ownership(row))) throw subnetNotFound()
  return row
}

export function subnetNotFound(pointer?: string): IpamError {
  return new IpamError(
    'SUBNET_NOT_FOUND',
    'There is no such subnet.',
    pointer === undefined ? {} : { pointer },
  )
}

function subnetQuery(context: OperationContext, session: Session, filter: SubnetFilter): ListQuery {
  checkLength(filter.ids?.length ?? 0, '/ids', 0, maxFilterIds)
  const query = new ListQuery(session.capabilities)
    .whereEqual('n.name', filter.name)
    .whereEqual('n.project_id', filter.projectId)
    .whereEqual('n.ip_version', filter.ipVersion)
    .whereEqual('n.shared', filter.shared === undefined ? undefined : Number(filter.shared))
    .whereEqual('s.id', filter.addressScopeId)
    .whereEqual('p.id', filter.subnetPoolId)
    .whereIn('n.id', filter.ids)
    .whereLabels('n.labels', filter.labels)
  if (filter.withoutDocumentIn !== undefined)
    query.where(
      'NOT EXISTS (SELECT 1 FROM document d WHERE d.collection = ? AND d.id = n.id)',
      filter.withoutDocumentIn,
    )
  if (filter.cidr !== undefined) {
    const prefix = parsePrefix(filter.cidr, '/cidr')
    query.where(
      'n.ip_version = ? AND n.first = ? AND n.prefix_length = ?',
      prefix.version,
      prefix.first.toBytes(),
      prefix.length,
    )
  }
  if (filter.contains !== undefined) {
    const address = parseAddress(filter.contains, '/contains')
    const bytes = address.toBytes()
    query.where('n.ip_version = ? AND n.first <= ? AND n.last >= ?', address.version, bytes, bytes)
  }
  if (!context.caller.isAdmin)
    query.where('(n.project_id = ? OR n.shared = 1)', context.caller.projectId)
  return query
}

async function changeableSubnet(
  context: OperationContext,
  session: Session,
  id: string,
): Promise<SubnetRow> {
  const row = await findSubnet(session, id)
  if (row === undefined || !canChange(context.caller, ownership(row))) throw subnetNotFound()
  return row
}

async function insertNew(
  session: Session,
  fields: Parameters<typeof insertSubnet>[1],
  prefix: Prefix,
): Promise<number> {
  // The layout lock rules out a second prefix; a caller's own id may still be one that is used.
  const overlapping = await findOverlappingSubnet(session, fields.address_scope_key, prefix)
  if (overlapping !== undefined) throw subnetOverlap(prefix)
  try {
    // Behind a savepoint: in PostgreSQL a statement that failed leaves a transaction good for nothing else.
    return await session.savepoint(() => insertSubnet(session, fields, prefix))
  } catch (error) {
    if (!(error instanceof StoreFault) || error.fault !== 'unique') throw error
    if ((await findSubnet(session, fields.id)) === undefined) throw subnetOverlap(prefix)
    throw new IpamError('ID_IN_USE', 'There is a subnet with this id.', {
      pointer: '/id',
      fix: 'Use another id, or look whether the subnet is the one that was meant.',
    })
  }
}

function subnetOverlap(prefix: Prefix): IpamError {
  return new IpamError('SUBNET_OVERLAP', `${prefix} overlaps a subnet of the same address scope.`, {
    pointer: '/cidr',
    fix: 'Choose another prefix or another address scope.',
  })
}

async function checkGatewayFree(
  session: Session,
  row: SubnetRow,
  gateway: IpAddress,
): Promise<void> {
  const held = await findAllocation(session, row.row_key, gateway.toBytes())
  if (held === undefined || held.holder_kind === 'gateway') return
  const isCooling = held.state === 1
  const until = new Date(held.due_at ?? 0).toISOString()
  throw new IpamError(
    'ADDRESS_IN_USE',
    isCooling ? `${gateway} is cooling.` : `${gateway} is held by another holder.`,
    {
      pointer: '/gateway',
      fix: isCooling ? `Try again after ${until}.` : 'Release it first.',
    },
  )
}

function checkWidth(context: OperationContext, prefix: Prefix): void {
  if (prefix.length === 0 && !context.limits.allowWholeSpace)
    throw new IpamError(
      'PREFIX_LENGTH_OUT_OF_BOUNDS',
      'A subnet cannot be the whole address space.',
      {
        pointer: '/cidr',
        fix: 'Use a prefix length of at least 1, or allow it in the limits of the engine.',
      },
    )
}

function checkCooling(value: number | undefined): number {
  return checkInteger(value ?? 0, '/coolingSeconds', 0, maxCoolingSeconds)
}

function checkId(id: string | undefined): string | undefined {
  if (id === undefined) return undefined
  const text = String(id).toLowerCase()
  if (!/^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/.test(text))
    throw invalidField('/id', 'must be a UUID')
  return text
}

function ownership(row: SubnetRow): { projectId: string; shared: boolean } {
  return { projectId: row.project_id, shared: row.shared === 1 }
}
