import { describe, expect, test, vi } from 'vitest'
import { refusal } from '../test/refusal.ts'
import { IpAddress, type IpVersion } from './ip-address.ts'

const HIGHEST_IPV6 = 'ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff'

describe('an IPv4 address', () => {
  test.each([
    ['0.0.0.0', 0n],
    ['0.0.0.1', 1n],
    ['10.0.0.1', 0x0a000001n],
    ['127.255.255.255', 0x7fffffffn],
    ['128.0.0.0', 0x80000000n],
    ['192.168.100.200', 0xc0a864c8n],
    ['255.255.255.255', 0xffffffffn],
  ])('%s is read, numbered and written back unchanged', (text, value) => {
    const address = IpAddress.parse(text)
    expect(address.version).toBe(4)
    expect(address.value).toBe(value)
    expect(address.toString()).toBe(text)
  })

  test.each([
    ['one part, as inet_aton reads it', '1'],
    ['two parts', '1.2'],
    ['three parts', '10.0.0'],
    ['a plain number', '2130706433'],
    ['five octets', '10.0.0.1.1'],
    ['a leading zero that could mean octal', '010.0.0.1'],
    ['a leading zero with a digit no octal has', '10.0.0.08'],
    ['a leading zero in the last octet', '1.2.3.04'],
    ['a zero written twice', '00.0.0.0'],
    ['a zero written twice at the end', '0.0.0.00'],
    ['a hexadecimal octet', '0x7f.0.0.1'],
    ['a hexadecimal octet and a missing part', '0x7f.1'],
    ['a hexadecimal number', '0x7f000001'],
    ['an octet above 255', '10.0.0.256'],
    ['an octet of four digits', '10.0.0.1000'],
    ['an octet that wraps around 32 bits', '10.0.0.4294967297'],
    ['a negative octet', '10.0.0.-1'],
    ['a signed octet', '10.0.0.+1'],
    ['a fraction', '10.0.0.1.0e0'],
    ['an exponent', '10.0.0.1e1'],
    ['an empty octet', '10..0.1'],
    ['a leading dot', '.10.0.0.1'],
    ['a trailing dot', '10.0.0.1.'],
    ['only dots', '...'],
    ['a leading blank', ' 10.0.0.1'],
    ['a trailing blank', '10.0.0.1 '],
    ['a blank inside', '10.0.0. 1'],
    ['a trailing line feed', '10.0.0.1\n'],
    ['a trailing carriage return', '10.0.0.1\r'],
    ['a trailing NUL', '10.0.0.1\u0000'],
    ['a byte order mark', '\ufeff10.0.0.1'],
    ['a no-break space', '10.0.0.1\u00a0'],
    ['Arabic digits', '١٠.٠.٠.١'],
    ['full-width digits', '１０.0.0.1'],
    ['ideographic full stops', '10。0。0。1'],
    ['a full-width dot', '10．0．0．1'],
    ['digits whose code is that of an ASCII digit modulo 256', '\u0131\u0130.0.0.1'],
    ['a port', '10.0.0.1:80'],
    ['a prefix length', '10.0.0.1/32'],
    ['a zone id', '10.0.0.1%eth0'],
    ['brackets', '[10.0.0.1]'],
    ['letters', 'localhost'],
  ])('is refused with %s', (_, text) => {
    expect(refusal(() => IpAddress.parse(text)).code).toBe('INVALID_ADDRESS')
  })
})

