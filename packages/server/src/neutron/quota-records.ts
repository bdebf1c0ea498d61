import { type Document, type Ipam, isIpamError } from '@freehold/engine'
import { conflict } from './neutron-error.ts'

const collection = 'neutron-quota'
const recording = { recordAs: 'quota' } as const

/** What a project may have how many of, by the collection in which the records are kept. */
export const quotaCollections = {
  network: 'neutron-network',
  subnet: 'neutron-subnet',
  subnetpool: 'neutron-subnetpool',
  port: 'neutron-port',
} as const

export type QuotaResource = keyof typeof quotaCollections
export type Quotas = Readonly<Record<QuotaResource, number>>

/** -1: as many as there is room for. */
export const defaultQuotas: Quotas = { network: -1, subnet: -1, subnetpool: -1, port: -1 }

/** The project's own limits, or null when it has none set. */
export async function findQuotas(ipam: Ipam, projectId: string): Promise<Quotas | null> {
  const document = await findDocument(() => ipam.documents.get(collection, projectId))
  return document === null ? null : quotasOf(document)
}

export async function listQuotas(ipam: Ipam): Promise<{ projectId: string; quotas: Quotas }[]> {
  const { items } = await ipam.documents.list(collection, {}, { limit: 1000 })
  return items.map((document) => ({ projectId: document.id, quotas: quotasOf(document) }))
}

export async function setQuotas(
  ipam: Ipam,
  projectId: string,
  changes: Partial<Quotas>,
): Promise<Quotas> {
  const quotas = { ...((await findQuotas(ipam, projectId)) ?? defaultQuotas), ...changes }
  const owner = ipam.as({ ...ipam.caller, projectId })
  try {
    await owner.documents.update(collection, projectId, { body: quotas }, recording)
  } catch (error) {
    if (!isIpamError(error, 'DOCUMENT_NOT_FOUND')) throw error
    await owner.documents.create({ collection, id: projectId, body: quotas }, recording)
  }
  return quotas
}

/** Back to the defaults. Returns whether the project had limits of its own. */
export async function deleteQuotas(ipam: Ipam, projectId: string): Promise<boolean> {
  const removed = await findDocument(async () => {
    await ipam.documents.delete(collection, projectId, recording)
    return true
  })
  return removed === true
}

/**
 * Throws NeutronError OverQuota when the calling project has as many as it may. Holds the project's limits until the
 * transaction ends, so that two creates at once cannot both take the last place. Linear in what the project has, and
 * constant when it has no limit.
 */
export async function checkQuota(ipam: Ipam, resource: QuotaResource): Promise<void> {
  const { projectId } = ipam.caller
  const document = await findDocument(() => ipam.documents.hold(collection, projectId, 'exclusive'))
  const limit = document === null ? -1 : quotasOf(document)[resource]
  if (limit < 0) return
  const used = await quotaUsage(ipam, projectId, resource)
  if (used >= limit) throw conflict('OverQuota', `Quota exceeded for resources: ['${resource}'].`)
}

export async function quotaUsage(
  ipam: Ipam,
  projectId: string,
  resource: QuotaResource,
): Promise<number> {
  return ipam.documents.count(quotaCollections[resource], { projectId })
}

function quotasOf({ body }: Document): Quotas {
  return { ...defaultQuotas, ...(body as unknown as Partial<Quotas>) }
}

async function findDocument<T>(work: () => Promise<T>): Promise<T | null> {
  try {
    return await work()
  } catch (error) {
    if (isIpamError(error, 'DOCUMENT_NOT_FOUND')) return null
    throw error
  }
}
