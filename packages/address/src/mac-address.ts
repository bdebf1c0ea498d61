import { AddressError, quoted } from './address-error.ts'
import { scanMac } from './mac-text.ts'

/** A 48-bit MAC address (EUI-48), immutable. */
export class MacAddress {
  private readonly number: number

  private constructor(number: number) {
    this.number = number
  }

  /**
   * Reads `00:11:22:33:44:55`, `00-11-22-33-44-55`, `0011.2233.4455` or `001122334455`, in either
   * case, with one kind of separator throughout. Throws `INVALID_MAC`. Cost: one pass; text of any
   * other length is refused unread.
   */
  static parse(text: string): MacAddress {
    const number = typeof text === 'string' ? scanMac(text) : -1
    if (number < 0) {
      throw new AddressError(
        'INVALID_MAC',
        `${quoted(text, 'the input')} is not a MAC address of six bytes such as 00:11:22:33:44:55`,
      )
    }
    return new MacAddress(number)
  }

  /** The address as a number, 0 to 2^48 - 1. */
  get value(): bigint {
    return BigInt(this.number)
  }

  /** Six bytes, big-endian; a new array at every call. */
  toBytes(): Uint8Array {
    const bytes = new Uint8Array(6)
    let rest = this.number
    for (let i = 5; i >= 0; i--) {
      bytes[i] = rest % 256
      rest = Math.floor(rest / 256)
    }
    return bytes
  }

  /** Six lower-case pairs separated by colons. */
  toString(): string {
    return this.number
      .toString(16)
      .padStart(12, '0')
      .replace(/(..)(?=.)/g, '$1:')
  }

  toJSON(): string {
    return this.toString()
  }

  /** Whether it names a group of interfaces (the lowest bit of the first byte), broadcast included. */
  get isMulticast(): boolean {
    return Math.floor(this.number / 2 ** 40) % 2 === 1
  }

  get isZero(): boolean {
    return this.number === 0
  }

  compare(other: MacAddress): number {
    return this.number - other.number
  }

  equals(other: MacAddress): boolean {
    return this.number === other.number
  }
}
