import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { type NeutronFixture, openNeutron } from './neutron-fixture.ts'

let neutron: NeutronFixture
let net: string

beforeEach(async () => {
  neutron = await openNeutron()
  net = (await neutron.make('networks', { name: 'net' })).id
})

afterEach(() => neutron.close())

const subnet = (fields: object) =>
  neutron.make('subnets', { network_id: net, ip_version: 4, ...fields })

describe('a new subnet', () => {
  test('shows everything that clients look for', async () => {
    expect(await subnet({ cidr: '192.168.1.0/24', name: 's' })).toEqual({
      id: expect.any(String),
      name: 's',
      tenant_id: 'default',
      project_id: 'default',
      network_id: net,
      ip_version: 4,
      subnetpool_id: null,
      enable_dhcp: true,
      ipv6_ra_mode: null,
      ipv6_address_mode: null,
      gateway_ip: '192.168.1.1',
      cidr: '192.168.1.0/24',
      allocation_pools: [{ start: '192.168.1.2', end: '192.168.1.254' }],
      host_routes: [],
      dns_nameservers: [],
      description: '',
      service_types: [],
      tags: [],
      created_at: expect.any(String),
      updated_at: expect.any(String),
      revision_number: 0,
    })
  })

  test.each([
    [
      'host bits are cleared',
      { cidr: '172.16.5.7/24' },
      { cidr: '172.16.5.0/24', gateway_ip: '172.16.5.1' },
    ],
    [
      'a gateway outside is kept, and takes no address',
      { cidr: '10.3.0.0/24', gateway_ip: '10.99.0.1' },
      { gateway_ip: '10.99.0.1', allocation_pools: [{ start: '10.3.0.1', end: '10.3.0.254' }] },
    ],
    [
      'no gateway leaves its address to ports',
      { cidr: '10.3.0.0/24', gateway_ip: null },
      { gateway_ip: null, allocation_pools: [{ start: '10.3.0.1', end: '10.3.0.254' }] },
    ],
    [
      'a gateway in the middle splits the pool',
      { cidr: '10.3.0.0/24', gateway_ip: '10.3.0.9' },
      {
        allocation_pools: [
          { start: '10.3.0.1', end: '10.3.0.8' },
          { start: '10.3.0.10', end: '10.3.0.254' },
        ],
      },
    ],
    [
      'an IPv6 gateway is the network address',
      { ip_version: 6, cidr: '2001:db8:1::/64' },
      {
        gateway_ip: '2001:db8:1::',
        allocation_pools: [{ start: '2001:db8:1::1', end: '2001:db8:1:0:ffff:ffff:ffff:ffff' }],
      },
    ],
    [
      'a /31 without DHCP gives both addresses',
      { cidr: '10.3.0.0/31', enable_dhcp: false, gateway_ip: null },
      { allocation_pools: [{ start: '10.3.0.0', end: '10.3.0.1' }] },
    ],
    [
      'a /32 without DHCP gives its address',
      { cidr: '10.3.0.7/32', enable_dhcp: false },
      { gateway_ip: null, allocation_pools: [{ start: '10.3.0.7', end: '10.3.0.7' }] },
    ],
    [
      'nameservers and routes are kept in order',
      {
        cidr: '10.3.0.0/24',
        dns_nameservers: ['10.3.0.9', '10.3.0.2'],
        host_routes: [{ destination: '10.9.0.0/16', nexthop: '10.3.0.3' }],
      },
      {
        dns_nameservers: ['10.3.0.9', '10.3.0.2'],
        host_routes: [{ destination: '10.9.0.0/16', nexthop: '10.3.0.3' }],
      },
    ],
    [
      'a segment is passed over',
      { cidr: '10.3.0.0/24', segment_id: null },
      { cidr: '10.3.0.0/24' },
    ],
  ])('%s', async (_name, asked, shown) => {
    expect(await subnet(asked)).toMatchObject(shown)
  })

  test.each([
    [
      { cidr: '10.3.0.0/24', ipv6_ra_mode: 'slaac' },
      'ipv6_ra_mode is not valid when ip_version is 4',
    ],
    [
      {
        ip_version: 6,
        cidr: '2001:db8::/64',
        ipv6_ra_mode: 'slaac',
        ipv6_address_mode: 'dhcpv6-stateful',
      },
      'must be the same value',
    ],
    [{ ip_version: 6, cidr: '2001:db8::/80', ipv6_address_mode: 'slaac' }, '/64'],
    [
      { ip_version: 6, cidr: '2001:db8::/64', ipv6_address_mode: 'slaac', enable_dhcp: false },
      'cannot be set when enable_dhcp is set to False',
    ],
  ])('%j is refused', async (fields, words) => {
    const { status, body } = await neutron.call('POST', '/v2.0/subnets', {
      subnet: { network_id: net, ip_version: 4, ...fields },
    })
    expect(status).toBe(400)
    expect(body.NeutronError.message).toContain(words)
  })

  test('may overlap one of another network, but not one of its own', async () => {
    await subnet({ cidr: '10.0.0.0/24' })
    const other = (await neutron.make('networks', {})).id
    await neutron.make('subnets', { network_id: other, ip_version: 4, cidr: '10.0.0.0/24' })
    const again = await neutron.call('POST', '/v2.0/subnets', {
      subnet: { network_id: net, ip_version: 4, cidr: '10.0.0.0/25' },
    })
    expect(again.body.NeutronError.message).toContain('overlaps with another subnet')
  })

  test('one of several that is refused leaves none behind', async () => {
    const before = await neutron.everything()
    const { status } = await neutron.call('POST', '/v2.0/subnets', {
      subnets: [
        { network_id: net, ip_version: 4, cidr: '10.0.0.0/24' },
        { network_id: net, ip_version: 4, cidr: '10.0.0.0/25' },
      ],
    })
    expect(status).toBe(400)
    expect(await neutron.everything()).toBe(before)
  })
})

