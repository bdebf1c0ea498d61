import type { Document, DocumentFilter, Ipam, JsonValue } from '@freehold/engine'
import { inNeutronWords } from './engine-errors.ts'
import { forbidden, notFound } from './neutron-error.ts'
import { everyRecord } from './paged-reading.ts'

const networkCollection = 'neutron-network'
const recording = { recordAs: 'network' } as const

/**
 * The network under which subnets of the native API appear. It is part of the API, not of the database: it can be read
 * and given ports, and neither changed nor deleted.
 */
export const nativeNetworkId = '00000000-0000-4000-8000-000000000001'

/** What is kept of a network besides its document's own fields. */
export interface NetworkBody {
  readonly adminStateUp: boolean
  readonly mtu: number
  readonly description: string
  readonly tags: readonly string[]
  readonly portSecurityEnabled: boolean
  readonly isExternal: boolean
  readonly availabilityZoneHints: readonly string[]
  /** The address scopes in which its subnets live that are of no subnet pool; made with the first of them. */
  readonly spaces: { readonly 4?: string; readonly 6?: string }
}

export interface Network extends Omit<Document, 'body'> {
  readonly body: NetworkBody
}

export const nativeNetwork: Network = {
  collection: networkCollection,
  id: nativeNetworkId,
  projectId: 'freehold',
  name: 'freehold-native',
  parentId: null,
  reference: null,
  uniqueKey: null,
  shared: true,
  createdAt: '1970-01-01T00:00:00.000Z',
  updatedAt: '1970-01-01T00:00:00.000Z',
  revision: 1,
  body: {
    adminStateUp: true,
    mtu: 1500,
    description: 'Subnets that were made in the native API',
    tags: [],
    portSecurityEnabled: true,
    isExternal: false,
    availabilityZoneHints: [],
    spaces: {},
  },
}

/** Throws NeutronError NetworkNotFound. */
export async function getNetwork(ipam: Ipam, id: string): Promise<Network> {
  if (id === nativeNetworkId) return nativeNetwork
  return inNeutronWords(async () => toNetwork(await ipam.documents.get(networkCollection, id)), {
    DOCUMENT_NOT_FOUND: () => notFound('Network', id),
  })
}

export async function listNetworks(
  ipam: Ipam,
  filter: Pick<DocumentFilter, 'ids' | 'name' | 'projectId'>,
): Promise<Network[]> {
  const documents = await everyRecord((page) =>
    ipam.documents.list(networkCollection, filter, page),
  )
  return documents.map(toNetwork)
}

/** Reads a network and keeps others from deleting it (`share`) or from adding to it (`exclusive`) in this transaction. */
export async function holdNetwork(
  ipam: Ipam,
  id: string,
  lock: 'share' | 'exclusive',
): Promise<Network> {
  if (id === nativeNetworkId) return nativeNetwork
  return inNeutronWords(
    async () => toNetwork(await ipam.documents.hold(networkCollection, id, lock)),
    { DOCUMENT_NOT_FOUND: () => notFound('Network', id) },
  )
}

/** Throws NeutronError PolicyNotAuthorized unless the caller owns the network, which it can see. */
export function checkNetworkOwner(ipam: Ipam, network: Network): void {
  const { caller } = ipam
  if (network.id === nativeNetworkId)
    throw forbidden(
      `Network ${network.id} shows what the native API made and cannot be changed here.`,
    )
  if (!caller.isAdmin && network.projectId !== caller.projectId)
    throw forbidden(`rule:owner of network ${network.id} is disallowed by policy`)
}

export async function createNetwork(
  owner: Ipam,
  fields: { readonly name: string; readonly shared: boolean; readonly body: NetworkBody },
): Promise<Network> {
  const { name, shared, body } = fields
  return toNetwork(
    await owner.documents.create(
      { collection: networkCollection, name, shared, body: json(body) },
      recording,
    ),
  )
}

export async function updateNetwork(
  ipam: Ipam,
  id: string,
  changes: { readonly name?: string; readonly shared?: boolean; readonly body: NetworkBody },
): Promise<Network> {
  const { body, ...fields } = changes
  return toNetwork(
    await ipam.documents.update(networkCollection, id, { ...fields, body: json(body) }, recording),
  )
}

/** A change of a subnet is a new revision of its network. */
export async function touchNetwork(ipam: Ipam, id: string): Promise<void> {
  if (id === nativeNetworkId) return
  const everyone = ipam.as({ ...ipam.caller, isAdmin: true })
  await everyone.documents.update(networkCollection, id, {}, recording)
}

export async function deleteNetwork(ipam: Ipam, { id, body }: Network): Promise<void> {
  await ipam.documents.delete(networkCollection, id, recording)
  for (const space of Object.values(body.spaces)) await ipam.addressScopes.delete(space)
}

/** The scope of the network's own subnets of an IP version, made on first use. The network is held exclusively. */
export async function networkSpace(
  ipam: Ipam,
  network: Network,
  ipVersion: 4 | 6,
): Promise<string> {
  const known = network.body.spaces[ipVersion]
  if (known !== undefined) return known
  const owner = ipam.as({ ...ipam.caller, projectId: network.projectId })
  const scope = await owner.addressScopes.create({ ipVersion, origin: 'implicit' })
  const spaces = { ...network.body.spaces, [ipVersion]: scope.id }
  await updateNetwork(ipam, network.id, { body: { ...network.body, spaces } })
  return scope.id
}

function toNetwork(document: Document): Network {
  return { ...document, body: document.body as unknown as NetworkBody }
}

function json(body: NetworkBody): JsonValue {
  return body as unknown as JsonValue
}
