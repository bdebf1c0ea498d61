import { describe, expect, test } from 'vitest'
import { canonicalJson, readIdempotencyKey, requestFingerprint } from './idempotency.ts'

describe('the idempotency key', () => {
  test.each(['k', 'k'.repeat(255), '{"a b"}'])('takes %s', (key) => {
    expect(readIdempotencyKey(key)).toBe(key)
  })

  test.each(['', 'k'.repeat(256), 'k'.repeat(1000), 'caf\u00e9', 'a\u0000b', 'a\tb'])(
    'refuses %j',
    (key) => {
      expect(() => readIdempotencyKey(key)).toThrow(
        expect.objectContaining({ code: 'INVALID_HEADER' }),
      )
    },
  )

  test('may be absent', () => {
    expect(readIdempotencyKey(undefined)).toBeUndefined()
  })
})

describe('the fingerprint of a request', () => {
  test('does not depend on the order of keys', () => {
    expect(canonicalJson({ b: [1, { d: null, c: 'x' }], a: true })).toBe(
      '{"a":true,"b":[1,{"c":"x","d":null}]}',
    )
  })

  test('depends on method, path, query and body', () => {
    const fingerprints = [
      requestFingerprint('POST', '/v1/plan', {}, { a: 1 }),
      requestFingerprint('POST', '/v1/plan', {}, { a: 2 }),
      requestFingerprint('POST', '/v1/plan', { dryRun: true }, { a: 1 }),
      requestFingerprint('POST', '/v1/subnets', {}, { a: 1 }),
    ]
    expect(new Set(fingerprints).size).toBe(fingerprints.length)
  })
})
