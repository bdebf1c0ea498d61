import { AddressError } from './address-error.ts'
import { explainAddress, MAPPED_REASON } from './address-explanation.ts'
import { formatIpv4, scanIpv4 } from './ipv4-text.ts'
import { formatIpv6, scanIpv6 } from './ipv6-text.ts'

export type IpVersion = 4 | 6

/** The number of bits in an address of this version: 32 or 128. */
export function addressBits(version: IpVersion): 32 | 128 {
  return version === 4 ? 32 : 128
}

// Shared by all calls: each is filled and read out again before anything else can run.
const scratchGroups = new Uint16Array(8)
const scratchWords = new DataView(new ArrayBuffer(16))

function isMapped(version: IpVersion, w0: number, w1: number, w2: number): boolean {
  return version === 6 && w2 === 0xffff && w1 === 0 && w0 === 0
}

/**
 * One IPv4 or IPv6 address, immutable.
 *
 * Addresses of the IPv4-mapped block `::ffff:0:0/96` are refused by `parse`, `fromValue`,
 * `fromBytes` and `plus` with `INVALID_ADDRESS`: they are a second spelling of IPv4 addresses. One
 * can arise only as the bound of a computed block (`maskTo`, `fillTo`, `next`, `previous`), so that
 * arithmetic on ranges has no holes.
 *
 * The number is kept as four signed 32-bit words, most significant first, so that no operation on
 * IPv4 and few on IPv6 need a bigint. An IPv4 address uses the last word only.
 */
export class IpAddress {
  readonly version: IpVersion
  // Not #private: fields that equality in test frameworks cannot see make all addresses equal there.
  private readonly w0: number
  private readonly w1: number
  private readonly w2: number
  private readonly w3: number

  private constructor(version: IpVersion, w0: number, w1: number, w2: number, w3: number) {
    this.version = version
    this.w0 = w0
    this.w1 = w1
    this.w2 = w2
    this.w3 = w3
  }

  /**
   * Reads strict dotted IPv4 or IPv6 text (RFC 4291, section 2.2; either case, `::` anywhere, a
   * dotted tail). Whatever another parser could take for a different address is refused: blanks,
   * leading zeros in octets, short, octal and hex IPv4, zone ids, brackets, IPv4-mapped addresses.
   * Throws `INVALID_ADDRESS`. Cost: one pass; text over 45 characters is refused unread.
   */
  static parse(text: string): IpAddress {
    if (typeof text === 'string') {
      const value = scanIpv4(text, 0, text.length)
      if (value >= 0) return new IpAddress(4, 0, 0, 0, value | 0)
      const g = scratchGroups
      if (scanIpv6(text, g)) {
        const w0 = (g[0]! << 16) | g[1]!
        const w1 = (g[2]! << 16) | g[3]!
        const w2 = (g[4]! << 16) | g[5]!
        if (!isMapped(6, w0, w1, w2)) return new IpAddress(6, w0, w1, w2, (g[6]! << 16) | g[7]!)
      }
    }
    throw new AddressError('INVALID_ADDRESS', explainAddress(text))
  }

  /**
   * The address with this number. Throws `ADDRESS_OUT_OF_SPACE` below 0 or above the highest
   * address of the version, `INVALID_ADDRESS` if it is IPv4-mapped.
   */
  static fromValue(version: IpVersion, value: bigint): IpAddress {
    checkVersion(version)
    if (typeof value !== 'bigint' || value < 0n || value >> BigInt(addressBits(version)) !== 0n) {
      throw new AddressError(
        'ADDRESS_OUT_OF_SPACE',
        `the number is not that of an IPv${version} address`,
      )
    }
    if (version === 4) return new IpAddress(4, 0, 0, 0, Number(value) | 0)
    scratchWords.setBigUint64(0, value >> 64n)
    scratchWords.setBigUint64(8, value & 0xffff_ffff_ffff_ffffn)
    return IpAddress.unmapped(
      6,
      scratchWords.getInt32(0),
      scratchWords.getInt32(4),
      scratchWords.getInt32(8),
      scratchWords.getInt32(12),
    )
  }

