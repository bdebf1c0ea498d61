import { describe, expect, test } from 'vitest'
import { refusal } from '../test/refusal.ts'
import { IpAddress } from './ip-address.ts'
import { AddressRange, Prefix } from './prefix.ts'
import { RangeSet } from './range-set.ts'

/** A set of ranges of the last octet of 10.0.0.0/24, written like `1-3,7-7`. */
function set(text: string): RangeSet {
  const parts = text === '' ? [] : text.split(',')
  return RangeSet.of(
    4,
    parts.map((part) => {
      const [first, last] = part.split('-')
      return AddressRange.parse(`10.0.0.${first!}`, `10.0.0.${last!}`)
    }),
  )
}

function octets(ranges: RangeSet): string {
  return ranges.toString().replaceAll('10.0.0.', '')
}

describe('a range set', () => {
  test.each([
    ['5-9,1-3', '1-3,5-9'],
    ['1-3,4-6', '1-6'],
    ['1-3,3-6', '1-6'],
    ['1-9,2-3', '1-9'],
    ['2-3,1-9,9-9', '1-9'],
    ['1-1,1-1', '1-1'],
    ['1-2,4-5,3-3', '1-5'],
    ['', ''],
  ])('of %s is kept as %s', (given, kept) => {
    expect(octets(set(given))).toBe(kept)
  })

  test('joins ranges up to the end of the space', () => {
    const ranges = [
      AddressRange.parse('255.255.255.255', '255.255.255.255'),
      AddressRange.parse('0.0.0.0', '255.255.255.254'),
    ]
    expect(RangeSet.of(4, ranges).toString()).toBe('0.0.0.0-255.255.255.255')
  })

  test.each([
    ['1-3,7-9', '4-6', '1-9', '', '1-3,7-9'],
    ['1-9', '3-5', '1-9', '3-5', '1-2,6-9'],
    ['1-9', '1-9', '1-9', '1-9', ''],
    ['3-5', '1-9', '1-9', '3-5', ''],
    ['1-5', '5-9', '1-9', '5-5', '1-4'],
    ['1-2,4-5,7-8', '2-4,8-9', '1-5,7-9', '2-2,4-4,8-8', '1-1,5-5,7-7'],
    ['0-255', '0-0,255-255', '0-255', '0-0,255-255', '1-254'],
    ['', '1-2', '1-2', '', ''],
    ['1-2', '', '1-2', '', '1-2'],
    ['', '', '', '', ''],
  ])('%s with %s: union %s, intersection %s, difference %s', (a, b, union, both, left) => {
    expect(octets(set(a).union(set(b)))).toBe(union)
    expect(octets(set(b).union(set(a)))).toBe(union)
    expect(octets(set(a).intersection(set(b)))).toBe(both)
    expect(octets(set(b).intersection(set(a)))).toBe(both)
    expect(octets(set(a).difference(set(b)))).toBe(left)
  })

  test('is not changed by the operations on it', () => {
    const ranges = set('1-3,7-9')
    ranges.union(set('4-6'))
    ranges.difference(set('1-9'))
    expect(octets(ranges)).toBe('1-3,7-9')
    expect(Object.isFrozen(ranges.ranges)).toBe(true)
  })

  test('has a complement within a range, in which its own addresses may lie outside', () => {
    const subnet = Prefix.parse('10.0.0.0/28').toRange()
    expect(octets(set('1-3,14-200').complement(subnet))).toBe('0-0,4-13')
    expect(octets(set('').complement(subnet))).toBe('0-15')
    expect(octets(set('0-255').complement(subnet))).toBe('')
  })

  test('takes the whole space away without counting addresses', () => {
    const everything = RangeSet.of(6, [Prefix.parse('::/0').toRange()])
    const pool = RangeSet.of(6, [Prefix.parse('2001:db8::/64').toRange()])
    expect(pool.difference(everything).isEmpty).toBe(true)
    expect(everything.difference(pool).size).toBe(2n ** 128n - 2n ** 64n)
    expect(everything.difference(pool).ranges.map(String)).toEqual([
      '::-2001:db7:ffff:ffff:ffff:ffff:ffff:ffff',
      '2001:db8:0:1::-ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff',
    ])
  })

  test('ranks its addresses from the lowest, both ways', () => {
    const ranges = set('1-3,7-7,200-255')
    expect(ranges.size).toBe(60n)
    const first = [0n, 1n, 2n, 3n, 4n].map((rank) => String(ranges.addressAt(rank)))
    expect(first).toEqual(['10.0.0.1', '10.0.0.2', '10.0.0.3', '10.0.0.7', '10.0.0.200'])
    for (let rank = 0n; rank < ranges.size; rank++) {
      const address = ranges.addressAt(rank)
      expect(ranges.rankOf(address)).toBe(rank)
      expect(ranges.contains(address)).toBe(true)
    }
    for (const octet of [0, 4, 6, 8, 199]) {
      const address = IpAddress.parse(`10.0.0.${octet}`)
      expect(ranges.rankOf(address)).toBeNull()
      expect(ranges.contains(address)).toBe(false)
    }
  })

  test.each([-1n, 60n, 2n ** 128n, 1])('has no address of rank %s', (rank) => {
    const ranges = set('1-3,7-7,200-255')
    const error = refusal(() => ranges.addressAt(rank as bigint))
    expect(error.code).toBe('ADDRESS_OUT_OF_SPACE')
  })

  test('that is empty has no ranks, no ranges and no prefixes', () => {
    for (const version of [4, 6] as const) {
      const empty = RangeSet.empty(version)
      expect(empty.version).toBe(version)
      expect(empty.size).toBe(0n)
      expect(empty.isEmpty).toBe(true)
      expect(empty.toPrefixes()).toEqual([])
      expect(refusal(() => empty.addressAt(0n)).code).toBe('ADDRESS_OUT_OF_SPACE')
    }
  })

  test('splits into the fewest prefixes', () => {
    expect(set('0-2,8-15').toPrefixes().map(String)).toEqual([
      '10.0.0.0/31',
      '10.0.0.2/32',
      '10.0.0.8/29',
    ])
  })

  test('is of one version', () => {
    const six = RangeSet.of(6, [AddressRange.parse('::1', '::2')])
    for (const action of [
      () => RangeSet.of(4, six.ranges),
      () => set('1-2').union(six),
      () => set('1-2').intersection(six),
      () => six.difference(set('1-2')),
      () => six.complement(Prefix.parse('10.0.0.0/8').toRange()),
    ]) {
      expect(refusal(action).code).toBe('VERSION_MISMATCH')
    }
    expect(six.contains(IpAddress.parse('0.0.0.1'))).toBe(false)
    expect(six.rankOf(IpAddress.parse('0.0.0.1'))).toBeNull()
    expect(RangeSet.empty(4).equals(RangeSet.empty(6))).toBe(false)
  })

  test('equals another with the same addresses, however they were given', () => {
    expect(set('1-2,3-4').equals(set('1-4'))).toBe(true)
    expect(set('1-3').equals(set('1-4'))).toBe(false)
    expect(set('1-3').equals(set('1-3,9-9'))).toBe(false)
  })
})
