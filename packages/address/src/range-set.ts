import { AddressError } from './address-error.ts'
import type { IpAddress, IpVersion } from './ip-address.ts'
import { AddressRange, type Prefix } from './prefix.ts'

/**
 * A set of addresses of one IP version, kept as sorted ranges that neither overlap nor touch.
 * Immutable: every operation gives a new set. No operation enumerates addresses.
 */
export class RangeSet {
  readonly version: IpVersion
  readonly ranges: readonly AddressRange[]
  /** Element i counts the addresses in ranges 0 to i - 1; made when first asked for. */
  #ranksBefore: readonly bigint[] | undefined

  private constructor(version: IpVersion, ranges: readonly AddressRange[]) {
    this.version = version
    this.ranges = Object.freeze(ranges)
  }

  static empty(version: IpVersion): RangeSet {
    return new RangeSet(version, [])
  }

  /**
   * The addresses of all these ranges, in any order, overlapping or not. Throws `VERSION_MISMATCH`
   * if one is of another version. Cost: that of sorting them.
   */
  static of(version: IpVersion, ranges: Iterable<AddressRange>): RangeSet {
    const sorted = [...ranges]
    for (const range of sorted) checkVersion(version, range.version)
    sorted.sort((a, b) => a.compare(b))
    return new RangeSet(version, joined(sorted))
  }

  /** The number of addresses. */
  get size(): bigint {
    return this.#ranks()[this.ranges.length] as bigint
  }

  get isEmpty(): boolean {
    return this.ranges.length === 0
  }

  /** What is in either set. Throws `VERSION_MISMATCH`. Cost: linear in the number of ranges. */
  union(other: RangeSet): RangeSet {
    checkVersion(this.version, other.version)
    return new RangeSet(this.version, joined(merged(this.ranges, other.ranges)))
  }

  /** What is in both sets. Throws `VERSION_MISMATCH`. Cost: linear in the number of ranges. */
  intersection(other: RangeSet): RangeSet {
    checkVersion(this.version, other.version)
    const found: AddressRange[] = []
    const theirs = other.ranges
    let j = 0
    for (const ours of this.ranges) {
      while (j < theirs.length && (theirs[j] as AddressRange).last.compare(ours.first) < 0) j++
      for (let k = j; k < theirs.length; k++) {
        const their = theirs[k] as AddressRange
        if (their.first.compare(ours.last) > 0) break
        found.push(AddressRange.of(higher(ours.first, their.first), lower(ours.last, their.last)))
        // The last of theirs may reach into our next range; those before it cannot.
        j = k
      }
    }
    return new RangeSet(this.version, found)
  }

  /** What is in this set only. Throws `VERSION_MISMATCH`. Cost: linear in the number of ranges. */
  difference(other: RangeSet): RangeSet {
    checkVersion(this.version, other.version)
    const left: AddressRange[] = []
    const theirs = other.ranges
    let j = 0
    for (const ours of this.ranges) {
      let start: IpAddress | null = ours.first
      while (j < theirs.length && (theirs[j] as AddressRange).last.compare(ours.first) < 0) j++
      for (let k = j; start !== null && k < theirs.length; k++) {
        const their = theirs[k] as AddressRange
        if (their.first.compare(ours.last) > 0) break
        const end = their.first.previous()
        if (end !== null && start.compare(end) <= 0) left.push(AddressRange.of(start, end))
        start = their.last.compare(ours.last) < 0 ? their.last.next() : null
        j = k
      }
      if (start !== null) left.push(AddressRange.of(start, ours.last))
    }
    return new RangeSet(this.version, left)
  }

  /** What `within` holds and this set does not. Throws `VERSION_MISMATCH`. */
  complement(within: AddressRange): RangeSet {
    return RangeSet.of(within.version, [within]).difference(this)
  }

  /** Whether the address is in the set; false for the other version. Cost: binary search. */
  contains(address: IpAddress): boolean {
    return this.#indexOf(address) >= 0
  }

