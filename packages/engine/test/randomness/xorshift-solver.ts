import { BitMatrix } from './bit-matrix.ts'
import { SymbolicWord } from './symbolic-word.ts'
import { batchLength, step, stepOf, type XorshiftState } from './xorshift.ts'

/**
 * Finds the states of V8's `Math.random` from sequences of its outputs, each multiplied by `size` and rounded down.
 *
 * What an output tells for certain: it lies from value/size up to (value + 1)/size, and the leading bits that both ends have
 * in common are bits of the state. A size of 1,024 gives ten of them, one of 1,000 nearly as many on average, more than 2^12
 * the twelve that are used. The state has 128 bits, so that some twenty picks from a window of a thousand determine it. Where
 * in a batch of 64 the first output lay is not known: all places are tried, and the wrong ones contradict themselves where
 * the ends of batches were seen, or give other picks than were observed. Whether a double holds 52 bits of the state, as it
 * once did, or 53 does not matter to the leading bits.
 *
 * With a size that is a power of two the equations do not depend on the values, and all sequences are solved at once.
 */
export function solveXorshift(
  sequences: readonly (readonly bigint[])[],
  size: bigint,
): (XorshiftPrediction | null)[] {
  if (sequences.length > 1 && (size & (size - 1n)) !== 0n)
    return sequences.flatMap((sequence) => solveXorshift([sequence], size))
  const known = sequences.map((values) => values.map((value) => leadingBits(value, size)))
  const sides = sidesOf(known)
  const found: (XorshiftPrediction | null)[] = sequences.map(() => null)
  for (let position = 0; position < batchLength; position += 1)
    for (const [index, start] of solveAt(known, sides, position).entries())
      if (start !== null) {
        const values = sequences[index] ?? []
        const again = picks(start, position, 0, values.length, size)
        if (values.every((value, at) => value === again[at]))
          found[index] ??= (count) => picks(start, position, values.length, count, size)
      }
  return found
}

/** The picks that come next. */
export type XorshiftPrediction = (count: number) => bigint[]

/**
 * To see the ends of three batches. Each is one pick that a place off by one gets wrong, unless by a chance of 1 in `size`.
 */
export const outputsNeeded = 3 * batchLength + 8

interface KnownBits {
  readonly count: number
  /** The leading bits as a number of `count` bits. */
  readonly bits: bigint
}

// More would only cost time.
const usedBits = 12

/** The leading bits of every fraction from value/size up to (value + 1)/size. */
export function leadingBits(value: bigint, size: bigint): KnownBits {
  const scale = 1n << BigInt(usedBits)
  const low = (value * scale) / size
  const high = ((value + 1n) * scale - 1n) / size
  let count = usedBits
  while (count > 0 && low >> BigInt(usedBits - count) !== high >> BigInt(usedBits - count))
    count -= 1
  return { count, bits: low >> BigInt(usedBits - count) }
}

// Bit by bit what was observed, a word for each 32 sequences: the same wherever in its batch the first output lay.
function sidesOf(sequences: readonly (readonly KnownBits[])[]): Uint32Array[] {
  return (sequences[0] ?? []).flatMap(({ count }, index) =>
    Array.from({ length: count }, (_, bit) => {
      const words = new Uint32Array(Math.ceil(sequences.length / 32))
      for (const [side, known] of sequences.entries())
        if (((known[index] as KnownBits).bits >> BigInt(count - 1 - bit)) & 1n)
          words[side >>> 5]! |= 1 << (side & 31)
      return words
    }),
  )
}

function solveAt(
  sequences: readonly (readonly KnownBits[])[],
  sides: readonly Uint32Array[],
  position: number,
): (XorshiftState | null)[] {
  const matrix = new BitMatrix(sides.length, 128, sequences.length)
  let row = 0
  for (const [index, { count }] of (sequences[0] ?? []).entries()) {
    const output = symbolicOutputs(stepOf(index, position))
    for (let bit = 0; bit < count; bit += 1, row += 1) {
      matrix.words.set(output.row(63 - bit), row * matrix.width)
      matrix.words.set(sides[row] as Uint32Array, row * matrix.width + 4)
    }
  }
  const pivots = matrix.eliminate()
  const contradicted = matrix.contradictions(pivots)
  return sequences.map((_, side) => {
    if (pivots.length < 128 || contradicted[side] === 1) return null
    const bits = matrix.solution(pivots, side)
    const wordAt = (from: number): bigint =>
      bits.slice(from, from + 64).reduceRight((word, bit) => (word << 1n) | BigInt(bit), 0n)
    return { first: wordAt(0), second: wordAt(64) }
  })
}

function picks(
  start: XorshiftState,
  position: number,
  from: number,
  count: number,
  size: bigint,
): bigint[] {
  const outputs: bigint[] = []
  let state = start
  const last = Math.max(...Array.from({ length: count }, (_, at) => stepOf(from + at, position)))
  for (let at = 0; at <= last; at += 1) {
    state = step(state)
    outputs.push(state.first)
  }
  return Array.from({ length: count }, (_, at) => {
    const output = outputs[stepOf(from + at, position)] as bigint
    return ((output >> 11n) * size) >> 53n
  })
}

// The outputs as sums of the 128 bits before the first step; made as far as somebody asks.
const made: SymbolicWord[] = []
let [first, second] = [unknownWord(0), unknownWord(64)]

function symbolicOutputs(index: number): SymbolicWord {
  while (made.length <= index) {
    let mixed = first
    mixed = mixed.xor(mixed.shifted(23))
    mixed = mixed.xor(mixed.shifted(-17))
    mixed = mixed.xor(second).xor(second.shifted(-26))
    ;[first, second] = [second, mixed]
    made.push(first)
  }
  return made[index] as SymbolicWord
}

function unknownWord(from: number): SymbolicWord {
  const unknown = new SymbolicWord(64, 4)
  for (let bit = 0; bit < 64; bit += 1)
    unknown.row(bit)[(from + bit) >>> 5] = 1 << ((from + bit) & 31)
  return unknown
}
