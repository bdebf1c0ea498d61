import { describe, expect, it } from 'vitest'
import { assignableRange, isReservedAddress } from './assignable-addresses.ts'
import { IpAddress } from './ip-address.ts'
import { Prefix } from './prefix.ts'

const prefix = (text: string): Prefix => Prefix.parse(text)
const address = (text: string): IpAddress => IpAddress.parse(text)

// The names in brackets are those of Neutron's tests of its address arithmetic.
describe('addresses with a role', () => {
  it.each([
    ['10.0.0.0/24', '10.0.0.0', true],
    ['10.0.0.0/24', '10.0.0.255', true],
    ['10.0.0.0/24', '10.0.0.1', false],
    ['10.0.0.0/24', '10.0.0.254', false],
    ['10.0.0.0/30', '10.0.0.3', true],
    ['10.0.0.0/31', '10.0.0.0', false],
    ['10.0.0.0/31', '10.0.0.1', false],
    ['10.0.0.0/32', '10.0.0.0', false],
    ['2001:db8::/64', '2001:db8::', true],
    ['2001:db8::/64', '2001:db8::ffff:ffff:ffff:ffff', false],
    ['2001:db8::/126', '2001:db8::3', false],
    ['2001:db8::/127', '2001:db8::', false],
    ['2001:db8::/128', '2001:db8::', false],
  ])('in %s: %s has one: %s (check_subnet_ip)', (cidr, text, reserved) => {
    expect(isReservedAddress(prefix(cidr), address(text))).toBe(reserved)
  })
})

describe('the range that hosts may use', () => {
  it.each([
    ['10.0.0.0/24', '10.0.0.1', '10.0.0.254'],
    ['10.0.0.0/31', '10.0.0.0', '10.0.0.1'],
    ['10.0.0.5/32', '10.0.0.5', '10.0.0.5'],
    ['0.0.0.0/8', '0.0.0.1', '0.255.255.254'],
    ['255.255.255.0/24', '255.255.255.1', '255.255.255.254'],
    ['2001:db8::/64', '2001:db8::1', '2001:db8::ffff:ffff:ffff:ffff'],
    ['2001:db8::/127', '2001:db8::', '2001:db8::1'],
    ['::/64', '::1', '::ffff:ffff:ffff:ffff'],
  ])('of %s is %s to %s', (cidr, first, last) => {
    const range = assignableRange(prefix(cidr))
    expect([range.first.toString(), range.last.toString()]).toEqual([first, last])
  })
})
