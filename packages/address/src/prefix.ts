// A prefix is also a range and a range splits into prefixes; the two classes share this file
// because each makes the other, and files of this package do not import in a circle.
import { AddressError } from './address-error.ts'
import { MAPPED_REASON } from './address-explanation.ts'
import { addressBits, IpAddress, type IpVersion } from './ip-address.ts'
import { readPrefixText } from './prefix-text.ts'

/**
 * A block of addresses that share their first `length` bits; immutable, host bits always zero.
 * `first` and `last` are inclusive.
 *
 * `parse` and `of` refuse a prefix that lies or ends in the IPv4-mapped block `::ffff:0:0/96`.
 */
export class Prefix {
  readonly first: IpAddress
  readonly length: number

  private constructor(first: IpAddress, length: number) {
    this.first = first
    this.length = length
  }

  /**
   * Reads `address/length`. Host bits that are set are refused, with the masked prefix as the
   * error's `suggestion`, or cleared if `hostBits` is `mask`. Throws `INVALID_PREFIX`.
   */
  static parse(text: string, hostBits: 'refuse' | 'mask' = 'refuse'): Prefix {
    const { address, length } = readPrefixText(text)
    const prefix = Prefix.of(address, length)
    if (hostBits !== 'mask' && !prefix.first.equals(address)) {
      throw new AddressError(
        'INVALID_PREFIX',
        `${address}/${length} has bits set after the prefix length`,
        prefix.toString(),
      )
    }
    return prefix
  }

  /**
   * The prefix of this length that holds the address; bits after the length are cleared. Throws
   * `INVALID_PREFIX` unless the length is a whole number from 0 to 32 or 128.
   */
  static of(address: IpAddress, length: number): Prefix {
    checkLength(address.version, length, 0)
    const prefix = new Prefix(address.maskTo(length), length)
    // One that starts in the block also ends there. One that only ends there is refused as well:
    // its last address, written down as the end of a range, could not be read back.
    if (prefix.last.isIpv4Mapped) {
      throw new AddressError('INVALID_PREFIX', MAPPED_REASON)
    }
    return prefix
  }

  /** @internal The block without the checks of `of`; for this file only. */
  static ofBlock(first: IpAddress, length: number): Prefix {
    return new Prefix(first, length)
  }

  get version(): IpVersion {
    return this.first.version
  }

  get last(): IpAddress {
    return this.first.fillTo(this.length)
  }

  /** The number of addresses, network and broadcast included: 2^(32 or 128 - length). */
  get size(): bigint {
    return 1n << BigInt(addressBits(this.version) - this.length)
  }

  /** Whether every address of `other` lies in this prefix; false for the other IP version. */
  contains(other: IpAddress | Prefix | AddressRange): boolean {
    if (other.version !== this.version) return false
    if (other instanceof IpAddress) return this.first.commonBits(other) >= this.length
    if (other instanceof Prefix) {
      return other.length >= this.length && this.first.commonBits(other.first) >= this.length
    }
    return (
      this.first.commonBits(other.first) >= this.length &&
      this.first.commonBits(other.last) >= this.length
    )
  }

  /** Whether they share an address: one then contains the other. */
  overlaps(other: Prefix): boolean {
    return this.contains(other) || other.contains(this)
  }

  toRange(): AddressRange {
    return AddressRange.of(this.first, this.last)
  }

  /** The canonical text, `address/length`; `Prefix.parse` reads it back. */
  toString(): string {
    return `${this.first}/${this.length}`
  }

  toJSON(): string {
    return this.toString()
  }

  /** IPv4 first, then by first address, then the larger block (shorter length) first. */
  compare(other: Prefix): number {
    return this.first.compare(other.first) || this.length - other.length
  }

  equals(other: Prefix): boolean {
    return this.length === other.length && this.first.equals(other.first)
  }

  /**
   * The address `offset` places after the first, 0 up to `size - 1`. Throws
   * `ADDRESS_OUT_OF_SPACE` outside, `INVALID_ADDRESS` for an IPv4-mapped address.
   */
  addressAt(offset: bigint): IpAddress {
    if (typeof offset !== 'bigint' || offset < 0n || offset >= this.size) {
      throw new AddressError('ADDRESS_OUT_OF_SPACE', `the offset lies outside ${this}`)
    }
    return this.first.plus(offset)
  }

  /**
   * How many places after the first the address lies. Throws `ADDRESS_OUT_OF_SPACE` if it lies
   * outside, `VERSION_MISMATCH` for the other IP version.
   */
  offsetOf(address: IpAddress): bigint {
    const offset = address.minus(this.first)
    if (!this.contains(address)) {
      throw new AddressError('ADDRESS_OUT_OF_SPACE', `${address} lies outside ${this}`)
    }
    return offset
  }

  /** The prefix of a shorter (or the same) length that holds this one. Throws `INVALID_PREFIX`. */
  parent(length: number): Prefix {
    checkLength(this.version, length, 0, this.length)
    return new Prefix(this.first.maskTo(length), length)
  }