describe('an IPv6 address', () => {
  test.each([
    ['all zero groups', '0:0:0:0:0:0:0:0', '::', 0n],
    ['a gap alone', '::', '::', 0n],
    ['a gap at the start', '::1', '::1', 1n],
    ['a gap at the end', '1::', '1::', 1n << 112n],
    [
      'upper case and zero groups in full',
      '2001:DB8:0:0::1',
      '2001:db8::1',
      (0x20010db8n << 96n) | 1n,
    ],
    [
      'groups with leading zeros',
      '2001:0db8:0000:0000:0000:0000:0000:0001',
      '2001:db8::1',
      (0x20010db8n << 96n) | 1n,
    ],
    ['no gap', '1:2:3:4:5:6:7:8', '1:2:3:4:5:6:7:8', 0x00010002000300040005000600070008n],
    [
      'a gap of one group at the end',
      '1:2:3:4:5:6:7::',
      '1:2:3:4:5:6:7:0',
      0x00010002000300040005000600070000n,
    ],
    [
      'a gap of one group at the start',
      '::2:3:4:5:6:7:8',
      '0:2:3:4:5:6:7:8',
      0x00000002000300040005000600070008n,
    ],
    ['a dotted tail', '::10.0.0.1', '::a00:1', 0x0a000001n],
    [
      'the translation prefix and a dotted tail',
      '64:ff9b::10.0.0.1',
      '64:ff9b::a00:1',
      (0x0064ff9bn << 96n) | 0x0a000001n,
    ],
    [
      'six groups and a dotted tail',
      '1:2:3:4:5:6:1.2.3.4',
      '1:2:3:4:5:6:102:304',
      0x00010002000300040005000601020304n,
    ],
    [
      'five groups, a gap and a dotted tail',
      '1:2:3:4:5::1.2.3.4',
      '1:2:3:4:5:0:102:304',
      0x00010002000300040005000001020304n,
    ],
    [
      'the translated block next to the mapped one',
      '::ffff:0:10.0.0.1',
      '::ffff:0:a00:1',
      0xffff00000a000001n,
    ],
    ['the highest address', HIGHEST_IPV6.toUpperCase(), HIGHEST_IPV6, 2n ** 128n - 1n],
  ])('with %s is read, numbered and written canonically', (_, text, canonical, value) => {
    const address = IpAddress.parse(text)
    expect(address.version).toBe(6)
    expect(address.value).toBe(value)
    expect(address.toString()).toBe(canonical)
  })

  test.each([
    ['three colons', '2001:db8:::1'],
    ['four colons', '::::'],
    ['two gaps', '1::2::3'],
    ['nine groups', '1:2:3:4:5:6:7:8:9'],
    ['nine groups with a gap', '1:2:3:4::5:6:7:8:9'],
    ['a gap that stands for nothing', '1:2:3:4::5:6:7:8'],
    ['a gap that stands for nothing at the end', '1:2:3:4:5:6:7:8::'],
    ['a gap that stands for nothing at the start', '::1:2:3:4:5:6:7:8'],
    ['seven groups', '1:2:3:4:5:6:7'],
    ['a group of five digits', '::00001'],
    ['a group of five digits at the start', '12345::'],
    ['one colon', ':'],
    ['a leading colon', ':1:2:3:4:5:6:7:8'],
    ['a leading colon and a gap', ':1::2'],
    ['a trailing colon', '1:2:3:4:5:6:7:'],
    ['a trailing colon after a gap', '1::2:'],
    ['brackets', '[::1]'],
    ['an unclosed bracket', '[::1'],
    ['a zone id', 'fe80::1%eth0'],
    ['an empty zone id', '::1%'],
    ['a zone id as in a URL', 'fe80::1%25eth0'],
    ['a zone id of digits', 'fe80::1%1'],
    ['a prefix length', '::1/128'],
    ['a letter that is no hex digit', '::g'],
    ['a hexadecimal marker', '::0x1'],
    ['a sign', '::-1'],
    ['a leading blank', ' ::1'],
    ['a trailing blank', '::1 '],
    ['a trailing line feed', '::1\n'],
    ['a trailing NUL', '::1\u0000'],
    ['full-width letters', '::ａ'],
    ['full-width colons', '：：1'],
    ['a dotted tail of three octets', '::1.2.3'],
    ['a dotted tail of five octets', '::1.2.3.4.5'],
    ['a dotted tail with a leading zero', '::01.2.3.4'],
    ['a dotted tail with an octet above 255', '::1.2.3.256'],
    ['a dotted tail with a hexadecimal octet', '::a.2.3.4'],
    ['a dotted tail before the end', '1.2.3.4::'],
    ['a dotted tail before another group', '::1.2.3.4:1'],
    ['a dotted tail after seven groups', '1:2:3:4:5:6:7:1.2.3.4'],
    ['a dotted tail after five groups without a gap', '1:2:3:4:5:1.2.3.4'],
    ['a dotted tail that leaves the gap nothing', '1:2:3:4:5:6::1.2.3.4'],
    ['a dotted tail after one colon', ':1.2.3.4'],
    ['an unfinished dotted tail', '::1.2.3.'],
  ])('is refused with %s', (_, text) => {
    expect(refusal(() => IpAddress.parse(text)).code).toBe('INVALID_ADDRESS')
  })

  // The examples of RFC 5952, sections 1 to 4: first as written there, then as recommended.
  test.each([
    ['2001:db8:0:0:1:0:0:1', '2001:db8::1:0:0:1'],
    ['2001:0db8:0:0:1:0:0:1', '2001:db8::1:0:0:1'],
    ['2001:db8::1:0:0:1', '2001:db8::1:0:0:1'],
    ['2001:db8::0:1:0:0:1', '2001:db8::1:0:0:1'],
    ['2001:0db8::1:0:0:1', '2001:db8::1:0:0:1'],
    ['2001:db8:0:0:1::1', '2001:db8::1:0:0:1'],
    ['2001:db8:0000:0:1::1', '2001:db8::1:0:0:1'],
    ['2001:DB8:0:0:1::1', '2001:db8::1:0:0:1'],
    ['2001:db8:aaaa:bbbb:cccc:dddd:eeee:0001', '2001:db8:aaaa:bbbb:cccc:dddd:eeee:1'],
    ['2001:db8:aaaa:bbbb:cccc:dddd:0:1', '2001:db8:aaaa:bbbb:cccc:dddd:0:1'],
    ['2001:db8:0:0:0::1', '2001:db8::1'],
    ['2001:db8:0:0::1', '2001:db8::1'],
    ['2001:db8:0::1', '2001:db8::1'],
    ['2001:db8::aaaa:0:0:1', '2001:db8::aaaa:0:0:1'],
    ['2001:db8:0:0:aaaa::1', '2001:db8::aaaa:0:0:1'],
    ['2001:db8:aaaa:bbbb:cccc:dddd:eeee:AAAA', '2001:db8:aaaa:bbbb:cccc:dddd:eeee:aaaa'],
    ['2001:0db8::0001', '2001:db8::1'],
    ['2001:db8:0:0:0:0:2:1', '2001:db8::2:1'],
    ['2001:db8:0:1:1:1:1:1', '2001:db8:0:1:1:1:1:1'],
    ['2001:db8::1:1:1:1:1', '2001:db8:0:1:1:1:1:1'],
    ['2001:0:0:1:0:0:0:1', '2001:0:0:1::1'],
    ['0:0:1:0:0:0:0:0', '0:0:1::'],
    ['1:0:0:1:0:0:1:1', '1::1:0:0:1:1'],
  ])('%s is written as RFC 5952 recommends: %s', (text, canonical) => {
    expect(IpAddress.parse(text).toString()).toBe(canonical)
  })
})

