import type { Allocation } from './allocation.ts'
import type { Subnet } from './subnet.ts'
import type { SubnetPool } from './subnet-pool.ts'

/**
 * What an address is in one subnet. `reserved`: the network, broadcast or subnet-router anycast address. `in-pool`: free to
 * be handed out. `outside-pools`: free for `specific` only. In another project's shared subnet, what other projects hold
 * looks free.
 */
export type AddressRole =
  | 'allocated'
  | 'cooling'
  | 'gateway'
  | 'reserved'
  | 'in-pool'
  | 'outside-pools'

/** All that is known of an address now, in every address scope that the caller may see. */
export interface AddressKnowledge {
  readonly address: string
  readonly ipVersion: 4 | 6
  readonly subnets: readonly {
    readonly subnet: Subnet
    readonly role: AddressRole
    readonly allocation: Allocation | null
  }[]
  /** Subnet pools that have the address in a prefix. */
  readonly subnetPools: readonly SubnetPool[]
}
