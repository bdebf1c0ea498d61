import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { type NeutronFixture, openNeutron, unknownId } from './neutron-fixture.ts'

let neutron: NeutronFixture
const names: Record<string, string> = { unknown: unknownId }

beforeAll(async () => {
  neutron = await openNeutron()
  const keep = async (name: string, collection: string, body: Record<string, unknown>) => {
    names[name] = (await neutron.make(collection, fill(body))).id
  }
  await keep('net', 'networks', { name: 'net' })
  await keep('sub', 'subnets', { network_id: '{net}', ip_version: 4, cidr: '192.168.1.0/24' })
  await keep('p50', 'ports', { network_id: '{net}', fixed_ips: [{ ip_address: '192.168.1.50' }] })
  await keep('full', 'networks', {})
  await keep('fullsub', 'subnets', { network_id: '{full}', ip_version: 4, cidr: '10.9.0.0/30' })
  await keep('fullport', 'ports', { network_id: '{full}' })
  await keep('pool', 'subnetpools', {
    name: 'q',
    prefixes: ['10.50.0.0/16'],
    default_prefixlen: 26,
    min_prefixlen: 24,
    max_prefixlen: 28,
    default_quota: 128,
  })
  await keep('pooled', 'networks', {})
  await keep('pooledsub', 'subnets', {
    network_id: '{pooled}',
    ip_version: 4,
    subnetpool_id: '{pool}',
  })
  await keep('taken', 'subnets', {
    network_id: '{pooled}',
    ip_version: 4,
    subnetpool_id: '{pool}',
    cidr: '10.50.9.0/28',
  })
  await keep('empty', 'networks', {})
  await keep('small', 'subnetpools', {
    name: 's',
    prefixes: ['10.70.0.0/29'],
    default_prefixlen: 29,
  })
  await keep('smallnet', 'networks', {})
  await keep('smallsub', 'subnets', {
    network_id: '{smallnet}',
    ip_version: 4,
    subnetpool_id: '{small}',
  })
  await keep('scope', 'address-scopes', { name: 'sc', ip_version: 4 })
  await keep('scoped', 'subnetpools', {
    name: 'o1',
    prefixes: ['10.60.0.0/16'],
    address_scope_id: '{scope}',
  })
})

afterAll(() => neutron.close())

/** Puts ids in the place of their names in braces. */
function fill<T>(value: T): T {
  const text = JSON.stringify(value)
  if (text === undefined) return value
  return JSON.parse(text.replace(/\{(\w+)\}/g, (all, name: string) => names[name] ?? all)) as T
}

type Refusal = [
  name: string,
  request: string,
  body: unknown,
  status: number,
  type: string,
  message: string,
]

const net = { network_id: '{net}' }
const subnet = { ...net, ip_version: 4 }
const fixed = (...fixedIps: unknown[]) => ({ port: { ...net, fixed_ips: fixedIps } })
const layout = (fields: object) => ({ subnet: { ...subnet, cidr: '10.4.0.0/24', ...fields } })
const fromPool = (network: string, fields: object) => ({
  subnet: { network_id: `{${network}}`, ip_version: 4, subnetpool_id: '{pool}', ...fields },
})

