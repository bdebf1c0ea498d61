import { randomUUID } from 'node:crypto'
import { addressBits, Prefix } from '@freehold/address'
import type { Ipam, SubnetPool, SubnetPoolFilter } from '@freehold/engine'
import { getNamedScope } from './address-scope-resource.ts'
import type { AttributeValues } from './attribute-map.ts'
import { inNeutronWords, revisionConstraintFailed, type Translations } from './engine-errors.ts'
import type { ListQuery } from './list-query.ts'
import { conflict, forbidden, invalidInput, NeutronError, notFound } from './neutron-error.ts'
import { asOwner } from './project.ts'
import { checkQuota } from './quota-records.ts'
import { defineResource, type RevisionCondition } from './resource.ts'
import { subnetpoolAttributes } from './subnetpool-attributes.ts'
import {
  checkPrefixBounds,
  checkPrefixesStay,
  illegalUpdate,
  type PrefixBounds,
  poolVersion,
} from './subnetpool-checks.ts'
import {
  getSubnetpool,
  insertSubnetpoolBody,
  listSubnetpools,
  recording,
  type SubnetpoolRecord,
  subnetpoolCollection,
  subnetpoolRecords,
  updateSubnetpoolBody,
} from './subnetpool-records.ts'
import { subnetpoolView, withLengthsAsText } from './subnetpool-view.ts'
import type { View } from './view.ts'

type SubnetpoolValues = AttributeValues<typeof subnetpoolAttributes>

export const subnetpoolResource = defineResource({
  singular: 'subnetpool',
  plural: 'subnetpools',
  collection: 'subnetpools',
  rules: { read: 'subnet-pool:read', write: 'subnet-pool:write' },
  attributes: subnetpoolAttributes,
  filters: {
    id: 'text',
    name: 'text',
    tenant_id: 'text',
    project_id: 'text',
    default_quota: 'integer',
    ip_version: 'integer',
    default_prefixlen: 'integer',
    min_prefixlen: 'integer',
    max_prefixlen: 'integer',
    is_default: 'boolean',
    shared: 'boolean',
    address_scope_id: 'text',
  },
  sortKeys: [
    'id',
    'name',
    'tenant_id',
    'project_id',
    'default_quota',
    'ip_version',
    'default_prefixlen',
    'min_prefixlen',
    'max_prefixlen',
    'is_default',
    'shared',
    'address_scope_id',
  ],
  isTaggable: true,
  shown: withLengthsAsText,
  get: async (ipam, id) => subnetpoolView(await getSubnetpool(ipam, id)),
  list: async (ipam, { filters }) =>
    (await listSubnetpools(ipam, filterOf(filters))).map(subnetpoolView),
  create: createSubnetpool,
  update: updateSubnetpool,
  delete: deleteSubnetpool,
})

async function createSubnetpool(ipam: Ipam, values: SubnetpoolValues): Promise<View> {
  const prefixes = values.prefixes ?? []
  const version = poolVersion(prefixes)
  const owner = asOwner(ipam, values)
  const min = values.min_prefixlen ?? (version === 4 ? 8 : 64)
  const max = values.max_prefixlen ?? addressBits(version)
  const bounds = { min, default: values.default_prefixlen ?? min, max }
  checkPrefixBounds(version, bounds)
  await checkQuota(owner, 'subnetpool')
  const addressScopeId = await scopeFor(ipam, owner, values.address_scope_id ?? null, version)
  const pool = await inNeutronWords(
    () =>
      owner.subnetPools.create({
        name: values.name || null,
        prefixes,
        addressScopeId,
        minPrefixLength: bounds.min,
        defaultPrefixLength: bounds.default,
        maxPrefixLength: bounds.max,
        quota: quotaOf(values.default_quota ?? null),
        shared: values.shared ?? false,
        isDefault: values.is_default ?? false,
      }),
    errorsOf('the new subnet pool', values.address_scope_id ?? null),
  )
  await insertSubnetpoolBody(owner, pool, { description: values.description ?? '', tags: [] })
  return viewOf(ipam, pool)
}

