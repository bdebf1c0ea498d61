import { pageBounds, pageOf } from './page-layout.ts'
import type { RandomSource } from './random-source.ts'

/** Inclusive offsets from the first address of the subnet. */
export interface OffsetRange {
  readonly first: bigint
  readonly last: bigint
}

/**
 * The allocation pools of one subnet as offsets: sorted, disjoint. Pure arithmetic; every method costs the number of
 * pools at most, and never the number of addresses.
 */
export class PoolSpace {
  readonly ranges: readonly OffsetRange[]
  readonly capacity: bigint
  /** How many pages hold at least one pool address. */
  readonly pageCount: number
  /** The lowest page that holds a pool address; undefined when the pools are empty. */
  readonly firstPage: number | undefined
  readonly #starts: readonly bigint[]
  readonly #capacities = new Map<number, bigint>()

  constructor(ranges: readonly OffsetRange[]) {
    this.ranges = ranges
    const starts: bigint[] = []
    let capacity = 0n
    for (const range of ranges) {
      starts.push(capacity)
      capacity += range.last - range.first + 1n
    }
    this.#starts = starts
    this.capacity = capacity
    this.firstPage = ranges[0] === undefined ? undefined : pageOf(ranges[0].first)
    this.pageCount = this.pagesBelow(Number.MAX_SAFE_INTEGER)
  }

  /** The pool address of this rank, 0 to capacity - 1, as an offset. */
  offsetAt(rank: bigint): bigint {
    let low = 0
    let high = this.#starts.length - 1
    while (low < high) {
      const middle = (low + high + 1) >> 1
      if ((this.#starts[middle] ?? 0n) <= rank) low = middle
      else high = middle - 1
    }
    const range = this.ranges[low]
    const start = this.#starts[low]
    if (range === undefined || start === undefined) throw new RangeError('the pools are empty')
    return range.first + rank - start
  }

  contains(offset: bigint): boolean {
    let low = 0
    let high = this.ranges.length - 1
    while (low <= high) {
      const middle = (low + high) >> 1
      const range = this.ranges[middle]
      if (range === undefined) return false
      if (offset < range.first) high = middle - 1
      else if (offset > range.last) low = middle + 1
      else return true
    }
    return false
  }

  /** One pool address, each equally likely. The pools must not be empty. */
  draw(random: RandomSource): bigint {
    return this.offsetAt(random.below(this.capacity))
  }

  /** The parts of the pools that lie in a page, in order. */
  inPage(page: number): OffsetRange[] {
    const bounds = pageBounds(page)
    return this.between(bounds.first, bounds.last)
  }

  /** The parts of the pools from one offset to another, both included. */
  between(first: bigint, last: bigint): OffsetRange[] {
    const parts: OffsetRange[] = []
    for (const range of this.ranges) {
      if (range.first > last) break
      if (range.last < first) continue
      parts.push({
        first: range.first > first ? range.first : first,
        last: range.last < last ? range.last : last,
      })
    }
    return parts
  }

  /** Pool addresses in a page. Worked out once for each page. */
  capacityOfPage(page: number): bigint {
    let capacity = this.#capacities.get(page)
    if (capacity === undefined) {
      capacity = this.#countInPage(page)
      this.#capacities.set(page, capacity)
    }
    return capacity
  }

  #countInPage(page: number): bigint {
    const bounds = pageBounds(page)
    let capacity = 0n
    for (const range of this.ranges) {
      if (range.first > bounds.last) break
      if (range.last < bounds.first) continue
      const first = range.first > bounds.first ? range.first : bounds.first
      const last = range.last < bounds.last ? range.last : bounds.last
      capacity += last - first + 1n
    }
    return capacity
  }

  /** The pages that hold pool addresses, in order. At most 24,576 for a /64, and 57,344 for any subnet. */
  *pages(): Generator<number> {
    let after = -1
    for (const range of this.ranges) {
      const last = pageOf(range.last)
      for (let page = Math.max(pageOf(range.first), after + 1); page <= last; page += 1) yield page
      after = Math.max(after, last)
    }
  }

  /** How many pages below this one hold pool addresses. */
  pagesBelow(limit: number): number {
    let count = 0
    let after = -1
    for (const range of this.ranges) {
      const first = Math.max(pageOf(range.first), after + 1)
      const last = Math.min(pageOf(range.last), limit - 1)
      if (last < first) continue
      count += last - first + 1
      after = last
    }
    return count
  }
}
