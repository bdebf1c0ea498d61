import { Prefix } from '@freehold/address'
import type { Ipam, SubnetFilter } from '@freehold/engine'
import { inNeutronWords, revisionConstraintFailed } from './engine-errors.ts'
import type { ListQuery } from './list-query.ts'
import { touchNetwork } from './network-records.ts'
import { conflict, forbidden, invalidInput, notFound } from './neutron-error.ts'
import { releaseAll } from './port-addresses.ts'
import { portsInTheWay } from './port-records.ts'
import { defineResource, type RevisionCondition } from './resource.ts'
import { subnetAttributes } from './subnet-attributes.ts'
import {
  checkAllocationPools,
  checkDhcpPrefix,
  checkGateway,
  checkHostRoutes,
  checkNameservers,
  type SubnetValues,
} from './subnet-checks.ts'
import { createSubnet } from './subnet-creation.ts'
import {
  getSubnetRecord,
  hasAutomaticAddresses,
  recording,
  type SubnetRecord,
  subnetCollection,
  subnetRecords,
  subnetRecordsById,
  subnetsOfNetworks,
  updateSubnetBody,
} from './subnet-records.ts'
import { subnetView } from './subnet-view.ts'
import type { View } from './view.ts'

export const subnetResource = defineResource({
  singular: 'subnet',
  plural: 'subnets',
  collection: 'subnets',
  rules: { read: 'subnet:read', write: 'subnet:write' },
  attributes: subnetAttributes,
  filters: {
    id: 'text',
    name: 'text',
    ip_version: 'integer',
    network_id: 'text',
    subnetpool_id: 'text',
    cidr: 'text',
    gateway_ip: 'text',
    tenant_id: 'text',
    project_id: 'text',
    enable_dhcp: 'boolean',
    ipv6_ra_mode: 'text',
    ipv6_address_mode: 'text',
    shared: 'boolean',
  },
  sortKeys: [
    'id',
    'name',
    'ip_version',
    'network_id',
    'subnetpool_id',
    'cidr',
    'gateway_ip',
    'tenant_id',
    'project_id',
    'enable_dhcp',
    'ipv6_ra_mode',
    'ipv6_address_mode',
  ],
  // Not shown, so not for the common filter: the candidates are chosen by it.
  matchers: { shared: () => true },
  isTaggable: true,
  get: async (ipam, id) => subnetView(await getSubnetRecord(ipam, id)),
  list: async (ipam, query) => {
    const shared = query.filters.get('shared')
    const records = await candidates(ipam, query)
    return records
      .filter(({ subnet }) => shared === undefined || shared.includes(String(subnet.shared)))
      .map(subnetView)
  },
  create: async (ipam, values) => subnetView(await createSubnet(ipam, values)),
  update: updateSubnet,
  delete: deleteSubnet,
})

async function candidates(ipam: Ipam, { filters }: ListQuery): Promise<readonly SubnetRecord[]> {
  const ids = filters.get('id')
  if (ids !== undefined) return subnetRecordsById(ipam, ids)
  const networkIds = filters.get('network_id')
  if (networkIds !== undefined) return subnetsOfNetworks(ipam, networkIds)
  const filter: SubnetFilter = {}
  const only = (name: string) => {
    const values = filters.get(name)
    return values?.length === 1 ? values[0] : undefined
  }
  const name = only('name')
  if (name !== undefined) filter.name = name
  const subnetPoolId = only('subnetpool_id')
  if (subnetPoolId) filter.subnetPoolId = subnetPoolId
  const projectId = only('project_id') ?? only('tenant_id')
  if (projectId !== undefined) filter.projectId = projectId
  return subnetRecords(ipam, filter)
}

