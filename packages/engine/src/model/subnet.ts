import type { IpVersion } from '@freehold/address'
import type { AllocationPool } from './allocation-pool.ts'
import type { NamedInput, NamedRecord } from './record.ts'

/** One prefix in use. */
export interface Subnet extends NamedRecord {
  readonly cidr: string
  readonly ipVersion: IpVersion
  readonly gateway: string | null
  /** Sorted, disjoint; empty: no address is handed out except by `specific` and `eui64`. */
  readonly allocationPools: readonly AllocationPool[]
  readonly addressScopeId: string
  readonly subnetPoolId: string | null
  /** How long a released address rests before it is handed out again; 0: not at all. */
  readonly coolingSeconds: number
  /** Others may draw addresses from it. */
  readonly shared: boolean
}

export interface SubnetInput extends NamedInput {
  /** One of: `cidr` alone, `subnetPoolId` alone or with `prefixLength`, `subnetPoolId` with `cidr`. */
  cidr?: string
  subnetPoolId?: string
  prefixLength?: number
  /** Only without a pool. Absent: the built-in scope. */
  addressScopeId?: string
  /** `auto` (default): network address + 1 where the prefix has room for one. null: none. */
  gateway?: 'auto' | null | string
  /** With a gateway outside the subnet, which is refused otherwise. */
  onLink?: boolean
  /** Absent: all assignable addresses but the gateway. `[]`: none. */
  allocationPools?: readonly AllocationPool[]
  /** 0 to 31,536,000. */
  coolingSeconds?: number
  shared?: boolean
  /** The caller's own UUID for the new subnet, for a control plane that already gave it one. */
  id?: string
}

export interface SubnetChanges extends NamedInput {
  gateway?: 'auto' | null | string
  onLink?: boolean
  /** Also an address that somebody holds may become the gateway; refused otherwise unless a holder of kind `gateway` has it. */
  gatewayMayBeHeld?: boolean
  /** Addresses held outside the new pools stay held. */
  allocationPools?: readonly AllocationPool[]
  coolingSeconds?: number
  shared?: boolean
}

/** A subnet after a change of its pools. */
export interface SubnetUpdate {
  readonly subnet: Subnet
  /** How many held addresses lie outside the allocation pools now. */
  readonly heldOutsidePools: number
}
