import { randomUUID } from 'node:crypto'
import type { IpVersion, Prefix } from '@freehold/address'
import { prefixesWithout } from '../allocators/prefix-allocator.ts'
import { IpamError } from '../errors.ts'
import { canChange, canSee } from '../model/caller.ts'
import type { ListOptions, Page, SubnetPoolFilter } from '../model/list.ts'
import { checkLabels, checkName, invalidField } from '../model/record.ts'
import type { SubnetPool, SubnetPoolChanges, SubnetPoolInput } from '../model/subnet-pool.ts'
import { builtInScopeId, findAddressScope, lockLayout } from '../store/sql/address-scope-queries.ts'
import { ListQuery } from '../store/sql/list-query.ts'
import {
  type AddressScopeRow,
  labelsText,
  type SubnetPoolRow,
  toSubnetPool,
} from '../store/sql/row-mapping.ts'
import {
  deleteSubnetPool as deleteRow,
  findOtherDefaultPool,
  findSubnetPool,
  insertPoolPrefixes,
  insertSubnetPool,
  listPoolPrefixes,
  lockSubnetPool,
  selectSubnetPool,
  subnetPoolInUse,
  updateSubnetPool as updateRow,
} from '../store/sql/subnet-pool-queries.ts'
import type { Session } from '../store/store.ts'
import { visibleScope } from './address-scope-operations.ts'
import type { MutationOptions, OperationContext } from './context.ts'
import { recordChanges } from './event-recording.ts'
import { lostRace } from './lost-race.ts'
import { compactPrefixes, prefixesOfPool, rebuildFreeBlocks, toPoolPrefix } from './pool-layout.ts'
import { listRows } from './record-list.ts'
import {
  checkPrefixesFree,
  movePrefixes,
  parsePrefixes,
  versionOf,
} from './subnet-pool-prefixes.ts'
import { checkPrefixLengths, checkQuota, prefixLengthsOf } from './subnet-pool-rules.ts'
import { checkRevision, read, write } from './transaction.ts'

export async function createSubnetPool(
  context: OperationContext,
  input: SubnetPoolInput,
  options: MutationOptions,
): Promise<SubnetPool> {
  const name = checkName(input.name)
  const labels = checkLabels(input.labels)
  const prefixes = parsePrefixes(context, input.prefixes)
  const ipVersion = versionOf(prefixes)
  const lengths = prefixLengthsOf(ipVersion, input)
  const quota = checkQuota(input.quota)
  return write(context, 'create subnet pool', input, options, async (session) => {
    const scope = await scopeForPool(context, session, input.addressScopeId, ipVersion)
    await lockLayout(session, scope.row_key)
    await checkPrefixesFree(session, scope.row_key, prefixes, 0)
    const now = context.clock()
    const fields = {
      id: randomUUID(),
      project_id: context.caller.projectId,
      name,
      labels: labelsText(labels),
      address_scope_key: scope.row_key,
      ip_version: ipVersion,
      ...lengths,
      quota: quota === null ? null : quota.toString(),
      shared: input.shared === true ? 1 : 0,
      is_default: input.isDefault === true ? 1 : 0,
      created_at: now,
      updated_at: now,
      revision: 1,
    }
    if (fields.is_default === 1) await checkOnlyDefault(session, ipVersion, 0)
    const key = await insertSubnetPool(session, fields)
    await insertPoolPrefixes(session, scope.row_key, key, prefixes)
    await rebuildFreeBlocks(session, scope.row_key, key, prefixes)
    const pool = toSubnetPool({ ...fields, row_key: key, address_scope_id: scope.id }, prefixes)
    await recordChanges(context, session, [
      { action: 'created', recordKind: 'subnet-pool', recordId: pool.id, after: pool },
    ])
    return pool
  })
}

export async function getSubnetPool(context: OperationContext, id: string): Promise<SubnetPool> {
  return read(context, async (session) => {
    const row = await visiblePool(context, session, id)
    return toSubnetPool(row, await prefixesOfPool(session, row.row_key, row.ip_version))
  })
}

export async function listSubnetPools(
  context: OperationContext,
  filter: SubnetPoolFilter,
  options: ListOptions,
): Promise<Page<SubnetPool>> {
  return read(context, async (session) => {
    const query = new ListQuery(session.capabilities)
      .whereEqual('p.name', filter.name)
      .whereEqual('p.project_id', filter.projectId)
      .whereEqual('p.ip_version', filter.ipVersion)
      .whereEqual('p.shared', filter.shared === undefined ? undefined : Number(filter.shared))
      .whereEqual(
        'p.is_default',
        filter.isDefault === undefined ? undefined : Number(filter.isDefault),
      )
      .whereEqual('s.id', filter.addressScopeId)
      .whereLabels('p.labels', filter.labels)
    if (!context.caller.isAdmin)
      query.where('(p.project_id = ? OR p.shared = 1)', context.caller.projectId)
    const page = await listRows<SubnetPoolRow>(
      context,
      session,
      {
        name: 'subnet pools',
        filter,
        select: selectSubnetPool,
        query,
        sortColumns: { createdAt: 'p.row_key', name: 'p.name' },
        keyColumn: 'p.row_key',
      },
      options,
    )
    const prefixRows = await listPoolPrefixes(
      session,
      page.items.map((row) => row.row_key),
    )
    const prefixes = Map.groupBy(prefixRows, (row) => row.subnet_pool_key)
    const items = page.items.map((row) =>
      toSubnetPool(
        row,
        (prefixes.get(row.row_key) ?? []).map((prefix) => toPoolPrefix(row.ip_version, prefix)),
      ),
    )
    return { items, nextCursor: page.nextCursor }
  })
}