async function updateSubnet(
  ipam: Ipam,
  id: string,
  changes: SubnetValues,
  { revisionNumber }: RevisionCondition,
): Promise<View> {
  const record = await getSubnetRecord(ipam, id)
  checkOwner(ipam, record)
  checkRevision(record, revisionNumber)
  const { gateway_ip: gateway, allocation_pools: pools } = changes
  checkChanges(record, changes)
  await touchNetwork(ipam, record.networkId)
  const { subnet } = await inNeutronWords(
    () =>
      ipam.subnets.update(
        id,
        {
          ...(changes.name === undefined ? {} : { name: changes.name || null }),
          ...(gateway === undefined ? {} : { gateway, onLink: true, gatewayMayBeHeld: true }),
          ...(pools
            ? { allocationPools: pools.map(({ start, end }) => ({ first: start, last: end })) }
            : {}),
        },
        revisionNumber === undefined ? {} : { ifRevision: revisionNumber + 1 },
      ),
    { SUBNET_NOT_FOUND: () => notFound('Subnet', id) },
  )
  const { body } = record
  return subnetView(
    await updateSubnetBody(ipam, record, subnet, {
      ...body,
      enableDhcp: changes.enable_dhcp ?? body.enableDhcp,
      dnsNameservers: changes.dns_nameservers ?? body.dnsNameservers,
      hostRoutes: changes.host_routes ?? body.hostRoutes,
      serviceTypes: changes.service_types ?? body.serviceTypes,
      description: changes.description ?? body.description,
      tags: changes.tags ?? body.tags,
    }),
  )
}

function checkChanges({ subnet, body }: SubnetRecord, changes: SubnetValues): void {
  const prefix = Prefix.parse(subnet.cidr)
  const { gateway_ip: gateway, allocation_pools: pools } = changes
  if (changes.enable_dhcp === true) checkDhcpPrefix(prefix)
  if (changes.enable_dhcp === false && (body.ipv6RaMode || body.ipv6AddressMode))
    throw invalidInput('Cannot disable enable_dhcp with ipv6 attributes set')
  if (typeof gateway === 'string') checkGateway(prefix, gateway)
  const newGateway = gateway === undefined ? subnet.gateway : gateway
  const newPools =
    pools ?? subnet.allocationPools.map(({ first, last }) => ({ start: first, end: last }))
  checkAllocationPools(prefix, newGateway, newPools)
  checkNameservers(subnet.id, changes.dns_nameservers ?? [], subnet.ipVersion)
  checkHostRoutes(subnet.id, changes.host_routes ?? [], subnet.ipVersion)
}

/**
 * Refused while a port holds an address of it, but for addresses that go with the subnet: automatic ones and those of
 * DHCP ports (Neutron). Linear in the addresses held.
 */
export async function deleteSubnet(
  ipam: Ipam,
  id: string,
  { revisionNumber }: RevisionCondition,
): Promise<void> {
  const record = await getSubnetRecord(ipam, id)
  checkOwner(ipam, record)
  const inUse = () =>
    conflict(
      'SubnetInUse',
      `Unable to complete operation on subnet ${id}: One or more ports have an IP allocation from this subnet.`,
    )
  checkRevision(record, revisionNumber)
  await touchNetwork(ipam, record.networkId)
  if (await portsInTheWay(ipam, id, hasAutomaticAddresses(record))) throw inUse()
  await releaseAll(ipam, id)
  await inNeutronWords(
    () =>
      ipam.subnets.delete(
        id,
        revisionNumber === undefined ? {} : { ifRevision: revisionNumber + 1 },
      ),
    { SUBNET_IN_USE: inUse, SUBNET_NOT_FOUND: () => notFound('Subnet', id) },
  )
  if (!record.isNative) await ipam.documents.delete(subnetCollection, id, recording)
}

function checkRevision({ subnet }: SubnetRecord, wanted: number | undefined): void {
  const current = subnet.revision - 1
  if (wanted !== undefined && wanted !== current) throw revisionConstraintFailed(wanted, current)
}

function checkOwner(ipam: Ipam, { subnet }: SubnetRecord): void {
  if (!ipam.caller.isAdmin && subnet.projectId !== ipam.caller.projectId)
    throw forbidden(`rule:owner of subnet ${subnet.id} is disallowed by policy`)
}
