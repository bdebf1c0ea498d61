import { expect, test } from 'vitest'
import { counted, countText } from './count-text.ts'

test('counts are grouped, and written as powers of two where they are too long to read', () => {
  expect(countText('254')).toBe('254')
  expect(countText('16777214')).toBe('16,777,214')
  expect(countText('18446744073709551616')).toBe('2^64')
  expect(countText('18446744073709551615')).toBe('~2^64')
})

test('one is counted in the singular, anything else in the plural', () => {
  expect([0, 1, 2, 1200].map((count) => counted(count, 'subnet'))).toEqual([
    '0 subnets',
    '1 subnet',
    '2 subnets',
    '1,200 subnets',
  ])
  expect(counted('1', 'address')).toBe('1 address')
  expect(counted('18446744073709551616', 'address')).toBe('2^64 addresses')
  expect(counted(2, 'prefix')).toBe('2 prefixes')
})