export async function updateSubnetPool(
  context: OperationContext,
  id: string,
  changes: SubnetPoolChanges,
  options: MutationOptions,
): Promise<SubnetPool> {
  return write(context, 'update subnet pool', { id, changes }, options, (session) =>
    changePool(context, session, id, options, async () => changes),
  )
}

/** Adds prefixes to a pool; ones that it has already change nothing (Neutron: add_prefixes merges). */
export async function addPoolPrefixes(
  context: OperationContext,
  id: string,
  prefixes: readonly string[],
  options: MutationOptions,
): Promise<SubnetPool> {
  const added = parsePrefixes(context, prefixes)
  return write(context, 'add pool prefixes', { id, prefixes }, options, (session) =>
    changePool(context, session, id, options, async (before) => ({
      prefixes: compactPrefixes([...before, ...added]).map(String),
    })),
  )
}

/** Removes prefixes from a pool. Throws PREFIX_IN_USE while a subnet of the pool lies in one, PREFIX_OUTSIDE_SUBNET_POOL. */
export async function removePoolPrefixes(
  context: OperationContext,
  id: string,
  prefixes: readonly string[],
  options: MutationOptions,
): Promise<SubnetPool> {
  const removed = parsePrefixes(context, prefixes)
  return write(context, 'remove pool prefixes', { id, prefixes }, options, (session) =>
    changePool(context, session, id, options, async (before) => {
      const outside = removed.find((prefix) => !before.some((mine) => mine.contains(prefix)))
      if (outside !== undefined)
        throw new IpamError(
          'PREFIX_OUTSIDE_SUBNET_POOL',
          `${outside} is not part of the subnet pool.`,
          { pointer: '/prefixes', fix: 'Name prefixes, or parts of prefixes, that the pool has.' },
        )
      const rest = prefixesWithout(before, removed)
      if (rest.length === 0)
        throw invalidField(
          '/prefixes',
          'must leave the pool at least one prefix',
          'Delete the pool.',
        )
      return { prefixes: rest.map(String) }
    }),
  )
}

/** Throws SUBNET_POOL_IN_USE while subnets that were cut from it exist. */
export async function deleteSubnetPool(
  context: OperationContext,
  id: string,
  options: MutationOptions,
): Promise<void> {
  await write(context, 'delete subnet pool', { id }, options, async (session) => {
    const found = await changeablePool(context, session, id)
    await lockLayout(session, found.address_scope_key)
    await lockSubnetPool(session, found.row_key, 'exclusive')
    const row = await changeablePool(context, session, id)
    if (row.address_scope_key !== found.address_scope_key) throw lostRace()
    checkRevision(row.revision, options)
    if (await subnetPoolInUse(session, row.row_key))
      throw new IpamError('SUBNET_POOL_IN_USE', 'Subnets were cut from this pool.', {
        fix: 'Delete them first.',
      })
    const before = toSubnetPool(row, await prefixesOfPool(session, row.row_key, row.ip_version))
    await deleteRow(session, row.row_key)
    await recordChanges(context, session, [
      {
        action: 'deleted',
        recordKind: 'subnet-pool',
        recordId: id,
        before,
        projectId: row.project_id,
      },
    ])
    return null
  })
}

/** Throws SUBNET_POOL_NOT_FOUND for what is missing and for what the caller must not know of. */
export async function visiblePool(
  context: OperationContext,
  session: Session,
  id: string,
  pointer?: string,
): Promise<SubnetPoolRow> {
  const row = await findSubnetPool(session, id)
  if (row === undefined || !canSee(context.caller, ownership(row))) throw poolNotFound(pointer)
  return row
}

