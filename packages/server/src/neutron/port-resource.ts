import type { Allocation, Ipam } from '@freehold/engine'
import type { AttributeValues } from './attribute-map.ts'
import { revisionConstraintFailed } from './engine-errors.ts'
import type { ListQuery } from './list-query.ts'
import { holdNetwork } from './network-records.ts'
import {
  type AddressWish,
  allocateWishes,
  automaticWishes,
  defaultWishes,
  releaseAddresses,
  wishesFor,
} from './port-addresses.ts'
import { type FixedIp, portAttributes } from './port-attributes.ts'
import {
  allocationsOfPorts,
  getPort,
  holdPort,
  insertPort,
  listPorts,
  type Port,
  type PortBody,
  portCollection,
  portPage,
  portsById,
  updatePort,
} from './port-records.ts'
import { portView } from './port-view.ts'
import { asOwner } from './project.ts'
import { checkQuota } from './quota-records.ts'
import type { RequestMemory } from './request-memory.ts'
import { defineResource, type RevisionCondition } from './resource.ts'
import { type SubnetRecord, subnetsOfNetworks } from './subnet-records.ts'
import type { View } from './view.ts'

type PortValues = AttributeValues<typeof portAttributes>

export const portResource = defineResource({
  singular: 'port',
  plural: 'ports',
  collection: 'ports',
  rules: { read: 'port:read', write: 'port:write' },
  attributes: portAttributes,
  matchers: { fixed_ips: matchesFixedIps },
  isTaggable: true,
  get: async (ipam, id) => {
    const [view] = await viewsOf(ipam, [await getPort(ipam, id)])
    return view as View
  },
  list: async (ipam, query) => viewsOf(ipam, await candidates(ipam, query.filters)),
  page: async (ipam, afterId, limit) => viewsOf(ipam, await portPage(ipam, afterId, limit)),
  create: createPort,
  update: updatePortRecord,
  delete: deletePort,
})

async function viewsOf(ipam: Ipam, ports: readonly Port[]): Promise<View[]> {
  const held = await allocationsOfPorts(
    ipam,
    ports.map(({ id }) => id),
  )
  return ports.map((port) => portView(port, held.get(port.id) ?? []))
}

async function candidates(ipam: Ipam, filters: ListQuery['filters']): Promise<Port[]> {
  const ids = filters.get('id') ?? (await portsAtAddresses(ipam, filters.get('fixed_ips')))
  if (ids !== null) return portsById(ipam, [...new Set(ids)].slice(0, 10_000))
  const networkIds = filters.get('network_id')
  const deviceIds = filters.get('device_id')?.filter((id) => id !== '')
  const names = filters.get('name')
  const projects = filters.get('project_id') ?? filters.get('tenant_id')
  return listPorts(ipam, {
    ...(networkIds === undefined ? {} : { networkIds }),
    ...(deviceIds === undefined || deviceIds.length === 0 ? {} : { deviceIds }),
    ...(names?.length === 1 ? { name: names[0] as string } : {}),
    ...(projects?.length === 1 ? { projectId: projects[0] as string } : {}),
  })
}

/** The holders of an address that is asked for by itself, without reading all ports; null: no such shortcut. */
async function portsAtAddresses(
  ipam: Ipam,
  wanted: readonly string[] | undefined,
): Promise<string[] | null> {
  const addresses = wanted?.map((text) => /^ip_address=([0-9a-f.:]+)$/i.exec(text)?.[1])
  if (addresses === undefined || addresses.length === 0) return null
  const ids: string[] = []
  for (const address of addresses) {
    if (address === undefined) return null
    try {
      const { holders } = await holdersOf(ipam, address)
      ids.push(...holders)
    } catch {
      return []
    }
  }
  return ids
}

async function holdersOf(ipam: Ipam, address: string): Promise<{ holders: string[] }> {
  const known = await ipam.addresses.lookup(address)
  return {
    holders: known.subnets.flatMap(({ allocation }) =>
      allocation?.holder?.kind === 'port' ? [allocation.holder.id] : [],
    ),
  }
}

