import { describe, expect, test } from 'vitest'
import {
  generateHeadKeys,
  keepHead,
  keptHeadText,
  readKeptHead,
  readPublicKey,
  readSignKey,
} from './signed-head.ts'

describe('a kept head', () => {
  const { privateKey, publicKey } = generateHeadKeys()
  const head = keepHead(
    { epoch: 1, seq: 3, hash: 'cd'.repeat(32) },
    '2026-01-01T00:00:00.000Z',
    readSignKey(privateKey),
  )

  test('is read back, and its signature holds', () => {
    expect(readKeptHead(keptHeadText(head), readPublicKey(publicKey))).toEqual(head)
  })

  test.each([
    ['another count', { seq: 4 }],
    ['another epoch', { epoch: 2 }],
    ['another hash', { hash: 'ce'.repeat(32) }],
    ['another time', { at: '2026-01-01T00:00:00.001Z' }],
    ['no signature', { signature: null }],
    ['a broken signature', { signature: 'AAAA' }],
  ])('with %s is refused', (_what, change) => {
    const text = keptHeadText({ ...head, ...change })
    expect(() => readKeptHead(text, readPublicKey(publicKey))).toThrow('kept head')
  })

  test('of another key is refused', () => {
    const other = readPublicKey(generateHeadKeys().publicKey)
    expect(() => readKeptHead(keptHeadText(head), other)).toThrow('not by this key')
  })

  test.each(['', '{}', 'null', '[]', '{"format":"freehold-audit-head/1","seq":"1"}'])(
    'is not read from %j',
    (text) => {
      expect(() => readKeptHead(text)).toThrow('kept head')
    },
  )

  test('needs keys of the right kind', () => {
    expect(() => readSignKey(publicKey)).toThrow('Ed25519 private key')
    expect(() => readSignKey('secret text')).toThrow('Ed25519 private key')
    expect(() => readPublicKey('secret text')).toThrow('Ed25519 public key')
  })
})