async function updateSubnetpool(
  ipam: Ipam,
  id: string,
  changes: SubnetpoolValues,
  { revisionNumber }: RevisionCondition,
): Promise<View> {
  const record = await getSubnetpool(ipam, id)
  const { pool, body } = record
  checkOwner(ipam, pool)
  checkRevision(pool, revisionNumber)
  if (changes.prefixes !== undefined) {
    checkPrefixesStay(pool.prefixes, changes.prefixes)
    poolVersion(changes.prefixes)
  }
  const bounds = changedBounds(pool, changes)
  const scope = await changedScope(ipam, record, changes.address_scope_id)
  const changed = await inNeutronWords(
    () =>
      ipam.subnetPools.update(
        id,
        {
          ...(changes.name === undefined ? {} : { name: changes.name || null }),
          ...(changes.prefixes === undefined ? {} : { prefixes: changes.prefixes }),
          minPrefixLength: bounds.min,
          defaultPrefixLength: bounds.default,
          maxPrefixLength: bounds.max,
          ...(changes.default_quota === undefined ? {} : { quota: quotaOf(changes.default_quota) }),
          ...(changes.is_default === undefined ? {} : { isDefault: changes.is_default }),
          ...(scope === undefined ? {} : { addressScopeId: scope }),
        },
        revisionNumber === undefined ? {} : { ifRevision: revisionNumber + 1 },
      ),
    errorsOf(id, changes.address_scope_id ?? record.addressScopeId),
  )
  if (scope !== undefined) await dropOwnSpace(ipam, record)
  await updateSubnetpoolBody(ipam, record, changed, {
    description: changes.description ?? body.description,
    tags: changes.tags ?? body.tags,
  })
  return viewOf(ipam, changed)
}

async function deleteSubnetpool(
  ipam: Ipam,
  id: string,
  { revisionNumber }: RevisionCondition,
): Promise<void> {
  const record = await getSubnetpool(ipam, id)
  checkOwner(ipam, record.pool)
  checkRevision(record.pool, revisionNumber)
  const options = revisionNumber === undefined ? {} : { ifRevision: revisionNumber + 1 }
  await inNeutronWords(() => ipam.subnetPools.delete(id, options), {
    ...errorsOf(id, record.addressScopeId),
    SUBNET_POOL_IN_USE: () =>
      new NeutronError(
        400,
        'SubnetPoolDeleteError',
        'Unable to delete subnet pool: Subnet pool has existing allocations.',
      ),
  })
  await dropOwnSpace(ipam, record)
  if (!record.isNative) await ipam.documents.delete(subnetpoolCollection, id, recording)
}

/** `PUT …/add_prefixes`: merges them in. */
export async function addPrefixes(
  ipam: Ipam,
  id: string,
  prefixes: readonly string[],
): Promise<readonly string[]> {
  const { pool, addressScopeId } = await getSubnetpool(ipam, id)
  checkOwner(ipam, pool)
  poolVersion([...pool.prefixes, ...prefixes])
  const changed = await inNeutronWords(
    () => ipam.subnetPools.addPrefixes(id, prefixes),
    errorsOf(id, addressScopeId),
  )
  return changed.prefixes
}

/** `PUT …/remove_prefixes`: refused while a subnet lies in one. What the pool does not have is passed over. */
export async function removePrefixes(
  ipam: Ipam,
  id: string,
  prefixes: readonly string[],
): Promise<readonly string[]> {
  const { pool, addressScopeId } = await getSubnetpool(ipam, id)
  checkOwner(ipam, pool)
  const own = pool.prefixes.map((prefix) => Prefix.parse(prefix))
  const known = prefixes.filter((prefix) => own.some((one) => one.contains(Prefix.parse(prefix))))
  if (known.length === 0) return pool.prefixes
  const changed = await inNeutronWords(() => ipam.subnetPools.removePrefixes(id, known), {
    ...errorsOf(id, addressScopeId),
    PREFIX_IN_USE: () =>
      illegalUpdate('Requested prefixes have existing subnet allocations and cannot be removed.'),
    INVALID_FIELD: () =>
      new NeutronError(400, 'EmptySubnetPoolPrefixList', 'Empty subnet pool prefix list.'),
  })
  return changed.prefixes
}

