import { describe, expect, it } from 'vitest'
import { binomialTail, chiSquareTail, kolmogorovTail, logGamma } from './tail-probability.ts'

describe('the chance of a statistic as large as this', () => {
  // Two degrees of freedom make it exp(-x/2), four that times 1 + x/2; one is the square of a normal variable, and the
  // others are in any table.
  it.each([
    [2, 2, Math.exp(-1)],
    [40, 2, Math.exp(-20)],
    [25, 1, 5.733031e-7],
    [3.841459, 1, 0.05],
    [18.307038, 10, 0.05],
    [92.010024, 63, 0.01],
    [1, 4, 1.5 * Math.exp(-0.5)],
  ])('is for a chi-square of %d with %d degrees of freedom %d', (value, degrees, chance) => {
    expect(chiSquareTail(value, degrees) / chance).toBeCloseTo(1, 3)
  })

  it('is for a Kolmogorov–Smirnov distance that of its table', () => {
    expect(kolmogorovTail(1.358)).toBeCloseTo(0.05, 3)
    expect(kolmogorovTail(1.628)).toBeCloseTo(0.01, 3)
    expect(kolmogorovTail(0.1)).toBe(1)
  })

  it('is for a number of hits the sum of its binomial chances', () => {
    expect(binomialTail(3, 0.5, 2)).toBeCloseTo(0.5, 12)
    expect(binomialTail(10, 0.1, 10)).toBeCloseTo(1e-10, 15)
    expect([binomialTail(5, 0.3, 0), binomialTail(5, 0, 1), binomialTail(5, 1, 5)]).toEqual([
      1, 0, 1,
    ])
  })

  it('rests on the logarithm of the factorial', () => {
    expect(Math.exp(logGamma(6))).toBeCloseTo(120, 8)
    expect(logGamma(0.5)).toBeCloseTo(Math.log(Math.sqrt(Math.PI)), 10)
  })
})
