import { randomBytes } from 'node:crypto'
import { describe, expect, it } from 'vitest'
import { MersenneTwister, untemper } from './mersenne-twister.ts'

describe('the Mersenne Twister', () => {
  it('gives the numbers of its authors', () => {
    // The 10,000th number from the seed 5489 is what the C++ standard requires of mt19937.
    const twister = MersenneTwister.seeded(5489)
    expect([twister.next32(), twister.next32()]).toEqual([3_499_211_612, 581_869_302])
    let last = 0
    for (let count = 2; count < 10_000; count += 1) last = twister.next32()
    expect(last).toBe(4_123_659_995)
  })

  it('shows the words of its state', () => {
    const words = Uint32Array.from({ length: 624 }, () => randomBytes(4).readUInt32LE())
    const twister = new MersenneTwister(words)
    expect(words.every((word) => untemper(twister.next32()) === word)).toBe(true)
  })

  it('draws below a bound as Python does', () => {
    const twister = MersenneTwister.seeded(1)
    const values = Array.from({ length: 2000 }, () => twister.below(1000))
    expect([Math.min(...values) < 10, Math.max(...values) < 1000]).toEqual([true, true])
  })
})
