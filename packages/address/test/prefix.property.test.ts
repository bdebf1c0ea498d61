import * as fc from 'fast-check'
import { expect, test } from 'vitest'
import { AddressRange, IpAddress, Prefix } from '../src/index.ts'
import { numberedWithLength, version } from './arbitraries.ts'
import { bitsOf, fewestBlocks, type IpVersion, isMapped } from './model.ts'
import { refusal } from './refusal.ts'

/** Whether a prefix of these bounds is refused for lying at the IPv4-mapped block. */
function isRefused(of: IpVersion, first: bigint, last: bigint): boolean {
  return isMapped(of, first) || isMapped(of, last)
}

test('a prefix has the bounds, size and text of its numbers, and is read back as itself', () => {
  fc.assert(
    fc.property(numberedWithLength, ({ version: of, value, length }) => {
      const size = 2n ** BigInt(bitsOf(of) - length)
      const first = value - (value % size)
      const address = IpAddress.fromValue(of, value)
      if (isRefused(of, first, first + size - 1n)) {
        expect(refusal(() => Prefix.of(address, length)).code).toBe('INVALID_PREFIX')
        return
      }
      const prefix = Prefix.of(address, length)
      expect([prefix.first.value, prefix.last.value, prefix.size]).toEqual([
        first,
        first + size - 1n,
        size,
      ])
      expect(String(Prefix.parse(String(prefix)))).toBe(String(prefix))
      expect(prefix.contains(address)).toBe(true)
      expect(prefix.addressAt(prefix.offsetOf(address)).equals(address)).toBe(true)
      const written = `${address}/${length}`
      expect(Prefix.parse(written, 'mask').equals(prefix)).toBe(true)
      if (first !== value) {
        expect(refusal(() => Prefix.parse(written)).suggestion).toBe(String(prefix))
      }
    }),
    { numRuns: 2000 },
  )
})

test('containing and overlapping agree with comparing every address', () => {
  // Blocks of a /26 or /122: 64 addresses, so that sets of all of them stay small.
  const base = fc.constantFrom(
    '10.0.0.64',
    '255.255.255.192',
    '0.0.0.0',
    '2001:db8::',
    '::ffff:ffc0',
  )
  const block = fc.record({ at: fc.nat(63), deeper: fc.nat(6) })
  fc.assert(
    fc.property(base, block, block, (text, one, two) => {
      const start = IpAddress.parse(text)
      const shortest = bitsOf(start.version) - 6
      const make = ({ at, deeper }: typeof one) => Prefix.of(start.plus(at), shortest + deeper)
      const members = (prefix: Prefix) => {
        const from = Number(prefix.first.minus(start))
        return new Set(Array.from({ length: Number(prefix.size) }, (_, index) => from + index))
      }
      const a = make(one)
      const b = make(two)
      const inA = members(a)
      const inB = members(b)
      expect(a.contains(b)).toBe(inA.isSupersetOf(inB))
      expect(a.contains(b.toRange())).toBe(inA.isSupersetOf(inB))
      expect(a.toRange().contains(b)).toBe(inA.isSupersetOf(inB))
      expect(a.overlaps(b)).toBe(!inA.isDisjointFrom(inB))
      expect(a.toRange().overlaps(b.toRange())).toBe(!inA.isDisjointFrom(inB))
      for (let n = 0; n < 64; n++) expect(a.contains(start.plus(n))).toBe(inA.has(n))
    }),
    { numRuns: 500 },
  )
})

test('children, parents and buddies tile the prefix they come from', () => {
  const shape = version.chain((of) =>
    fc.record({
      of: fc.constant(of),
      length: fc.integer({ min: 1, max: bitsOf(of) }),
      deeper: fc.nat(5),
      value: fc
        .bigInt({ min: 0n, max: 2n ** BigInt(bitsOf(of)) - 1n })
        .filter((n) => n >> 48n !== 0n || of === 4),
    }),
  )
  fc.assert(
    fc.property(shape, ({ of, length, deeper, value }) => {
      const prefix = Prefix.of(IpAddress.fromValue(of, value), length)
      const childLength = Math.min(length + deeper, bitsOf(of))
      const children = [...prefix.children(childLength)]
      expect(children).toHaveLength(2 ** (childLength - length))
      let next = prefix.first.value
      for (const child of children) {
        expect([child.first.value, child.length]).toEqual([next, childLength])
        expect(child.parent(length).equals(prefix)).toBe(true)
        next = child.last.value + 1n
      }
      expect(next).toBe(prefix.last.value + 1n)
      const buddy = prefix.buddy()!
      expect(buddy.equals(prefix) || buddy.overlaps(prefix)).toBe(false)
      expect(buddy.size).toBe(prefix.size)
      expect(buddy.parent(length - 1).equals(prefix.parent(length - 1))).toBe(true)
    }),
    { numRuns: 500 },
  )
})

test('a small range splits into the fewest blocks that hold exactly it', () => {
  const base = fc.constantFrom(
    '10.0.0.0',
    '255.255.255.192',
    '127.255.255.192',
    '2001:db8::',
    '::ffff:ffff:ffff:ffc0',
  )
  fc.assert(
    fc.property(base, fc.nat(63), fc.nat(63), (text, a, b) => {
      const start = IpAddress.parse(text)
      const range = AddressRange.of(start.plus(Math.min(a, b)), start.plus(Math.max(a, b)))
      const prefixes = range.toPrefixes()
      const held = prefixes.flatMap((prefix) =>
        Array.from(
          { length: Number(prefix.size) },
          (_, n) => Number(prefix.first.minus(start)) + n,
        ),
      )
      const wanted = Array.from({ length: Number(range.size) }, (_, n) => Math.min(a, b) + n)
      expect(held).toEqual(wanted)
      expect(prefixes).toHaveLength(fewestBlocks(new Set(wanted), 0, 64))
    }),
    { numRuns: 1000 },
  )
})

/** Checks that the prefixes follow one another from first to last and that no two could be one. */
function expectMinimalTiling(prefixes: Prefix[], first: bigint, last: bigint): void {
  let next = first
  for (const [index, prefix] of prefixes.entries()) {
    expect(prefix.first.value).toBe(next)
    expect(prefix.first.value % prefix.size).toBe(0n)
    next = prefix.last.value + 1n
    const before = prefixes[index - 1]
    if (before !== undefined) expect(before.buddy()?.equals(prefix)).toBe(false)
  }
  expect(next).toBe(last + 1n)
}

test('ranges of 2^k and one more or less, anywhere, keep their size, ends and tiling', () => {
  for (const of of [4, 6] as const) {
    const end = 2n ** BigInt(bitsOf(of))
    for (let k = 0; k <= bitsOf(of); k++) {
      for (const near of [-1n, 0n, 1n]) {
        const width = 2n ** BigInt(k) + near
        if (width < 1n || width > end) continue
        // At the start, at the end, straddling the middle, and next to where a carry happens.
        const starts = [
          0n,
          1n,
          end - width,
          end / 2n - width / 2n,
          end / 2n - 1n,
          width,
          width - 1n,
        ]
        for (const start of starts) {
          if (start < 0n || start + width > end) continue
          const last = start + width - 1n
          if (isRefused(of, start, last)) continue
          const range = AddressRange.of(
            IpAddress.fromValue(of, start),
            IpAddress.fromValue(of, last),
          )
          expect(range.size).toBe(width)
          if (!isMapped(of, start + width / 2n)) {
            expect(range.first.plus(width / 2n).minus(range.first)).toBe(width / 2n)
          }
          expectMinimalTiling(range.toPrefixes(), start, last)
        }
      }
    }
  }
})