  /**
   * The address in these 16 bytes, big-endian; an IPv4 address is 12 zero bytes and its 4 bytes.
   * Throws `INVALID_ADDRESS` if there are not 16 bytes, if an IPv4 address does not start with 12
   * zero bytes, or if it is IPv4-mapped.
   */
  static fromBytes(version: IpVersion, bytes: Uint8Array): IpAddress {
    checkVersion(version)
    if (!(bytes instanceof Uint8Array) || bytes.length !== 16) {
      throw new AddressError('INVALID_ADDRESS', 'an address is given by exactly 16 bytes')
    }
    const b = bytes
    const w0 = (b[0]! << 24) | (b[1]! << 16) | (b[2]! << 8) | b[3]!
    const w1 = (b[4]! << 24) | (b[5]! << 16) | (b[6]! << 8) | b[7]!
    const w2 = (b[8]! << 24) | (b[9]! << 16) | (b[10]! << 8) | b[11]!
    const w3 = (b[12]! << 24) | (b[13]! << 16) | (b[14]! << 8) | b[15]!
    if (version === 4 && (w0 | w1 | w2) !== 0) {
      throw new AddressError('INVALID_ADDRESS', 'the bytes of an IPv4 address start with 12 zeros')
    }
    return IpAddress.unmapped(version, w0, w1, w2, w3)
  }

  private static unmapped(v: IpVersion, w0: number, w1: number, w2: number, w3: number): IpAddress {
    if (isMapped(v, w0, w1, w2)) throw new AddressError('INVALID_ADDRESS', MAPPED_REASON)
    return new IpAddress(v, w0, w1, w2, w3)
  }

  /** The address as a number: 0 to 2^32 - 1 for IPv4, 0 to 2^128 - 1 for IPv6. */
  get value(): bigint {
    if (this.version === 4) return BigInt(this.w3 >>> 0)
    scratchWords.setInt32(0, this.w0)
    scratchWords.setInt32(4, this.w1)
    scratchWords.setInt32(8, this.w2)
    scratchWords.setInt32(12, this.w3)
    return (scratchWords.getBigUint64(0) << 64n) | scratchWords.getBigUint64(8)
  }

  /**
   * Always 16 bytes, big-endian; IPv4 as 12 zero bytes and 4. Within one version the order of the
   * bytes is the order of the addresses. Every call makes a new array.
   */
  toBytes(): Uint8Array {
    const bytes = new Uint8Array(16)
    if (this.version === 6) {
      const w0 = this.w0
      const w1 = this.w1
      const w2 = this.w2
      bytes[0] = w0 >>> 24
      bytes[1] = w0 >>> 16
      bytes[2] = w0 >>> 8
      bytes[3] = w0
      bytes[4] = w1 >>> 24
      bytes[5] = w1 >>> 16
      bytes[6] = w1 >>> 8
      bytes[7] = w1
      bytes[8] = w2 >>> 24
      bytes[9] = w2 >>> 16
      bytes[10] = w2 >>> 8
      bytes[11] = w2
    }
    const w3 = this.w3
    bytes[12] = w3 >>> 24
    bytes[13] = w3 >>> 16
    bytes[14] = w3 >>> 8
    bytes[15] = w3
    return bytes
  }

  /** Dotted decimal for IPv4, the text of RFC 5952 for IPv6 (never with a dotted tail). */
  toString(): string {
    return this.version === 4 ? formatIpv4(this.w3) : formatIpv6(this.w0, this.w1, this.w2, this.w3)
  }

  /** The canonical text, so that `JSON.stringify` writes an address as people read it. */
  toJSON(): string {
    return this.toString()
  }

  /** Negative, zero or positive as this address sorts before, with or after `other`; IPv4 first. */
  compare(other: IpAddress): number {
    if (this.version !== other.version) return this.version - other.version
    if (this.version === 4) return (this.w3 >>> 0) - (other.w3 >>> 0)
    if (this.w0 !== other.w0) return (this.w0 >>> 0) - (other.w0 >>> 0)
    if (this.w1 !== other.w1) return (this.w1 >>> 0) - (other.w1 >>> 0)
    if (this.w2 !== other.w2) return (this.w2 >>> 0) - (other.w2 >>> 0)
    return (this.w3 >>> 0) - (other.w3 >>> 0)
  }

  /** Whether both are the same address of the same version. */
  equals(other: IpAddress): boolean {
    return (
      this.w3 === other.w3 &&
      this.w2 === other.w2 &&
      this.w1 === other.w1 &&
      this.w0 === other.w0 &&
      this.version === other.version
    )
  }

  /**
   * The address `offset` (may be negative) further on. Never wraps: throws `ADDRESS_OUT_OF_SPACE`
   * when the result would leave the address space or `offset` is not a whole number (a `number`
   * must be a safe integer), `INVALID_ADDRESS` when it would be IPv4-mapped.
   */
  plus(offset: bigint | number): IpAddress {
    if (typeof offset === 'number') {
      if (!Number.isSafeInteger(offset)) {
        throw new AddressError('ADDRESS_OUT_OF_SPACE', 'the offset is not a whole number')
      }
      const low = (this.w3 >>> 0) + offset
      if (low >= 0 && low <= 0xffff_ffff) {
        return IpAddress.unmapped(this.version, this.w0, this.w1, this.w2, low | 0)
      }
    } else if (typeof offset !== 'bigint') {
      throw new AddressError('ADDRESS_OUT_OF_SPACE', 'the offset is not a whole number')
    }
    const value = this.value + BigInt(offset)
    if (value < 0n || value >> BigInt(addressBits(this.version)) !== 0n) {
      throw new AddressError(
        'ADDRESS_OUT_OF_SPACE',
        `the result lies outside the IPv${this.version} address space`,
      )
    }
    return IpAddress.fromValue(this.version, value)
  }

