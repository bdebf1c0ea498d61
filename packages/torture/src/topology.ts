import type { AddressRange } from './history-record.ts'
import type { TargetClient } from './target-client.ts'

/** The role of a subnet in the load. */
export type SubnetRole = 'wide' | 'small' | 'edited' | 'cooling' | 'leased' | 'ipv6'

export interface TopologySubnet {
  readonly role: SubnetRole
  readonly id: string
  readonly cidr: string
  readonly gateway: string | null
  readonly allocationPools: readonly AddressRange[]
  readonly coolingSeconds: number
}

export interface TopologySubnetPool {
  readonly role: 'cut' | 'quota'
  readonly id: string
  /** Always in the pool; edits add and remove another prefix. */
  readonly prefixes: readonly string[]
  readonly prefixLength: number
  /** In addresses, for each project; null: none. */
  readonly quota: number | null
}

/** What a run works on: records of its own, in address scopes of its own, so that it can share a database. */
export interface Topology {
  readonly runId: string
  readonly addressScopeIds: readonly string[]
  readonly subnets: readonly TopologySubnet[]
  readonly subnetPools: readonly TopologySubnetPool[]
}

export const loadProject = 'torture'
export const quotaProjects = ['torture-red', 'torture-blue'] as const
export const extraPrefix = '10.3.0.0/24'

/** What the allocation pools of the edited subnet are changed to and from. */
export const poolLayouts: readonly (readonly AddressRange[])[] = [
  [{ first: '10.0.2.2', last: '10.0.2.62' }],
  [{ first: '10.0.2.2', last: '10.0.2.31' }],
  [
    { first: '10.0.2.10', last: '10.0.2.29' },
    { first: '10.0.2.40', last: '10.0.2.62' },
  ],
]

const subnetPlans = [
  { role: 'wide', cidr: '10.0.0.0/24', coolingSeconds: 0 },
  { role: 'small', cidr: '10.0.1.0/28', coolingSeconds: 0 },
  { role: 'edited', cidr: '10.0.2.0/26', coolingSeconds: 0 },
  { role: 'cooling', cidr: '10.0.3.0/27', coolingSeconds: 1 },
  { role: 'leased', cidr: '10.0.4.0/28', coolingSeconds: 0 },
  { role: 'ipv6', cidr: '2001:db8:1::/64', coolingSeconds: 0 },
] as const

const subnetPoolPlans = [
  { role: 'cut', prefixes: ['10.1.0.0/23'], prefixLength: 27, quota: null },
  { role: 'quota', prefixes: ['10.2.0.0/24'], prefixLength: 28, quota: 64 },
] as const

/** Makes a run's scopes, subnets and subnet pools. */
export async function createTopology(client: TargetClient, runId: string): Promise<Topology> {
  const scopeIds = {
    4: await client.createAddressScope(`torture ${runId} IPv4`, 4),
    6: await client.createAddressScope(`torture ${runId} IPv6`, 6),
  }
  const subnets: TopologySubnet[] = []
  for (const plan of subnetPlans) {
    const { id, gateway, allocationPools } = await client.createSubnet({
      addressScopeId: scopeIds[plan.role === 'ipv6' ? 6 : 4],
      name: `torture ${runId} ${plan.role}`,
      cidr: plan.cidr,
      coolingSeconds: plan.coolingSeconds,
      shared: true,
    })
    subnets.push({ ...plan, id, gateway, allocationPools })
  }
  const subnetPools: TopologySubnetPool[] = []
  for (const { role, prefixes, prefixLength, quota } of subnetPoolPlans) {
    const id = await client.createSubnetPool({
      addressScopeId: scopeIds[4],
      name: `torture ${runId} ${role}`,
      prefixes,
      minPrefixLength: prefixLength,
      defaultPrefixLength: prefixLength,
      maxPrefixLength: prefixLength,
      quota: quota === null ? null : BigInt(quota),
      shared: true,
    })
    subnetPools.push({ role, id, prefixes, prefixLength, quota })
  }
  return { runId, addressScopeIds: [scopeIds[4], scopeIds[6]], subnets, subnetPools }
}
