import type { Document, Ipam, JsonValue, SubnetPool, SubnetPoolFilter } from '@freehold/engine'
import { namedAmong } from './address-scope-resource.ts'
import { inNeutronWords } from './engine-errors.ts'
import { notFound } from './neutron-error.ts'
import { everyPart, everyRecord } from './paged-reading.ts'

export const subnetpoolCollection = 'neutron-subnetpool'
export const recording = { recordAs: 'subnet-pool-attributes' } as const

/** What is kept of a subnet pool besides the engine's own fields. */
export interface SubnetpoolBody {
  readonly description: string
  readonly tags: readonly string[]
}

export interface SubnetpoolRecord {
  readonly pool: SubnetPool
  /** Null: the pool has a space of its own, or lives in the native API's default scope. */
  readonly addressScopeId: string | null
  readonly body: SubnetpoolBody
  /** Nothing is kept of a pool of the native API until something is added. */
  readonly isNative: boolean
}

/** Throws NeutronError SubnetPoolNotFound. */
export async function getSubnetpool(ipam: Ipam, id: string): Promise<SubnetpoolRecord> {
  const pool = await inNeutronWords(() => ipam.subnetPools.get(id), {
    SUBNET_POOL_NOT_FOUND: () => notFound('SubnetPool', id),
  })
  const [record] = await subnetpoolRecords(ipam, [pool])
  return record as SubnetpoolRecord
}

export async function listSubnetpools(
  ipam: Ipam,
  filter: SubnetPoolFilter,
): Promise<SubnetpoolRecord[]> {
  const pools = await everyRecord((page) => ipam.subnetPools.list(filter, page))
  return subnetpoolRecords(ipam, pools)
}

export async function subnetpoolRecords(
  ipam: Ipam,
  pools: readonly SubnetPool[],
): Promise<SubnetpoolRecord[]> {
  const documents = await everyPart(
    pools.map(({ id }) => id),
    async (ids) =>
      (await ipam.documents.list(subnetpoolCollection, { ids }, { limit: 1000 })).items,
  )
  const byId = new Map(documents.map((document) => [document.id, document]))
  const named = await namedAmong(ipam, new Set(pools.map(({ addressScopeId }) => addressScopeId)))
  return pools.map((pool) => toRecord(pool, named, byId.get(pool.id)))
}

/** Stores what the engine does not keep of a new pool, or of one of the native API. */
export async function insertSubnetpoolBody(
  owner: Ipam,
  pool: SubnetPool,
  body: SubnetpoolBody,
): Promise<void> {
  await owner.documents.create(
    {
      collection: subnetpoolCollection,
      id: pool.id,
      name: pool.name,
      shared: pool.shared,
      body: body as unknown as JsonValue,
    },
    recording,
  )
}

export async function updateSubnetpoolBody(
  ipam: Ipam,
  { isNative }: SubnetpoolRecord,
  pool: SubnetPool,
  body: SubnetpoolBody,
): Promise<void> {
  if (isNative)
    return insertSubnetpoolBody(ipam.as({ ...ipam.caller, projectId: pool.projectId }), pool, body)
  await ipam.documents.update(
    subnetpoolCollection,
    pool.id,
    { name: pool.name, shared: pool.shared, body: body as unknown as JsonValue },
    recording,
  )
}

function toRecord(
  pool: SubnetPool,
  named: ReadonlySet<string>,
  document: Document | undefined,
): SubnetpoolRecord {
  return {
    pool,
    addressScopeId: named.has(pool.addressScopeId) ? pool.addressScopeId : null,
    body:
      document === undefined
        ? { description: '', tags: [] }
        : (document.body as unknown as SubnetpoolBody),
    isNative: document === undefined,
  }
}
