import type { SubnetRecord } from './subnet-records.ts'
import { type View, viewTime } from './view.ts'

export function subnetView({ subnet, networkId, body }: SubnetRecord): View {
  return {
    id: subnet.id,
    name: subnet.name,
    tenant_id: subnet.projectId,
    network_id: networkId,
    ip_version: subnet.ipVersion,
    subnetpool_id: subnet.subnetPoolId,
    enable_dhcp: body.enableDhcp,
    ipv6_ra_mode: body.ipv6RaMode,
    ipv6_address_mode: body.ipv6AddressMode,
    gateway_ip: subnet.gateway,
    cidr: subnet.cidr,
    allocation_pools: subnet.allocationPools.map(({ first, last }) => ({
      start: first,
      end: last,
    })),
    host_routes: body.hostRoutes,
    dns_nameservers: body.dnsNameservers,
    description: body.description,
    service_types: body.serviceTypes,
    tags: body.tags,
    created_at: viewTime(subnet.createdAt),
    updated_at: viewTime(subnet.updatedAt),
    // The engine counts from 1, Neutron from 0.
    revision_number: subnet.revision - 1,
    project_id: subnet.projectId,
  }
}
