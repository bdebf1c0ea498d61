import { describe, expect, test, vi } from 'vitest'
import { refusal } from '../test/refusal.ts'
import { IpAddress } from './ip-address.ts'
import { AddressRange, Prefix } from './prefix.ts'

const HIGHEST_IPV6 = 'ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff'

function take<T>(items: Iterable<T>, count: number): T[] {
  const taken: T[] = []
  for (const item of items) {
    if (taken.length === count) break
    taken.push(item)
  }
  return taken
}

describe('a prefix', () => {
  test.each([
    ['0.0.0.0/0', '0.0.0.0', '255.255.255.255', 2n ** 32n],
    ['10.0.0.0/8', '10.0.0.0', '10.255.255.255', 2n ** 24n],
    ['128.0.0.0/1', '128.0.0.0', '255.255.255.255', 2n ** 31n],
    ['255.255.255.0/24', '255.255.255.0', '255.255.255.255', 256n],
    ['10.0.0.2/31', '10.0.0.2', '10.0.0.3', 2n],
    ['10.0.0.1/32', '10.0.0.1', '10.0.0.1', 1n],
    ['::/0', '::', HIGHEST_IPV6, 2n ** 128n],
    ['2001:db8::/32', '2001:db8::', '2001:db8:ffff:ffff:ffff:ffff:ffff:ffff', 2n ** 96n],
    ['2001:db8::/64', '2001:db8::', '2001:db8::ffff:ffff:ffff:ffff', 2n ** 64n],
    ['2001:db8::/65', '2001:db8::', '2001:db8::7fff:ffff:ffff:ffff', 2n ** 63n],
    [
      'ffff:ffff:ffff:ffff:ffff:ffff:ffff:ff00/120',
      'ffff:ffff:ffff:ffff:ffff:ffff:ffff:ff00',
      HIGHEST_IPV6,
      256n,
    ],
    ['2001:db8::2/127', '2001:db8::2', '2001:db8::3', 2n],
    ['::/128', '::', '::', 1n],
  ])('%s runs from %s to %s', (text, first, last, size) => {
    const prefix = Prefix.parse(text)
    expect(prefix.toString()).toBe(text)
    expect(prefix.first.toString()).toBe(first)
    expect(prefix.last.toString()).toBe(last)
    expect(prefix.size).toBe(size)
    expect(prefix.toRange().size).toBe(size)
    expect(prefix.addressAt(size - 1n).toString()).toBe(last)
    expect(prefix.toRange().toPrefixes()).toEqual([prefix])
  })

  test('is written canonically however it was spelled', () => {
    expect(Prefix.parse('2001:DB8:0:0::0/32').toString()).toBe('2001:db8::/32')
    expect(JSON.stringify(Prefix.parse('2001:0db8::/32'))).toBe('"2001:db8::/32"')
  })

  test.each([
    ['no length', '10.0.0.0'],
    ['nothing', ''],
    ['only a slash', '/'],
    ['no address', '/24'],
    ['a short address', '10/8'],
    ['three octets', '10.10.20/24'],
    ['an empty length', '10.0.0.0/'],
    ['a blank before the length', '10.0.0.0/ 24'],
    ['a blank after the length', '10.0.0.0/24 '],
    ['a blank before the slash', '10.0.0.0 /24'],
    ['a leading blank', ' 10.0.0.0/24'],
    ['a plus sign', '10.0.0.0/+24'],
    ['a minus sign', '10.0.0.0/-1'],
    ['a leading zero', '10.0.0.0/08'],
    ['two digits after a leading zero', '10.0.0.0/024'],
    ['a doubled zero', '0.0.0.0/00'],
    ['Arabic digits', '10.0.0.0/٢٤'],
    ['full-width digits', '10.0.0.0/２４'],
    ['a fraction', '10.0.0.0/24.0'],
    ['an exponent', '10.0.0.0/1e1'],
    ['a hexadecimal length', '10.0.0.0/0x8'],
    ['two lengths', '10.0.0.0/24/24'],
    ['a line feed', '10.0.0.0/24\n'],
    ['a NUL', '10.0.0.0/24\u0000'],
    ['a length above 32', '10.0.0.0/33'],
    ['a huge length', '10.0.0.0/4294967296'],
    ['a netmask', '10.0.0.0/255.255.255.0'],
    ['a wildcard mask', '10.0.0.0/0.0.0.255'],
    ['a netmask with a hole', '10.0.0.0/255.0.255.0'],
    ['a leading zero in an octet', '010.0.0.0/8'],
    ['a length above 128', '::/129'],
    ['an IPv6 length with a blank', '2001:db8::/ 64'],
    ['an IPv6 length with a sign', '2001:db8::/+64'],
    ['an IPv6 length with a leading zero', '2001:db8::/064'],
    ['an IPv6 length of Arabic digits', '2001:db8::/٦٤'],
    ['an IPv6 netmask', '2001:db8::/ffff:ffff::'],
    ['a zone id after the length', '2001:db8::/64%eth0'],
    ['a zone id before the length', 'fe80::%eth0/64'],
    ['brackets around the address', '[2001:db8::]/64'],
    ['brackets around all of it', '[2001:db8::/64]'],
  ])('is refused with %s', (_, text) => {
    const error = refusal(() => Prefix.parse(text))
    expect(error.code).toBe('INVALID_PREFIX')
    expect(error.reason).toMatch(/^[ -~]+$/)
    expect(refusal(() => Prefix.parse(text, 'mask')).code).toBe('INVALID_PREFIX')
  })

  test.each([null, undefined, 24, ['10.0.0.0/24'], { first: '10.0.0.0', length: 24 }])(
    'is refused if it is not a text: %j',
    (input) => {
      expect(refusal(() => Prefix.parse(input as unknown as string)).code).toBe('INVALID_PREFIX')
    },
  )

  test('of a megabyte is refused without being read', () => {
    const charCodeAt = vi.spyOn(String.prototype, 'charCodeAt')
    const indexOf = vi.spyOn(String.prototype, 'indexOf')
    try {
      const error = refusal(() => Prefix.parse('1'.repeat(1024 * 1024)))
      expect(error.reason).toBe('the text is too long for a prefix')
      expect(charCodeAt).not.toHaveBeenCalled()
      expect(indexOf).not.toHaveBeenCalled()
    } finally {
      charCodeAt.mockRestore()
      indexOf.mockRestore()
    }
  })

  test.each([
    ['10.0.0.1/24', '10.0.0.0/24'],
    ['10.0.0.1/0', '0.0.0.0/0'],
    ['10.0.0.1/31', '10.0.0.0/31'],
    ['2001:db8::1/64', '2001:db8::/64'],
    ['2001:db8:0:1::/32', '2001:db8::/32'],
    [`${HIGHEST_IPV6}/1`, '8000::/1'],
  ])('with host bits set, %s, is refused with the suggestion %s', (text, masked) => {
    const error = refusal(() => Prefix.parse(text))
    expect(error.code).toBe('INVALID_PREFIX')
    expect(error.suggestion).toBe(masked)
    expect(error.message).toContain(masked)
    expect(Prefix.parse(text, 'mask').toString()).toBe(masked)
    expect(Prefix.parse(masked).toString()).toBe(masked)
  })

  test.each([
    '::ffff:0:0/96',
    '::ffff:10.0.0.0/104',
    '::FFFF:10.0.0.1/128',
    '::ffff:0:0/95',
    '::fffe:0:0/95',
    '::/80',
  ])('that starts or ends in the IPv4-mapped block is refused: %s', (text) => {
    const error = refusal(() => Prefix.parse(text))
    expect(error.code).toBe('INVALID_PREFIX')
    expect(error.reason).toContain('IPv4-mapped')
  })

  test('around or beside the IPv4-mapped block is accepted', () => {
    for (const text of [
      '::/0',
      '::/64',
      '::/79',
      '::/81',
      '::fffe:0:0/96',
      '::1:0:0:0/96',
      '::1:0:0:0/80',
    ]) {
      expect(Prefix.parse(text).toString()).toBe(text)
    }
  })

  test.each([-1, 33, 1.5, Number.NaN, Number.POSITIVE_INFINITY, '24', null, undefined])(
    'of IPv4 has no length %s',
    (length) => {
      const action = () => Prefix.of(IpAddress.parse('10.0.0.0'), length as number)
      expect(refusal(action).code).toBe('INVALID_PREFIX')
    },
  )

  test('made from an address clears the bits after the length', () => {
    const address = IpAddress.parse('255.255.255.255')
    for (let length = 0; length <= 32; length++) {
      const expected = ((1n << BigInt(length)) - 1n) << BigInt(32 - length)
      expect(Prefix.of(address, length).first.value).toBe(expected)
    }
    const highest = IpAddress.parse(HIGHEST_IPV6)
    for (let length = 0; length <= 128; length++) {
      const expected = ((1n << BigInt(length)) - 1n) << BigInt(128 - length)
      expect(Prefix.of(highest, length).first.value).toBe(expected)
    }
  })
})

