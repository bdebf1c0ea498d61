import { describe, expect, test } from 'vitest'
import { TokenBuckets } from './token-buckets.ts'

function bucketsAt(capacity: number, perSecond: number) {
  let now = 0
  const buckets = new TokenBuckets({ capacity, perSecond, clock: () => now })
  return { buckets, forward: (seconds: number) => (now += seconds * 1000) }
}

describe('token buckets', () => {
  test('give what they hold, then say how long to wait, and fill again', () => {
    const { buckets, forward } = bucketsAt(3, 2)
    expect([1, 2, 3].map(() => buckets.take('a'))).toEqual([0, 0, 0])
    expect(buckets.take('a')).toBe(0.5)
    forward(0.5)
    expect(buckets.take('a')).toBe(0)
    expect(buckets.take('a')).toBe(0.5)
    forward(100)
    expect(buckets.take('a', 3)).toBe(0)
  })

  test('keep the keys apart', () => {
    const { buckets } = bucketsAt(1, 1)
    expect(buckets.take('a')).toBe(0)
    expect(buckets.take('a')).toBe(1)
    expect(buckets.take('b')).toBe(0)
  })

  test('take nothing when there is not enough, and say when there never will be', () => {
    const { buckets } = bucketsAt(10, 1)
    expect(buckets.take('a', 8)).toBe(0)
    expect(buckets.take('a', 5)).toBe(3)
    expect(buckets.take('a', 2)).toBe(0)
    expect(buckets.take('a', 11)).toBe(Number.POSITIVE_INFINITY)
  })

  test('need memory only for keys that were busy lately', () => {
    const { buckets, forward } = bucketsAt(2, 1)
    for (let key = 0; key < 100_000; key += 1) {
      buckets.take(String(key))
      if (key % 1000 === 0) forward(1)
    }
    expect(buckets.size).toBeLessThanOrEqual(10_000)
  })
})
