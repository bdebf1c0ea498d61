import { expect, test } from 'vitest'
import { countText, percentText, utilizationBar } from './utilization-bar.ts'

test('the bar fills by eighths, and only a full one looks full, only an empty one empty', () => {
  expect(utilizationBar(0, 4)).toBe('░░░░')
  expect(utilizationBar(0.5, 4)).toBe('██░░')
  expect(utilizationBar(0.625, 4)).toBe('██▌░')
  expect(utilizationBar(1, 4)).toBe('████')
  expect(utilizationBar(0.000001, 4)).toBe('▏░░░')
  expect(utilizationBar(0.999999, 4)).toBe('███▉')
})

test('a percentage is never rounded to none or all', () => {
  expect([0, 0.0001, 0.0758, 0.9999, 1].map(percentText)).toEqual([
    '0 %',
    '<0.1 %',
    '7.6 %',
    '>99.9 %',
    '100 %',
  ])
})

test('counts are grouped, and written as powers of two where they are too long to read', () => {
  expect(countText('254')).toBe('254')
  expect(countText('16777214')).toBe('16,777,214')
  expect(countText('18446744073709551616')).toBe('2^64')
  expect(countText('18446744073709551615')).toBe('~2^64')
})