describe('a prefix holds', () => {
  const prefix = Prefix.parse('10.0.0.0/24')

  test('the addresses, prefixes and ranges inside it, ends included', () => {
    for (const text of ['10.0.0.0', '10.0.0.1', '10.0.0.255']) {
      expect(prefix.contains(IpAddress.parse(text)), text).toBe(true)
    }
    for (const text of ['10.0.0.0/24', '10.0.0.0/25', '10.0.0.128/25', '10.0.0.255/32']) {
      expect(prefix.contains(Prefix.parse(text)), text).toBe(true)
    }
    expect(prefix.contains(AddressRange.parse('10.0.0.0', '10.0.0.255'))).toBe(true)
  })

  test('none that reach outside it', () => {
    for (const text of ['9.255.255.255', '10.0.1.0', '0.0.0.0']) {
      expect(prefix.contains(IpAddress.parse(text)), text).toBe(false)
    }
    for (const text of ['10.0.0.0/23', '10.0.1.0/24', '0.0.0.0/0']) {
      expect(prefix.contains(Prefix.parse(text)), text).toBe(false)
    }
    expect(prefix.contains(AddressRange.parse('10.0.0.1', '10.0.1.0'))).toBe(false)
    expect(prefix.contains(AddressRange.parse('9.255.255.255', '10.0.0.1'))).toBe(false)
  })

  test('nothing of the other version, even with the same number', () => {
    expect(prefix.contains(IpAddress.parse('::10.0.0.1'))).toBe(false)
    expect(Prefix.parse('::/0').contains(IpAddress.parse('10.0.0.1'))).toBe(false)
    expect(Prefix.parse('::a00:0/120').contains(IpAddress.parse('10.0.0.1'))).toBe(false)
    expect(Prefix.parse('0.0.0.0/0').overlaps(Prefix.parse('::/0'))).toBe(false)
    expect(Prefix.parse('0.0.0.0/0').contains(Prefix.parse('::/0').toRange())).toBe(false)
    expect(Prefix.parse('::/0').toRange().contains(Prefix.parse('10.0.0.0/8'))).toBe(false)
  })
})