  /**
   * The address of this rank: 0 is the lowest, `size - 1` the highest. Throws
   * `ADDRESS_OUT_OF_SPACE` outside, `INVALID_ADDRESS` for an IPv4-mapped address. Cost: binary
   * search, after one pass over the ranges on the first call.
   */
  addressAt(rank: bigint): IpAddress {
    if (typeof rank !== 'bigint' || rank < 0n || rank >= this.size) {
      throw new AddressError('ADDRESS_OUT_OF_SPACE', 'the rank lies outside the set')
    }
    const ranks = this.#ranks()
    let low = 0
    let high = this.ranges.length - 1
    while (low < high) {
      const middle = (low + high + 1) >>> 1
      if ((ranks[middle] as bigint) <= rank) low = middle
      else high = middle - 1
    }
    return (this.ranges[low] as AddressRange).first.plus(rank - (ranks[low] as bigint))
  }

  /** How many addresses of the set are lower than this one, or null if it is not in the set. */
  rankOf(address: IpAddress): bigint | null {
    const index = this.#indexOf(address)
    if (index < 0) return null
    return (
      (this.#ranks()[index] as bigint) + address.minus((this.ranges[index] as AddressRange).first)
    )
  }

  /** The fewest prefixes that hold exactly this set, in order. */
  toPrefixes(): Prefix[] {
    return this.ranges.flatMap((range) => range.toPrefixes())
  }

  equals(other: RangeSet): boolean {
    return (
      this.version === other.version &&
      this.ranges.length === other.ranges.length &&
      this.ranges.every((range, index) => range.equals(other.ranges[index] as AddressRange))
    )
  }

  /** The ranges in order, separated by commas. */
  toString(): string {
    return this.ranges.join(',')
  }

  #indexOf(address: IpAddress): number {
    let low = 0
    let high = this.ranges.length - 1
    while (low <= high) {
      const middle = (low + high) >>> 1
      const range = this.ranges[middle] as AddressRange
      if (address.compare(range.first) < 0) high = middle - 1
      else if (address.compare(range.last) > 0) low = middle + 1
      else return middle
    }
    return -1
  }

  #ranks(): readonly bigint[] {
    if (this.#ranksBefore === undefined) {
      const ranks = [0n]
      let total = 0n
      for (const range of this.ranges) {
        total += range.size
        ranks.push(total)
      }
      this.#ranksBefore = ranks
    }
    return this.#ranksBefore
  }
}

/** Two sorted lists as one sorted list. */
function merged(a: readonly AddressRange[], b: readonly AddressRange[]): AddressRange[] {
  const all: AddressRange[] = []
  let i = 0
  let j = 0
  while (i < a.length && j < b.length) {
    const fromA = a[i] as AddressRange
    const fromB = b[j] as AddressRange
    if (fromA.compare(fromB) <= 0) {
      all.push(fromA)
      i++
    } else {
      all.push(fromB)
      j++
    }
  }
  while (i < a.length) all.push(a[i++] as AddressRange)
  while (j < b.length) all.push(b[j++] as AddressRange)
  return all
}

/** The sorted ranges with those that overlap or touch made one. */
function joined(sorted: readonly AddressRange[]): AddressRange[] {
  const ranges: AddressRange[] = []
  let open: AddressRange | undefined
  for (const range of sorted) {
    if (open === undefined) {
      open = range
    } else if (open.overlaps(range) || open.touches(range)) {
      if (range.last.compare(open.last) > 0) open = AddressRange.of(open.first, range.last)
    } else {
      ranges.push(open)
      open = range
    }
  }
  if (open !== undefined) ranges.push(open)
  return ranges
}

function higher(a: IpAddress, b: IpAddress): IpAddress {
  return a.compare(b) >= 0 ? a : b
}

function lower(a: IpAddress, b: IpAddress): IpAddress {
  return a.compare(b) <= 0 ? a : b
}

function checkVersion(expected: IpVersion, found: IpVersion): void {
  if (expected !== found) {
    throw new AddressError(
      'VERSION_MISMATCH',
      `a set of IPv${expected} ranges takes no IPv${found} ones`,
    )
  }
}
