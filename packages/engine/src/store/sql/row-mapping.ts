import { IpAddress, type IpVersion, Prefix } from '@freehold/address'
import type { AddressScope, AddressScopeOrigin } from '../../model/address-scope.ts'
import type { Allocation, Holder } from '../../model/allocation.ts'
import type { AllocationPool } from '../../model/allocation-pool.ts'
import type { Labels, NamedRecord } from '../../model/record.ts'
import type { Subnet } from '../../model/subnet.ts'
import type { SubnetPool } from '../../model/subnet-pool.ts'

// The only place where snake_case meets camelCase.

export interface NamedRow {
  row_key: number
  id: string
  project_id: string
  name: string
  labels: string
  created_at: number
  updated_at: number
  revision: number
}

export interface AddressScopeRow extends NamedRow {
  origin: AddressScopeOrigin
  ip_version: IpVersion
  shared: number
}

export interface SubnetPoolRow extends NamedRow {
  address_scope_key: number
  address_scope_id: string
  ip_version: IpVersion
  min_prefix_length: number
  default_prefix_length: number
  max_prefix_length: number
  quota: string | null
  shared: number
  is_default: number
}

export interface PoolPrefixRow {
  address_scope_key: number
  subnet_pool_key: number
  first: Uint8Array
  prefix_length: number
}

export interface SubnetRow extends NamedRow {
  address_scope_key: number
  address_scope_id: string
  subnet_pool_key: number | null
  subnet_pool_id: string | null
  ip_version: IpVersion
  first: Uint8Array
  prefix_length: number
  gateway: string | null
  allocation_pools: string
  cooling_seconds: number
  shared: number
}

export interface AllocationRow {
  subnet_key: number
  address: Uint8Array
  state: number
  due_at: number | null
  project_id: string
  holder_kind: string | null
  holder_id: string | null
  holder_mac: string | null
  holder_host_name: string | null
  labels: string | null
  created_at: number
}

/** RFC 3339 in UTC. Rows that are written together have the same time, so the last answer is kept. */
export function toTime(milliseconds: number): string {
  if (milliseconds !== lastTime.milliseconds)
    lastTime = { milliseconds, text: new Date(milliseconds).toISOString() }
  return lastTime.text
}

let lastTime = { milliseconds: 0, text: '1970-01-01T00:00:00.000Z' }

export function labelsText(labels: Labels): string {
  return JSON.stringify(labels)
}

export function toAddressScope(row: AddressScopeRow): AddressScope {
  return {
    ...toNamed(row),
    ipVersion: row.ip_version,
    shared: row.shared === 1,
    origin: row.origin,
  }
}

export function toSubnetPool(row: SubnetPoolRow, prefixes: readonly Prefix[]): SubnetPool {
  return {
    ...toNamed(row),
    addressScopeId: row.address_scope_id,
    ipVersion: row.ip_version,
    prefixes: prefixes.map(String),
    minPrefixLength: row.min_prefix_length,
    defaultPrefixLength: row.default_prefix_length,
    maxPrefixLength: row.max_prefix_length,
    quota: row.quota === null ? null : BigInt(row.quota),
    shared: row.shared === 1,
    isDefault: row.is_default === 1,
  }
}

export function toSubnet(row: SubnetRow): Subnet {
  return {
    ...toNamed(row),
    cidr: toPrefix(row).toString(),
    ipVersion: row.ip_version,
    gateway: row.gateway,
    allocationPools: toAllocationPools(row.allocation_pools),
    addressScopeId: row.address_scope_id,
    subnetPoolId: row.subnet_pool_id,
    coolingSeconds: row.cooling_seconds,
    shared: row.shared === 1,
  }
}

export function toAllocation(
  row: AllocationRow,
  subnet: { id: string; version: IpVersion },
): Allocation {
  return {
    address: IpAddress.fromBytes(subnet.version, row.address).toString(),
    subnetId: subnet.id,
    state: row.state === 1 ? 'cooling' : 'allocated',
    projectId: row.project_id,
    holder: toHolder(row),
    labels: row.labels === null ? {} : (JSON.parse(row.labels) as Labels),
    createdAt: toTime(row.created_at),
    expiresAt: row.due_at === null ? null : toTime(row.due_at),
  }
}

export function toHolder(row: AllocationRow): Holder | null {
  if (row.holder_kind === null || row.holder_id === null) return null
  return {
    kind: row.holder_kind,
    id: row.holder_id,
    ...(row.holder_mac === null ? {} : { mac: row.holder_mac }),
    ...(row.holder_host_name === null ? {} : { hostName: row.holder_host_name }),
  }
}

export function toPrefix(row: {
  ip_version: IpVersion
  first: Uint8Array
  prefix_length: number
}): Prefix {
  return Prefix.of(IpAddress.fromBytes(row.ip_version, row.first), row.prefix_length)
}

export function allocationPoolsText(pools: readonly AllocationPool[]): string {
  return pools.map(({ first, last }) => `${first}-${last}`).join(',')
}

export function toAllocationPools(text: string): AllocationPool[] {
  if (text === '') return []
  return text.split(',').map((pair) => {
    const [first = '', last = ''] = pair.split('-')
    return { first, last }
  })
}

function toNamed(row: NamedRow): NamedRecord {
  return {
    id: row.id,
    name: row.name,
    projectId: row.project_id,
    labels: JSON.parse(row.labels) as Labels,
    createdAt: toTime(row.created_at),
    updatedAt: toTime(row.updated_at),
    revision: row.revision,
  }
}
