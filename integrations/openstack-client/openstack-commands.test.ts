import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { type FreeholdServer, hasProgram, runClient, startFreehold } from './freehold-server.ts'

/** The stock command line client, Debian's python3-openstackclient. */
const openstack = '/usr/bin/openstack'

let server: FreeholdServer

beforeAll(async () => {
  server = await startFreehold()
})

afterAll(() => server.stop())

const anyId = expect.stringMatching(/^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/)
const own = { project_id: 'default', tags: [], description: '' }
const scope = { id: anyId, ip_version: 4, project_id: 'default', shared: false }
const pool = {
  ...own,
  id: anyId,
  name: 'poolA',
  address_scope_id: anyId,
  default_prefixlen: 26,
  min_prefixlen: 24,
  max_prefixlen: 28,
  default_quota: null,
  ip_version: 4,
  is_default: false,
  shared: false,
}
const subnet = {
  ...own,
  id: anyId,
  network_id: anyId,
  enable_dhcp: true,
  host_routes: [],
  dns_nameservers: [],
  service_types: [],
  ip_version: 4,
  ipv6_address_mode: null,
  ipv6_ra_mode: null,
}
const subnetC = {
  ...subnet,
  name: 'subC',
  cidr: '192.168.50.0/24',
  gateway_ip: '192.168.50.1',
  dns_nameservers: ['192.168.50.2'],
  host_routes: [{ destination: '10.99.0.0/16', nexthop: '192.168.50.3' }],
  subnetpool_id: null,
}
const subnet6 = {
  ...subnet,
  ip_version: 6,
  subnetpool_id: null,
  enable_dhcp: true,
}
const port = {
  ...own,
  id: anyId,
  network_id: anyId,
  admin_state_up: true,
  status: 'DOWN',
  mac_address: expect.stringMatching(/^fa:16:3e(:[0-9a-f]{2}){3}$/),
  device_id: '',
  device_owner: '',
}
const network = {
  ...own,
  id: anyId,
  admin_state_up: true,
  mtu: 1500,
  status: 'ACTIVE',
  shared: false,
}

const at = (address: unknown) => ({ subnet_id: anyId, ip_address: address })
const inRange = (pattern: RegExp) => at(expect.stringMatching(pattern))
const automatic = inRange(/^2001:db8:2:0:f816:3eff:fe/)
const stateful = inRange(/^2001:db8:1:/)
const fixedIps = (...found: unknown[]) => ({ fixed_ips: found })
const list = (...items: unknown[]) =>
  expect.toSatisfy((found: unknown[]) => {
    expect(found).toHaveLength(items.length)
    expect(found).toEqual(
      expect.arrayContaining(items.map((item) => expect.objectContaining(item as object))),
    )
    return true
  })

/** A command as a person types it, and what it has to print as JSON; a string is part of what it must complain. */
type Command = [command: string, printed: unknown]

const nothing = undefined