/** The scope that was asked for, or a new one that nobody else uses. */
async function scopeFor(
  ipam: Ipam,
  owner: Ipam,
  wanted: string | null,
  ipVersion: 4 | 6,
  poolId: string = randomUUID(),
): Promise<string> {
  if (wanted === null)
    return (await owner.addressScopes.create({ ipVersion, origin: 'implicit' })).id
  const scope = await getNamedScope(ipam, wanted)
  if (scope.ipVersion !== ipVersion)
    throw new NeutronError(
      400,
      'IllegalSubnetPoolIpVersionAssociationToAddressScope',
      `Illegal subnetpool association: subnetpool ${poolId} cannot associate with address scope ${wanted} because subnetpool ip_version is not ${scope.ipVersion}.`,
    )
  return scope.id
}

async function changedScope(
  ipam: Ipam,
  { pool, addressScopeId }: SubnetpoolRecord,
  wanted: string | null | undefined,
): Promise<string | undefined> {
  if (wanted === undefined || wanted === addressScopeId) return undefined
  const owner = ipam.as({ ...ipam.caller, projectId: pool.projectId })
  return scopeFor(ipam, owner, wanted, pool.ipVersion, pool.id)
}

/** A pool that lived alone in a scope leaves nothing behind. */
async function dropOwnSpace(ipam: Ipam, { pool }: SubnetpoolRecord): Promise<void> {
  const everyone = ipam.as({ ...ipam.caller, isAdmin: true })
  const { origin } = await everyone.addressScopes.get(pool.addressScopeId)
  if (origin === 'implicit') await everyone.addressScopes.delete(pool.addressScopeId)
}

function changedBounds(pool: SubnetPool, changes: SubnetpoolValues): PrefixBounds {
  const bounds = {
    min: changes.min_prefixlen ?? pool.minPrefixLength,
    default: changes.default_prefixlen ?? pool.defaultPrefixLength,
    max: changes.max_prefixlen ?? pool.maxPrefixLength,
  }
  checkPrefixBounds(pool.ipVersion, bounds)
  return bounds
}

function filterOf(filters: ListQuery['filters']): SubnetPoolFilter {
  const names = filters.get('name')
  return names?.length === 1 ? { name: names[0] as string } : {}
}

function quotaOf(quota: number | null): bigint | null {
  return quota === null ? null : BigInt(quota)
}

function checkRevision(pool: SubnetPool, wanted: number | undefined): void {
  const current = pool.revision - 1
  if (wanted !== undefined && wanted !== current) throw revisionConstraintFailed(wanted, current)
}

function checkOwner(ipam: Ipam, pool: SubnetPool): void {
  if (!ipam.caller.isAdmin && pool.projectId !== ipam.caller.projectId)
    throw forbidden(`rule:owner of subnet pool ${pool.id} is disallowed by policy`)
}

function errorsOf(id: string, addressScopeId: string | null): Translations {
  return {
    SUBNET_POOL_NOT_FOUND: () => notFound('SubnetPool', id),
    ADDRESS_SCOPE_NOT_FOUND: () => notFound('AddressScope', addressScopeId ?? ''),
    PREFIX_OVERLAP: () =>
      conflict(
        'AddressScopePrefixConflict',
        'Failed to associate address scope: subnetpools within an address scope must have unique prefixes.',
      ),
    DEFAULT_POOL_EXISTS: () =>
      invalidInput(
        'A default subnetpool for this IP family has already been set. Only one default may exist per IP family',
      ),
    SUBNET_POOL_IN_USE: () =>
      conflict(
        'AddressScopeInUse',
        `Unable to move subnet pool ${id} to another address scope while subnets of it exist.`,
      ),
  }
}

async function viewOf(ipam: Ipam, pool: SubnetPool): Promise<View> {
  const [record] = await subnetpoolRecords(ipam, [pool])
  return subnetpoolView(record as SubnetpoolRecord)
}