const portRefusals: Refusal[] = [
  [
    'an address that is held',
    'POST ports',
    fixed({ subnet_id: '{sub}', ip_address: '192.168.1.50' }),
    409,
    'IpAddressAlreadyAllocated',
    'IP address 192.168.1.50 already allocated in subnet {sub}',
  ],
  [
    'an address that is held, without its subnet',
    'POST ports',
    fixed({ ip_address: '192.168.1.50' }),
    409,
    'IpAddressAlreadyAllocated',
    'IP address 192.168.1.50 already allocated in subnet {sub}',
  ],
  [
    'one address twice',
    'POST ports',
    fixed({ ip_address: '192.168.1.60' }, { ip_address: '192.168.1.60' }),
    400,
    'HTTPBadRequest',
    "Invalid input for fixed_ips. Reason: Duplicate IP address '192.168.1.60'.",
  ],
  [
    'an address outside the named subnet',
    'POST ports',
    fixed({ subnet_id: '{sub}', ip_address: '192.168.9.9' }),
    400,
    'InvalidIpForSubnet',
    'IP address 192.168.9.9 is not a valid IP for the specified subnet.',
  ],
  [
    'an address in no subnet',
    'POST ports',
    fixed({ ip_address: '192.168.9.9' }),
    400,
    'InvalidIpForNetwork',
    'IP address 192.168.9.9 is not a valid IP for any of the subnets on the specified network.',
  ],
  [
    'the network address',
    'POST ports',
    fixed({ ip_address: '192.168.1.0' }),
    400,
    'InvalidIpForNetwork',
    'IP address 192.168.1.0 is not a valid IP for any of the subnets on the specified network.',
  ],
  [
    'the broadcast address',
    'POST ports',
    fixed({ subnet_id: '{sub}', ip_address: '192.168.1.255' }),
    400,
    'InvalidIpForSubnet',
    'IP address 192.168.1.255 is not a valid IP for the specified subnet.',
  ],
  [
    'what is no address',
    'POST ports',
    fixed({ ip_address: '192.168.1.300' }),
    400,
    'HTTPBadRequest',
    "Invalid input for fixed_ips. Reason: '192.168.1.300' is not a valid IP address.",
  ],
  [
    'leading zeros',
    'POST ports',
    fixed({ ip_address: '192.168.001.051' }),
    400,
    'HTTPBadRequest',
    "Invalid input for fixed_ips. Reason: '192.168.001.051' is not an accepted IP address, '192.168.1.51' is recommended.",
  ],
  [
    'an unknown subnet',
    'POST ports',
    fixed({ subnet_id: '{unknown}' }),
    404,
    'SubnetNotFound',
    'Subnet {unknown} could not be found.',
  ],
  [
    'what is no subnet id',
    'POST ports',
    fixed({ subnet_id: 'zz' }),
    400,
    'HTTPBadRequest',
    "Invalid input for fixed_ips. Reason: 'zz' is not a valid UUID.",
  ],
  [
    'an empty fixed IP',
    'POST ports',
    fixed({}),
    400,
    'InvalidInput',
    'Invalid input for operation: IP allocation requires subnet_id or ip_address.',
  ],
  [
    'a subnet of another network',
    'POST ports',
    fixed({ subnet_id: '{fullsub}' }),
    400,
    'InvalidInput',
    'Invalid input for operation: Failed to create port on network {net}, because fixed_ips included invalid subnet {fullsub}.',
  ],
  [
    'an unknown network',
    'POST ports',
    { port: { network_id: '{unknown}' } },
    404,
    'NetworkNotFound',
    'Network {unknown} could not be found.',
  ],
  [
    'no network',
    'POST ports',
    { port: {} },
    400,
    'HTTPBadRequest',
    "Failed to parse request. Required attribute 'network_id' not specified",
  ],
  [
    'an unknown attribute',
    'POST ports',
    { port: { ...net, bogus: 1 } },
    400,
    'HTTPBadRequest',
    "Unrecognized attribute(s) 'bogus'",
  ],
  [
    'no room',
    'POST ports',
    { port: { network_id: '{full}' } },
    409,
    'IpAddressGenerationFailure',
    'No more IP addresses available on network {full}.',
  ],
  [
    'no room in the named subnet',
    'POST ports',
    { port: { network_id: '{full}', fixed_ips: [{ subnet_id: '{fullsub}' }] } },
    409,
    'IpAddressGenerationFailure',
    'No more IP addresses available on network {full}.',
  ],
  [
    'one bad port of several',
    'POST ports',
    {
      ports: [
        { ...net, name: 'b3' },
        { ...net, fixed_ips: [{ ip_address: '192.168.1.50' }] },
      ],
    },
    409,
    'IpAddressAlreadyAllocated',
    'IP address 192.168.1.50 already allocated in subnet {sub}',
  ],
  [
    'a multicast MAC address',
    'POST ports',
    { port: { ...net, mac_address: '01:00:00:00:00:01' } },
    400,
    'HTTPBadRequest',
    "Invalid input for mac_address. Reason: '01:00:00:00:00:01' is not a valid MAC address.",
  ],
  [
    'an unknown port',
    'DELETE ports/{unknown}',
    undefined,
    404,
    'PortNotFound',
    'Port {unknown} could not be found.',
  ],
]

