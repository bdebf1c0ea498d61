import { describe, expect, it } from 'vitest'
import { type DrawSample, liesInWindow, suspicionsOf, unevenBits } from './draw-statistics.ts'
import { MersenneTwister } from './mersenne-twister.ts'

// How small a flaw each statistic still sees, with as many draws as the suites take by default. Every flaw is tried twenty
// times and must be seen every time; a fair generator is judged fifty times and acquitted every time. The draws come of a
// seed, so that every run judges the same ones.

const random = MersenneTwister.seeded(20_261_128)
const below = (bound: number): number => random.below(bound)
const draws = 16_000
const free = 2048

function sampleOf(draw: (before: number) => number, count = draws): DrawSample {
  let last = 0
  const batch = (): number[] => {
    last = draw(last)
    return [last]
  }
  return { free, batches: Array.from({ length: count }, batch), followsHeld: (r) => r % 16 === 0 }
}

function timesSeen(statistic: string, draw: (before: number) => number): number {
  let seen = 0
  for (let round = 0; round < 20; round += 1)
    if (suspicionsOf(sampleOf(draw)).some((found) => found.statistic === statistic)) seen += 1
  return seen
}

describe('the statistics of draws', () => {
  it('acquit what is fair, with and without replacement', () => {
    for (let round = 0; round < 25; round += 1) {
      expect(suspicionsOf(sampleOf(() => below(free)))).toEqual([])
      const batches = Array.from({ length: 20 }, () => {
        const batch = new Set<number>()
        while (batch.size < 50) batch.add(below(200))
        return [...batch]
      })
      expect(suspicionsOf({ free: 200, batches })).toEqual([])
    }
  })

  it('see a 64th of the addresses that is twice as likely', () => {
    expect(timesSeen('bins', () => below(below(64) === 0 ? free / 64 : free))).toBe(20)
  })

  it('see a lower half that is 22 % likelier than the upper', () => {
    expect(timesSeen('distance', () => (below(10) === 0 ? below(free / 2) : below(free)))).toBe(20)
  })

  it('see that one draw in ten is close to the one before', () => {
    expect(
      timesSeen('lags', (before) => (below(10) === 0 ? (before + 1) % free : below(free))),
    ).toBe(20)
  })

  it('see that what follows held addresses is half as likely again', () => {
    expect(timesSeen('gaps', () => (below(32) === 0 ? below(free / 16) * 16 : below(free)))).toBe(
      20,
    )
  })

  it('see a bit that is 1 in 55 of 100 values', () => {
    const values = (ones: number): bigint[] =>
      Array.from({ length: draws }, () => (BigInt(below(64)) << 1n) | (below(100) < ones ? 1n : 0n))
    for (let round = 0; round < 20; round += 1) {
      expect(unevenBits(values(55), 7)).toEqual([0])
      expect(unevenBits(values(50), 7)).toEqual([])
    }
  })

  it('see a window, and no window where there is none', () => {
    const ranks = (bound: number) => Array.from({ length: 5 }, () => BigInt(below(bound)))
    for (let round = 0; round < 100; round += 1) {
      expect(liesInWindow(ranks(1000))).toBe(true)
      expect(liesInWindow(ranks(65_534))).toBe(false)
    }
  })
})
