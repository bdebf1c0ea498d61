import type { Document, Ipam, JsonValue, Subnet, SubnetFilter } from '@freehold/engine'
import { inNeutronWords } from './engine-errors.ts'
import { nativeNetworkId } from './network-records.ts'
import { notFound } from './neutron-error.ts'
import { everyPart, everyRecord } from './paged-reading.ts'

export const subnetCollection = 'neutron-subnet'
export const recording = { recordAs: 'subnet-attributes' } as const

/** What is kept of a subnet besides the engine's own fields. */
export interface SubnetBody {
  readonly enableDhcp: boolean
  readonly ipv6RaMode: string | null
  readonly ipv6AddressMode: string | null
  readonly dnsNameservers: readonly string[]
  readonly hostRoutes: readonly { readonly destination: string; readonly nexthop: string }[]
  readonly serviceTypes: readonly string[]
  readonly description: string
  readonly tags: readonly string[]
}

/** A subnet of the engine with what this API adds to it. */
export interface SubnetRecord {
  readonly subnet: Subnet
  readonly networkId: string
  readonly body: SubnetBody
  /** Made in the native API: nothing is kept of it here until something is added. */
  readonly isNative: boolean
}

const nativeBody: SubnetBody = {
  enableDhcp: false,
  ipv6RaMode: null,
  ipv6AddressMode: null,
  dnsNameservers: [],
  hostRoutes: [],
  serviceTypes: [],
  description: '',
  tags: [],
}

/** Throws NeutronError SubnetNotFound. */
export async function getSubnetRecord(ipam: Ipam, id: string): Promise<SubnetRecord> {
  const subnet = await inNeutronWords(() => ipam.subnets.get(id), {
    SUBNET_NOT_FOUND: () => notFound('Subnet', id),
  })
  const [record] = await withDocuments(ipam, [subnet])
  return record as SubnetRecord
}

/** All subnets of the networks, in the order in which they were made. */
export async function subnetsOfNetworks(
  ipam: Ipam,
  networkIds: readonly string[],
): Promise<SubnetRecord[]> {
  const documents = await everyPart(networkIds, (parentIds) =>
    everyRecord((page) => ipam.documents.list(subnetCollection, { parentIds }, page)),
  )
  const found = await subnetsById(
    ipam,
    documents.map(({ id }) => id),
  )
  const byId = new Map(found.map((subnet) => [subnet.id, subnet]))
  // A document stays behind when its subnet is deleted in the native API; it means nothing then.
  const records = documents.flatMap((document) => {
    const subnet = byId.get(document.id)
    return subnet === undefined ? [] : [toRecord(subnet, document)]
  })
  if (!networkIds.includes(nativeNetworkId)) return records
  const native = await listSubnets(ipam, { withoutDocumentIn: subnetCollection })
  return [...records, ...native.map((subnet) => toRecord(subnet, undefined))]
}

export async function subnetRecords(ipam: Ipam, filter: SubnetFilter): Promise<SubnetRecord[]> {
  return withDocuments(ipam, await listSubnets(ipam, filter))
}

export async function subnetRecordsById(
  ipam: Ipam,
  ids: readonly string[],
): Promise<SubnetRecord[]> {
  return withDocuments(ipam, await subnetsById(ipam, ids))
}

export async function insertSubnetBody(
  owner: Ipam,
  subnet: Subnet,
  networkId: string,
  body: SubnetBody,
): Promise<SubnetRecord> {
  // Left behind by a subnet of the same id that was deleted in the native API.
  const { items } = await owner.documents.list(subnetCollection, { ids: [subnet.id] })
  if (items.length > 0) await owner.documents.delete(subnetCollection, subnet.id, recording)
  await owner.documents.create(
    {
      collection: subnetCollection,
      id: subnet.id,
      name: subnet.name,
      parentId: networkId,
      shared: subnet.shared,
      body: json(body),
    },
    recording,
  )
  return { subnet, networkId, body, isNative: false }
}

export async function updateSubnetBody(
  ipam: Ipam,
  record: SubnetRecord,
  subnet: Subnet,
  body: SubnetBody,
): Promise<SubnetRecord> {
  if (record.isNative) {
    const owner = ipam.as({ ...ipam.caller, projectId: subnet.projectId })
    return insertSubnetBody(owner, subnet, record.networkId, body)
  }
  await ipam.documents.update(
    subnetCollection,
    subnet.id,
    { name: subnet.name, shared: subnet.shared, body: json(body) },
    recording,
  )
  return { ...record, subnet, body }
}

/** Whether every port of the network has an address in it that follows from its MAC address. */
export function hasAutomaticAddresses({ body }: SubnetRecord): boolean {
  const automatic = ['slaac', 'dhcpv6-stateless']
  return automatic.some((mode) => mode === body.ipv6AddressMode || mode === body.ipv6RaMode)
}

/** Whether any subnet was made in the native API. Cheap when there is one, linear in the subnets when there is none. */
export async function hasNativeSubnets(ipam: Ipam): Promise<boolean> {
  const { items } = await ipam.subnets.list({ withoutDocumentIn: subnetCollection }, { limit: 1 })
  return items.length > 0
}

async function withDocuments(ipam: Ipam, subnets: readonly Subnet[]): Promise<SubnetRecord[]> {
  const documents = await everyPart(
    subnets.map(({ id }) => id),
    async (ids) => (await ipam.documents.list(subnetCollection, { ids }, { limit: 1000 })).items,
  )
  const byId = new Map(documents.map((document) => [document.id, document]))
  return subnets.map((subnet) => toRecord(subnet, byId.get(subnet.id)))
}

async function subnetsById(ipam: Ipam, ids: readonly string[]): Promise<Subnet[]> {
  return everyPart(
    ids,
    async (part) => (await ipam.subnets.list({ ids: part }, { limit: 1000 })).items,
  )
}

async function listSubnets(ipam: Ipam, filter: SubnetFilter): Promise<Subnet[]> {
  return everyRecord((page) => ipam.subnets.list(filter, page))
}

function toRecord(subnet: Subnet, document: Document | undefined): SubnetRecord {
  if (document === undefined)
    return { subnet, networkId: nativeNetworkId, body: nativeBody, isNative: true }
  return {
    subnet,
    networkId: document.parentId ?? nativeNetworkId,
    body: document.body as unknown as SubnetBody,
    isNative: false,
  }
}

function json(body: SubnetBody): JsonValue {
  return body as unknown as JsonValue
}