const subnetRefusals: Refusal[] = [
  [
    'an overlapping prefix',
    'POST subnets',
    { subnet: { ...subnet, cidr: '192.168.1.128/25' } },
    400,
    'InvalidInput',
    'Invalid input for operation: Requested subnet with cidr: 192.168.1.128/25 for network: {net} overlaps with another subnet.',
  ],
  [
    'a prefix length of 33',
    'POST subnets',
    { subnet: { ...subnet, cidr: '192.168.1.0/33' } },
    400,
    'InvalidInput',
    'Invalid input for operation: 192.168.1.0/33 is not in a CIDR format.',
  ],
  [
    'what is no prefix',
    'POST subnets',
    { subnet: { ...subnet, cidr: 'banana' } },
    400,
    'InvalidInput',
    'Invalid input for operation: banana is not in a CIDR format.',
  ],
  [
    'another IP version',
    'POST subnets',
    { subnet: { ...subnet, cidr: '2001:db8::/64' } },
    400,
    'InvalidInput',
    "Invalid input for operation: cidr '2001:db8::/64' does not match the ip_version '4'.",
  ],
  [
    'neither prefix nor pool',
    'POST subnets',
    { subnet },
    400,
    'BadRequest',
    'Bad subnets request: a subnetpool must be specified in the absence of a cidr.',
  ],
  [
    'no IP version',
    'POST subnets',
    { subnet: { ...net, cidr: '10.1.0.0/24' } },
    400,
    'HTTPBadRequest',
    "Failed to parse request. Required attribute 'ip_version' not specified",
  ],
  [
    'IP version 5',
    'POST subnets',
    { subnet: { ...net, ip_version: 5, cidr: '10.1.0.0/24' } },
    400,
    'HTTPBadRequest',
    'Invalid input for ip_version. Reason: 5 is not in valid_values.',
  ],
  [
    'the whole address space',
    'POST subnets',
    { subnet: { ...subnet, cidr: '0.0.0.0/0' } },
    400,
    'InvalidInput',
    "Invalid input for operation: First IP '0.0.0.0' of network is not supported if enable_dhcp is True..",
  ],
  [
    'a /32 with DHCP',
    'POST subnets',
    { subnet: { ...subnet, cidr: '10.7.0.1/32' } },
    400,
    'InvalidInput',
    'Invalid input for operation: Subnet has a prefix length that is incompatible with DHCP service enabled.',
  ],
  [
    'a /31 with DHCP',
    'POST subnets',
    { subnet: { ...subnet, cidr: '10.7.1.0/31' } },
    400,
    'InvalidInput',
    'Invalid input for operation: Subnet has a prefix length that is incompatible with DHCP service enabled.',
  ],
  [
    'a multicast prefix',
    'POST subnets',
    { subnet: { ...subnet, cidr: '224.0.0.0/24' } },
    400,
    'InvalidInput',
    'Invalid input for operation: Multicast IP subnet is not supported if enable_dhcp is True.',
  ],
  [
    'the network address as gateway',
    'POST subnets',
    layout({ gateway_ip: '10.4.0.0' }),
    400,
    'InvalidInput',
    'Invalid input for operation: Gateway is not valid on subnet.',
  ],
  [
    'the broadcast address as gateway',
    'POST subnets',
    layout({ gateway_ip: '10.4.0.255' }),
    400,
    'InvalidInput',
    'Invalid input for operation: Gateway is not valid on subnet.',
  ],
  [
    'a gateway inside a pool',
    'POST subnets',
    layout({
      gateway_ip: '10.4.0.10',
      allocation_pools: [{ start: '10.4.0.5', end: '10.4.0.20' }],
    }),
    409,
    'GatewayConflictWithAllocationPools',
    'Gateway ip 10.4.0.10 conflicts with allocation pool 10.4.0.5-10.4.0.20.',
  ],
  [
    'a pool outside',
    'POST subnets',
    layout({ allocation_pools: [{ start: '10.5.0.5', end: '10.5.0.20' }] }),
    400,
    'OutOfBoundsAllocationPool',
    'The allocation pool 10.5.0.5-10.5.0.20 spans beyond the subnet cidr 10.4.0.0/24.',
  ],
  [
    'a pool with the broadcast address',
    'POST subnets',
    layout({ gateway_ip: null, allocation_pools: [{ start: '10.4.0.5', end: '10.4.0.255' }] }),
    400,
    'OutOfBoundsAllocationPool',
    'The allocation pool 10.4.0.5-10.4.0.255 spans beyond the subnet cidr 10.4.0.0/24.',
  ],
  [
    'a pool that ends before it starts',
    'POST subnets',
    layout({ allocation_pools: [{ start: '10.4.0.50', end: '10.4.0.20' }] }),
    400,
    'InvalidAllocationPool',
    "The allocation pool {'start': '10.4.0.50', 'end': '10.4.0.20'} is not valid.",
  ],
  [
    'overlapping pools',
    'POST subnets',
    layout({
      allocation_pools: [
        { start: '10.4.0.5', end: '10.4.0.20' },
        { start: '10.4.0.15', end: '10.4.0.30' },
      ],
    }),
    409,
    'OverlappingAllocationPools',
    'Found overlapping allocation pools: 10.4.0.5-10.4.0.20 10.4.0.15-10.4.0.30 for subnet 10.4.0.0/24.',
  ],
  [
    'an unknown key in a pool',
    'POST subnets',
    layout({ allocation_pools: [{ from: '10.4.0.5', end: '10.4.0.20' }] }),
    400,
    'HTTPBadRequest',
    "Invalid input for allocation_pools. Reason: Validation of dictionary's keys failed. Expected keys: {'start', 'end'} Provided keys: {'from', 'end'}.",
  ],
  [
    'an unknown network',
    'POST subnets',
    { subnet: { network_id: '{unknown}', ip_version: 4, cidr: '10.4.0.0/24' } },
    404,
    'NetworkNotFound',
    'Network {unknown} could not be found.',
  ],
  [
    'a subnet in use',
    'DELETE subnets/{sub}',
    undefined,
    409,
    'SubnetInUse',
    'Unable to complete operation on subnet {sub}: One or more ports have an IP allocation from this subnet.',
  ],
  [
    'a network in use',
    'DELETE networks/{net}',
    undefined,
    409,
    'NetworkInUse',
    'Unable to complete operation on network {net}. There are one or more ports still in use on the network, id for these ports is: {p50}.',
  ],
  [
    'another prefix',
    'PUT subnets/{sub}',
    { subnet: { cidr: '10.0.0.0/24' } },
    400,
    'HTTPBadRequest',
    'Cannot update read-only attribute cidr',
  ],
]