// In this order: each command builds on those before it.
const commands: Command[] = [
  ['address scope create --ip-version 4 scopeA', { ...scope, name: 'scopeA' }],
  [
    'address scope list',
    list({ ID: anyId, Name: 'scopeA', 'IP Version': 4, Shared: false, Project: 'default' }),
  ],
  ['address scope show scopeA', { ...scope, name: 'scopeA' }],
  ['address scope set --name scopeB scopeA', nothing],
  [
    'subnet pool create --pool-prefix 10.20.0.0/16 --pool-prefix 10.30.0.0/16 --default-prefix-length 26 --min-prefix-length 24 --max-prefix-length 28 --address-scope scopeB poolA',
    { ...pool, prefixes: ['10.20.0.0/16', '10.30.0.0/16'], revision_number: 0 },
  ],
  [
    'subnet pool list',
    list({ ID: anyId, Name: 'poolA', Prefixes: ['10.20.0.0/16', '10.30.0.0/16'] }),
  ],
  ['subnet pool show poolA', { ...pool, prefixes: ['10.20.0.0/16', '10.30.0.0/16'] }],
  ['subnet pool set --pool-prefix 10.40.0.0/16 poolA', nothing],
  ['network create net1', { ...network, name: 'net1', subnets: [], revision_number: 1 }],
  ['network list', list({ ID: anyId, Name: 'net1', Subnets: [] })],
  [
    'subnet create --network net1 --subnet-pool poolA subA',
    {
      ...subnet,
      name: 'subA',
      cidr: '10.20.0.0/26',
      gateway_ip: '10.20.0.1',
      allocation_pools: [{ start: '10.20.0.2', end: '10.20.0.62' }],
      subnetpool_id: anyId,
      revision_number: 0,
    },
  ],
  [
    'subnet create --network net1 --subnet-pool poolA --prefix-length 27 subB',
    {
      ...subnet,
      name: 'subB',
      cidr: '10.20.0.64/27',
      gateway_ip: '10.20.0.65',
      allocation_pools: [{ start: '10.20.0.66', end: '10.20.0.94' }],
      subnetpool_id: anyId,
    },
  ],
  ['network create net2', { ...network, name: 'net2' }],
  [
    'subnet create --network net2 --subnet-range 192.168.50.0/24 --allocation-pool start=192.168.50.10,end=192.168.50.99 --allocation-pool start=192.168.50.200,end=192.168.50.250 --gateway 192.168.50.1 --dns-nameserver 192.168.50.2 --host-route destination=10.99.0.0/16,gateway=192.168.50.3 subC',
    {
      ...subnetC,
      allocation_pools: [
        { start: '192.168.50.10', end: '192.168.50.99' },
        { start: '192.168.50.200', end: '192.168.50.250' },
      ],
    },
  ],
  [
    'subnet create --network net2 --ip-version 6 --subnet-range 2001:db8:1::/64 sub6',
    {
      ...subnet6,
      name: 'sub6',
      cidr: '2001:db8:1::/64',
      gateway_ip: '2001:db8:1::',
      allocation_pools: [{ start: '2001:db8:1::1', end: '2001:db8:1:0:ffff:ffff:ffff:ffff' }],
    },
  ],
  [
    'subnet create --network net2 --ip-version 6 --subnet-range 2001:db8:2::/64 --ipv6-ra-mode slaac --ipv6-address-mode slaac sub6slaac',
    {
      ...subnet6,
      name: 'sub6slaac',
      cidr: '2001:db8:2::/64',
      gateway_ip: '2001:db8:2::',
      ipv6_address_mode: 'slaac',
      ipv6_ra_mode: 'slaac',
    },
  ],
  [
    'subnet list',
    list(
      { Name: 'subA', Subnet: '10.20.0.0/26', Network: anyId },
      { Name: 'subB', Subnet: '10.20.0.64/27' },
      { Name: 'subC', Subnet: '192.168.50.0/24' },
      { Name: 'sub6', Subnet: '2001:db8:1::/64' },
      { Name: 'sub6slaac', Subnet: '2001:db8:2::/64' },
    ),
  ],
  ['subnet list --network net1', list({ Name: 'subA' }, { Name: 'subB' })],
  ['subnet show subC', subnetC],
  [
    'subnet set --no-allocation-pool --allocation-pool start=192.168.50.10,end=192.168.50.120 subC',
    nothing,
  ],
  ['port create --network net1 p1', { ...port, name: 'p1', ...fixedIps(inRange(/^10\.20\.0\./)) }],
  [
    'port create --network net2 --fixed-ip subnet=subC,ip-address=192.168.50.77 p2',
    { ...port, name: 'p2', ...fixedIps(at('192.168.50.77'), automatic) },
  ],
  [
    'port create --network net2 --fixed-ip subnet=subC --fixed-ip subnet=subC --fixed-ip ip-address=192.168.50.150 p3',
    {
      ...port,
      name: 'p3',
      fixed_ips: list(
        at('192.168.50.150'),
        inRange(/^192\.168\.50\./),
        inRange(/^192\.168\.50\./),
        automatic,
      ),
    },
  ],
  [
    'port create --network net2 p4',
    { ...port, name: 'p4', ...fixedIps(inRange(/^192\.168\.50\./), stateful, automatic) },
  ],
  ['port create --network net1 --no-fixed-ip p5', { ...port, name: 'p5', fixed_ips: [] }],
  [
    'port list',
    list(
      { Name: 'p1', Status: 'DOWN', 'MAC Address': port.mac_address, ID: anyId },
      { Name: 'p2', 'Fixed IP Addresses': [at('192.168.50.77'), automatic] },
      { Name: 'p3' },
      { Name: 'p4' },
      { Name: 'p5', 'Fixed IP Addresses': [] },
    ),
  ],
  ['port list --network net2', list({ Name: 'p2' }, { Name: 'p3' }, { Name: 'p4' })],
  ['port list --fixed-ip subnet=subC', list({ Name: 'p2' }, { Name: 'p3' }, { Name: 'p4' })],
  ['port show p3', { ...port, name: 'p3' }],
  ['port set --fixed-ip subnet=subC,ip-address=192.168.50.88 p2', nothing],
  ['port show p2', fixedIps(at('192.168.50.77'), at('192.168.50.88'), automatic)],
  ['port unset --fixed-ip subnet=subC,ip-address=192.168.50.150 p3', nothing],
  [
    'port show p3',
    {
      revision_number: 2,
      fixed_ips: list(inRange(/^192\.168\.50\./), inRange(/^192\.168\.50\./), automatic),
    },
  ],
  [
    'ip availability list',
    list(
      { 'Network Name': 'net1', 'Total IPs': 90, 'Used IPs': 1, 'Network ID': anyId },
      { 'Network Name': 'net2', 'Total IPs': 111, 'Used IPs': 5 },
    ),
  ],
  ['ip availability list --ip-version 6', list({ 'Network Name': 'net2', 'Used IPs': 4 })],
  [
    'ip availability show net2',
    {
      network_name: 'net2',
      used_ips: 9,
      subnet_ip_availability: list(
        { cidr: '192.168.50.0/24', total_ips: 111, used_ips: 5 },
        { cidr: '2001:db8:1::/64', used_ips: 1 },
        { cidr: '2001:db8:2::/64', used_ips: 3 },
      ),
    },
  ],
  ['subnet delete subC', 'One or more ports have an IP allocation from this subnet.'],
  ['port delete p1 p5', nothing],
  ['port delete p2 p3 p4', nothing],
  ['subnet delete subC', nothing],
  ['subnet delete subA subB', nothing],
  ['subnet pool delete poolA', nothing],
  ['address scope delete scopeB', nothing],
  ['network delete net1', nothing],
  ['network delete net2', nothing],
]

describe.skipIf(!hasProgram(openstack))('the stock openstack client', () => {
  test.each(commands)(
    'openstack %s',
    async (command, printed) => {
      const prints = typeof printed === 'object'
      const args = [...command.split(' '), ...(prints ? ['-f', 'json'] : [])]
      const { exitCode, stdout, stderr } = await runClient(server, openstack, args)
      if (typeof printed === 'string') {
        expect(stderr).toContain(printed)
        expect(exitCode).toBe(1)
        return
      }
      expect({ exitCode, stderr }).toEqual({ exitCode: 0, stderr: '' })
      if (!prints) expect(stdout).toBe('')
      else if (printed !== null && 'asymmetricMatch' in printed)
        expect(JSON.parse(stdout)).toEqual(printed)
      else expect(JSON.parse(stdout)).toMatchObject(printed as object)
    },
    120_000,
  )

  test('leaves nothing behind, and everything consistent', async () => {
    expect((await server.ipam.subnets.list()).items).toEqual([])
    expect((await server.ipam.subnetPools.list()).items).toEqual([])
    expect((await server.ipam.check()).problems).toEqual([])
  })
})
