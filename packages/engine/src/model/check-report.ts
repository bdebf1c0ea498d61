/** One thing that does not agree with another. */
export interface CheckProblem {
  readonly kind:
    | 'address-outside-subnet'
    | 'reserved-address-held'
    | 'page-count'
    | 'search-start'
    | 'event-missing'
    | 'event-count'
    | 'subnet-overlap'
    | 'subnet-outside-pool'
    | 'free-blocks'
    | 'pool-usage'
    | 'pool-prefix-overlap'
  /** What was found, and what should have been. */
  readonly message: string
  readonly subnetId?: string
  readonly subnetPoolId?: string
  readonly addressScopeId?: string
}

export interface CheckReport {
  /** True when everything agrees. */
  readonly ok: boolean
  readonly checked: {
    readonly addressScopes: number
    readonly subnetPools: number
    readonly subnets: number
    readonly allocations: number
  }
  /** At most 1,000; `ok` counts them all. */
  readonly problems: readonly CheckProblem[]
}