  /** How far this address lies after `other`; negative if before. Throws `VERSION_MISMATCH`. */
  minus(other: IpAddress): bigint {
    if (this.version !== other.version) {
      throw new AddressError('VERSION_MISMATCH', 'IPv4 and IPv6 addresses have no distance')
    }
    if (this.w2 === other.w2 && this.w1 === other.w1 && this.w0 === other.w0) {
      return BigInt((this.w3 >>> 0) - (other.w3 >>> 0))
    }
    return this.value - other.value
  }

  /**
   * The first address of the block of prefix length `length` (0 to 32 or 128, not checked) that
   * holds this address: the bits after `length` cleared.
   */
  maskTo(length: number): IpAddress {
    if (this.version === 4) return new IpAddress(4, 0, 0, 0, this.w3 & networkBits(length))
    return new IpAddress(
      6,
      this.w0 & networkBits(length),
      this.w1 & networkBits(length - 32),
      this.w2 & networkBits(length - 64),
      this.w3 & networkBits(length - 96),
    )
  }

  /** The last address of that block: the bits after `length` (not checked) set. */
  fillTo(length: number): IpAddress {
    if (this.version === 4) return new IpAddress(4, 0, 0, 0, this.w3 | ~networkBits(length))
    return new IpAddress(
      6,
      this.w0 | ~networkBits(length),
      this.w1 | ~networkBits(length - 32),
      this.w2 | ~networkBits(length - 64),
      this.w3 | ~networkBits(length - 96),
    )
  }

  /** How many leading bits this address shares with `other`, which must be of the same version. */
  commonBits(other: IpAddress): number {
    if (this.version === 4) return Math.clz32(this.w3 ^ other.w3)
    if (this.w0 !== other.w0) return Math.clz32(this.w0 ^ other.w0)
    if (this.w1 !== other.w1) return 32 + Math.clz32(this.w1 ^ other.w1)
    if (this.w2 !== other.w2) return 64 + Math.clz32(this.w2 ^ other.w2)
    return 96 + Math.clz32(this.w3 ^ other.w3)
  }

  /** The address right after this one, or null after the last of the version. */
  next(): IpAddress | null {
    const w3 = (this.w3 + 1) | 0
    if (w3 !== 0) return new IpAddress(this.version, this.w0, this.w1, this.w2, w3)
    if (this.version === 4) return null
    const w2 = (this.w2 + 1) | 0
    const w1 = w2 === 0 ? (this.w1 + 1) | 0 : this.w1
    const w0 = w2 === 0 && w1 === 0 ? (this.w0 + 1) | 0 : this.w0
    if (w2 === 0 && w1 === 0 && w0 === 0) return null
    return new IpAddress(6, w0, w1, w2, 0)
  }

  /** The address right before this one, or null before the first of the version. */
  previous(): IpAddress | null {
    const w3 = this.w3
    if (w3 !== 0) return new IpAddress(this.version, this.w0, this.w1, this.w2, (w3 - 1) | 0)
    if ((this.w0 | this.w1 | this.w2) === 0) return null
    const w2 = (this.w2 - 1) | 0
    const w1 = this.w2 === 0 ? (this.w1 - 1) | 0 : this.w1
    const w0 = this.w2 === 0 && this.w1 === 0 ? (this.w0 - 1) | 0 : this.w0
    return new IpAddress(6, w0, w1, w2, -1)
  }

  /** Whether the address lies in `::ffff:0:0/96`; see the class for when that can be. */
  get isIpv4Mapped(): boolean {
    return isMapped(this.version, this.w0, this.w1, this.w2)
  }
}

/** A word whose first `length` bits are set; all of them from 32 on, none from 0 down. */
function networkBits(length: number): number {
  // A shift count is taken modulo 32, so that << 32 would shift by nothing.
  return length <= 0 ? 0 : length >= 32 ? -1 : -1 << (32 - length)
}

function checkVersion(version: IpVersion): void {
  if (version !== 4 && version !== 6) {
    throw new AddressError('VERSION_MISMATCH', 'the IP version must be 4 or 6')
  }
}
