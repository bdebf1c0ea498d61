import type { Allocation } from '@freehold/engine'
import type { Port } from './port-records.ts'
import { type View, viewTime } from './view.ts'

export function portView(port: Port, allocations: readonly Allocation[]): View {
  const { body } = port
  return {
    id: port.id,
    name: port.name,
    network_id: port.networkId,
    tenant_id: port.projectId,
    mac_address: body.macAddress,
    admin_state_up: body.adminStateUp,
    // Nothing is plugged in here, so nothing is ever up.
    status: 'DOWN',
    device_id: body.deviceId,
    device_owner: body.deviceOwner,
    fixed_ips: fixedIps(allocations),
    project_id: port.projectId,
    port_security_enabled: body.portSecurityEnabled,
    security_groups: body.securityGroups,
    'binding:vnic_type': body.vnicType,
    'binding:profile': body.profile,
    'binding:host_id': body.hostId,
    'binding:vif_type': 'unbound',
    'binding:vif_details': {},
    allowed_address_pairs: body.allowedAddressPairs,
    extra_dhcp_opts: body.extraDhcpOpts,
    description: body.description,
    tags: body.tags,
    created_at: viewTime(port.createdAt),
    updated_at: viewTime(port.updatedAt),
    revision_number: port.revision,
  }
}

/** In the order of their text, as Neutron has it. */
function fixedIps(allocations: readonly Allocation[]) {
  return allocations
    .map(({ subnetId, address }) => ({ subnet_id: subnetId, ip_address: address }))
    .sort((a, b) => (a.ip_address < b.ip_address ? -1 : 1))
}
