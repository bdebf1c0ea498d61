/** MT19937 by its definition, and the ways in which Python's `random` uses its numbers. */

export const stateWords = 624
export const middleWord = 397
export const twist = 0x9908_b0df
const upperBit = 0x8000_0000

/** What an output is made of a word of the state by: shifts and masks, in order. */
export const tempering = [
  { shift: -11, mask: 0xffff_ffff },
  { shift: 7, mask: 0x9d2c_5680 },
  { shift: 15, mask: 0xefc6_0000 },
  { shift: -18, mask: 0xffff_ffff },
] as const

export class MersenneTwister {
  readonly #words: Uint32Array
  #at = 0

  /** `words`: 624 words of the state, of which the first output of this generator is the first, tempered. */
  constructor(words: Uint32Array) {
    this.#words = words.slice()
  }

  /** From one number, as the authors' `init_genrand` has it. */
  static seeded(seed: number): MersenneTwister {
    const words = new Uint32Array(stateWords)
    words[0] = seed
    for (let at = 1; at < stateWords; at += 1) {
      const before = words[at - 1] as number
      words[at] = Math.imul(1_812_433_253, before ^ (before >>> 30)) + at
    }
    const twister = new MersenneTwister(words)
    for (let at = 0; at < stateWords; at += 1) twister.next32()
    return twister
  }

  next32(): number {
    const words = this.#words
    const at = this.#at
    const next = (at + 1) % stateWords
    const value = words[at] as number
    const joined = (value & upperBit) | ((words[next] as number) & ~upperBit)
    words[at] =
      (words[(at + middleWord) % stateWords] as number) ^
      (joined >>> 1) ^
      ((joined & 1) === 1 ? twist : 0)
    this.#at = next
    return temper(value)
  }

  /** Python's `getrandbits`: the upper bits of one output. 1 to 32. */
  bits(count: number): number {
    return this.next32() >>> (32 - count)
  }

  /** Python's `_randbelow`: again and again until it is in bounds. A bound of 1,024 takes eleven bits, and so two tries. */
  below(bound: number): number {
    const count = 32 - Math.clz32(bound)
    for (;;) {
      const value = this.bits(count)
      if (value < bound) return value
    }
  }
}

function temper(word: number): number {
  let value = word
  for (const { shift, mask } of tempering)
    value ^= (shift > 0 ? value << shift : value >>> -shift) & mask
  return value >>> 0
}

/** A word of the state from its output. */
export function untemper(output: number): number {
  let value = output
  for (const { shift, mask } of tempering.toReversed()) {
    let known = value
    // Each round makes `shift` more bits right.
    for (let right = Math.abs(shift); right < 32; right += Math.abs(shift))
      known = value ^ ((shift > 0 ? known << shift : known >>> -shift) & mask)
    value = known
  }
  return value >>> 0
}
