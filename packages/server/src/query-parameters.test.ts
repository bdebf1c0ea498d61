import { Type } from 'typebox'
import { describe, expect, test } from 'vitest'
import { rawQueryOf, readQuery } from './query-parameters.ts'

const schema = Type.Object({
  limit: Type.Optional(Type.Integer()),
  shared: Type.Optional(Type.Boolean()),
  name: Type.Optional(Type.String()),
  label: Type.Optional(Type.Array(Type.String())),
})

describe('the query string of a URL', () => {
  test.each([
    ['/v1/subnets', ''],
    ['/v1/subnets?', ''],
    ['/v1/subnets?name=a', 'name=a'],
    ['/v1/subnets?name=a?b&limit=5', 'name=a?b&limit=5'],
    ['/v1/subnets??', '?'],
  ])('%s', (url, expected) => {
    expect(rawQueryOf(url)).toBe(expected)
  })
})

describe('reading a query string', () => {
  test.each([
    ['', {}],
    ['limit=5&shared=true&name=a+b%26', { limit: 5, shared: true, name: 'a b&' }],
    ['label=a:b&label=c:d', { label: ['a:b', 'c:d'] }],
    ['name=5', { name: '5' }],
    ['name', { name: '' }],
    ['name=a=b', { name: 'a=b' }],
  ])('%s', (raw, expected) => {
    expect(readQuery(raw, schema)).toEqual(expected)
  })

  test.each(['limit=1e3', 'limit=0x10', 'limit=05', 'limit=', 'limit= 5', 'limit=+5', 'limit=5.0'])(
    '%s stays text, for validation to refuse',
    (raw) => expect(readQuery(raw, schema)['limit']).toBeTypeOf('string'),
  )

  test.each([
    ['colour=red', 'UNKNOWN_PARAMETER'],
    ['constructor=1', 'UNKNOWN_PARAMETER'],
    ['__proto__=1', 'UNKNOWN_PARAMETER'],
    ['limit=1&limit=2', 'REPEATED_PARAMETER'],
    ['limit=1&l%69mit=2', 'REPEATED_PARAMETER'],
    ['name=%zz', 'MALFORMED_REQUEST'],
    ['name=%ff', 'MALFORMED_REQUEST'],
  ])('%s is refused', (raw, code) => {
    expect(() => readQuery(raw, schema)).toThrow(expect.objectContaining({ code }))
  })

  test('a path without parameters takes none', () => {
    expect(() => readQuery('a=1', undefined)).toThrow(
      expect.objectContaining({ code: 'UNKNOWN_PARAMETER' }),
    )
  })
})
