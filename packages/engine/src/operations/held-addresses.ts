import { uint32At } from '../store/sql/address-bytes.ts'

/** Which addresses of an IPv4 subnet have a row, a bit for each. Offsets are from the subnet's first address. */
export class HeldAddresses {
  readonly #bits: Uint8Array

  /** `size`: addresses of the subnet, 1 or more. */
  constructor(size: number) {
    this.#bits = new Uint8Array(Math.ceil(size / 8))
  }

  has(offset: bigint): boolean {
    const at = Number(offset)
    return ((this.#bits[at >> 3] as number) & (1 << (at & 7))) !== 0
  }

  add(offset: bigint): void {
    this.#set(Number(offset))
  }

  delete(offset: bigint): void {
    const at = Number(offset)
    this.#bits[at >> 3] = (this.#bits[at >> 3] as number) & ~(1 << (at & 7))
  }

  /** Adds addresses, each by four big-endian bytes; `base` is the number of the subnet's first address. */
  addTails(tails: Uint8Array, base: number): void {
    for (let at = 0; at < tails.length; at += 4) this.#set(uint32At(tails, at) - base)
  }

  #set(at: number): void {
    this.#bits[at >> 3] = (this.#bits[at >> 3] as number) | (1 << (at & 7))
  }
}