describe('a change of a subnet', () => {
  test('counts its revisions and keeps held addresses', async () => {
    const { id } = await subnet({ cidr: '192.168.1.0/24' })
    await neutron.make('ports', { network_id: net, fixed_ips: [{ ip_address: '192.168.1.50' }] })
    const pools = [{ start: '192.168.1.100', end: '192.168.1.110' }]
    expect(await neutron.change(`subnets/${id}`, { allocation_pools: pools })).toMatchObject({
      allocation_pools: pools,
      revision_number: 1,
    })
    expect(await neutron.change(`subnets/${id}`, { gateway_ip: '192.168.1.50' })).toMatchObject({
      gateway_ip: '192.168.1.50',
      revision_number: 2,
    })
    expect(
      await neutron.change(`subnets/${id}`, {
        name: '',
        gateway_ip: null,
        dns_nameservers: ['10.0.0.2'],
      }),
    ).toMatchObject({
      name: '',
      gateway_ip: null,
      dns_nameservers: ['10.0.0.2'],
      revision_number: 3,
    })
    expect((await neutron.ipam.check()).problems).toEqual([])
  })
})

describe('a deleted subnet', () => {
  test('takes automatic addresses and those of DHCP ports along', async () => {
    const slaac = await subnet({
      ip_version: 6,
      cidr: '2001:db8::/64',
      ipv6_ra_mode: 'slaac',
      ipv6_address_mode: 'slaac',
    })
    const port = await neutron.make('ports', { network_id: net })
    expect(port.fixed_ips).toHaveLength(1)
    expect((await neutron.call('DELETE', `/v2.0/subnets/${slaac.id}`)).status).toBe(204)
    expect((await neutron.list(`ports?id=${port.id}`))[0].fixed_ips).toEqual([])
    const plain = await subnet({ cidr: '10.0.0.0/24' })
    const dhcp = await neutron.make('ports', { network_id: net, device_owner: 'network:dhcp' })
    expect(dhcp.fixed_ips).toHaveLength(1)
    expect((await neutron.call('DELETE', `/v2.0/subnets/${plain.id}`)).status).toBe(204)
    expect((await neutron.ipam.check()).problems).toEqual([])
  })

  test('stays while somebody besides ports holds an address of it', async () => {
    const { id } = await subnet({ cidr: '10.0.0.0/24' })
    await neutron.ipam.allocations.allocate(id, { kind: 'any' })
    expect((await neutron.call('DELETE', `/v2.0/subnets/${id}`)).status).toBe(409)
  })
})

describe('a deleted network', () => {
  test('takes its subnets, DHCP ports and address spaces along', async () => {
    const empty = await neutron.everything()
    const { id } = await neutron.make('networks', {})
    for (const [ip_version, cidr] of [
      [4, '10.0.0.0/24'],
      [6, '2001:db8::/64'],
    ] as const)
      await neutron.make('subnets', { network_id: id, ip_version, cidr })
    await neutron.make('ports', { network_id: id, device_owner: 'network:dhcp' })
    expect((await neutron.call('DELETE', `/v2.0/networks/${id}`)).status).toBe(204)
    const withoutEvents = (text: string) => text.replace(/"events":.*/, '')
    expect(withoutEvents(await neutron.everything())).toBe(withoutEvents(empty))
  })
})