describe('offsets in a prefix', () => {
  test('count from the first address, both ways', () => {
    const prefix = Prefix.parse('2001:db8::/64')
    for (const offset of [0n, 1n, 2n ** 32n - 1n, 2n ** 32n, 2n ** 64n - 1n]) {
      expect(prefix.offsetOf(prefix.addressAt(offset))).toBe(offset)
    }
  })

  test.each<[string, bigint]>([
    ['10.0.0.0/24', -1n],
    ['10.0.0.0/24', 256n],
    ['255.255.255.0/24', 256n],
    ['::/0', 2n ** 128n],
    ['10.0.0.1/32', 1n],
  ])('in %s do not reach %s', (text, offset) => {
    const error = refusal(() => Prefix.parse(text).addressAt(offset))
    expect(error.code).toBe('ADDRESS_OUT_OF_SPACE')
  })

  test('of an address outside do not exist', () => {
    const prefix = Prefix.parse('10.0.0.0/24')
    for (const text of ['9.255.255.255', '10.0.1.0']) {
      const error = refusal(() => prefix.offsetOf(IpAddress.parse(text)))
      expect(error.code).toBe('ADDRESS_OUT_OF_SPACE')
    }
    expect(refusal(() => prefix.offsetOf(IpAddress.parse('::a00:1'))).code).toBe('VERSION_MISMATCH')
  })

  test('must be bigints', () => {
    const action = () => Prefix.parse('10.0.0.0/24').addressAt(1 as unknown as bigint)
    expect(refusal(action).code).toBe('ADDRESS_OUT_OF_SPACE')
  })

  test('never give an IPv4-mapped address', () => {
    const error = refusal(() => Prefix.parse('::/64').addressAt(0xffff0a000001n))
    expect(error.code).toBe('INVALID_ADDRESS')
  })
})

