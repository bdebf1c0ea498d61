import { randomBytes } from 'node:crypto'
import { describe, expect, it } from 'vitest'
import { stepOf } from './xorshift.ts'
import { leadingBits, outputsNeeded, solveXorshift } from './xorshift-solver.ts'

describe('the solver of Math.random', () => {
  it('knows the bits that a pick gives away', () => {
    expect(leadingBits(5n, 8n)).toEqual({ count: 3, bits: 5n })
    expect(leadingBits(1023n, 1024n)).toEqual({ count: 10, bits: 1023n })
    // 0.499 to 0.5 and 0.5 to 0.501; three tenths to four tenths, which is 0.01… in binary.
    expect(leadingBits(499n, 1000n)).toMatchObject({ count: 9 })
    expect(leadingBits(3n, 10n)).toEqual({ count: 2, bits: 1n })
  })

  it('knows the order in which V8 hands its batches out', () => {
    expect([0, 1, 2, 3, 65, 66, 67].map((index) => stepOf(index, 2))).toEqual([
      2, 1, 0, 127, 65, 64, 191,
    ])
  })

  it('agrees with the engine that runs it', () => {
    for (const size of [1n << 40n, 1024n, 1000n]) {
      const sequences = Array.from({ length: 20 }, () =>
        Array.from({ length: outputsNeeded + 100 }, () =>
          BigInt(Math.floor(Math.random() * Number(size))),
        ),
      )
      const observed = sequences.map((picks) => picks.slice(0, outputsNeeded))
      for (const [index, predict] of solveXorshift(observed, size).entries())
        expect(predict?.(100)).toEqual(sequences[index]?.slice(outputsNeeded))
    }
  })

  it('finds nothing in numbers of another origin', () => {
    const sequences = Array.from({ length: 20 }, () => [...randomBytes(outputsNeeded)].map(BigInt))
    expect(solveXorshift(sequences, 256n)).toEqual(Array(20).fill(null))
  })
})