const poolRefusals: Refusal[] = [
  [
    'too long a prefix',
    'POST subnets',
    fromPool('pooled', { prefixlen: 30 }),
    400,
    'MaxPrefixSubnetAllocationError',
    'Unable to allocate subnet with prefix length 30, maximum allowed prefix is 28.',
  ],
  [
    'too short a prefix',
    'POST subnets',
    fromPool('pooled', { prefixlen: 20 }),
    400,
    'MinPrefixSubnetAllocationError',
    'Unable to allocate subnet with prefix length 20, minimum allowed prefix is 24.',
  ],
  [
    'a prefix that is taken',
    'POST subnets',
    fromPool('empty', { cidr: '10.50.9.0/28' }),
    409,
    'SubnetAllocationError',
    'Failed to allocate subnet: Cannot allocate requested subnet from the available set of prefixes.',
  ],
  [
    'a prefix outside the pool',
    'POST subnets',
    fromPool('empty', { cidr: '10.60.9.0/28' }),
    400,
    'SubnetAllocationError',
    'Failed to allocate subnet: Cannot allocate requested subnet from the available set of prefixes.',
  ],
  [
    'more than the quota',
    'POST subnets',
    fromPool('pooled', { prefixlen: 25 }),
    409,
    'SubnetPoolQuotaExceeded',
    'Per-tenant subnet pool prefix quota exceeded.',
  ],
  [
    'a second subnet outside the pool',
    'POST subnets',
    { subnet: { network_id: '{pooled}', ip_version: 4, cidr: '10.77.0.0/24' } },
    400,
    'NetworkSubnetPoolAffinityError',
    'Subnets hosted on the same network must be allocated from the same subnet pool.',
  ],
  [
    'a prefix and its length',
    'POST subnets',
    fromPool('pooled', { prefixlen: 28, cidr: '10.50.10.0/28' }),
    400,
    'BadRequest',
    'Bad subnets request: cidr and prefixlen must not be supplied together.',
  ],
  [
    'another IP version than the pool',
    'POST subnets',
    fromPool('empty', { ip_version: 6 }),
    400,
    'BadRequest',
    'Bad subnets request: Cannot allocate IPv6 subnet from IPv4 subnet pool.',
  ],
  [
    'an unknown pool',
    'POST subnets',
    { subnet: { network_id: '{pooled}', ip_version: 4, subnetpool_id: '{unknown}' } },
    404,
    'SubnetPoolNotFound',
    'Subnet pool {unknown} could not be found.',
  ],
  [
    'allocation pools for an unknown prefix',
    'POST subnets',
    fromPool('empty', {
      prefixlen: 28,
      allocation_pools: [{ start: '10.50.0.2', end: '10.50.0.3' }],
    }),
    400,
    'BadRequest',
    'Bad subnets request: allocation_pools allowed only for specific subnet requests..',
  ],
  [
    'no default pool',
    'POST subnets',
    { subnet: { network_id: '{empty}', ip_version: 6, use_default_subnetpool: true } },
    400,
    'BadRequest',
    'Bad subnets request: No default subnetpool found for IPv6.',
  ],
  [
    'a full pool',
    'POST subnets',
    {
      subnet: { network_id: '{smallnet}', ip_version: 4, subnetpool_id: '{small}', prefixlen: 29 },
    },
    409,
    'SubnetAllocationError',
    'Failed to allocate subnet: Insufficient prefix space to allocate subnet size /29.',
  ],
  [
    'a pool in use',
    'DELETE subnetpools/{pool}',
    undefined,
    400,
    'SubnetPoolDeleteError',
    'Unable to delete subnet pool: Subnet pool has existing allocations.',
  ],
  [
    'mixed IP versions',
    'POST subnetpools',
    { subnetpool: { name: 'm', prefixes: ['10.50.0.0/16', '2001:db8::/32'] } },
    400,
    'PrefixVersionMismatch',
    'Cannot mix IPv4 and IPv6 prefixes in a subnet pool.',
  ],
  [
    'no prefixes',
    'POST subnetpools',
    { subnetpool: { name: 'm', prefixes: [] } },
    400,
    'EmptySubnetPoolPrefixList',
    'Empty subnet pool prefix list.',
  ],
  [
    'min above max',
    'POST subnetpools',
    { subnetpool: { name: 'm', prefixes: ['10.51.0.0/16'], min_prefixlen: 28, max_prefixlen: 24 } },
    400,
    'IllegalSubnetPoolPrefixBounds',
    'Illegal prefix bounds: min_prefixlen=28, max_prefixlen=24.',
  ],
  [
    'default below min',
    'POST subnetpools',
    {
      subnetpool: {
        name: 'm',
        prefixes: ['10.51.0.0/16'],
        min_prefixlen: 24,
        default_prefixlen: 20,
      },
    },
    400,
    'IllegalSubnetPoolPrefixBounds',
    'Illegal prefix bounds: default_prefixlen=20, min_prefixlen=24.',
  ],
  [
    'max of 33',
    'POST subnetpools',
    { subnetpool: { name: 'm', prefixes: ['10.51.0.0/16'], max_prefixlen: 33 } },
    400,
    'IllegalSubnetPoolPrefixBounds',
    'Illegal prefix bounds: max_prefixlen=33, ip_version_max=32.',
  ],
  [
    'what is no prefix',
    'POST subnetpools',
    { subnetpool: { name: 'm', prefixes: ['10.51.0.0/99'] } },
    400,
    'HTTPBadRequest',
    "Invalid input for prefixes. Reason: '10.51.0.0/99' is not a valid IP subnet.",
  ],
  [
    'a pool without its old prefix',
    'PUT subnetpools/{pool}',
    { subnetpool: { prefixes: ['10.52.0.0/16'] } },
    400,
    'IllegalSubnetPoolPrefixUpdate',
    'Illegal update to prefixes: Existing prefixes must be a subset of the new prefixes.',
  ],
  [
    'min above default',
    'PUT subnetpools/{pool}',
    { subnetpool: { min_prefixlen: 27 } },
    400,
    'IllegalSubnetPoolPrefixBounds',
    'Illegal prefix bounds: default_prefixlen=26, min_prefixlen=27.',
  ],
  [
    'a scope of IP version 5',
    'POST address-scopes',
    { address_scope: { name: 'sc', ip_version: 5 } },
    400,
    'HTTPBadRequest',
    'Invalid input for ip_version. Reason: 5 is not in valid_values.',
  ],
  [
    'an overlap in a scope',
    'POST subnetpools',
    { subnetpool: { name: 'o2', prefixes: ['10.60.128.0/17'], address_scope_id: '{scope}' } },
    409,
    'AddressScopePrefixConflict',
    'Failed to associate address scope: subnetpools within an address scope must have unique prefixes.',
  ],
  [
    'a scope in use',
    'DELETE address-scopes/{scope}',
    undefined,
    409,
    'AddressScopeInUse',
    'Unable to complete operation on address scope {scope}. There are one or more subnet pools in use on the address scope.',
  ],
  [
    'an unknown scope',
    'POST subnetpools',
    { subnetpool: { name: 'o3', prefixes: ['10.61.0.0/16'], address_scope_id: '{unknown}' } },
    404,
    'AddressScopeNotFound',
    'Address scope {unknown} could not be found.',
  ],
]