  /**
   * All prefixes of a longer (or the same) length inside this one, in order, made one at a time as
   * they are asked for. Throws `INVALID_PREFIX` at once if there can be none.
   */
  children(length: number): Iterable<Prefix> {
    checkLength(this.version, length, this.length)
    const { first, last } = this
    return {
      *[Symbol.iterator]() {
        let start: IpAddress | null = first
        while (start !== null) {
          yield new Prefix(start, length)
          const end: IpAddress = start.fillTo(length)
          start = end.equals(last) ? null : end.next()
        }
      },
    }
  }

  /** The other half of the parent one bit shorter, or null for a /0. */
  buddy(): Prefix | null {
    if (this.length === 0) return null
    const parent = this.parent(this.length - 1)
    const isUpper = !parent.first.equals(this.first)
    return new Prefix(isUpper ? parent.first : parent.last.maskTo(this.length), this.length)
  }
}

/** The addresses from `first` to `last`, both inclusive, of one IP version; never empty. */
export class AddressRange {
  readonly first: IpAddress
  readonly last: IpAddress

  private constructor(first: IpAddress, last: IpAddress) {
    this.first = first
    this.last = last
  }

  /** Throws `VERSION_MISMATCH` for ends of two versions, `INVALID_RANGE` if first is after last. */
  static of(first: IpAddress, last: IpAddress): AddressRange {
    if (first.version !== last.version) {
      throw new AddressError('VERSION_MISMATCH', 'a range has both ends in one IP version')
    }
    if (first.compare(last) > 0) {
      throw new AddressError('INVALID_RANGE', `the range starts at ${first}, after its end ${last}`)
    }
    return new AddressRange(first, last)
  }

  /** As `of`, from texts that `IpAddress.parse` accepts; else `INVALID_ADDRESS` says which end. */
  static parse(firstText: string, lastText: string): AddressRange {
    return AddressRange.of(readEnd(firstText, 'first'), readEnd(lastText, 'last'))
  }

  get version(): IpVersion {
    return this.first.version
  }

  /** The number of addresses, at least 1. */
  get size(): bigint {
    return this.last.minus(this.first) + 1n
  }

  /** Whether every address of `other` lies in this range; false for the other IP version. */
  contains(other: IpAddress | AddressRange | Prefix): boolean {
    // No check of versions: addresses of the other version sort before or after the whole range.
    const [first, last] = other instanceof IpAddress ? [other, other] : [other.first, other.last]
    return this.first.compare(first) <= 0 && last.compare(this.last) <= 0
  }

  /** Whether they share an address. */
  overlaps(other: AddressRange): boolean {
    return this.first.compare(other.last) <= 0 && other.first.compare(this.last) <= 0
  }

  /** Whether one starts right after the other ends, so that they join without sharing an address. */
  touches(other: AddressRange): boolean {
    return isNext(this.last, other.first) || isNext(other.last, this.first)
  }

  /**
   * The fewest prefixes that hold exactly these addresses, in order. Cost: at most two per bit of
   * the address, so 62 for IPv4 and 254 for IPv6, whatever the size of the range.
   */
  toPrefixes(): Prefix[] {
    const prefixes: Prefix[] = []
    splitIntoBlocks(this.first, this.last, prefixes)
    return prefixes
  }

  /** `first-last`, both in canonical text. */
  toString(): string {
    return `${this.first}-${this.last}`
  }

  /** IPv4 first, then by first address, then by last. */
  compare(other: AddressRange): number {
    return this.first.compare(other.first) || this.last.compare(other.last)
  }

  equals(other: AddressRange): boolean {
    return this.first.equals(other.first) && this.last.equals(other.last)
  }
}

/**
 * Adds the prefixes of first to last in order. The smallest block that holds both ends is either
 * the range itself, or both ends lie in different halves of it: no prefix of the answer crosses the
 * middle, so the halves are split on their own. Depth: at most one call per bit.
 */
function splitIntoBlocks(first: IpAddress, last: IpAddress, into: Prefix[]): void {
  const length = first.commonBits(last)
  if (first.equals(first.maskTo(length)) && last.equals(last.fillTo(length))) {
    into.push(Prefix.ofBlock(first, length))
    return
  }
  splitIntoBlocks(first, first.fillTo(length + 1), into)
  splitIntoBlocks(last.maskTo(length + 1), last, into)
}

function isNext(last: IpAddress, first: IpAddress): boolean {
  return last.next()?.equals(first) ?? false
}

function readEnd(text: string, end: 'first' | 'last'): IpAddress {
  try {
    return IpAddress.parse(text)
  } catch (error) {
    if (!(error instanceof AddressError)) throw error
    throw new AddressError(error.code, `${end} address: ${error.reason}`)
  }
}

function checkLength(version: IpVersion, length: number, least: number, most?: number): void {
  const limit = most ?? addressBits(version)
  if (!Number.isInteger(length) || length < least || length > limit) {
    throw new AddressError(
      'INVALID_PREFIX',
      `the prefix length must be a whole number from ${least} to ${limit}`,
    )
  }
}
