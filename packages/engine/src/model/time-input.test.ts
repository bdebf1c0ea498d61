import { describe, expect, test } from 'vitest'
import { parseTime } from './time-input.ts'

describe('an RFC 3339 time', () => {
  test.each([
    ['2026-01-31T12:00:00Z', Date.UTC(2026, 0, 31, 12)],
    ['2026-01-31T12:00:00.123456789Z', Date.UTC(2026, 0, 31, 12, 0, 0, 123)],
    ['2026-01-31T12:00:00+05:30', Date.UTC(2026, 0, 31, 6, 30)],
    ['2024-02-29T23:59:59-00:01', Date.UTC(2024, 2, 1, 0, 0, 59)],
    ['2000-02-29T00:00:00Z', Date.UTC(2000, 1, 29)],
  ])('%s is read', (text, time) => {
    expect(parseTime(text, '/at')).toBe(time)
  })

  test.each([
    '',
    'yesterday',
    '2026',
    '2026-01-31',
    '2026-01-31T12:00:00',
    '2026-01-31 12:00:00Z',
    '2026-02-30T00:00:00Z',
    '2026-02-29T00:00:00Z',
    '1900-02-29T00:00:00Z',
    '2026-13-01T00:00:00Z',
    '2026-00-01T00:00:00Z',
    '2026-01-00T00:00:00Z',
    '2026-01-01T24:00:00Z',
    '2026-01-01T00:60:00Z',
    '2016-12-31T23:59:60Z',
    '2026-01-01T00:00:00+24:00',
    '2026-01-01T00:00:00.Z',
    '٢٠٢٦-01-01T00:00:00Z',
  ])('%s is refused', (text) => {
    expect(() => parseTime(text, '/at')).toThrow(
      expect.objectContaining({
        code: 'INVALID_FIELD',
        details: expect.objectContaining({ pointer: '/at' }),
      }),
    )
  })
})
