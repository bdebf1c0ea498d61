/**
 * A word whose bits are not known: each is a sum over GF(2) of unknowns, kept as a row of 32-bit words. What generators do to
 * their state (shifts, masks, exclusive or) is done here to all possible states at once.
 */
export class SymbolicWord {
  readonly bits: number
  readonly #width: number
  readonly #rows: Uint32Array

  /** All bits 0. `width`: the 32-bit words of one bit's row. */
  constructor(bits: number, width: number) {
    this.bits = bits
    this.#width = width
    this.#rows = new Uint32Array(bits * width)
  }

  /** The row of a bit, counted from the lowest. */
  row(bit: number): Uint32Array {
    return this.#rows.subarray(bit * this.#width, (bit + 1) * this.#width)
  }

  xor(other: SymbolicWord): SymbolicWord {
    const result = new SymbolicWord(this.bits, this.#width)
    for (let at = 0; at < this.#rows.length; at += 1)
      result.#rows[at] = (this.#rows[at] as number) ^ (other.#rows[at] as number)
    return result
  }

  /** Moves every bit up by `by` places, or down when it is negative; zeros follow. */
  shifted(by: number): SymbolicWord {
    const result = new SymbolicWord(this.bits, this.#width)
    for (let bit = Math.max(0, -by); bit < Math.min(this.bits, this.bits - by); bit += 1)
      result.row(bit + by).set(this.row(bit))
    return result
  }

  /** Keeps the bits that are 1 in the mask. */
  masked(mask: bigint): SymbolicWord {
    const result = new SymbolicWord(this.bits, this.#width)
    for (let bit = 0; bit < this.bits; bit += 1)
      if ((mask >> BigInt(bit)) & 1n) result.row(bit).set(this.row(bit))
    return result
  }

  /** The given word where this one's lowest bit is 1, else 0. */
  lowestTimes(constant: bigint): SymbolicWord {
    const result = new SymbolicWord(this.bits, this.#width)
    for (let bit = 0; bit < this.bits; bit += 1)
      if ((constant >> BigInt(bit)) & 1n) result.row(bit).set(this.row(0))
    return result
  }
}
