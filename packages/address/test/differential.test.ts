// The rule that makes this parser safe to put before others: whatever it accepts, they accept too,
// and as the same address. Compared with Node's own check, ip-address and ipaddr.js.
//
// Where it refuses what Node accepts, on purpose:
// - zone ids (fe80::1%eth0): they mean something on one machine only;
// - IPv4-mapped addresses (::ffff:0:0/96) in any spelling: a second name for an IPv4 address.
// Everything else must be accepted exactly where Node accepts it, dotted tails included.
//
// Where ipaddr.js is left out: it reads ::10.0.0.1 as the IPv4-mapped ::ffff:10.0.0.1. RFC 4291,
// section 2.5.5.1, Node and ip-address say ::a00:1, and so does this package, in hex ever after.

import { isIP } from 'node:net'
import * as fc from 'fast-check'
import { Address4, Address6 } from 'ip-address'
import ipaddr from 'ipaddr.js'
import { expect, test } from 'vitest'
import { AddressError, IpAddress, Prefix } from '../src/index.ts'
import { numbered, spellings } from './arbitraries.ts'
import { textOf } from './model.ts'

const RUNS = 20_000

function ours(text: string): IpAddress | null {
  try {
    return IpAddress.parse(text)
  } catch (error) {
    if (error instanceof AddressError) return null
    throw error
  }
}

/** What ip-address reads the text as, or null if it refuses it. */
function readByIpAddress(text: string): { version: number; value: bigint } | null {
  try {
    if (text.includes(':')) return { version: 6, value: new Address6(text).bigInt() }
    return { version: 4, value: new Address4(text).bigInt() }
  } catch {
    return null
  }
}

/** What ipaddr.js reads the text as, or null if it refuses it. */
function readByIpaddrJs(text: string): { version: number; value: bigint } | null {
  if (!ipaddr.isValid(text)) return null
  const address = ipaddr.parse(text)
  const value = address.toByteArray().reduce((number, byte) => number * 256n + BigInt(byte), 0n)
  return { version: address.kind() === 'ipv4' ? 4 : 6, value }
}

/** Whether the text is one of the two kinds that Node accepts and this package refuses. */
function isRefusedOnPurpose(text: string): boolean {
  if (text.includes('%')) return true
  const read = readByIpAddress(text)
  return read?.version === 6 && read.value >> 32n === 0xffffn
}

/** Fails unless the text is read as the others read it; says whether it was accepted. */
function expectSameReading(text: string): boolean {
  const address = ours(text)
  if (address === null) {
    if (isIP(text) !== 0) expect(isRefusedOnPurpose(text), JSON.stringify(text)).toBe(true)
    return false
  }
  const read = { version: address.version, value: address.value }
  expect(isIP(text), JSON.stringify(text)).toBe(address.version)
  expect(readByIpAddress(text), JSON.stringify(text)).toEqual(read)
  const isDottedOnly = text.startsWith('::') && !text.slice(2).includes(':') && text.includes('.')
  if (!isDottedOnly) expect(readByIpaddrJs(text), JSON.stringify(text)).toEqual(read)
  return true
}

const validText = fc.oneof(
  numbered.map(({ version, value }) => textOf(version, value)),
  numbered.filter(({ version }) => version === 6).chain(({ value }) => spellings(value)),
  fc.constantFrom('::ffff:10.0.0.1', '::ffff:a00:1', 'fe80::1%eth0', '::', '0.0.0.0'),
)

const fragments = '0 1 9 00 255 256 a F g x 0x . .. : :: ::: % / /24 - + [ ] e1 ٣ ３ 。'.split(' ')
const blanks = [' ', '\t', '\n', '\u0000', '\u00a0', '\u200b', '\ufeff']
const fragment = fc.constantFrom(...fragments, ...blanks)

const mutation: fc.Arbitrary<Mutation> = fc.record({
  kind: fc.constantFrom('insert', 'delete', 'replace', 'double', 'swap', 'cut', 'turn'),
  at: fc.nat(45),
  fragment,
})

interface Mutation {
  kind: string
  at: number
  fragment: string
}