const requestRefusals: Refusal[] = [
  [
    'an unknown network',
    'GET networks/{unknown}',
    undefined,
    404,
    'NetworkNotFound',
    'Network {unknown} could not be found.',
  ],
  [
    'an unknown subnet',
    'GET subnets/{unknown}',
    undefined,
    404,
    'SubnetNotFound',
    'Subnet {unknown} could not be found.',
  ],
  [
    'an unknown port',
    'GET ports/{unknown}',
    undefined,
    404,
    'PortNotFound',
    'Port {unknown} could not be found.',
  ],
  [
    'an unknown pool',
    'GET subnetpools/{unknown}',
    undefined,
    404,
    'SubnetPoolNotFound',
    'Subnet pool {unknown} could not be found.',
  ],
  [
    'an unknown scope',
    'GET address-scopes/{unknown}',
    undefined,
    404,
    'AddressScopeNotFound',
    'Address scope {unknown} could not be found.',
  ],
  [
    'the availability of an unknown network',
    'GET network-ip-availabilities/{unknown}',
    undefined,
    404,
    'NetworkNotFound',
    'Network {unknown} could not be found.',
  ],
  [
    'a name in the place of an id',
    'GET networks/net',
    undefined,
    404,
    'NetworkNotFound',
    'Network net could not be found.',
  ],
  [
    'an unknown collection',
    'GET bananas',
    undefined,
    404,
    'HTTPNotFound',
    'The resource could not be found.',
  ],
  [
    'another method',
    'PATCH networks/{net}',
    {},
    405,
    'HTTPMethodNotAllowed',
    'The server could not comply with the request since it is either malformed or otherwise incorrect.',
  ],
  [
    'what is no JSON',
    'POST networks',
    '{not json',
    400,
    'HTTPBadRequest',
    'Body contains invalid data',
  ],
  [
    'a body about something else',
    'POST networks',
    { foo: {} },
    400,
    'HTTPBadRequest',
    "Unable to find 'network' in request body",
  ],
  [
    'no body',
    'POST networks',
    undefined,
    400,
    'HTTPBadRequest',
    "Unable to find 'network' in request body",
  ],
  [
    'an unknown filter',
    'GET ports?bogus=1',
    undefined,
    400,
    'HTTPBadRequest',
    "['bogus'] is invalid attribute for filtering",
  ],
  [
    'a negative limit',
    'GET ports?limit=-1',
    undefined,
    400,
    'BadRequest',
    "Bad limit request: Limit must be an integer 0 or greater and not '-1'.",
  ],
  [
    'a sort key without direction',
    'GET ports?sort_key=name',
    undefined,
    400,
    'HTTPBadRequest',
    'The number of sort_keys and sort_dirs must be same',
  ],
  [
    'an unknown sort key',
    'GET ports?sort_key=x&sort_dir=asc',
    undefined,
    400,
    'HTTPBadRequest',
    "['x'] is invalid attribute for sort keys",
  ],
]

