import type { IpVersion } from '@freehold/address'
import type { Holder } from './allocation.ts'
import type { AllocationPool } from './allocation-pool.ts'
import type { Labels } from './record.ts'

/**
 * A whole address plan as one JSON document: what `export` writes and `import` reads. Records name one another by `key`,
 * a name that is only good inside the document.
 */
export interface Plan {
  readonly format: 'freehold-plan/1'
  readonly addressScopes: readonly PlannedAddressScope[]
  readonly subnetPools: readonly PlannedSubnetPool[]
  readonly subnets: readonly PlannedSubnet[]
  readonly allocations: readonly PlannedAllocation[]
}

interface Planned {
  /** Where the entry came from, for reports: a file and line, or a record id. */
  readonly source?: string
  readonly name?: string
  readonly labels?: Labels
  /** Default: the importing caller's project. */
  readonly projectId?: string
}

/** The built-in scopes are named by the keys `default-4` and `default-6` and need no entry. */
export interface PlannedAddressScope extends Planned {
  readonly key: string
  readonly ipVersion: IpVersion
  readonly shared?: boolean
}

export interface PlannedSubnetPool extends Planned {
  readonly key: string
  readonly addressScope: string
  readonly prefixes: readonly string[]
  readonly minPrefixLength?: number
  readonly defaultPrefixLength?: number
  readonly maxPrefixLength?: number
  /** Decimal string; null: none. */
  readonly quota?: string | null
  readonly shared?: boolean
  readonly isDefault?: boolean
}

export interface PlannedSubnet extends Planned {
  readonly key: string
  readonly addressScope: string
  /** Cut from this pool; absent: from none. */
  readonly subnetPool?: string
  readonly cidr: string
  readonly gateway?: 'auto' | null | string
  readonly onLink?: boolean
  readonly allocationPools?: readonly AllocationPool[]
  readonly coolingSeconds?: number
  readonly shared?: boolean
}

export interface PlannedAllocation extends Omit<Planned, 'name'> {
  readonly subnet: string
  readonly address: string
  readonly holder?: Holder | null
  /** Absolute end of the lease, RFC 3339. */
  readonly expiresAt?: string | null
  readonly state?: 'allocated' | 'cooling'
}

export type PlanOutcome = 'create' | 'exists' | 'conflict'

export interface PlanReportEntry {
  readonly outcome: PlanOutcome
  readonly recordKind: 'address-scope' | 'subnet-pool' | 'subnet' | 'allocation'
  /** The prefix, address or name that the entry is about. */
  readonly subject: string
  readonly source?: string
  /** Why it is a conflict, or what already exists. */
  readonly reason?: string
}

export interface PlanReport {
  readonly counts: Readonly<Record<PlanOutcome, number>>
  readonly entries: readonly PlanReportEntry[]
}
