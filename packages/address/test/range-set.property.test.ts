import * as fc from 'fast-check'
import { expect, test } from 'vitest'
import { AddressRange, IpAddress, RangeSet } from '../src/index.ts'
import { fewestBlocks } from './model.ts'

const UNIVERSE = 64

// The 64 numbers of the model lie at either end of both spaces, inside, and across a word boundary.
const bases = [
  '10.0.0.0',
  '0.0.0.0',
  '255.255.255.192',
  '127.255.255.224',
  '::',
  '::ffff:ffe0',
  '::ffff:ffff:ffff:ffe0',
  'ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffc0',
].map((text) => IpAddress.parse(text))

const spans = fc.array(fc.tuple(fc.nat(UNIVERSE - 1), fc.nat(12)), { maxLength: 8 })
type Spans = [start: number, more: number][]

function rangeSet(base: IpAddress, given: Spans): RangeSet {
  const ranges = given.map(([start, more]) =>
    AddressRange.of(base.plus(start), base.plus(Math.min(start + more, UNIVERSE - 1))),
  )
  return RangeSet.of(base.version, ranges)
}

function numbers(given: Spans): Set<number> {
  const all = new Set<number>()
  for (const [start, more] of given) {
    for (let n = start; n <= Math.min(start + more, UNIVERSE - 1); n++) all.add(n)
  }
  return all
}

/** The members of the set, after checking that its ranges are sorted, disjoint and apart. */
function membersOf(base: IpAddress, set: RangeSet): Set<number> {
  const members = new Set<number>()
  let end = -2
  for (const range of set.ranges) {
    const first = Number(range.first.minus(base))
    const last = Number(range.last.minus(base))
    expect(first).toBeGreaterThan(end + 1)
    expect(last).toBeGreaterThanOrEqual(first)
    for (let n = first; n <= last; n++) members.add(n)
    end = last
  }
  expect(set.size).toBe(BigInt(members.size))
  return members
}

const base = fc.constantFrom(...bases)

test('union, intersection, difference and complement are those of sets of numbers', () => {
  fc.assert(
    fc.property(base, spans, spans, fc.nat(UNIVERSE - 1), fc.nat(20), (at, a, b, from, more) => {
      const x = rangeSet(at, a)
      const y = rangeSet(at, b)
      const inX = numbers(a)
      const inY = numbers(b)
      expect(membersOf(at, x)).toEqual(inX)
      expect(membersOf(at, x.union(y))).toEqual(inX.union(inY))
      expect(membersOf(at, x.intersection(y))).toEqual(inX.intersection(inY))
      expect(membersOf(at, x.difference(y))).toEqual(inX.difference(inY))
      const within = numbers([[from, more]])
      const range = rangeSet(at, [[from, more]]).ranges[0]!
      expect(membersOf(at, x.complement(range))).toEqual(within.difference(inX))
    }),
    { numRuns: 1500 },
  )
})

test('the laws of set algebra hold', () => {
  fc.assert(
    fc.property(base, spans, spans, spans, (at, a, b, c) => {
      const x = rangeSet(at, a)
      const y = rangeSet(at, b)
      const z = rangeSet(at, c)
      const same = (one: RangeSet, two: RangeSet) => expect(String(one)).toBe(String(two))
      same(x.union(y), y.union(x))
      same(x.union(y.union(z)), x.union(y).union(z))
      same(x.intersection(y.union(z)), x.intersection(y).union(x.intersection(z)))
      same(x.difference(y.union(z)), x.difference(y).difference(z))
      same(x.difference(y).union(x.intersection(y)), x)
      expect(x.equals(y)).toBe(numbers(a).symmetricDifference(numbers(b)).size === 0)
    }),
    { numRuns: 500 },
  )
})

test('ranks count the members from the lowest, both ways', () => {
  fc.assert(
    fc.property(base, spans, (at, a) => {
      const set = rangeSet(at, a)
      const sorted = [...numbers(a)].toSorted((m, n) => m - n)
      for (const [rank, n] of sorted.entries()) {
        expect(set.addressAt(BigInt(rank)).minus(at)).toBe(BigInt(n))
      }
      for (let n = 0; n < UNIVERSE; n++) {
        const rank = sorted.indexOf(n)
        expect(set.rankOf(at.plus(n))).toBe(rank < 0 ? null : BigInt(rank))
        expect(set.contains(at.plus(n))).toBe(rank >= 0)
      }
    }),
    { numRuns: 500 },
  )
})

test('a set splits into the fewest prefixes that hold exactly it', () => {
  // Only bases at a multiple of 64: the model counts blocks of its own 64 numbers.
  const aligned = bases.filter((address) => address.value % BigInt(UNIVERSE) === 0n)
  fc.assert(
    fc.property(fc.constantFrom(...aligned), spans, (at, a) => {
      const prefixes = rangeSet(at, a).toPrefixes()
      const back = RangeSet.of(
        at.version,
        prefixes.map((prefix) => prefix.toRange()),
      )
      expect(membersOf(at, back)).toEqual(numbers(a))
      expect(prefixes).toHaveLength(fewestBlocks(numbers(a), 0, UNIVERSE))
    }),
    { numRuns: 500 },
  )
})

test('ranks hold in sets as large as the address space', () => {
  const part = fc.bigInt({ min: 1n, max: 2n ** 125n })
  fc.assert(
    fc.property(
      fc.array(part, { minLength: 2, maxLength: 6 }),
      fc.bigInt({ min: 0n }),
      (widths, pick) => {
        const ranges: AddressRange[] = []
        let start = 2n ** 64n
        for (const width of widths) {
          ranges.push(
            AddressRange.of(
              IpAddress.fromValue(6, start),
              IpAddress.fromValue(6, start + width - 1n),
            ),
          )
          start += width + 1n
        }
        const set = RangeSet.of(6, ranges)
        const total = widths.reduce((sum, width) => sum + width, 0n)
        expect(set.size).toBe(total)
        const rank = pick % total
        expect(set.rankOf(set.addressAt(rank))).toBe(rank)
        const gap = IpAddress.fromValue(6, 2n ** 64n + widths[0]!)
        expect(set.rankOf(gap)).toBeNull()
      },
    ),
    { numRuns: 500 },
  )
})
