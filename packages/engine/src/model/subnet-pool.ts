import type { IpVersion } from '@freehold/address'
import type { NamedInput, NamedRecord } from './record.ts'

/** Prefixes from which subnets are cut. */
export interface SubnetPool extends NamedRecord {
  readonly addressScopeId: string
  readonly ipVersion: IpVersion
  /** Sorted, disjoint, merged where two adjacent ones form a larger prefix. */
  readonly prefixes: readonly string[]
  /** The widest subnet that may be cut: the smallest number. */
  readonly minPrefixLength: number
  readonly defaultPrefixLength: number
  /** The narrowest subnet that may be cut: the largest number. */
  readonly maxPrefixLength: number
  /** Per calling project, in /32 (IPv4) or /64 (IPv6); null: no limit; 0: nothing may be cut. */
  readonly quota: bigint | null
  readonly shared: boolean
  /** At most one pool of an IP version is the default. */
  readonly isDefault: boolean
}

export interface SubnetPoolInput extends NamedInput {
  /** Absent: the built-in scope of the prefixes' IP version. */
  addressScopeId?: string
  prefixes: readonly string[]
  /** Default: 8 (IPv4), 64 (IPv6), as in Neutron. */
  minPrefixLength?: number
  /** Default: minPrefixLength, as in Neutron. */
  defaultPrefixLength?: number
  /** Default: 32 (IPv4), 128 (IPv6). */
  maxPrefixLength?: number
  quota?: bigint | null
  shared?: boolean
  isDefault?: boolean
}

export interface SubnetPoolChanges extends NamedInput {
  /** The whole new list. A prefix with subnets of this pool in it cannot be left out. */
  prefixes?: readonly string[]
  minPrefixLength?: number
  defaultPrefixLength?: number
  maxPrefixLength?: number
  quota?: bigint | null
  shared?: boolean
  isDefault?: boolean
  addressScopeId?: string
}

/** Size of one quota unit in addresses: a /32 for IPv4, a /64 for IPv6. */
export function quotaUnit(ipVersion: IpVersion): bigint {
  return ipVersion === 4 ? 1n : 1n << 64n
}
