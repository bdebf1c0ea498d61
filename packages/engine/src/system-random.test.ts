import { describe, expect, it } from 'vitest'
import { SystemRandom } from './system-random.ts'

const random = new SystemRandom()

describe('numbers of the operating system’s generator', () => {
  it.each([
    1n,
    2n,
    3n,
    255n,
    256n,
    257n,
    (1n << 32n) - 1n,
    1n << 32n,
    (1n << 32n) + 1n,
    1n << 64n,
    (1n << 128n) - 1n,
  ])('stay below %s', (bound) => {
    for (let draw = 0; draw < 500; draw += 1) {
      const value = random.below(bound)
      expect(value >= 0n && value < bound).toBe(true)
    }
  })

  it('refuse a bound below 1', () => {
    expect(() => random.below(0n)).toThrow(RangeError)
  })

  // With fair draws a chi-square of 60 or more on 9 degrees of freedom has a chance of 10^-9.
  it.each([10n, 10n << 60n])('fall evenly below %s, which is no power of two', (bound) => {
    const counts = Array<number>(10).fill(0)
    const draws = 50_000
    for (let draw = 0; draw < draws; draw += 1)
      counts[Number((random.below(bound) * 10n) / bound)]! += 1
    const expected = draws / 10
    const chiSquare = counts.reduce((sum, count) => sum + (count - expected) ** 2 / expected, 0)
    expect(chiSquare).toBeLessThan(60)
  })

  it('use every bit of a wide number', () => {
    let ones = 0n
    let zeros = 0n
    const all = (1n << 128n) - 1n
    for (let draw = 0; draw < 200; draw += 1) {
      const value = random.below(1n << 128n)
      ones |= value
      zeros |= ~value & all
    }
    expect([ones, zeros]).toEqual([all, all])
  })
})