describe('the tree of prefixes', () => {
  test('children come in order and end at the end', () => {
    expect([...Prefix.parse('10.0.0.0/30').children(32)].map(String)).toEqual([
      '10.0.0.0/32',
      '10.0.0.1/32',
      '10.0.0.2/32',
      '10.0.0.3/32',
    ])
    expect([...Prefix.parse('255.255.255.252/30').children(31)].map(String)).toEqual([
      '255.255.255.252/31',
      '255.255.255.254/31',
    ])
    expect([...Prefix.parse('::/0').children(1)].map(String)).toEqual(['::/1', '8000::/1'])
    expect([...Prefix.parse('10.0.0.0/24').children(24)].map(String)).toEqual(['10.0.0.0/24'])
  })

  test('children are made as they are asked for, and can be asked for again', () => {
    const children = Prefix.parse('2000::/3').children(128)
    const expected = ['2000::/128', '2000::1/128', '2000::2/128']
    expect(take(children, 3).map(String)).toEqual(expected)
    expect(take(children, 3).map(String)).toEqual(expected)
  })

  test('children are never larger and parents never smaller', () => {
    const prefix = Prefix.parse('10.0.0.0/24')
    for (const action of [
      () => prefix.children(23),
      () => prefix.children(33),
      () => prefix.children(24.5),
      () => prefix.parent(25),
      () => prefix.parent(-1),
    ]) {
      expect(refusal(action).code).toBe('INVALID_PREFIX')
    }
  })

  test.each([
    ['10.0.0.0/24', '10.0.1.0/24'],
    ['10.0.1.0/24', '10.0.0.0/24'],
    ['0.0.0.0/1', '128.0.0.0/1'],
    ['255.255.255.255/32', '255.255.255.254/32'],
    ['::/1', '8000::/1'],
    ['2001:db8::/64', '2001:db8:0:1::/64'],
    [`${HIGHEST_IPV6}/128`, 'ffff:ffff:ffff:ffff:ffff:ffff:ffff:fffe/128'],
  ])('the buddy of %s is %s, and they share a parent', (text, buddy) => {
    const prefix = Prefix.parse(text)
    expect(String(prefix.buddy())).toBe(buddy)
    expect(String(prefix.buddy()?.buddy())).toBe(text)
    const parent = prefix.parent(prefix.length - 1)
    expect(parent.contains(prefix) && parent.contains(Prefix.parse(buddy))).toBe(true)
  })

  test('the whole space has no buddy', () => {
    expect(Prefix.parse('0.0.0.0/0').buddy()).toBeNull()
    expect(Prefix.parse('::/0').buddy()).toBeNull()
  })

  test('order is by version, first address, then the larger block', () => {
    const sorted = [
      '0.0.0.0/0',
      '0.0.0.0/8',
      '10.0.0.0/8',
      '10.0.0.0/9',
      '10.128.0.0/9',
      '::/0',
      '::/1',
      '8000::/1',
    ]
    const prefixes = sorted.map((text) => Prefix.parse(text))
    expect(
      prefixes
        .toReversed()
        .toSorted((a, b) => a.compare(b))
        .map(String),
    ).toEqual(sorted)
    for (const [i, a] of prefixes.entries()) {
      for (const [j, b] of prefixes.entries()) expect(a.equals(b)).toBe(i === j)
    }
  })
})

