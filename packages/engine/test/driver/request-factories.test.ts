import {
  type AddressRequestInput,
  addressRequest,
  addressRequestFactory,
  type FixedIpDescription,
  type SubnetDescription,
  subnetRequestFactory,
} from '@freehold/engine'
import { describe, expect, it } from 'vitest'

// Neutron: TestAddressRequestFactory
describe('the request for an address of a port', () => {
  it('is for that address when it is named', () => {
    const request = addressRequestFactory({}, { ip_address: '10.0.0.9' })
    expect(request.kind === 'specific' && request.address.toString()).toBe('10.0.0.9')
  })

  it.each([null, '', undefined])('is for any address when the name is %o', (ip_address) => {
    const port = { device_owner: 'compute:nova' }
    expect(addressRequestFactory(port, { ip_address } as FixedIpDescription)).toEqual({
      kind: 'any',
    })
  })

  it('is for the address of a MAC when one is to be formed', () => {
    const request = addressRequestFactory(
      {},
      { eui64_address: true, mac: '00:16:3e:00:00:01', subnet_cidr: '2001:db8::/64' },
    )
    expect(request.kind === 'eui64' && request.mac.toString()).toBe('00:16:3e:00:00:01')
  })

  it("takes the port's own MAC when none other is given", () => {
    const request = addressRequestFactory(
      { mac_address: '00:16:3e:00:00:02' },
      { eui64_address: true },
    )
    expect(request.kind === 'eui64' && request.mac.toString()).toBe('00:16:3e:00:00:02')
  })

  it('cannot be formed from a MAC that is missing, or for a prefix without room for it', () => {
    expect(() => addressRequestFactory({}, { eui64_address: true })).toThrow(
      expect.objectContaining({ code: 'INVALID_FIELD' }),
    )
    const fixedIp = { eui64_address: true, mac: '00:16:3e:00:00:01', subnet_cidr: '10.0.0.0/24' }
    expect(() => addressRequestFactory({}, fixedIp)).toThrow(
      expect.objectContaining({ code: 'EUI64_NOT_POSSIBLE' }),
    )
  })

  it.each(['network:dhcp', 'network:distributed'])(
    'is for the lowest free address when the port belongs to %s',
    (device_owner) => {
      expect(addressRequestFactory({ device_owner }, {})).toEqual({ kind: 'next' })
    },
  )

  it('is for the named address even of a DHCP port', () => {
    const port = { device_owner: 'network:dhcp' }
    expect(addressRequestFactory(port, { ip_address: '10.0.0.2' }).kind).toBe('specific')
  })
})

// Neutron: TestAddressRequest
describe('an address request', () => {
  it('is of a kind that there is', () => {
    expect(() => addressRequest({ kind: 'random' } as unknown as AddressRequestInput)).toThrow(
      expect.objectContaining({ code: 'INVALID_REQUEST' }),
    )
  })

  it('has no field that its kind does not know', () => {
    const input = { kind: 'eui64', mac: '00:16:3e:00:00:01', address: '10.0.0.1' }
    expect(() => addressRequest(input as AddressRequestInput)).toThrow(
      expect.objectContaining({
        code: 'INVALID_FIELD',
        details: expect.objectContaining({ pointer: '/request/address' }),
      }),
    )
  })
})

// Neutron: TestSubnetRequestFactory
describe('the request for a subnet', () => {
  it.each([
    ['10.0.0.0/24', '10.0.0.0/24'],
    ['10.0.0.77/24', '10.0.0.0/24'],
    ['2001:db8::5/64', '2001:db8::/64'],
  ])('with the prefix %s is for %s', (cidr, expected) => {
    const request = subnetRequestFactory({ cidr })
    expect(request.kind === 'specific' && request.prefix.toString()).toBe(expected)
  })

  it('is for the prefix around the gateway when only that and a length are given', () => {
    const request = subnetRequestFactory({ gateway_ip: '10.0.0.129', prefixlen: 25 })
    expect(request.kind === 'specific' && request.prefix.toString()).toBe('10.0.0.128/25')
    expect(request.gateway?.toString()).toBe('10.0.0.129')
  })

  it.each([
    [4, 27],
    [6, 56],
  ] as const)('is for any IPv%i subnet when neither is given', (ip_version, prefixlen) => {
    const subnet = { cidr: null, gateway_ip: null, prefixlen }
    const request = subnetRequestFactory(subnet, { ip_version, default_prefixlen: 20 })
    expect(request).toMatchObject({ kind: 'any', ipVersion: ip_version, prefixLength: prefixlen })
    expect(request.gateway).toBeNull()
  })

  it("takes the pool's default length when the subnet names none", () => {
    const pool = { ip_version: 4, default_prefixlen: '26' }
    expect(subnetRequestFactory({}, pool)).toMatchObject({ kind: 'any', prefixLength: 26 })
  })

  it('passes on owner, id, gateway and pools', () => {
    const subnet: SubnetDescription = {
      id: '1ed3f55b-4a8e-4d6f-9c8e-2f3c1e0a8a10',
      project_id: 'blue',
      cidr: '10.0.0.0/24',
      gateway_ip: '10.0.0.1',
      allocation_pools: [{ start: '10.0.0.10', end: '10.0.0.20' }],
    }
    const request = subnetRequestFactory(subnet)
    expect(request).toMatchObject({
      subnetId: subnet.id,
      projectId: 'blue',
      allocationPools: [{ first: '10.0.0.10', last: '10.0.0.20' }],
    })
    expect(request.gateway?.toString()).toBe('10.0.0.1')
  })

  it.each<[string, SubnetDescription, string]>([
    ['with a gateway and no length', { gateway_ip: '10.0.0.1' }, 'INVALID_REQUEST'],
    ['of no size at all', {}, 'INVALID_REQUEST'],
    ['of no IP version', { prefixlen: 24 }, 'INVALID_FIELD'],
    ['with a malformed prefix', { cidr: '10.0.0.0/33' }, 'INVALID_PREFIX'],
  ])('is refused %s', (_, subnet, code) => {
    expect(() => subnetRequestFactory(subnet)).toThrow(expect.objectContaining({ code }))
  })
})
