import type { AddressRange } from '../history-record.ts'

/** What the public interface says of a run's records after the load, when nothing is under way and no lease is left. */
export interface FinalState {
  readonly subnetPools: readonly { readonly id: string; readonly prefixes: readonly string[] }[]
  readonly subnets: readonly FinalSubnet[]
  readonly allocations: readonly FinalAllocation[]
  /** In the order of the feed. */
  readonly events: readonly FinalEvent[]
  /** What the engine's own check found, and its look at the chain over the events. */
  readonly problems: readonly string[]
}

export interface FinalSubnet {
  readonly id: string
  /** For a subnet that was cut in the run, the id of the operation that did it. */
  readonly name: string
  readonly addressScopeId: string
  readonly cidr: string
  readonly gateway: string | null
  readonly allocationPools: readonly AddressRange[]
  readonly counts: {
    readonly capacity: string
    readonly allocated: string
    readonly cooling: string
    readonly available: string
    readonly outsidePools: string
  }
}

export interface FinalAllocation {
  readonly subnetId: string
  readonly address: string
  readonly isHeld: boolean
  /** The operation that took it. */
  readonly holderId: string
}

export interface FinalEvent {
  readonly action: string
  readonly recordKind: 'allocation' | 'subnet' | 'subnet-pool' | 'address-scope'
  /** Of the subnet, where an allocation changed. */
  readonly recordId: string
  readonly address: string | null
  /** The operation that took the address, or made the subnet. */
  readonly operationId: string
  /** The operation that made the change, where the feed tells. */
  readonly requestId: string | null
  /** The address cools from then on: nobody holds it, and nobody can take it before it is freed. */
  readonly cools: boolean
}