describe('an IPv4-mapped address', () => {
  test.each([
    '::ffff:10.0.0.1',
    '::ffff:a00:1',
    '::FFFF:0:0',
    '0:0:0:0:0:ffff:10.0.0.1',
    '0:0:0:0:0:ffff:a00:1',
    '0000:0000:0000:0000:0000:ffff:255.255.255.255',
    '::ffff:ffff:ffff',
  ])('%s is refused as text', (text) => {
    const error = refusal(() => IpAddress.parse(text))
    expect(error.code).toBe('INVALID_ADDRESS')
    expect(error.reason).toContain('IPv4-mapped')
  })

  test('is refused as a number, as bytes and as a result', () => {
    const bytes = new Uint8Array(16).fill(255, 10, 12)
    const actions = [
      () => IpAddress.fromValue(6, 0xffff00000000n),
      () => IpAddress.fromValue(6, 0xffffffffffffn),
      () => IpAddress.fromBytes(6, bytes),
      () => IpAddress.parse('::fffe:ffff:ffff').plus(1),
      () => IpAddress.parse('::fffe:ffff:ffff').plus(1n << 32n),
      () => IpAddress.parse('::1:0:0:0').plus(-1n),
    ]
    for (const action of actions) {
      const error = refusal(action)
      expect(error.code).toBe('INVALID_ADDRESS')
      expect(error.reason).toContain('IPv4-mapped')
    }
  })

  test('has neighbours that are accepted', () => {
    expect(IpAddress.parse('::fffe:ffff:ffff').value).toBe(0xffff00000000n - 1n)
    expect(IpAddress.fromValue(6, 0x1000000000000n).toString()).toBe('::1:0:0:0')
    expect(IpAddress.parse('::1:0:0').value).toBe(1n << 32n)
    expect(IpAddress.parse('1::ffff:0:0').isIpv4Mapped).toBe(false)
    expect(IpAddress.parse('0:0:0:1:0:ffff:0:0').isIpv4Mapped).toBe(false)
  })

  test('can be the bound of a computed block', () => {
    expect(IpAddress.parse('::1:0:0:0').previous()?.toString()).toBe('::ffff:ffff:ffff')
    expect(IpAddress.parse('::fffe:ffff:ffff').next()?.isIpv4Mapped).toBe(true)
  })
})