describe.each([
  ['ports', portRefusals],
  ['subnets', subnetRefusals],
  ['subnet pools and address scopes', poolRefusals],
  ['requests', requestRefusals],
])('for %s, Neutron’s words answer', (_, refusals) => {
  test.each(refusals)('%s', async (_name, request, body, status, type, message) => {
    const [method = '', path = ''] = fill(request).split(' ')
    const before = await neutron.everything()
    const answer = await neutron.call(method, `/v2.0/${path}`, fill(body))
    expect(answer).toMatchObject({
      status,
      body: { NeutronError: { type, message: fill(message), detail: '' } },
    })
    expect(answer.headers['x-openstack-request-id']).toMatch(/^req-[0-9a-f-]{36}$/)
    expect(await neutron.everything()).toBe(before)
  })
})

test('an IPv6 pool in an IPv4 scope is told the id that the pool would have had', async () => {
  const { status, body } = await neutron.call('POST', '/v2.0/subnetpools', {
    subnetpool: { name: 'm6', prefixes: ['2001:db8:5::/48'], address_scope_id: names['scope'] },
  })
  expect(status).toBe(400)
  expect(body.NeutronError.type).toBe('IllegalSubnetPoolIpVersionAssociationToAddressScope')
  expect(body.NeutronError.message).toMatch(
    new RegExp(
      `^Illegal subnetpool association: subnetpool [0-9a-f-]{36} cannot associate with address scope ${names['scope']} because subnetpool ip_version is not 4.$`,
    ),
  )
})

test('a version that is not served has an answer of its own', async () => {
  expect(await neutron.call('GET', '/v3/networks')).toMatchObject({
    status: 404,
    body: { code: 404, title: 'Not Found', description: null },
  })
})
