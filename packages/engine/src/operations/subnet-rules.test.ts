import { IpAddress, Prefix } from '@freehold/address'
import { describe, expect, it } from 'vitest'
import { defaultAllocationPools, gatewayOf } from './subnet-rules.ts'

const prefix = (text: string): Prefix => Prefix.parse(text)
const address = (text: string): IpAddress => IpAddress.parse(text)

// The names in brackets are those of Neutron's tests of its address arithmetic.
describe('the default pools', () => {
  it.each([
    ['10.0.0.0/24', null, ['10.0.0.1-10.0.0.254']],
    ['10.0.0.0/24', '10.0.0.1', ['10.0.0.2-10.0.0.254']],
    ['10.0.0.0/24', '10.0.0.254', ['10.0.0.1-10.0.0.253']],
    ['10.0.0.0/24', '10.0.0.55', ['10.0.0.1-10.0.0.54', '10.0.0.56-10.0.0.254']],
    ['10.0.0.0/24', '192.0.2.1', ['10.0.0.1-10.0.0.254']],
    ['10.0.0.0/31', null, ['10.0.0.0-10.0.0.1']],
    ['10.0.0.0/32', null, ['10.0.0.0-10.0.0.0']],
    ['F00F::/64', null, ['f00f::1-f00f::ffff:ffff:ffff:ffff']],
  ])('of %s with gateway %s are %j (generate_pools)', (cidr, gateway, expected) => {
    const pools = defaultAllocationPools(prefix(cidr), gateway === null ? null : address(gateway))
    expect(pools.map(({ first, last }) => `${first}-${last}`)).toEqual(expected)
  })

  it('of ::/64 stay IPv6 (generate_pools_v6_empty)', () => {
    for (const { first, last } of defaultAllocationPools(prefix('::/64'), null))
      expect([address(first).version, address(last).version]).toEqual([6, 6])
  })
})

describe('the gateway', () => {
  it.each([
    ['10.0.0.0/24', 'auto', '10.0.0.1'],
    ['10.0.0.0/24', undefined, '10.0.0.1'],
    ['10.0.0.0/31', 'auto', null],
    ['10.0.0.0/32', 'auto', null],
    ['2001:db8::/64', 'auto', '2001:db8::1'],
    ['2001:db8::/127', 'auto', null],
    ['10.0.0.0/24', null, null],
    ['10.0.0.0/31', '10.0.0.0', '10.0.0.0'],
    ['2001:db8::/64', '2001:db8::ffff:ffff:ffff:ffff', '2001:db8::ffff:ffff:ffff:ffff'],
  ])('of %s, asked for as %s, is %s', (cidr, asked, expected) => {
    expect(gatewayOf(prefix(cidr), asked, false)?.toString() ?? null).toBe(expected)
  })

  it.each([
    ['10.0.0.0/24', '10.0.0.0', 'GATEWAY_NOT_ASSIGNABLE'],
    ['10.0.0.0/24', '10.0.0.255', 'GATEWAY_NOT_ASSIGNABLE'],
    ['10.0.0.0/24', '10.0.1.0', 'GATEWAY_OUTSIDE_SUBNET'],
    ['10.0.0.9/32', '10.0.0.9', 'GATEWAY_NOT_ASSIGNABLE'],
    ['2001:db8::9/128', '2001:db8::9', 'GATEWAY_NOT_ASSIGNABLE'],
    ['2001:db8::/64', '10.0.0.1', 'IP_VERSION_MISMATCH'],
  ])('of %s cannot be %s (check_gateway_invalid_in_subnet)', (cidr, asked, code) => {
    expect(() => gatewayOf(prefix(cidr), asked, false)).toThrow(expect.objectContaining({ code }))
  })

  it('outside the prefix is allowed on-link, in either version', () => {
    expect(gatewayOf(prefix('10.0.0.0/24'), '10.0.1.0', true)?.toString()).toBe('10.0.1.0')
    expect(gatewayOf(prefix('2001:db8::/64'), 'fe80::1', true)?.toString()).toBe('fe80::1')
  })
})
