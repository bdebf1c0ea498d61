import { expect, test } from 'vitest'
import { percentText, utilizationBar } from './utilization-bar.ts'

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
