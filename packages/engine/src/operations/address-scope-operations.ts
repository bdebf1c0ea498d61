import { randomUUID } from 'node:crypto'
import { IpamError } from '../errors.ts'
import {
  type AddressScope,
  type AddressScopeChanges,
  type AddressScopeInput,
  builtInProjectId,
  builtInScopeName,
} from '../model/address-scope.ts'
import { canChange, canSee } from '../model/caller.ts'
import type { AddressScopeFilter, ListOptions, Page } from '../model/list.ts'
import { checkLabels, checkName, invalidField } from '../model/record.ts'
import {
  addressScopeInUse,
  builtInScopeId,
  deleteAddressScope as deleteRow,
  findAddressScope,
  insertAddressScope,
  lockLayout,
  selectAddressScope,
  updateAddressScope as updateRow,
} from '../store/sql/address-scope-queries.ts'
import { ListQuery } from '../store/sql/list-query.ts'
import { type AddressScopeRow, labelsText, toAddressScope } from '../store/sql/row-mapping.ts'
import type { Session } from '../store/store.ts'
import type { MutationOptions, OperationContext } from './context.ts'
import { recordChanges } from './event-recording.ts'
import { lostRace } from './lost-race.ts'
import { listRows } from './record-list.ts'
import { checkRevision, read, write } from './transaction.ts'

/** Makes the two scopes in which a subnet lives that names none. Does nothing when they are there. */
export async function createBuiltInScopes(session: Session, now: number): Promise<void> {
  for (const ipVersion of [4, 6] as const)
    await insertAddressScope(session, {
      id: builtInScopeId(ipVersion),
      project_id: builtInProjectId,
      name: builtInScopeName,
      labels: '{}',
      origin: 'built-in',
      ip_version: ipVersion,
      shared: 1,
      created_at: now,
      updated_at: now,
      revision: 1,
    })
}

export async function createAddressScope(
  context: OperationContext,
  input: AddressScopeInput,
  options: MutationOptions,
): Promise<AddressScope> {
  const name = checkName(input.name)
  const labels = checkLabels(input.labels)
  if (input.ipVersion !== 4 && input.ipVersion !== 6)
    throw invalidField('/ipVersion', 'must be 4 or 6')
  return write(context, 'create address scope', input, options, async (session) => {
    const now = context.clock()
    const row = {
      id: randomUUID(),
      project_id: context.caller.projectId,
      name,
      labels: labelsText(labels),
      origin: input.origin ?? 'named',
      ip_version: input.ipVersion,
      shared: input.shared === true ? 1 : 0,
      created_at: now,
      updated_at: now,
      revision: 1,
    } as const
    await insertAddressScope(session, row)
    const scope = toAddressScope({ ...row, row_key: 0 })
    await recordChanges(context, session, [
      { action: 'created', recordKind: 'address-scope', recordId: scope.id, after: scope },
    ])
    return scope
  })
}

export async function getAddressScope(
  context: OperationContext,
  id: string,
): Promise<AddressScope> {
  return read(context, async (session) => toAddressScope(await visibleScope(context, session, id)))
}

/** Implicit scopes are not listed. A page costs its own length. */
export async function listAddressScopes(
  context: OperationContext,
  filter: AddressScopeFilter,
  options: ListOptions,
): Promise<Page<AddressScope>> {
  return read(context, async (session) => {
    const query = new ListQuery(session.capabilities)
      .where("origin <> 'implicit'")
      .whereEqual('name', filter.name)
      .whereEqual('project_id', filter.projectId)
      .whereEqual('ip_version', filter.ipVersion)
      .whereEqual('shared', filter.shared === undefined ? undefined : Number(filter.shared))
      .whereLabels('labels', filter.labels)
    if (!context.caller.isAdmin)
      query.where('(project_id = ? OR shared = 1)', context.caller.projectId)
    const page = await listRows<AddressScopeRow>(
      context,
      session,
      {
        name: 'address scopes',
        filter,
        select: selectAddressScope,
        query,
        sortColumns: { createdAt: 'row_key', name: 'name' },
        keyColumn: 'row_key',
      },
      options,
    )
    return { items: page.items.map(toAddressScope), nextCursor: page.nextCursor }
  })
}

export async function updateAddressScope(
  context: OperationContext,
  id: string,
  changes: AddressScopeChanges,
  options: MutationOptions,
): Promise<AddressScope> {
  return write(context, 'update address scope', { id, changes }, options, async (session) => {
    const row = await changeableScope(context, session, id)
    checkRevision(row.revision, options)
    if (changes.shared === false && row.shared === 1)
      throw invalidField(
        '/shared',
        'cannot be taken back',
        'Make a new address scope; others may rely on this one.',
      )
    const changed: AddressScopeRow = {
      ...row,
      name: changes.name === undefined ? row.name : checkName(changes.name),
      labels: changes.labels === undefined ? row.labels : labelsText(checkLabels(changes.labels)),
      shared: changes.shared === undefined ? row.shared : Number(changes.shared),
      updated_at: context.clock(),
      revision: row.revision + 1,
    }
    if (!(await updateRow(session, changed, row.revision))) throw lostRace()
    const scope = toAddressScope(changed)
    await recordChanges(context, session, [
      {
        action: 'updated',
        recordKind: 'address-scope',
        recordId: id,
        before: toAddressScope(row),
        after: scope,
        projectId: row.project_id,
      },
    ])
    return scope
  })
}

/** Throws ADDRESS_SCOPE_IN_USE while a subnet pool or subnet is in it. */
export async function deleteAddressScope(
  context: OperationContext,
  id: string,
  options: MutationOptions,
): Promise<void> {
  await write(context, 'delete address scope', { id }, options, async (session) => {
    const found = await changeableScope(context, session, id)
    await lockLayout(session, found.row_key)
    const row = await changeableScope(context, session, id)
    checkRevision(row.revision, options)
    if (await addressScopeInUse(session, row.row_key))
      throw new IpamError(
        'ADDRESS_SCOPE_IN_USE',
        'Subnet pools or subnets are in this address scope.',
        { fix: 'Delete them first.' },
      )
    await deleteRow(session, row.row_key)
    await recordChanges(context, session, [
      {
        action: 'deleted',
        recordKind: 'address-scope',
        recordId: id,
        before: toAddressScope(row),
        projectId: row.project_id,
      },
    ])
    return null
  })
}

/** Throws ADDRESS_SCOPE_NOT_FOUND for what is missing and for what the caller must not know of. */
export async function visibleScope(
  context: OperationContext,
  session: Session,
  id: string,
  pointer?: string,
): Promise<AddressScopeRow> {
  const row = await findAddressScope(session, id)
  if (row === undefined || !canSee(context.caller, toAddressScope(row)))
    throw scopeNotFound(pointer)
  return row
}

async function changeableScope(
  context: OperationContext,
  session: Session,
  id: string,
): Promise<AddressScopeRow> {
  const row = await findAddressScope(session, id)
  if (row === undefined || !canChange(context.caller, toAddressScope(row))) throw scopeNotFound()
  if (row.origin === 'built-in')
    throw new IpamError('ADDRESS_SCOPE_IN_USE', 'The built-in address scopes cannot be changed.', {
      fix: 'Create an address scope of your own.',
    })
  return row
}

function scopeNotFound(pointer?: string): IpamError {
  return new IpamError(
    'ADDRESS_SCOPE_NOT_FOUND',
    'There is no such address scope.',
    pointer === undefined ? {} : { pointer },
  )
}
