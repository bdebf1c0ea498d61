import { BitMatrix } from './bit-matrix.ts'
import {
  MersenneTwister,
  middleWord,
  stateWords,
  tempering,
  twist,
  untemper,
} from './mersenne-twister.ts'
import { SymbolicWord } from './symbolic-word.ts'

/**
 * Finds the state of MT19937 from the upper eight bits of outputs that follow one another without a gap, as `getrandbits(8)`
 * hands them out, for many sequences at once.
 *
 * The unknowns are the lower 24 bits of the first 624 outputs; their upper eight are known. Every later output is a sum of
 * bits of those 624, so its eight known bits are eight equations. 14,976 unknowns, of which 23 never matter (of the first
 * word of the state only one bit goes into what follows), need 1,870 outputs more; with `outputsNeeded` there are 200
 * equations over, which a sequence of another origin satisfies with a chance of 2^-200.
 *
 * Which sums they are does not depend on what was observed. So one elimination answers for all sequences, each a right side
 * of its own.
 */
export function solveMersenne(sequences: readonly Uint8Array[]): (MersenneTwister | null)[] {
  const matrix = equationsOf(sequences)
  const pivots = matrix.eliminate()
  const contradicted = matrix.contradictions(pivots)
  return sequences.map((sequence, side) =>
    contradicted[side] === 1 ? null : twisterOf(sequence, matrix.solution(pivots, side)),
  )
}

export const outputsNeeded = 2520
const knownBits = 8
const unknownBits = 32 - knownBits
const unknowns = stateWords * unknownBits

function equationsOf(sequences: readonly Uint8Array[]): BitMatrix {
  const rows = (outputsNeeded - stateWords) * knownBits
  const matrix = new BitMatrix(rows, unknowns, sequences.length)
  const outputs = symbolicOutputs(firstOutputs(sequences, matrix.width))
  let row = 0
  for (let index = stateWords; index < outputsNeeded; index += 1) {
    const { value: output } = outputs.next()
    for (let bit = unknownBits; output !== undefined && bit < 32; bit += 1, row += 1) {
      matrix.words.set(output.row(bit), row * matrix.width)
      for (const [side, sequence] of sequences.entries())
        if (((sequence[index] as number) >> (bit - unknownBits)) & 1) matrix.flipSide(row, side)
    }
  }
  return matrix
}

// The outputs after the first 624. Each bit is a row of the matrix: a sum of unknowns, and of the bits that are known, for
// each sequence its own.
function* symbolicOutputs(first: readonly SymbolicWord[]): Generator<SymbolicWord, undefined> {
  const words = first.map(untempered)
  for (let at = 0; ; at = (at + 1) % stateWords) {
    const lower = words[(at + 1) % stateWords] as SymbolicWord
    const joined = (words[at] as SymbolicWord).masked(1n << 31n).xor(lower.masked((1n << 31n) - 1n))
    const word = (words[(at + middleWord) % stateWords] as SymbolicWord)
      .xor(joined.shifted(-1))
      .xor(joined.lowestTimes(BigInt(twist)))
    words[at] = word
    yield tempered(word)
  }
}

function firstOutputs(sequences: readonly Uint8Array[], width: number): SymbolicWord[] {
  const sides = Math.ceil(unknowns / 32)
  return Array.from({ length: stateWords }, (_, index) => {
    const output = new SymbolicWord(32, width)
    for (let bit = 0; bit < unknownBits; bit += 1) {
      const unknown = index * unknownBits + bit
      output.row(bit)[unknown >>> 5] = 1 << (unknown & 31)
    }
    for (const [side, sequence] of sequences.entries())
      for (let bit = 0; bit < knownBits; bit += 1)
        if (((sequence[index] as number) >> bit) & 1)
          output.row(unknownBits + bit)[sides + (side >>> 5)]! |= 1 << (side & 31)
    return output
  })
}

function tempered(word: SymbolicWord): SymbolicWord {
  return tempering.reduce(
    (value, { shift, mask }) => value.xor(value.shifted(shift).masked(BigInt(mask))),
    word,
  )
}

function untempered(output: SymbolicWord): SymbolicWord {
  return tempering.toReversed().reduce((value, { shift, mask }) => {
    let known = value
    for (let right = Math.abs(shift); right < 32; right += Math.abs(shift))
      known = value.xor(known.shifted(shift).masked(BigInt(mask)))
    return known
  }, output)
}

/** The generator after the outputs that were observed. */
function twisterOf(sequence: Uint8Array, solution: Uint8Array): MersenneTwister {
  const words = Uint32Array.from({ length: stateWords }, (_, index) => {
    let output = (sequence[index] as number) << unknownBits
    for (let bit = 0; bit < unknownBits; bit += 1)
      output |= (solution[index * unknownBits + bit] as number) << bit
    return untemper(output >>> 0)
  })
  const twister = new MersenneTwister(words)
  for (let index = 0; index < outputsNeeded; index += 1) twister.next32()
  return twister
}
