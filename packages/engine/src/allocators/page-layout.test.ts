import { describe, expect, it } from 'vitest'
import { pageBounds, pageOf } from './page-layout.ts'

const pages = 512 + (128 - 17) * 512

describe('pages of a subnet', () => {
  it('tile all offsets below 2^128 without gap or overlap', () => {
    let next = 0n
    for (let page = 0; page < pages; page += 1) {
      const { first, last } = pageBounds(page)
      if (first !== next || last < first)
        expect.fail(`page ${page} spans ${first} to ${last}; expected it to start at ${next}`)
      next = last + 1n
    }
    expect(next).toBe(1n << 128n)
  })

  it('are found from their first and last offset, and from one in the middle', () => {
    const wrong: number[] = []
    for (let page = 0; page < pages; page += 1) {
      const { first, last } = pageBounds(page)
      const found = [first, (first + last) / 2n, last].map(pageOf)
      if (found.some((other) => other !== page)) wrong.push(page)
    }
    expect(wrong).toEqual([])
  })

  it('are found exactly on both sides of every power of two', () => {
    for (let exponent = 0n; exponent <= 127n; exponent += 1n)
      for (const offset of [(1n << exponent) - 1n, 1n << exponent, (1n << exponent) + 1n]) {
        const { first, last } = pageBounds(pageOf(offset))
        expect(offset >= first && offset <= last, `offset ${offset}`).toBe(true)
      }
  })

  it.each([
    ['/24', 8n, 1],
    ['/16', 16n, 256],
    ['/15', 17n, 512],
    ['/8', 24n, 4096],
    ['/64', 64n, 24_576],
    ['whole IPv6', 128n, 57_344],
  ])('are few: a %s has %s host bits and %s pages', (_, hostBits, count) => {
    expect(pageOf((1n << hostBits) - 1n) + 1).toBe(count)
  })
})