/** `subnet_id=…`, `ip_address=…`, `ip_address_substr=…`: all that are given must hold, each for one of its values. */
function matchesFixedIps(view: View, values: readonly string[]): boolean {
  const wanted = Map.groupBy(values, (value) => value.split('=')[0] ?? '')
  const fixedIps = view['fixed_ips'] as readonly { subnet_id: string; ip_address: string }[]
  return [...wanted].every(([name, tests]) =>
    tests.some((test) => {
      const value = test.slice(name.length + 1)
      if (name === 'subnet_id') return fixedIps.some((ip) => ip.subnet_id === value)
      if (name === 'ip_address') return fixedIps.some((ip) => ip.ip_address === value)
      if (name === 'ip_address_substr') return fixedIps.some((ip) => ip.ip_address.includes(value))
      return false
    }),
  )
}

async function createPort(ipam: Ipam, values: PortValues, memory: RequestMemory): Promise<View> {
  const owner = asOwner(ipam, values)
  const networkId = values.network_id as string
  const network = await memory.once(`network ${networkId}`, () =>
    holdNetwork(ipam, networkId, 'share'),
  )
  await checkQuota(owner, 'port')
  const port = await insertPort(owner, network.id, values.name ?? '', {
    macAddress: values.mac_address,
    adminStateUp: values.admin_state_up ?? true,
    deviceId: values.device_id ?? '',
    deviceOwner: values.device_owner ?? '',
    description: values.description ?? '',
    tags: [],
    portSecurityEnabled: values.port_security_enabled ?? network.body.portSecurityEnabled,
    securityGroups: values.security_groups ?? [],
    hostId: values['binding:host_id'] ?? '',
    vnicType: values['binding:vnic_type'] ?? 'normal',
    profile: values['binding:profile'] ?? {},
    allowedAddressPairs: values.allowed_address_pairs ?? [],
    extraDhcpOpts: values.extra_dhcp_opts ?? [],
  })
  const subnets = await memory.once(`subnets of ${networkId}`, () =>
    subnetsOfNetworks(ipam, [networkId]),
  )
  const wishes = await wishesOfNewPort(ipam, port, subnets, values.fixed_ips)
  return portView(port, await allocateWishes(owner, port, wishes))
}

async function wishesOfNewPort(
  ipam: Ipam,
  port: Port,
  subnets: readonly SubnetRecord[],
  fixedIps: readonly FixedIp[] | null | undefined,
): Promise<AddressWish[]> {
  if (fixedIps === undefined || fixedIps === null) return defaultWishes(port, subnets)
  if (fixedIps.length === 0) return []
  const asked = await wishesFor(ipam, port, subnets, fixedIps)
  return [...asked, ...missingAutomatic(port, subnets, asked, [])]
}

/** Automatic addresses that are neither asked for nor held. */
function missingAutomatic(
  port: Port,
  subnets: readonly SubnetRecord[],
  asked: readonly AddressWish[],
  held: readonly Allocation[],
): AddressWish[] {
  return automaticWishes(port, subnets).filter(
    ({ subnetIds: [subnetId] }) =>
      !asked.some(({ subnetIds }) => subnetIds.length === 1 && subnetIds[0] === subnetId) &&
      !held.some((allocation) => allocation.subnetId === subnetId),
  )
}

async function updatePortRecord(
  ipam: Ipam,
  id: string,
  changes: PortValues,
  { revisionNumber }: RevisionCondition,
): Promise<View> {
  const port = await holdPort(ipam, id)
  checkRevision(port, revisionNumber)
  const changed = await updatePort(
    ipam,
    port,
    changes.name ?? port.name,
    changedBody(port, changes),
  )
  const owner = ipam.as({ ...ipam.caller, projectId: port.projectId })
  const held = (await allocationsOfPorts(ipam, [id])).get(id) ?? []
  const hasNewMac = changed.body.macAddress !== port.body.macAddress
  if (!changes.fixed_ips && !hasNewMac) return portView(changed, held)
  const subnets = await subnetsOfNetworks(ipam, [port.networkId])
  const fixedIps = changes.fixed_ips ?? keptByNewMac(held, subnets, changed)
  const { kept, dropped, added } = matchAddresses(held, fixedIps, hasNewMac)
  await releaseAddresses(owner, dropped)
  const asked = await wishesFor(ipam, changed, subnets, added)
  const automatic = fixedIps.length === 0 ? [] : missingAutomatic(changed, subnets, asked, kept)
  const allocated = await allocateWishes(owner, changed, [...asked, ...automatic])
  return portView(changed, [...kept, ...allocated])
}

