import * as fc from 'fast-check'
import { expect, test } from 'vitest'
import { IpAddress } from '../src/index.ts'
import { numbered, numberedPair, numberedWithLength, spellings } from './arbitraries.ts'
import { bitsOf, isMapped, sharesPrefix, textOf, valueOf } from './model.ts'
import { refusal } from './refusal.ts'

test('every address is written as the model writes it, and read back as itself', () => {
  fc.assert(
    fc.property(numbered, ({ version, value }) => {
      const address = IpAddress.fromValue(version, value)
      const text = address.toString()
      expect(text).toBe(textOf(version, value))
      const read = IpAddress.parse(text)
      expect([read.version, read.value, String(read)]).toEqual([version, value, text])
    }),
    { numRuns: 3000 },
  )
})

test('every spelling of an IPv6 address is read as that address', () => {
  const spelled = numbered
    .filter(({ version }) => version === 6)
    .chain(({ value }) => fc.record({ value: fc.constant(value), text: spellings(value) }))
  fc.assert(
    fc.property(spelled, ({ value, text }) => {
      expect(valueOf(text)).toBe(value)
      expect(IpAddress.parse(text).value, text).toBe(value)
    }),
    { numRuns: 3000 },
  )
})

test('every address survives the way through bytes', () => {
  fc.assert(
    fc.property(numbered, ({ version, value }) => {
      const bytes = IpAddress.fromValue(version, value).toBytes()
      expect(Array.from(bytes)).toEqual(
        Array.from({ length: 16 }, (_, index) =>
          Number((value >> BigInt(8 * (15 - index))) & 255n),
        ),
      )
      expect(IpAddress.fromBytes(version, bytes).value).toBe(value)
    }),
  )
})

test('order, equality and distance are those of the numbers', () => {
  fc.assert(
    fc.property(numberedPair, ({ version, a, b }) => {
      const x = IpAddress.fromValue(version, a)
      const y = IpAddress.fromValue(version, b)
      expect(Math.sign(x.compare(y))).toBe(a < b ? -1 : a > b ? 1 : 0)
      expect(x.equals(y)).toBe(a === b)
      expect(x.minus(y)).toBe(a - b)
    }),
    { numRuns: 2000 },
  )
})

test('an offset leads to the number it should, or is refused', () => {
  const offset = fc.oneof(
    fc.bigInt({ min: -(2n ** 129n), max: 2n ** 129n }),
    fc.bigInt({ min: -(2n ** 33n), max: 2n ** 33n }),
    fc.integer(),
    fc.maxSafeInteger(),
  )
  fc.assert(
    fc.property(numbered, offset, ({ version, value }, by) => {
      const address = IpAddress.fromValue(version, value)
      const sum = value + BigInt(by)
      if (sum < 0n || sum >= 2n ** BigInt(bitsOf(version))) {
        expect(refusal(() => address.plus(by)).code).toBe('ADDRESS_OUT_OF_SPACE')
      } else if (isMapped(version, sum)) {
        expect(refusal(() => address.plus(by)).code).toBe('INVALID_ADDRESS')
      } else {
        expect(address.plus(by).value).toBe(sum)
      }
    }),
    { numRuns: 2000 },
  )
})

test('the blocks and neighbours of an address are those of its number', () => {
  fc.assert(
    fc.property(numberedWithLength, ({ version, value, length }) => {
      const address = IpAddress.fromValue(version, value)
      const size = 2n ** BigInt(bitsOf(version) - length)
      expect(address.maskTo(length).value).toBe(value - (value % size))
      expect(address.fillTo(length).value).toBe(value - (value % size) + size - 1n)
      const end = 2n ** BigInt(bitsOf(version))
      expect(address.next()?.value ?? end).toBe(value + 1n)
      expect(address.previous()?.value ?? -1n).toBe(value - 1n)
    }),
    { numRuns: 2000 },
  )
})

test('common bits end at the first difference', () => {
  fc.assert(
    fc.property(numberedPair, ({ version, a, b }) => {
      const common = IpAddress.fromValue(version, a).commonBits(IpAddress.fromValue(version, b))
      expect(sharesPrefix(version, a, b, common)).toBe(true)
      if (common < bitsOf(version)) expect(sharesPrefix(version, a, b, common + 1)).toBe(false)
    }),
    { numRuns: 2000 },
  )
})
