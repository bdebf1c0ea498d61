import { randomBytes } from 'node:crypto'
import { describe, expect, it } from 'vitest'
import { BitMatrix } from './bit-matrix.ts'

const bits = (count: number): Uint8Array => Uint8Array.from(randomBytes(count), (byte) => byte & 1)

/** Equations in `unknowns` unknowns, with the right sides that each of the solutions gives. */
function systemOf(rows: number, unknowns: number, solutions: readonly Uint8Array[]): BitMatrix {
  const matrix = new BitMatrix(rows, unknowns, solutions.length)
  for (let row = 0; row < rows; row += 1) {
    const coefficients = bits(unknowns)
    for (const [column, bit] of coefficients.entries()) if (bit === 1) matrix.flip(row, column)
    for (const [side, solution] of solutions.entries()) {
      const sum = coefficients.reduce((total, bit, at) => total ^ (bit & (solution[at] ?? 0)), 0)
      if (sum === 1) matrix.flipSide(row, side)
    }
  }
  return matrix
}

describe('a system of equations over GF(2)', () => {
  it.each([
    [20, 7, 1],
    [90, 64, 3],
    [400, 333, 40],
  ])('of %i rows in %i unknowns is solved for %i right sides', (rows, unknowns, sides) => {
    const solutions = Array.from({ length: sides }, () => bits(unknowns))
    const matrix = systemOf(rows, unknowns, solutions)
    const pivots = matrix.eliminate()
    expect(pivots).toHaveLength(unknowns)
    expect([...matrix.contradictions(pivots)]).toEqual(Array(sides).fill(0))
    for (const [side, solution] of solutions.entries())
      expect(matrix.solution(pivots, side)).toEqual(solution)
  })

  it('with too few equations gets one of its solutions', () => {
    const matrix = systemOf(30, 50, [bits(50)])
    const copy = new BitMatrix(30, 50, 1)
    copy.words.set(matrix.words)
    const pivots = matrix.eliminate()
    const solution = matrix.solution(pivots, 0)
    for (let row = 0; row < 30; row += 1) {
      const sum = solution.reduce((total, bit, column) => total ^ (bit & copy.get(row, column)), 0)
      expect(sum).toBe(copy.side(row, 0))
    }
  })

  it('that contradicts itself is known by it, each right side for itself', () => {
    const solutions = Array.from({ length: 3 }, () => bits(40))
    const matrix = systemOf(80, 40, solutions)
    for (let row = 0; row < 80; row += 3) matrix.flipSide(row, 1)
    const pivots = matrix.eliminate()
    expect([...matrix.contradictions(pivots)]).toEqual([0, 1, 0])
  })
})
