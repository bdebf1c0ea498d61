import type { Ipam } from '@freehold/engine'
import { namedScopeIds } from './address-scope-resource.ts'
import type { AttributeValues } from './attribute-map.ts'
import { goesWithNetwork } from './device-owner.ts'
import { inNeutronWords, revisionConstraintFailed } from './engine-errors.ts'
import type { ListQuery } from './list-query.ts'
import { networkAttributes } from './network-attributes.ts'
import {
  checkNetworkOwner,
  createNetwork,
  deleteNetwork,
  getNetwork,
  holdNetwork,
  listNetworks,
  type Network,
  nativeNetwork,
  updateNetwork,
} from './network-records.ts'
import { networkView } from './network-view.ts'
import { conflict } from './neutron-error.ts'
import { listPorts } from './port-records.ts'
import { deletePort } from './port-resource.ts'
import { asOwner } from './project.ts'
import { checkQuota } from './quota-records.ts'
import { defineResource, type RevisionCondition } from './resource.ts'
import {
  hasNativeSubnets,
  type SubnetRecord,
  subnetsOfNetworks,
  updateSubnetBody,
} from './subnet-records.ts'
import { deleteSubnet } from './subnet-resource.ts'
import type { View } from './view.ts'

type NetworkValues = AttributeValues<typeof networkAttributes>

export const networkResource = defineResource({
  singular: 'network',
  plural: 'networks',
  collection: 'networks',
  rules: { read: 'network:read', write: 'network:write' },
  attributes: networkAttributes,
  filters: {
    id: 'text',
    name: 'text',
    admin_state_up: 'boolean',
    status: 'text',
    tenant_id: 'text',
    project_id: 'text',
    shared: 'boolean',
    'router:external': 'boolean',
    mtu: 'integer',
    'provider:network_type': 'text',
    'provider:physical_network': 'text',
    'provider:segmentation_id': 'integer',
  },
  sortKeys: [
    'id',
    'name',
    'admin_state_up',
    'status',
    'tenant_id',
    'project_id',
    'mtu',
    'availability_zone_hints',
  ],
  isTaggable: true,
  get: async (ipam, id) => {
    const [view] = await viewsOf(ipam, [await getNetwork(ipam, id)])
    return view as View
  },
  list: async (ipam, query) => viewsOf(ipam, await candidates(ipam, query)),
  async create(ipam, values) {
    const owner = asOwner(ipam, values)
    await checkQuota(owner, 'network')
    const network = await createNetwork(owner, {
      name: values.name ?? '',
      shared: values.shared ?? false,
      body: {
        adminStateUp: values.admin_state_up ?? true,
        mtu: values.mtu ?? 1500,
        description: values.description ?? '',
        tags: [],
        portSecurityEnabled: values.port_security_enabled ?? true,
        isExternal: values['router:external'] ?? false,
        availabilityZoneHints: values.availability_zone_hints ?? [],
        spaces: {},
      },
    })
    return networkView(network, [], new Set())
  },
  update: updateNetworkRecord,
  delete: deleteNetworkRecord,
})

/** The networks that a list can be about. */
export async function candidates(
  ipam: Ipam,
  { filters }: Pick<ListQuery, 'filters'>,
): Promise<Network[]> {
  const ids = filters.get('id')
  const names = filters.get('name')
  const projects = filters.get('project_id') ?? filters.get('tenant_id')
  const found = await listNetworks(ipam, {
    ...(ids === undefined ? {} : { ids: [...new Set(ids)].slice(0, 1000) }),
    ...(names?.length === 1 ? { name: names[0] as string } : {}),
    ...(projects?.length === 1 ? { projectId: projects[0] as string } : {}),
  })
  return (await hasNativeSubnets(ipam)) ? [nativeNetwork, ...found] : found
}

async function viewsOf(ipam: Ipam, networks: readonly Network[]): Promise<View[]> {
  const subnets = await subnetsOfNetworks(
    ipam,
    networks.map(({ id }) => id),
  )
  const byNetwork = Map.groupBy(subnets, ({ networkId }) => networkId)
  const named = await namedScopeIds(
    ipam,
    subnets.filter(({ subnet }) => subnet.subnetPoolId !== null),
  )
  return networks.map((network) => networkView(network, byNetwork.get(network.id) ?? [], named))
}

async function updateNetworkRecord(
  ipam: Ipam,
  id: string,
  changes: NetworkValues,
  { revisionNumber }: RevisionCondition,
): Promise<View> {
  const network = await holdNetwork(ipam, id, 'exclusive')
  checkNetworkOwner(ipam, network)
  checkRevision(network, revisionNumber)
  const { body } = network
  const changed = await updateNetwork(ipam, id, {
    ...(changes.name === undefined ? {} : { name: changes.name }),
    ...(changes.shared === undefined ? {} : { shared: changes.shared }),
    body: {
      ...body,
      adminStateUp: changes.admin_state_up ?? body.adminStateUp,
      mtu: changes.mtu ?? body.mtu,
      description: changes.description ?? body.description,
      tags: changes.tags ?? body.tags,
      portSecurityEnabled: changes.port_security_enabled ?? body.portSecurityEnabled,
      isExternal: changes['router:external'] ?? body.isExternal,
    },
  })
  if (changed.shared !== network.shared) await shareSubnets(ipam, changed)
  const [view] = await viewsOf(ipam, [changed])
  return view as View
}

/** Who may use a network may use its subnets. */
async function shareSubnets(ipam: Ipam, { id, shared }: Network): Promise<void> {
  for (const record of await subnetsOfNetworks(ipam, [id])) {
    const { subnet } = await ipam.subnets.update(record.subnet.id, { shared })
    await updateSubnetBody(ipam, record, subnet, record.body)
  }
}

/** Subnets go with the network; ports keep it from going, but for those that serve the network itself. */
async function deleteNetworkRecord(
  ipam: Ipam,
  id: string,
  { revisionNumber }: RevisionCondition,
): Promise<void> {
  const network = await holdNetwork(ipam, id, 'exclusive')
  checkNetworkOwner(ipam, network)
  checkRevision(network, revisionNumber)
  const everyone = ipam.as({ ...ipam.caller, isAdmin: true })
  const ports = await listPorts(everyone, { networkIds: [id] })
  const inTheWay = ports.filter(({ body }) => !goesWithNetwork(body.deviceOwner))
  if (inTheWay.length > 0) {
    const named = inTheWay.slice(0, 3).map((port) => port.id)
    throw conflict(
      'NetworkInUse',
      `Unable to complete operation on network ${id}. There are one or more ports still in use on the network, id for these ports is: ${named.join(',')}.`,
    )
  }
  for (const port of ports) await deletePort(everyone, port.id, {})
  const subnets: SubnetRecord[] = await subnetsOfNetworks(everyone, [id])
  for (const { subnet } of subnets) await deleteSubnet(everyone, subnet.id, {})
  await inNeutronWords(() => deleteNetwork(everyone, network), {
    ADDRESS_SCOPE_IN_USE: () =>
      conflict(
        'NetworkInUse',
        `Unable to complete operation on network ${id}. There are subnets of the native API in its address space.`,
      ),
  })
}

function checkRevision(network: Network, wanted: number | undefined): void {
  if (wanted !== undefined && wanted !== network.revision)
    throw revisionConstraintFailed(wanted, network.revision)
}
