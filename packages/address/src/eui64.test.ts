import { describe, expect, test } from 'vitest'
import { refusal } from '../test/refusal.ts'
import { eui64Address } from './eui64.ts'
import { MacAddress } from './mac-address.ts'
import { Prefix } from './prefix.ts'

const BOUNDARY = '2001:db8:1:2::/64'

describe('the EUI-64 address', () => {
  test.each([
    // RFC 4291, appendix A: 34-56-78-9A-BC-DE becomes 36-56-78-FF-FE-9A-BC-DE.
    [BOUNDARY, '34-56-78-9A-BC-DE', '2001:db8:1:2:3656:78ff:fe9a:bcde'],
    [BOUNDARY, '00:11:22:33:44:55', '2001:db8:1:2:211:22ff:fe33:4455'],
    [BOUNDARY, '02:00:00:00:00:00', '2001:db8:1:2:0:ff:fe00:0'],
    [BOUNDARY, 'fe:ff:ff:ff:ff:ff', '2001:db8:1:2:fcff:ffff:feff:ffff'],
    ['fe80::/64', '52:74:f2:b1:a8:7f', 'fe80::5074:f2ff:feb1:a87f'],
    ['ffff:ffff:ffff:ffff::/64', '00:00:00:00:00:01', 'ffff:ffff:ffff:ffff:200:ff:fe00:1'],
  ])('in %s of %s is %s', (prefix, mac, address) => {
    const derived = eui64Address(Prefix.parse(prefix), MacAddress.parse(mac))
    expect(derived.toString()).toBe(address)
    expect(Prefix.parse(prefix).contains(derived)).toBe(true)
  })

  test.each([
    ['2001:db8::/63', 'INVALID_PREFIX'],
    ['2001:db8::/65', 'INVALID_PREFIX'],
    ['2001:db8::/128', 'INVALID_PREFIX'],
    ['::/0', 'INVALID_PREFIX'],
    ['10.0.0.0/24', 'VERSION_MISMATCH'],
  ])('does not exist in %s', (prefix, code) => {
    const action = () => eui64Address(Prefix.parse(prefix), MacAddress.parse('001122334455'))
    expect(refusal(action).code).toBe(code)
  })

  test.each(['00:00:00:00:00:00', '01:00:5e:00:00:01', 'ff:ff:ff:ff:ff:ff'])(
    'does not exist for %s, which names no interface',
    (mac) => {
      const action = () => eui64Address(Prefix.parse(BOUNDARY), MacAddress.parse(mac))
      expect(refusal(action).code).toBe('INVALID_MAC')
    },
  )

  test('is refused where it would be IPv4-mapped', () => {
    const action = () => eui64Address(Prefix.parse('::/64'), MacAddress.parse('02:00:ff:00:00:01'))
    const error = refusal(action)
    expect(error.code).toBe('INVALID_ADDRESS')
    expect(error.reason).toContain('IPv4-mapped')
  })
})