/** The text with one small damage, which makes most texts invalid and leaves some valid. */
function damaged(text: string, { kind, at, fragment: piece }: Mutation): string {
  const i = text.length === 0 ? 0 : at % text.length
  switch (kind) {
    case 'insert':
      return text.slice(0, i) + piece + text.slice(i)
    case 'delete':
      return text.slice(0, i) + text.slice(i + 1)
    case 'replace':
      return text.slice(0, i) + piece + text.slice(i + 1)
    case 'double':
      return text.slice(0, i) + text.slice(i, i + 3) + text.slice(i)
    case 'swap':
      return text.slice(0, i) + text.slice(i + 1, i + 2) + text.slice(i, i + 1) + text.slice(i + 2)
    case 'cut':
      return text.slice(0, i)
    default:
      return text.slice(i) + text.slice(0, i)
  }
}

test('valid texts are read as three other readers read them', () => {
  fc.assert(
    fc.property(validText, (text) => {
      expectSameReading(text)
    }),
    { numRuns: 5000 },
  )
})

test('damaged texts are refused wherever another reader refuses them or reads another address', () => {
  const mutations = fc.array(mutation, { minLength: 1, maxLength: 4 })
  let accepted = 0
  fc.assert(
    fc.property(validText, mutations, (text, list) => {
      if (expectSameReading(list.reduce(damaged, text))) accepted++
    }),
    { numRuns: RUNS },
  )
  // Both outcomes must be common, or the comparison above says little.
  expect(accepted).toBeGreaterThan(RUNS / 20)
  expect(accepted).toBeLessThan((RUNS * 19) / 20)
})

test('texts put together from fragments of addresses are read as the others read them', () => {
  const group = fc.constantFrom(
    '0',
    '1',
    '00',
    '0000',
    '00001',
    'ffff',
    'FFFF',
    'a0',
    '12',
    '1.2.3.4',
    '255',
    '256',
    '01',
  )
  const joint = fc.constantFrom(':', ':', ':', '::', '.', '.', '')
  fc.assert(
    fc.property(
      fc.array(fc.tuple(group, joint), { minLength: 1, maxLength: 9 }),
      fc.boolean(),
      (parts, gap) => {
        const text = (gap ? '::' : '') + parts.flat().join('')
        expectSameReading(text)
        expectSameReading(text.replace(/[:.]+$/, ''))
      },
    ),
    { numRuns: RUNS },
  )
})

test('every text of up to five characters that addresses are made of is read alike', () => {
  const alphabet = ['0', '1', 'f', ':', '.', '%']
  let texts = ['']
  for (let length = 0; length < 5; length++) {
    texts = texts.flatMap((text) => alphabet.map((character) => text + character))
    for (const text of texts) expectSameReading(text)
  }
})

test('every spelling of four octets of up to three digits is read alike', () => {
  for (const octet of Array.from({ length: 1000 }, (_, n) => n)) {
    for (const text of new Set([
      String(octet),
      String(octet).padStart(2, '0'),
      String(octet).padStart(3, '0'),
    ])) {
      for (let at = 0; at < 4; at++) {
        const octets = ['1', '2', '3', '4'].with(at, text)
        expectSameReading(octets.join('.'))
        expectSameReading(`1::${octets.join('.')}`)
      }
    }
  }
})

test('prefixes are read as ip-address reads them, or refused', () => {
  const lengths = fc.oneof(
    fc.integer({ min: -1, max: 140 }).map(String),
    fc.constantFrom(
      '',
      '00',
      '08',
      '+8',
      ' 8',
      '8 ',
      '8.0',
      '1e1',
      '0x8',
      '٨',
      '255.0.0.0',
      '8/8',
      '8%a',
      '\n8',
    ),
  )
  fc.assert(
    fc.property(validText, lengths, (address, length) => {
      const text = `${address}/${length}`
      let prefix: Prefix
      try {
        prefix = Prefix.parse(text, 'mask')
      } catch (error) {
        expect(error).toBeInstanceOf(AddressError)
        return
      }
      expect(length).toMatch(/^(0|[1-9][0-9]*)$/)
      const theirs = prefix.version === 4 ? new Address4(text) : new Address6(text)
      expect(theirs.subnetMask).toBe(prefix.length)
      expect(theirs.startAddress().bigInt()).toBe(prefix.first.value)
      expect(theirs.endAddress().bigInt()).toBe(prefix.last.value)
    }),
    { numRuns: 5000 },
  )
})
