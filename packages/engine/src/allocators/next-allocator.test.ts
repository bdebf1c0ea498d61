import { expect, it } from 'vitest'
import { lowestFree } from './next-allocator.ts'

const ranges = [
  { first: 2n, last: 4n },
  { first: 8n, last: 9n },
]

it.each([
  [[], 1, [2n]],
  [[2n, 3n], 1, [4n]],
  [[2n, 3n, 4n], 2, [8n, 9n]],
  [[3n], 9, [2n, 4n, 8n, 9n]],
  [[0n, 2n, 3n, 4n, 5n, 8n, 9n], 1, []],
])('the lowest free addresses without %s, %i of them, are %s', (taken, count, expected) => {
  expect(lowestFree(ranges, taken, count)).toEqual(expected)
})

it('finds the first free address of a huge range at once', () => {
  expect(lowestFree([{ first: 1n, last: 1n << 127n }], [1n], 1)).toEqual([2n])
})