describe('a range', () => {
  test('includes both ends', () => {
    const range = AddressRange.parse('10.0.0.2', '10.0.0.254')
    expect(range.size).toBe(253n)
    expect(range.version).toBe(4)
    expect(range.toString()).toBe('10.0.0.2-10.0.0.254')
    expect(range.contains(IpAddress.parse('10.0.0.2'))).toBe(true)
    expect(range.contains(IpAddress.parse('10.0.0.254'))).toBe(true)
    expect(range.contains(IpAddress.parse('10.0.0.1'))).toBe(false)
    expect(range.contains(IpAddress.parse('10.0.0.255'))).toBe(false)
    expect(range.contains(IpAddress.parse('::a00:2'))).toBe(false)
  })

  test('may be one address or the whole space', () => {
    expect(AddressRange.parse('::1', '::1').size).toBe(1n)
    expect(AddressRange.parse('0.0.0.0', '255.255.255.255').size).toBe(2n ** 32n)
    expect(AddressRange.parse('::', HIGHEST_IPV6).size).toBe(2n ** 128n)
  })

  test('is refused when it ends before it starts', () => {
    const error = refusal(() => AddressRange.parse('10.0.0.2', '10.0.0.1'))
    expect(error.code).toBe('INVALID_RANGE')
    expect(error.reason).toContain('10.0.0.2')
  })

  test('is refused across versions', () => {
    for (const [first, last] of [
      ['10.0.0.1', '::1'],
      ['::1', '10.0.0.1'],
    ] as const) {
      expect(refusal(() => AddressRange.parse(first, last)).code).toBe('VERSION_MISMATCH')
    }
  })

  test.each([
    ['10.0.0.01', '10.0.0.2', 'first address:'],
    ['10.0.0.1', '', 'last address:'],
    ['10.0.0.1', undefined, 'last address:'],
    ['::ffff:1.2.3.4', '::1:0:0:0', 'first address: IPv4-mapped'],
  ])('from %s to %s is refused, saying which end', (first, last, words) => {
    const error = refusal(() => AddressRange.parse(first, last as string))
    expect(error.code).toBe('INVALID_ADDRESS')
    expect(error.reason).toContain(words)
  })

  test.each([
    ['10.0.0.1', '10.0.0.5', '10.0.0.6', '10.0.0.9', false, true],
    ['10.0.0.1', '10.0.0.5', '10.0.0.5', '10.0.0.9', true, false],
    ['10.0.0.1', '10.0.0.5', '10.0.0.7', '10.0.0.9', false, false],
    ['10.0.0.1', '10.0.0.9', '10.0.0.3', '10.0.0.4', true, false],
    ['10.0.0.1', '10.0.0.5', '10.0.0.1', '10.0.0.5', true, false],
    ['0.0.0.0', '0.0.0.0', '255.255.255.255', '255.255.255.255', false, false],
    ['::', '::', HIGHEST_IPV6, HIGHEST_IPV6, false, false],
    ['::', '::ffff:ffff', '::1:0:0', '::2:0:0', false, true],
    ['255.255.255.0', '255.255.255.255', '::', '::1', false, false],
    ['0.0.0.0', '255.255.255.255', '::', HIGHEST_IPV6, false, false],
  ])('%s-%s and %s-%s: overlap %s, touch %s', (a, b, c, d, overlap, touch) => {
    const one = AddressRange.parse(a, b)
    const two = AddressRange.parse(c, d)
    expect([one.overlaps(two), two.overlaps(one)]).toEqual([overlap, overlap])
    expect([one.touches(two), two.touches(one)]).toEqual([touch, touch])
  })

  test.each([
    ['10.0.0.0', '10.0.0.255', '10.0.0.0/24'],
    ['10.0.0.1', '10.0.0.1', '10.0.0.1/32'],
    ['10.0.0.1', '10.0.0.6', '10.0.0.1/32 10.0.0.2/31 10.0.0.4/31 10.0.0.6/32'],
    ['0.0.0.0', '255.255.255.255', '0.0.0.0/0'],
    ['255.255.255.254', '255.255.255.255', '255.255.255.254/31'],
    ['127.255.255.255', '128.0.0.0', '127.255.255.255/32 128.0.0.0/32'],
    ['::', HIGHEST_IPV6, '::/0'],
    ['::ffff:ffff:ffff:ffff', '0:0:0:1::', '::ffff:ffff:ffff:ffff/128 0:0:0:1::/128'],
    ['::fffe:0:0', '::1:0:0:0', '::fffe:0:0/95 ::1:0:0:0/128'],
  ])('%s-%s splits into %s', (first, last, prefixes) => {
    expect(AddressRange.parse(first, last).toPrefixes().join(' ')).toBe(prefixes)
  })

  test('splits into at most two prefixes for each bit but the first', () => {
    expect(AddressRange.parse('0.0.0.1', '255.255.255.254').toPrefixes()).toHaveLength(62)
    const inner = AddressRange.parse('::1', 'ffff:ffff:ffff:ffff:ffff:ffff:ffff:fffe')
    expect(inner.toPrefixes()).toHaveLength(254)
  })

  test('order is by version, first, then last', () => {
    const sorted = ['0.0.0.0-0.0.0.1', '0.0.0.0-0.0.0.2', '0.0.0.1-0.0.0.1', '::-::']
    const ranges = sorted.map((text) =>
      AddressRange.parse(...(text.split('-') as [string, string])),
    )
    expect(
      ranges
        .toReversed()
        .toSorted((a, b) => a.compare(b))
        .map(String),
    ).toEqual(sorted)
    expect(ranges[0]!.equals(ranges[1]!)).toBe(false)
    expect(ranges[0]!.equals(AddressRange.parse('0.0.0.0', '0.0.0.1'))).toBe(true)
  })
})
