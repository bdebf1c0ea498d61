import type { Network } from './network-records.ts'
import type { SubnetRecord } from './subnet-records.ts'
import { type View, viewTime } from './view.ts'

/** `namedScopes`: the address scopes that callers made; the others stand for "none". */
export function networkView(
  network: Network,
  subnets: readonly SubnetRecord[],
  namedScopes: ReadonlySet<string>,
): View {
  const { body } = network
  const scopeOf = (version: 4 | 6) =>
    subnets.find(
      ({ subnet }) => subnet.ipVersion === version && namedScopes.has(subnet.addressScopeId),
    )?.subnet.addressScopeId ?? null
  return {
    id: network.id,
    name: network.name,
    tenant_id: network.projectId,
    admin_state_up: body.adminStateUp,
    mtu: body.mtu,
    status: 'ACTIVE',
    subnets: subnets.map(({ subnet }) => subnet.id),
    shared: network.shared,
    project_id: network.projectId,
    port_security_enabled: body.portSecurityEnabled,
    'router:external': body.isExternal,
    'provider:network_type': 'local',
    'provider:physical_network': null,
    'provider:segmentation_id': null,
    availability_zone_hints: body.availabilityZoneHints,
    availability_zones: [],
    ipv4_address_scope: scopeOf(4),
    ipv6_address_scope: scopeOf(6),
    description: body.description,
    tags: body.tags,
    created_at: viewTime(network.createdAt),
    updated_at: viewTime(network.updatedAt),
    revision_number: network.revision,
  }
}
