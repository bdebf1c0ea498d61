import type { Allocation, Ipam } from '@freehold/engine'
import type { AttributeValues } from './attribute-map.ts'
import { isTrusted } from './device-owner.ts'
import { revisionConstraintFailed } from './engine-errors.ts'
import { checkNetworkOwnersAttributes } from './network-owner-attributes.ts'
import { getNetwork, holdNetwork } from './network-records.ts'
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
  type NewPortBody,
  type Port,
  type PortBody,
  portCollection,
  portPage,
  randomMacAddress,
  updatePort,
} from './port-records.ts'
import { findPorts, matchesFixedIps } from './port-search.ts'
import { checkPortSecurity, completePairs } from './port-security.ts'
import { portView } from './port-view.ts'
import { asOwner } from './project.ts'
import { checkQuota } from './quota-records.ts'
import { maxBulk, tooManyAtOnce } from './request-body.ts'
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
  filters: {
    id: 'text',
    name: 'text',
    network_id: 'text',
    admin_state_up: 'boolean',
    mac_address: 'text',
    fixed_ips: 'text',
    device_id: 'text',
    device_owner: 'text',
    tenant_id: 'text',
    project_id: 'text',
    status: 'text',
    'binding:host_id': 'text',
    security_groups: 'text',
  },
  sortKeys: [
    'id',
    'name',
    'network_id',
    'admin_state_up',
    'mac_address',
    'device_id',
    'device_owner',
    'tenant_id',
    'project_id',
    'status',
  ],
  matchers: { fixed_ips: matchesFixedIps },
  isTaggable: true,
  get: async (ipam, id) => {
    const [view] = await viewsOf(ipam, [await getPort(ipam, id)])
    return view as View
  },
  list: async (ipam, query) => viewsOf(ipam, await findPorts(ipam, query.filters)),
  page: async (ipam, afterId, limit) => viewsOf(ipam, await portPage(ipam, afterId, limit)),
  create: createPort,
  update: updatePortRecord,
  delete: deletePort,
})

async function viewsOf(ipam: Ipam, ports: readonly Port[]): Promise<View[]> {
  const held = await allocationsOfPorts(ipam, ports)
  return ports.map((port) => portView(port, held.get(port.id) ?? []))
}

async function createPort(ipam: Ipam, values: PortValues, memory: RequestMemory): Promise<View> {
  const owner = asOwner(ipam, values)
  if (memory.addAddresses(values.fixed_ips?.length ?? 1) > maxBulk) throw tooManyAtOnce('addresses')
  const networkId = values.network_id as string
  const network = await memory.once(`network ${networkId}`, () =>
    holdNetwork(ipam, networkId, 'share'),
  )
  checkNetworkOwnersAttributes(ipam, network, 'create', values)
  await checkQuota(owner, 'port')
  const body: NewPortBody = {
    macAddress: values.mac_address ?? undefined,
    adminStateUp: values.admin_state_up ?? true,
    deviceId: values.device_id ?? '',
    deviceOwner: values.device_owner ?? '',
    description: values.description ?? '',
    tags: values.tags ?? [],
    portSecurityEnabled:
      values.port_security_enabled ??
      (isTrusted(values.device_owner ?? '') ? false : network.body.portSecurityEnabled),
    securityGroups: values.security_groups ?? [],
    hostId: values['binding:host_id'] ?? '',
    vnicType: values['binding:vnic_type'] ?? 'normal',
    profile: values['binding:profile'] ?? {},
    allowedAddressPairs: values.allowed_address_pairs ?? [],
    extraDhcpOpts: values.extra_dhcp_opts ?? [],
  }
  checkPortSecurity(body, true)
  const port = await insertPort(owner, network.id, values.name ?? '', body)
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
  fixedIps: readonly FixedIp[] | undefined,
): Promise<AddressWish[]> {
  if (fixedIps === undefined) return defaultWishes(port, subnets)
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
  const network = await getNetwork(ipam, port.networkId)
  checkNetworkOwnersAttributes(ipam, network, 'update', changes)
  const body = changedBody(port, changes)
  checkPortSecurity(body, (changes.security_groups?.length ?? 0) > 0)
  const changed = await updatePort(ipam, port, changes.name ?? port.name, body)
  const owner = ipam.as({ ...ipam.caller, projectId: port.projectId })
  const held = (await allocationsOfPorts(ipam, [port])).get(id) ?? []
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
  const macAddress =
    changes.mac_address === null ? randomMacAddress() : (changes.mac_address ?? body.macAddress)
  const pairs = changes.allowed_address_pairs
  return {
    macAddress,
    adminStateUp: changes.admin_state_up ?? body.adminStateUp,
    deviceId: changes.device_id ?? body.deviceId,
    deviceOwner: changes.device_owner ?? body.deviceOwner,
    description: changes.description ?? body.description,
    tags: changes.tags ?? body.tags,
    portSecurityEnabled: changes.port_security_enabled ?? body.portSecurityEnabled,
    securityGroups: changes.security_groups ?? body.securityGroups,
    hostId: changes['binding:host_id'] ?? body.hostId,
    vnicType: changes['binding:vnic_type'] ?? body.vnicType,
    profile: changes['binding:profile'] ?? body.profile,
    allowedAddressPairs:
      pairs === undefined ? body.allowedAddressPairs : completePairs(pairs, macAddress),
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
  await releaseAddresses(owner, (await allocationsOfPorts(ipam, [port])).get(id) ?? [])
  await ipam.documents.delete(portCollection, id, { recordAs: 'port' })
}

function checkRevision(port: Port, wanted: number | undefined): void {
  if (wanted !== undefined && wanted !== port.revision)
    throw revisionConstraintFailed(wanted, port.revision)
}
