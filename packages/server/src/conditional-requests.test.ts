import { describe, expect, test } from 'vitest'
import { expectedRevision, isUnchanged } from './conditional-requests.ts'

const current = async () => ({ revision: 3 })

describe('If-Match', () => {
  test.each([
    [undefined, undefined],
    ['*', undefined],
    ['"3"', 3],
    ['"7"', 7],
    ['"2", "3"', 3],
    ['W/"3", "3"', 3],
    [' "3" ,, "x"', 3],
  ])('%s expects revision %s', async (header, revision) => {
    expect(await expectedRevision(header, current)).toBe(revision)
  })

  test.each(['W/"3"', '"1", "2"', '"x"', '""', '"03"', ''])(
    '%s matches nothing',
    async (header) => {
      await expect(expectedRevision(header, current)).rejects.toThrow(
        expect.objectContaining({ code: 'STALE_REVISION' }),
      )
    },
  )

  test.each(['3', '"3', '*, "3"', 'w/"3"', '"a"b"'])('%s is malformed', async (header) => {
    await expect(expectedRevision(header, current)).rejects.toThrow(
      expect.objectContaining({ code: 'INVALID_HEADER' }),
    )
  })

  test('a missing record is told as missing, not as changed', async () => {
    const missing = async () => {
      throw new Error('missing')
    }
    await expect(expectedRevision('W/"3"', missing)).rejects.toThrow('missing')
  })

  test('the record is not read where the header names one revision', async () => {
    await expectedRevision('"3"', async () => expect.unreachable())
  })
})

describe('If-None-Match', () => {
  test.each([
    [undefined, false],
    ['"3"', true],
    ['W/"3"', true],
    ['"2", "3"', true],
    ['*', true],
    ['"2"', false],
  ])('%s: unchanged is %s', (header, unchanged) => {
    expect(isUnchanged(header, 3)).toBe(unchanged)
  })
})
