import { gzipSync } from 'node:zlib'
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { decodeContent, isJsonContentType, parseJsonBody } from './json-body.ts'

const bytes = (text: string) => Buffer.from(text, 'utf8')
const code = (expected: string) => expect.objectContaining({ code: expected })

describe('a JSON body', () => {
  test('reads the same as JSON.parse for whatever JSON.stringify writes', () => {
    const plain = fc.jsonValue({ maxDepth: 5 }).filter((value) => hasOnlyExactNumbers(value))
    fc.assert(
      fc.property(plain, (value) => {
        const text = JSON.stringify(value)
        if (text.includes('__proto__')) return
        expect(parseJsonBody(bytes(text))).toEqual(JSON.parse(text))
      }),
    )
  })

  test.each([
    ['nothing but white space', bytes(' \n'), 'EMPTY_BODY'],
    ['a byte order mark', bytes('\ufeff{}'), 'MALFORMED_JSON'],
    ['UTF-16', Buffer.from('{"a":1}', 'utf16le'), 'MALFORMED_JSON'],
    ['UTF-16 with a byte order mark', Buffer.from('\ufeff{}', 'utf16le'), 'MALFORMED_JSON'],
    ['a broken UTF-8 sequence', Buffer.from([0x22, 0xc3, 0x28, 0x22]), 'MALFORMED_JSON'],
    ['a trailing comma', bytes('{"a":1,}'), 'MALFORMED_JSON'],
    ['two values', bytes('{} {}'), 'MALFORMED_JSON'],
    ['a raw control character', bytes('"\u0001"'), 'MALFORMED_JSON'],
  ])('is refused with %s', (_name, body, expected) => {
    expect(() => parseJsonBody(body)).toThrow(code(expected))
  })
})

function hasOnlyExactNumbers(value: unknown): boolean {
  if (typeof value === 'number') return Math.abs(value) <= Number.MAX_SAFE_INTEGER
  if (typeof value !== 'object' || value === null) return true
  return Object.values(value).every(hasOnlyExactNumbers)
}

describe('Content-Encoding', () => {
  test('gzip is undone', async () => {
    expect((await decodeContent(gzipSync('{"a":1}'), 'gzip', 100)).toString()).toBe('{"a":1}')
  })

  test('a gzip bomb is refused at the limit', async () => {
    const bomb = gzipSync(Buffer.alloc(10_000_000))
    await expect(decodeContent(bomb, 'gzip', 1_000_000)).rejects.toThrow(code('BODY_TOO_LARGE'))
  })

  test('what is not gzip is refused', async () => {
    await expect(decodeContent(bytes('{}'), 'gzip', 100)).rejects.toThrow(code('MALFORMED_REQUEST'))
    await expect(decodeContent(bytes('{}'), 'br', 100)).rejects.toThrow(
      code('UNSUPPORTED_MEDIA_TYPE'),
    )
  })
})

describe('Content-Type', () => {
  test.each([
    'application/json',
    'Application/JSON; charset=UTF-8',
    'application/json;charset="utf-8"',
  ])('%s is JSON', (header) => expect(isJsonContentType(header)).toBe(true))

  test.each([
    'text/plain',
    'application/json; charset=utf-7',
    'application/json; charset=utf-16',
    'application/json; boundary=x',
    'application/jsonp',
    'application/merge-patch+json',
    '',
  ])('%s is not', (header) => expect(isJsonContentType(header)).toBe(false))
})
