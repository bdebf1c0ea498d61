import { randomBytes } from 'node:crypto'
import {
  type Allocation,
  type Document,
  type Ipam,
  isIpamError,
  type JsonValue,
} from '@freehold/engine'
import { goesWithNetwork, isRouter } from './device-owner.ts'
import { inNeutronWords } from './engine-errors.ts'
import { conflict, notFound } from './neutron-error.ts'
import { everyPart, everyRecord } from './paged-reading.ts'

export const portCollection = 'neutron-port'

import { type AddressPair, completePairs } from './port-security.ts'

/** The kind under which ports hold addresses in the engine. */
export const portHolder = 'port'

/** What is kept of a port besides its document's own fields; its addresses are the allocations that it holds. */
export interface PortBody {
  readonly macAddress: string
  readonly adminStateUp: boolean
  readonly deviceId: string
  readonly deviceOwner: string
  readonly description: string
  readonly tags: readonly string[]
  readonly portSecurityEnabled: boolean
  readonly securityGroups: readonly string[]
  readonly hostId: string
  readonly vnicType: string
  readonly profile: Readonly<Record<string, unknown>>
  readonly allowedAddressPairs: readonly Required<AddressPair>[]
  readonly extraDhcpOpts: readonly unknown[]
}

export interface Port extends Omit<Document, 'body'> {
  readonly networkId: string
  readonly body: PortBody
}

/** Throws NeutronError PortNotFound. */
export async function getPort(ipam: Ipam, id: string): Promise<Port> {
  return inNeutronWords(async () => toPort(await ipam.documents.get(portCollection, id)), {
    DOCUMENT_NOT_FOUND: () => notFound('Port', id),
  })
}

/** Reads a port that this transaction will change. */
export async function holdPort(ipam: Ipam, id: string): Promise<Port> {
  return inNeutronWords(
    async () => toPort(await ipam.documents.hold(portCollection, id, 'exclusive')),
    { DOCUMENT_NOT_FOUND: () => notFound('Port', id) },
  )
}

const macAttempts = 16

/** A port whose MAC address may be ours to choose. */
export interface NewPortBody extends Omit<PortBody, 'macAddress' | 'allowedAddressPairs'> {
  readonly macAddress: string | undefined
  readonly allowedAddressPairs: readonly AddressPair[]
}

/** Stores a port; one without a MAC address gets one that no other port of the network has. */
export async function insertPort(
  owner: Ipam,
  networkId: string,
  name: string,
  body: NewPortBody,
): Promise<Port> {
  for (let attempt = 1; ; attempt += 1) {
    const macAddress = body.macAddress ?? randomMacAddress()
    const completed: PortBody = {
      ...body,
      macAddress,
      allowedAddressPairs: completePairs(body.allowedAddressPairs, macAddress),
    }
    try {
      return toPort(
        await owner.documents.create(
          {
            collection: portCollection,
            name,
            parentId: networkId,
            reference: body.deviceId === '' ? null : body.deviceId,
            uniqueKey: macKey(networkId, macAddress),
            body: completed as unknown as JsonValue,
          },
          { recordAs: 'port' },
        ),
      )
    } catch (error) {
      if (!isIpamError(error, 'DOCUMENT_KEY_IN_USE')) throw error
      if (body.macAddress !== undefined) throw macAddressInUse(networkId, macAddress)
      if (attempt === macAttempts)
        throw conflict(
          'MacAddressGenerationFailure',
          `Unable to generate unique mac on network ${networkId}.`,
        )
    }
  }
}

export async function updatePort(
  ipam: Ipam,
  port: Port,
  name: string,
  body: PortBody,
): Promise<Port> {
  return inNeutronWords(
    async () =>
      toPort(
        await ipam.documents.update(
          portCollection,
          port.id,
          {
            name,
            reference: body.deviceId === '' ? null : body.deviceId,
            uniqueKey: macKey(port.networkId, body.macAddress),
            body: body as unknown as JsonValue,
          },
          { recordAs: 'port' },
        ),
      ),
    { DOCUMENT_KEY_IN_USE: () => macAddressInUse(port.networkId, body.macAddress) },
  )
}

