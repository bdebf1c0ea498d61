import type { AddressScope, AddressScopeFilter, Ipam } from '@freehold/engine'
import { optional, readOnly, required } from './attribute-map.ts'
import { boolean, line, oneOf } from './attribute-readers.ts'
import { inNeutronWords, type Translations } from './engine-errors.ts'
import type { ListQuery } from './list-query.ts'
import { conflict, NeutronError, notFound } from './neutron-error.ts'
import { everyRecord } from './paged-reading.ts'
import { asOwner, projectAttributes } from './project.ts'
import { defineResource } from './resource.ts'
import type { SubnetRecord } from './subnet-records.ts'
import type { View } from './view.ts'

const attributes = {
  id: readOnly,
  name: optional(line(255)),
  ...projectAttributes,
  shared: optional(boolean),
  ip_version: required(oneOf(4, 6)),
}

export const addressScopeResource = defineResource({
  singular: 'address_scope',
  plural: 'address_scopes',
  collection: 'address-scopes',
  rules: { read: 'address-scope:read', write: 'address-scope:write' },
  attributes,
  filters: {
    id: 'text',
    name: 'text',
    tenant_id: 'text',
    project_id: 'text',
    shared: 'boolean',
    ip_version: 'integer',
  },
  sortKeys: ['id', 'name', 'tenant_id', 'project_id', 'ip_version'],
  isTaggable: false,
  get: async (ipam, id) => scopeView(await getNamedScope(ipam, id)),
  async list(ipam, { filters }: ListQuery) {
    const scopes = await namedScopes(ipam, filterOf(filters))
    return scopes.map(scopeView)
  },
  async create(ipam, { name, ip_version: ipVersion = 4, shared, ...owner }) {
    const scope = await asOwner(ipam, owner).addressScopes.create({
      name: name || null,
      ipVersion,
      ...(shared === undefined ? {} : { shared }),
    })
    return scopeView(scope)
  },
  async update(ipam, id, { name, shared }) {
    const before = await getNamedScope(ipam, id)
    if (before.shared && shared === false)
      throw new NeutronError(
        400,
        'AddressScopeUpdateError',
        `Unable to update address scope ${id} : Shared address scope can't be unshared.`,
      )
    const changes = {
      ...(name === undefined ? {} : { name: name || null }),
      ...(shared === undefined ? {} : { shared }),
    }
    return scopeView(
      await inNeutronWords(() => ipam.addressScopes.update(id, changes), errorsOf(id)),
    )
  },
  async delete(ipam, id) {
    await getNamedScope(ipam, id)
    await inNeutronWords(() => ipam.addressScopes.delete(id), errorsOf(id))
  },
})

/** Throws NeutronError AddressScopeNotFound, also for the scopes that stand for "none". */
export async function getNamedScope(ipam: Ipam, id: string): Promise<AddressScope> {
  const scope = await inNeutronWords(() => ipam.addressScopes.get(id), errorsOf(id))
  if (scope.origin !== 'named') throw notFound('AddressScope', id)
  return scope
}

/** Of the scopes in which these subnets live, those that callers made. */
export async function namedScopeIds(
  ipam: Ipam,
  subnets: readonly SubnetRecord[],
): Promise<ReadonlySet<string>> {
  const ids = new Set(subnets.map(({ subnet }) => subnet.addressScopeId))
  return namedAmong(ipam, ids)
}

/** Of these scopes, those that callers made. Linear in the scopes asked for. */
export async function namedAmong(
  ipam: Ipam,
  ids: ReadonlySet<string>,
): Promise<ReadonlySet<string>> {
  const everyone = ipam.as({ ...ipam.caller, isAdmin: true })
  const named = new Set<string>()
  for (const id of ids) if ((await everyone.addressScopes.get(id)).origin === 'named') named.add(id)
  return named
}

async function namedScopes(ipam: Ipam, filter: AddressScopeFilter): Promise<AddressScope[]> {
  const scopes = await everyRecord((page) => ipam.addressScopes.list(filter, page))
  return scopes.filter(({ origin }) => origin === 'named')
}

function filterOf(filters: ListQuery['filters']): AddressScopeFilter {
  const names = filters.get('name')
  return names?.length === 1 ? { name: names[0] as string } : {}
}

function scopeView(scope: AddressScope): View {
  return {
    id: scope.id,
    project_id: scope.projectId,
    name: scope.name,
    shared: scope.shared,
    ip_version: scope.ipVersion,
    tenant_id: scope.projectId,
  }
}

function errorsOf(id: string): Translations {
  return {
    ADDRESS_SCOPE_NOT_FOUND: () => notFound('AddressScope', id),
    ADDRESS_SCOPE_IN_USE: () =>
      conflict(
        'AddressScopeInUse',
        `Unable to complete operation on address scope ${id}. There are one or more subnet pools in use on the address scope.`,
      ),
  }
}