async function changePool(
  context: OperationContext,
  session: Session,
  id: string,
  options: MutationOptions,
  changesFor: (before: readonly Prefix[]) => Promise<SubnetPoolChanges>,
): Promise<SubnetPool> {
  const found = await changeablePool(context, session, id)
  await lockLayout(session, found.address_scope_key)
  await lockSubnetPool(session, found.row_key, 'exclusive')
  const row = await changeablePool(context, session, id)
  if (row.address_scope_key !== found.address_scope_key) throw lostRace()
  checkRevision(row.revision, options)
  const before = await prefixesOfPool(session, row.row_key, row.ip_version)
  const changes = await changesFor(before)
  const scope = await newScope(context, session, row, changes)
  const changed: SubnetPoolRow = {
    ...row,
    ...changedFields(row, changes),
    address_scope_key: scope.row_key,
    address_scope_id: scope.id,
    updated_at: context.clock(),
    revision: row.revision + 1,
  }
  if (changed.is_default === 1 && row.is_default === 0)
    await checkOnlyDefault(session, row.ip_version, row.row_key)
  const prefixes =
    changes.prefixes === undefined
      ? before
      : parsePrefixes(context, changes.prefixes, row.ip_version)
  if (changes.prefixes !== undefined || scope.row_key !== row.address_scope_key)
    await movePrefixes(session, row, scope.row_key, prefixes)
  if (!(await updateRow(session, changed, row.revision))) throw lostRace()
  const pool = toSubnetPool(changed, prefixes)
  await recordChanges(context, session, [
    {
      action: 'updated',
      recordKind: 'subnet-pool',
      recordId: id,
      before: toSubnetPool(row, before),
      after: pool,
      projectId: row.project_id,
    },
  ])
  return pool
}

function changedFields(row: SubnetPoolRow, changes: SubnetPoolChanges): Partial<SubnetPoolRow> {
  const lengths = {
    min_prefix_length: changes.minPrefixLength ?? row.min_prefix_length,
    default_prefix_length: changes.defaultPrefixLength ?? row.default_prefix_length,
    max_prefix_length: changes.maxPrefixLength ?? row.max_prefix_length,
  }
  checkPrefixLengths(row.ip_version, lengths)
  const quota = changes.quota === undefined ? row.quota : checkQuota(changes.quota)
  return {
    ...lengths,
    name: changes.name === undefined ? row.name : checkName(changes.name),
    labels: changes.labels === undefined ? row.labels : labelsText(checkLabels(changes.labels)),
    quota: quota === null ? null : quota.toString(),
    shared: changes.shared === undefined ? row.shared : Number(changes.shared),
    is_default: changes.isDefault === undefined ? row.is_default : Number(changes.isDefault),
  }
}

async function newScope(
  context: OperationContext,
  session: Session,
  row: SubnetPoolRow,
  changes: SubnetPoolChanges,
): Promise<{ row_key: number; id: string }> {
  if (changes.addressScopeId === undefined || changes.addressScopeId === row.address_scope_id)
    return { row_key: row.address_scope_key, id: row.address_scope_id }
  const scope = await scopeForPool(context, session, changes.addressScopeId, row.ip_version)
  if (await subnetPoolInUse(session, row.row_key))
    throw new IpamError(
      'SUBNET_POOL_IN_USE',
      'A pool with subnets cannot move to another address scope: they would go with it.',
      { pointer: '/addressScopeId', fix: 'Delete its subnets first, or make a new pool.' },
    )
  await lockLayout(session, scope.row_key)
  return scope
}

async function checkOnlyDefault(
  session: Session,
  ipVersion: IpVersion,
  ownKey: number,
): Promise<void> {
  // Both default pools of two racing writers would pass this; the built-in scope's lock makes them take turns.
  await lockLayout(session, await builtInScopeKey(session, ipVersion))
  if ((await findOtherDefaultPool(session, ipVersion, ownKey)) !== undefined)
    throw new IpamError(
      'DEFAULT_POOL_EXISTS',
      `There is a default subnet pool for IPv${ipVersion} already.`,
      { pointer: '/isDefault', fix: 'Take the mark from the other pool first.' },
    )
}

async function builtInScopeKey(session: Session, ipVersion: IpVersion): Promise<number> {
  const scope = await findAddressScope(session, builtInScopeId(ipVersion))
  if (scope === undefined)
    throw new IpamError('SCHEMA_MISMATCH', 'The built-in address scope is missing.')
  return scope.row_key
}

async function scopeForPool(
  context: OperationContext,
  session: Session,
  id: string | undefined,
  ipVersion: IpVersion,
): Promise<AddressScopeRow> {
  const scope = await visibleScope(
    context,
    session,
    id ?? builtInScopeId(ipVersion),
    '/addressScopeId',
  )
  if (scope.ip_version !== ipVersion)
    throw new IpamError(
      'IP_VERSION_MISMATCH',
      `The address scope is for IPv${scope.ip_version}, the prefixes are IPv${ipVersion}.`,
      { pointer: '/addressScopeId', fix: `Name an address scope for IPv${ipVersion}.` },
    )
  return scope
}

async function changeablePool(
  context: OperationContext,
  session: Session,
  id: string,
): Promise<SubnetPoolRow> {
  const row = await findSubnetPool(session, id)
  if (row === undefined || !canChange(context.caller, ownership(row))) throw poolNotFound()
  return row
}

function ownership(row: SubnetPoolRow): { projectId: string; shared: boolean } {
  return { projectId: row.project_id, shared: row.shared === 1 }
}

export function poolNotFound(pointer?: string): IpamError {
  return new IpamError(
    'SUBNET_POOL_NOT_FOUND',
    'There is no such subnet pool.',
    pointer === undefined ? {} : { pointer },
  )
}