/** With another MAC address a port keeps the addresses that did not follow from the old one. */
function keptByNewMac(
  held: readonly Allocation[],
  subnets: readonly SubnetRecord[],
  port: Port,
): FixedIp[] {
  const automatic = new Set(automaticWishes(port, subnets).flatMap(({ subnetIds }) => subnetIds))
  return held.map(({ subnetId, address }) =>
    automatic.has(subnetId)
      ? { subnet_id: subnetId }
      : { subnet_id: subnetId, ip_address: address },
  )
}

/**
 * Which addresses stay, go and come. An entry with nothing but a subnet is met by an address that is held there. All
 * are taken anew when the MAC address changes, because the allocation says it too.
 */
function matchAddresses(
  held: readonly Allocation[],
  fixedIps: readonly FixedIp[],
  takeAnew: boolean,
): { kept: Allocation[]; dropped: Allocation[]; added: FixedIp[] } {
  if (takeAnew) return { kept: [], dropped: [...held], added: [...fixedIps] }
  const left = [...held]
  const kept: Allocation[] = []
  const take = (fits: (allocation: Allocation) => boolean): boolean => {
    const at = left.findIndex(fits)
    if (at === -1) return false
    kept.push(...left.splice(at, 1))
    return true
  }
  const named = fixedIps.filter(
    ({ ip_address: address, subnet_id: subnetId }) =>
      address === undefined ||
      !take((one) => one.address === address && (subnetId ?? one.subnetId) === one.subnetId),
  )
  const added = named.filter(
    ({ ip_address: address, subnet_id: subnetId }) =>
      address !== undefined || subnetId === undefined || !take((one) => one.subnetId === subnetId),
  )
  return { kept, dropped: left, added }
}

function changedBody({ body }: Port, changes: PortValues): PortBody {
  return {
    macAddress: changes.mac_address ?? body.macAddress,
    adminStateUp: changes.admin_state_up ?? body.adminStateUp,
    deviceId: changes.device_id === undefined ? body.deviceId : (changes.device_id ?? ''),
    deviceOwner:
      changes.device_owner === undefined ? body.deviceOwner : (changes.device_owner ?? ''),
    description: changes.description ?? body.description,
    tags: changes.tags ?? body.tags,
    portSecurityEnabled: changes.port_security_enabled ?? body.portSecurityEnabled,
    securityGroups: changes.security_groups ?? body.securityGroups,
    hostId: changes['binding:host_id'] ?? body.hostId,
    vnicType: changes['binding:vnic_type'] ?? body.vnicType,
    profile: changes['binding:profile'] ?? body.profile,
    allowedAddressPairs: changes.allowed_address_pairs ?? body.allowedAddressPairs,
    extraDhcpOpts: changes.extra_dhcp_opts ?? body.extraDhcpOpts,
  }
}

/** The port and its addresses go together. */
export async function deletePort(
  ipam: Ipam,
  id: string,
  { revisionNumber }: RevisionCondition,
): Promise<void> {
  const port = await holdPort(ipam, id)
  checkRevision(port, revisionNumber)
  const owner = ipam.as({ ...ipam.caller, projectId: port.projectId })
  await releaseAddresses(owner, (await allocationsOfPorts(ipam, [id])).get(id) ?? [])
  await ipam.documents.delete(portCollection, id)
}

function checkRevision(port: Port, wanted: number | undefined): void {
  if (wanted !== undefined && wanted !== port.revision)
    throw revisionConstraintFailed(wanted, port.revision)
}