export interface PortFilter {
  readonly ids?: readonly string[]
  readonly networkIds?: readonly string[]
  readonly deviceIds?: readonly string[]
  readonly name?: string
  readonly projectId?: string
}

export async function listPorts(ipam: Ipam, filter: PortFilter): Promise<Port[]> {
  const { ids, networkIds, deviceIds, name, projectId } = filter
  const documents = await everyRecord((page) =>
    ipam.documents.list(
      portCollection,
      {
        ...(ids === undefined ? {} : { ids }),
        ...(networkIds === undefined ? {} : { parentIds: networkIds }),
        ...(deviceIds === undefined ? {} : { references: deviceIds }),
        ...(name === undefined ? {} : { name }),
        ...(projectId === undefined ? {} : { projectId }),
      },
      page,
    ),
  )
  return documents.map(toPort)
}

export async function portsById(ipam: Ipam, ids: readonly string[]): Promise<Port[]> {
  return everyPart(ids, (part) => listPorts(ipam, { ids: part }))
}

/** One page of all ports by id, for lists that neither filter nor sort otherwise. Costs its own length. */
export async function portPage(ipam: Ipam, afterId: string | null, limit: number): Promise<Port[]> {
  const { items } = await ipam.documents.list(
    portCollection,
    {},
    { limit, sort: 'id', ...(afterId === null ? {} : { afterId }) },
  )
  return items.map(toPort)
}

/** What the ports hold, by port: not what another project took in the name of one. */
export async function allocationsOfPorts(
  ipam: Ipam,
  ports: readonly Port[],
): Promise<Map<string, Allocation[]>> {
  const owners = new Map(ports.map(({ id, projectId }) => [id, projectId]))
  const allocations = await everyPart([...owners.keys()], (part) =>
    ipam.allocations.listByHolder(portHolder, part),
  )
  return Map.groupBy(
    allocations.filter(({ holder, projectId }) => owners.get(holder?.id ?? '') === projectId),
    ({ holder }) => holder?.id ?? '',
  )
}

/** Whether something holds an address of the subnet that does not go with it. Linear in the addresses held. */
export async function portsInTheWay(
  ipam: Ipam,
  subnetId: string,
  isAutomatic: boolean,
): Promise<boolean> {
  const everyone = ipam.as({ ...ipam.caller, isAdmin: true })
  const held = await everyRecord((page) =>
    everyone.allocations.list(subnetId, { state: 'allocated' }, page),
  )
  const ports = new Map(
    (await portsById(everyone, [...new Set(held.map(({ holder }) => holder?.id ?? ''))])).map(
      (port) => [port.id, port],
    ),
  )
  return held.some(({ holder, projectId }) => {
    const port = holder?.kind === portHolder ? ports.get(holder.id) : undefined
    if (port?.projectId !== projectId) return true
    const { deviceOwner } = port.body
    return !goesWithNetwork(deviceOwner) && !(isAutomatic && !isRouter(deviceOwner))
  })
}

/** Locally administered, in the range that Neutron uses, its last 24 bits from the system's CSPRNG. */
export function randomMacAddress(): string {
  const tail = [...randomBytes(3)].map((byte) => byte.toString(16).padStart(2, '0'))
  return ['fa', '16', '3e', ...tail].join(':')
}

function macKey(networkId: string, macAddress: string): string {
  return `${networkId}/${macAddress}`
}

function macAddressInUse(networkId: string, macAddress: string) {
  return conflict(
    'MacAddressInUse',
    `Unable to complete operation for network ${networkId}. The mac address ${macAddress} is in use.`,
  )
}

function toPort(document: Document): Port {
  return {
    ...document,
    networkId: document.parentId ?? '',
    body: document.body as unknown as PortBody,
  }
}
