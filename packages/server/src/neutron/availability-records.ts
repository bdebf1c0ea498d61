import type { Ipam } from '@freehold/engine'
import type { Network } from './network-records.ts'
import { everyPart } from './paged-reading.ts'
import { type SubnetRecord, subnetsOfNetworks } from './subnet-records.ts'

/** How much of a network's subnets is in use. Neutron's words; counts are exact at any size. */
export interface Availability {
  readonly network_id: string
  readonly network_name: string
  readonly tenant_id: string
  readonly project_id: string
  readonly subnet_ip_availability: readonly SubnetAvailability[]
  readonly used_ips: bigint
  readonly total_ips: bigint
}

interface SubnetAvailability {
  readonly subnet_id: string
  readonly ip_version: number
  readonly cidr: string
  readonly subnet_name: string
  readonly used_ips: bigint
  readonly total_ips: bigint
}

/**
 * The availability of the networks, in their order; of one IP version only, where one is given. `used_ips` counts every
 * address held, also outside the allocation pools and also by others than ports, so it can exceed `total_ips`.
 */
export async function availabilities(
  ipam: Ipam,
  networks: readonly Network[],
  ipVersions: readonly string[] | undefined,
): Promise<Availability[]> {
  const records = await subnetsOfNetworks(
    ipam,
    networks.map(({ id }) => id),
  )
  const wanted = records.filter(
    ({ subnet }) => ipVersions === undefined || ipVersions.includes(String(subnet.ipVersion)),
  )
  const counts = await countsOf(ipam, wanted)
  const byNetwork = Map.groupBy(wanted, ({ networkId }) => networkId)
  return networks
    .filter(({ id }) => ipVersions === undefined || byNetwork.has(id))
    .map((network) => {
      const subnets = (byNetwork.get(network.id) ?? []).flatMap((record) => {
        const count = counts.get(record.subnet.id)
        return count === undefined ? [] : [subnetAvailability(record, count)]
      })
      return {
        network_id: network.id,
        network_name: network.name,
        tenant_id: network.projectId,
        project_id: network.projectId,
        subnet_ip_availability: subnets,
        used_ips: subnets.reduce((sum, subnet) => sum + subnet.used_ips, 0n),
        total_ips: subnets.reduce((sum, subnet) => sum + subnet.total_ips, 0n),
      }
    })
}

interface Counts {
  readonly used: bigint
  readonly total: bigint
}

async function countsOf(
  ipam: Ipam,
  records: readonly SubnetRecord[],
): Promise<Map<string, Counts>> {
  const utilizations = await everyPart(
    records.map(({ subnet }) => subnet.id),
    (ids) => ipam.utilization.ofSubnets(ids),
  )
  return new Map(
    utilizations.map(({ subnetId, allocated, outsidePools, capacity }) => [
      subnetId,
      { used: allocated + outsidePools, total: capacity },
    ]),
  )
}

function subnetAvailability({ subnet }: SubnetRecord, { used, total }: Counts): SubnetAvailability {
  return {
    subnet_id: subnet.id,
    ip_version: subnet.ipVersion,
    cidr: subnet.cidr,
    subnet_name: subnet.name,
    used_ips: used,
    total_ips: total,
  }
}
