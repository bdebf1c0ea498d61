import { IpAddress, Prefix } from '@freehold/address'

/** A row of the model: an address that is held, or cools. */
export interface ModelRow {
  state: 'allocated' | 'cooling'
  /** Milliseconds at which the lease or the cooling time is over; null: never. */
  dueAt: number | null
}

export interface ModelPool {
  readonly first: bigint
  readonly last: bigint
}

/**
 * An engine for small IPv4 subnets of one project that can be seen to be right: every address is looked at one by one.
 * Answers are what must happen; an error is its code.
 */
export class ModelSubnet {
  readonly prefix: Prefix
  readonly coolingMs: number
  readonly gateway: bigint | null
  pools: readonly ModelPool[]
  readonly rows = new Map<bigint, ModelRow>()

  constructor(
    prefix: Prefix,
    gateway: bigint | null,
    pools: readonly ModelPool[],
    coolingMs: number,
  ) {
    this.prefix = prefix
    this.gateway = gateway
    this.pools = pools
    this.coolingMs = coolingMs
  }

  poolAddresses(): bigint[] {
    const found: bigint[] = []
    for (const { first, last } of this.pools)
      for (let value = first; value <= last; value += 1n) found.push(value)
    return found
  }

  free(): bigint[] {
    return this.poolAddresses().filter((value) => !this.rows.has(value))
  }

  counts(): { capacity: bigint; allocated: bigint; cooling: bigint; outsidePools: bigint } {
    const inPools = new Set(this.poolAddresses())
    const counts = { capacity: BigInt(inPools.size), allocated: 0n, cooling: 0n, outsidePools: 0n }
    for (const [value, { state }] of this.rows)
      if (!inPools.has(value)) counts.outsidePools += 1n
      else counts[state] += 1n
    return counts
  }

  /** Ends every lease and cooling time that is over. */
  sweep(now: number): void {
    for (const [value, row] of this.rows) {
      if (row.dueAt === null || row.dueAt > now) continue
      const coolsUntil = row.state === 'allocated' ? row.dueAt + this.coolingMs : row.dueAt
      if (row.state === 'cooling' || coolsUntil <= now) this.rows.delete(value)
      else this.rows.set(value, { state: 'cooling', dueAt: coolsUntil })
    }
  }

  /**
   * The addresses of which `count` are given, or the error. What is over is swept up only when that is needed, and stays
   * as it was when it does not help: a refused request changes nothing.
   */
  take(now: number, count: number): bigint[] | 'SUBNET_EXHAUSTED' {
    if (this.free().length >= count) return this.free()
    const before = new Map(this.rows)
    this.sweep(now)
    if (this.free().length >= count) return this.free()
    this.rows.clear()
    for (const [value, row] of before) this.rows.set(value, row)
    return 'SUBNET_EXHAUSTED'
  }

  /** null: given. */
  refusalOf(now: number, value: bigint): string | null {
    const address = IpAddress.fromValue(4, value)
    if (!this.prefix.contains(address)) return 'ADDRESS_OUTSIDE_SUBNET'
    const hasRoles = this.prefix.length < 31
    if (hasRoles && (address.equals(this.prefix.first) || address.equals(this.prefix.last)))
      return 'ADDRESS_NOT_ASSIGNABLE'
    if (value === this.gateway) return 'ADDRESS_RESERVED'
    const row = this.rows.get(value)
    if (row === undefined || row.state === 'cooling') return null
    return row.dueAt !== null && row.dueAt <= now ? null : 'ADDRESS_IN_USE'
  }

  hold(value: bigint, dueAt: number | null): void {
    this.rows.set(value, { state: 'allocated', dueAt })
  }

  release(now: number, value: bigint): 'ALLOCATION_NOT_FOUND' | null {
    const row = this.rows.get(value)
    if (row?.state !== 'allocated') return 'ALLOCATION_NOT_FOUND'
    if (this.coolingMs === 0) this.rows.delete(value)
    else this.rows.set(value, { state: 'cooling', dueAt: now + this.coolingMs })
    return null
  }
}
