import { IpAddress } from '@freehold/address'
import {
  anySubnetRequest,
  type IpamError,
  type SubnetRequestFields,
  specificSubnetRequest,
} from '@freehold/engine'
import { describe, expect, it } from 'vitest'

const v4Pools = [
  { first: '10.0.0.200', last: '10.0.0.250' },
  { first: '10.0.0.100', last: '10.0.0.150' },
]

// Neutron: TestSubnetRequests
describe('every subnet request', () => {
  it('keeps owner and id, and has neither gateway nor pools unless they are given', () => {
    const request = specificSubnetRequest('10.0.0.0/24', { subnetId: 'net-7', projectId: 'blue' })
    expect(request).toMatchObject({ subnetId: 'net-7', projectId: 'blue', allocationPools: null })
    expect(request).not.toHaveProperty('gateway')
    expect(anySubnetRequest(4, 24)).toEqual({
      kind: 'any',
      ipVersion: 4,
      prefixLength: 24,
      subnetId: null,
      projectId: null,
      allocationPools: null,
    })
  })

  it('reads the gateway from its text', () => {
    const { gateway } = specificSubnetRequest('10.0.0.0/24', { gateway: '10.0.0.1' })
    expect(gateway?.equals(IpAddress.parse('10.0.0.1'))).toBe(true)
    expect(specificSubnetRequest('10.0.0.0/24', { gateway: null }).gateway).toBeNull()
  })

  it('keeps the pools, sorted', () => {
    const { allocationPools } = specificSubnetRequest('10.0.0.0/24', { allocationPools: v4Pools })
    expect(allocationPools).toEqual([v4Pools[1], v4Pools[0]])
  })

  it.each<[string, unknown, string, string]>([
    ['a malformed gateway', { gateway: '1.2.3.' }, 'INVALID_ADDRESS', '/gateway'],
    ['pools that are no list', { allocationPools: 5 }, 'INVALID_FIELD', '/allocationPools'],
    ['a pool that is no range', { allocationPools: ['x'] }, 'INVALID_FIELD', '/allocationPools/0'],
    [
      'pools of both IP versions',
      { allocationPools: [v4Pools[0], { first: 'fd00::1', last: 'fd00::9' }] },
      'IP_VERSION_MISMATCH',
      '/allocationPools/1',
    ],
    [
      'pools that overlap, in whatever order',
      { allocationPools: [...v4Pools, { first: '10.0.0.150', last: '10.0.0.160' }] },
      'ALLOCATION_POOLS_OVERLAP',
      '/allocationPools',
    ],
    [
      'a pool outside the prefix',
      { allocationPools: [{ first: '10.0.1.1', last: '10.0.1.9' }] },
      'ALLOCATION_POOL_OUTSIDE_SUBNET',
      '/allocationPools/0',
    ],
    [
      'a gateway inside a pool',
      { gateway: '10.0.0.120', allocationPools: v4Pools },
      'GATEWAY_IN_ALLOCATION_POOL',
      '/allocationPools/1',
    ],
    ['an id with hidden characters', { subnetId: 'a\u202eb' }, 'INVALID_FIELD', '/subnetId'],
  ])('refuses %s', (_, fields, code, pointer) => {
    const error = errorOf(() => specificSubnetRequest('10.0.0.0/24', fields as SubnetRequestFields))
    expect(error).toMatchObject({ code, details: { pointer } })
  })
})

// Neutron: TestIpamAnySubnetRequest
describe('a request for any subnet', () => {
  it.each([
    [4, 24, '0.0.0.1'],
    [6, 64, '::1'],
  ] as const)('of IPv%i keeps its length and its gateway', (version, length, gateway) => {
    const request = anySubnetRequest(version, length, { gateway })
    expect(request).toMatchObject({ ipVersion: version, prefixLength: length })
    expect(request.gateway?.toString()).toBe(gateway)
  })

  it.each([
    [4, 'A'],
    [4, 33],
    [4, -1],
    [4, 24.5],
    [6, 129],
  ])('of IPv%i refuses the length %s', (version, length) => {
    const error = errorOf(() => anySubnetRequest(version as 4 | 6, length as number))
    expect(error).toMatchObject({
      code: 'PREFIX_LENGTH_OUT_OF_BOUNDS',
      details: { pointer: '/prefixLength' },
    })
  })

  it('refuses a version that there is not', () => {
    expect(errorOf(() => anySubnetRequest(5 as 4, 24))).toMatchObject({ code: 'INVALID_FIELD' })
  })

  it('takes every length, that of the prefix which ends in IPv4-mapped addresses too', () => {
    for (let length = 0; length <= 128; length += 1)
      expect(anySubnetRequest(6, length)).toMatchObject({ prefixLength: length })
  })

  it.each([
    ['of the other IP version', { first: '::1', last: '::9' }, 'IP_VERSION_MISMATCH'],
    [
      'outside the pattern of its length',
      { first: '0.0.0.9', last: '0.0.1.9' },
      'ALLOCATION_POOL_OUTSIDE_SUBNET',
    ],
  ])('refuses pools %s', (_, pool, code) => {
    const error = errorOf(() => anySubnetRequest(4, 24, { allocationPools: [pool] }))
    expect(error).toMatchObject({ code })
  })
})

// Neutron: TestIpamSpecificSubnetRequest, TestSubnetRequestMetaclass
describe('a request for a certain subnet', () => {
  it('keeps prefix, length and gateway', () => {
    const request = specificSubnetRequest('10.0.0.0/24', { gateway: '10.0.0.1' })
    expect(request.prefix.toString()).toBe('10.0.0.0/24')
    expect(request.prefix.length).toBe(24)
    expect(request.gateway?.toString()).toBe('10.0.0.1')
  })

  it('takes a gateway outside the prefix', () => {
    const request = specificSubnetRequest('10.0.0.0/24', { gateway: '192.0.2.1' })
    expect(request.gateway?.toString()).toBe('192.0.2.1')
  })

  it.each(['10.0.0.0', '10.0.0.255'])(
    'refuses %s as gateway: it is the network or broadcast address',
    (gateway) => {
      const error = errorOf(() => specificSubnetRequest('10.0.0.0/24', { gateway }))
      expect(error).toMatchObject({ code: 'GATEWAY_NOT_ASSIGNABLE' })
    },
  )

  it.each(['2001:db8::', '2001:db8::ffff:ffff:ffff:ffff'])(
    'takes %s as gateway: IPv6 has no such roles',
    (gateway) => {
      const request = specificSubnetRequest('2001:db8::/64', { gateway })
      expect(request.gateway?.toString()).toBe(gateway)
    },
  )

  it('refuses host bits and says which prefix would do', () => {
    expect(errorOf(() => specificSubnetRequest('10.0.0.7/24'))).toMatchObject({
      code: 'INVALID_PREFIX',
      details: { pointer: '/cidr', fix: expect.stringContaining('10.0.0.0/24') },
    })
  })
})

function errorOf(work: () => unknown): IpamError {
  try {
    work()
  } catch (error) {
    return error as IpamError
  }
  throw new Error('nothing was refused')
}
