import { describe, expect, it } from 'vitest'
import { arrayText } from '../src/store/postgres/postgres-capabilities.ts'

describe('an array as text', () => {
  it('tells nothing, NULL and the text of that name apart', () => {
    expect(arrayText([])).toBe('{}')
    expect(arrayText([null, 'NULL', ''])).toBe('{NULL,"NULL",""}')
  })

  it('quotes what would end a text or an array', () => {
    expect(arrayText(['a"b', 'a\\b', '{a,b}'])).toBe('{"a\\"b","a\\\\b","{a,b}"}')
  })

  it('writes integers of any size, and bytes in hexadecimal', () => {
    expect(arrayText([1, -2, 9_007_199_254_740_993n])).toBe('{1,-2,9007199254740993}')
    expect(arrayText([new Uint8Array([0, 255]), new Uint8Array(0)])).toBe('{"\\\\x00ff","\\\\x"}')
  })
})