describe('an address that is not a text', () => {
  test.each([
    ['null', null],
    ['undefined', undefined],
    ['true', true],
    ['a number', 167772161],
    ['a bigint', 167772161n],
    ['an array that joins to an address', ['10.0.0.1']],
    ['an object that converts to an address', { toString: () => '10.0.0.1' }],
    ['a String object', new String('10.0.0.1')],
    ['the empty text', ''],
  ])('is refused: %s', (_, input) => {
    expect(refusal(() => IpAddress.parse(input as string)).code).toBe('INVALID_ADDRESS')
  })
})

test('a megabyte of text is refused without being read', () => {
  const long = '1'.repeat(1024 * 1024)
  const charCodeAt = vi.spyOn(String.prototype, 'charCodeAt')
  try {
    const error = refusal(() => IpAddress.parse(long))
    expect(error.reason).toBe('the text is too long for an address')
    expect(charCodeAt).not.toHaveBeenCalled()
  } finally {
    charCodeAt.mockRestore()
  }
})

describe('a refusal', () => {
  test.each([
    ['10.0.0.01', 'leading zero'],
    ['10.0.0.256', 'above 255'],
    ['10.0.0', 'four octets'],
    ['10..0.1', 'empty octet'],
    ['fe80::1%eth0', 'zone id'],
    ['::1/128', 'is a prefix'],
    ['[::1]', 'brackets'],
    [' ::1', 'blank'],
    ['1:::2', 'three colons'],
    ['1::2::3', 'more than once'],
    ['::12345', 'four hex digits'],
    ['::ffff:1.2.3.4', 'IPv4-mapped'],
    ['host', 'not an IPv4 or IPv6 address'],
  ])('of %s says why: %s', (text, words) => {
    expect(refusal(() => IpAddress.parse(text)).reason).toContain(words)
  })

  test.each([
    '10.0.0.1\n',
    '10.0.0.1\u0000',
    '\u001b[2J',
    '١٠.٠.٠.١',
    '"',
    'x'.repeat(40) + '\u202e',
  ])('never repeats bytes that could harm a log: %j', (text) => {
    expect(refusal(() => IpAddress.parse(text)).message).toMatch(/^[ !#-~]*$/)
  })
})

describe('a number or bytes', () => {
  test.each<[IpVersion, bigint, string]>([
    [4, 0n, '0.0.0.0'],
    [4, 0x80000000n, '128.0.0.0'],
    [4, 0xffffffffn, '255.255.255.255'],
    [6, 0n, '::'],
    [6, 0xffffffffn, '::ffff:ffff'],
    [6, 0x8000000000000000n, '::8000:0:0:0'],
    [6, 1n << 127n, '8000::'],
    [6, 2n ** 128n - 1n, HIGHEST_IPV6],
  ])('of version %i, %i is %s', (version, value, text) => {
    const address = IpAddress.fromValue(version, value)
    expect(address.toString()).toBe(text)
    expect(address.value).toBe(value)
    const bytes = address.toBytes()
    expect(bytes).toHaveLength(16)
    expect(
      BigInt(`0x${Array.from(bytes, (byte) => byte.toString(16).padStart(2, '0')).join('')}`),
    ).toBe(value)
    expect(IpAddress.fromBytes(version, bytes).equals(address)).toBe(true)
  })

  test.each<[IpVersion, bigint]>([
    [4, -1n],
    [4, 2n ** 32n],
    [6, -1n],
    [6, 2n ** 128n],
  ])('of version %i, %i lies outside the address space', (version, value) => {
    expect(refusal(() => IpAddress.fromValue(version, value)).code).toBe('ADDRESS_OUT_OF_SPACE')
  })

  test('of another type or version is refused', () => {
    expect(refusal(() => IpAddress.fromValue(4, 1 as unknown as bigint)).code).toBe(
      'ADDRESS_OUT_OF_SPACE',
    )
    expect(refusal(() => IpAddress.fromValue(5 as IpVersion, 1n)).code).toBe('VERSION_MISMATCH')
    expect(refusal(() => IpAddress.fromBytes(0 as IpVersion, new Uint8Array(16))).code).toBe(
      'VERSION_MISMATCH',
    )
  })

  test('of the wrong shape are refused', () => {
    const actions = [
      () => IpAddress.fromBytes(4, new Uint8Array(4)),
      () => IpAddress.fromBytes(6, new Uint8Array(15)),
      () => IpAddress.fromBytes(6, new Uint8Array(17)),
      () => IpAddress.fromBytes(6, Array.from({ length: 16 }).fill(0) as unknown as Uint8Array),
      () => IpAddress.fromBytes(4, new Uint8Array(16).fill(1, 11, 12)),
      () => IpAddress.fromBytes(4, new Uint8Array(16).fill(1, 0, 1)),
    ]
    for (const action of actions) expect(refusal(action).code).toBe('INVALID_ADDRESS')
  })

  test('are copied, so that changing them does not change the address', () => {
    const bytes = new Uint8Array(16).fill(1)
    const address = IpAddress.fromBytes(6, bytes)
    bytes.fill(2)
    address.toBytes().fill(3)
    expect(address.toString()).toBe('101:101:101:101:101:101:101:101')
  })
})

describe('arithmetic', () => {
  test.each<[string, bigint | number, string]>([
    ['10.0.0.1', 1, '10.0.0.2'],
    ['10.0.0.255', 1, '10.0.1.0'],
    ['127.255.255.255', 1, '128.0.0.0'],
    ['128.0.0.0', -1n, '127.255.255.255'],
    ['0.0.0.0', 0xffffffff, '255.255.255.255'],
    ['255.255.255.255', -0xffffffff, '0.0.0.0'],
    ['::ffff:ffff', 1, '::1:0:0'],
    ['::1:0:0', -1, '::ffff:ffff'],
    ['::ffff:ffff:ffff:ffff', 1n, '0:0:0:1::'],
    ['0:0:0:1::', -1n, '::ffff:ffff:ffff:ffff'],
    ['2001:db8::', Number.MAX_SAFE_INTEGER, '2001:db8::1f:ffff:ffff:ffff'],
    ['::', 2n ** 128n - 1n, HIGHEST_IPV6],
    [HIGHEST_IPV6, 0, HIGHEST_IPV6],
  ])('%s plus %s is %s', (text, offset, result) => {
    const address = IpAddress.parse(text)
    const moved = address.plus(offset)
    expect(moved.toString()).toBe(result)
    expect(moved.minus(address)).toBe(BigInt(offset))
    expect(address.toString()).toBe(text)
  })

  test.each<[string, bigint | number]>([
    ['255.255.255.255', 1],
    ['255.255.255.255', 1n],
    ['0.0.0.0', -1],
    ['0.0.0.0', 2 ** 32],
    ['10.0.0.1', 2n ** 128n],
    [HIGHEST_IPV6, 1],
    [HIGHEST_IPV6, 2n ** 128n],
    ['::', -1n],
    ['::', 2n ** 128n],
    ['::1', -2],
  ])('%s plus %s leaves the address space instead of wrapping', (text, offset) => {
    expect(refusal(() => IpAddress.parse(text).plus(offset)).code).toBe('ADDRESS_OUT_OF_SPACE')
  })

  test.each([1.5, Number.NaN, Number.POSITIVE_INFINITY, 2 ** 53, '1', null, undefined])(
    'refuses the offset %s',
    (offset) => {
      const action = () => IpAddress.parse('::1').plus(offset as number)
      expect(refusal(action).code).toBe('ADDRESS_OUT_OF_SPACE')
    },
  )

  test('finds no distance between versions', () => {
    const action = () => IpAddress.parse('::1').minus(IpAddress.parse('0.0.0.1'))
    expect(refusal(action).code).toBe('VERSION_MISMATCH')
  })
})

describe('order', () => {
  const sorted = [
    '0.0.0.0',
    '0.0.0.1',
    '9.255.255.255',
    '10.0.0.0',
    '127.255.255.255',
    '128.0.0.0',
    '255.255.255.255',
    '::',
    '::1',
    '::7fff:ffff',
    '::8000:0',
    '::ffff:ffff',
    '::1:0:0',
    '::ffff:ffff:ffff:ffff',
    '0:0:0:1::',
    '7fff::',
    '8000::',
    HIGHEST_IPV6,
  ].map((text) => IpAddress.parse(text))

  test('puts IPv4 first, then the lower number, at every boundary of a word', () => {
    for (const [i, a] of sorted.entries()) {
      for (const [j, b] of sorted.entries()) {
        expect(Math.sign(a.compare(b)), `${a} and ${b}`).toBe(Math.sign(i - j))
        expect(a.equals(b), `${a} and ${b}`).toBe(i === j)
      }
    }
  })

  test('is that of the bytes within one version', () => {
    for (const version of [4, 6]) {
      const bytes = sorted.filter((a) => a.version === version).map((a) => a.toBytes())
      const resorted = bytes.toSorted((a, b) => {
        const at = a.findIndex((byte, index) => byte !== b[index])
        return at < 0 ? 0 : a[at]! - b[at]!
      })
      expect(resorted).toEqual(bytes)
    }
  })
})

test('neighbours carry over every word and end at the ends of the space', () => {
  for (const [low, high] of [
    ['10.0.0.1', '10.0.0.2'],
    ['127.255.255.255', '128.0.0.0'],
    ['::ffff:ffff', '::1:0:0'],
    ['::ffff:ffff:ffff:ffff', '0:0:0:1::'],
    ['::ffff:ffff:ffff:ffff:ffff:ffff', '0:1::'],
    ['7fff:ffff:ffff:ffff:ffff:ffff:ffff:ffff', '8000::'],
  ] as const) {
    expect(String(IpAddress.parse(low).next())).toBe(high)
    expect(String(IpAddress.parse(high).previous())).toBe(low)
  }
  expect(IpAddress.parse('255.255.255.255').next()).toBeNull()
  expect(IpAddress.parse('0.0.0.0').previous()).toBeNull()
  expect(IpAddress.parse(HIGHEST_IPV6).next()).toBeNull()
  expect(IpAddress.parse('::').previous()).toBeNull()
})

test('an address in JSON is its canonical text', () => {
  expect(JSON.stringify({ address: IpAddress.parse('2001:DB8::') })).toBe(
    '{"address":"2001:db8::"}',
  )
})
