import { randomFillSync } from 'node:crypto'
import type { RandomSource } from './allocators/random-source.ts'

const poolBytes = 8192

/**
 * Draws from the operating system's CSPRNG through a buffer. A draw takes the fewest whole bits that can hold the bound
 * and is repeated while it is out of bounds (under two draws on average): a remainder would favour low numbers.
 */
export class SystemRandom implements RandomSource {
  readonly #bytes = new Uint8Array(poolBytes)
  #position = poolBytes

  below(bound: bigint): bigint {
    if (bound < 1n) throw new RangeError('the bound of a random draw must be 1 or more')
    if (bound <= 0x1_0000_0000n) return BigInt(this.#below32(Number(bound)))
    const bits = (bound - 1n).toString(2).length
    const mask = (1n << BigInt(bits)) - 1n
    for (;;) {
      let value = 0n
      for (let taken = 0; taken < bits; taken += 32) value = (value << 32n) | BigInt(this.#take32())
      value &= mask
      if (value < bound) return value
    }
  }

  #below32(bound: number): number {
    const mask = bound === 1 ? 0 : 0xffff_ffff >>> Math.clz32(bound - 1)
    for (;;) {
      const value = (this.#take32() & mask) >>> 0
      if (value < bound) return value
    }
  }

  #take32(): number {
    if (this.#position + 4 > poolBytes) {
      randomFillSync(this.#bytes)
      this.#position = 0
    }
    const at = this.#position
    this.#position += 4
    const bytes = this.#bytes
    const value =
      (((bytes[at] ?? 0) << 24) |
        ((bytes[at + 1] ?? 0) << 16) |
        ((bytes[at + 2] ?? 0) << 8) |
        (bytes[at + 3] ?? 0)) >>>
      0
    // What was handed out must not be readable from this process's memory later.
    bytes[at] = bytes[at + 1] = bytes[at + 2] = bytes[at + 3] = 0
    return value
  }
}
