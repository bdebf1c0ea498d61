/**
 * Exact counts, kept in the allocating transaction. `allocated + cooling + available = capacity` always holds; addresses
 * held outside the allocation pools (by `specific` or `eui64`, or left outside by a change of pools) count apart.
 */
export interface Utilization {
  /** Addresses in the allocation pools. */
  readonly capacity: bigint
  readonly allocated: bigint
  readonly cooling: bigint
  readonly available: bigint
  readonly outsidePools: bigint
  /** (allocated + cooling) / capacity, 0 to 1; 0 for an empty capacity. */
  readonly ratio: number
}

export interface SubnetUtilization extends Utilization {
  readonly subnetId: string
}

/** A subnet pool counts in addresses of its prefixes: `allocated` are those cut into subnets. */
export interface SubnetPoolUtilization extends Utilization {
  readonly subnetPoolId: string
  readonly subnets: number
}

export interface TotalUtilization extends Utilization {
  readonly subnets: number
}

export function utilizationOf(
  capacity: bigint,
  allocated: bigint,
  cooling: bigint,
  outsidePools: bigint,
): Utilization {
  return {
    capacity,
    allocated,
    cooling,
    available: capacity - allocated - cooling,
    outsidePools,
    ratio: shareOf(allocated + cooling, capacity),
  }
}

// Scaled before the division: Number(2^100) / Number(2^128) keeps its digits, but a count close to a capacity above 2^53
// must not round to 1 while addresses are free.
function shareOf(part: bigint, whole: bigint): number {
  if (whole === 0n) return 0
  return Number((part * 1_000_000_000n) / whole) / 1_000_000_000
}
