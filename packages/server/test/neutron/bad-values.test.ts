import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { notAddresses, notIpv6Addresses, notPrefixes } from '../bad-values.ts'
import { type NeutronFixture, openNeutron } from './neutron-fixture.ts'

let neutron: NeutronFixture
let networkId: string
const subnetIds: Record<4 | 6, string> = { 4: '', 6: '' }

beforeAll(async () => {
  neutron = await openNeutron()
  networkId = (await neutron.make('networks', { name: 'n' })).id
  for (const [version, cidr] of [
    [4, '10.0.0.0/24'],
    [6, '2001:db8:0:1::/64'],
  ] as const) {
    const subnet = { network_id: networkId, ip_version: version, cidr }
    subnetIds[version] = (await neutron.make('subnets', subnet)).id
  }
})
afterAll(() => neutron.close())

/** Sends what must be refused with 400 in Neutron's envelope, and changes nothing. */
async function expectRefused(method: string, path: string, body: unknown): Promise<void> {
  const before = await neutron.everything()
  const answer = await neutron.call(method, `/v2.0/${path}`, body)
  expect(answer.status, JSON.stringify(answer.body)).toBe(400)
  expect(Object.keys(answer.body.NeutronError)).toEqual(['type', 'message', 'detail'])
  expect(await neutron.everything()).toBe(before)
}

const portWith = (fixedIp: object) => ({ port: { network_id: networkId, fixed_ips: [fixedIp] } })
const subnetWith = (fields: object) => ({
  subnet: { network_id: networkId, ip_version: 4, ...fields },
})

describe('an address of a port', () => {
  test.each(notAddresses)('%j is refused in an IPv4 subnet', (address) =>
    expectRefused('POST', 'ports', portWith({ subnet_id: subnetIds[4], ip_address: address })),
  )

  test.each(notIpv6Addresses)('%j is refused in an IPv6 subnet', (address) =>
    expectRefused('POST', 'ports', portWith({ subnet_id: subnetIds[6], ip_address: address })),
  )

  test.each([null, true, 167772161, [], {}])('%j is of the wrong type', (address) =>
    expectRefused('POST', 'ports', portWith({ subnet_id: subnetIds[4], ip_address: address })),
  )

  test('is not one of the other IP version', async () => {
    const v6 = { subnet_id: subnetIds[4], ip_address: '2001:db8:0:1::9' }
    await expectRefused('POST', 'ports', portWith(v6))
    await expectRefused(
      'POST',
      'ports',
      portWith({ subnet_id: subnetIds[6], ip_address: '10.0.0.9' }),
    )
  })
})

describe('a prefix', () => {
  // Host bits are cleared, as Neutron does.
  const refused = notPrefixes.filter((cidr) => cidr !== '10.0.0.1/24')
  const versionOf = (cidr: string) => (cidr.includes(':') ? 6 : 4)

  test.each(refused)('%j is refused for a subnet', (cidr) =>
    expectRefused('POST', 'subnets', subnetWith({ cidr, ip_version: versionOf(cidr) })),
  )

  test.each(refused)('%j is refused for a pool', (cidr) =>
    expectRefused('POST', 'subnetpools', { subnetpool: { name: 'p', prefixes: [cidr] } }),
  )
})

describe('an address of a subnet', () => {
  test.each(notAddresses)('%j is refused as gateway, pool end and name server', async (address) => {
    const cidr = '10.9.0.0/24'
    await expectRefused('POST', 'subnets', subnetWith({ cidr, gateway_ip: address }))
    const pools = [{ start: address, end: '10.9.0.9' }]
    await expectRefused('POST', 'subnets', subnetWith({ cidr, allocation_pools: pools }))
    await expectRefused('POST', 'subnets', subnetWith({ cidr, dns_nameservers: [address] }))
  })
})

describe('a name', () => {
  test.each([
    'x'.repeat(256),
    'x'.repeat(1_000_000),
    'a\ud800b',
    'a\u0000b',
    'a\u202eb',
    '\u001b[2J',
    'a\r\nb',
    'a\u2028b',
    'a\u0085b',
  ])('%j is refused', (name) => expectRefused('POST', 'networks', { network: { name } }))
})

describe('a body', () => {
  test.each([
    '{',
    'NaN',
    '[]',
    '"x"',
    'null',
    '\ufeff{"network":{}}',
    '{"network":{},"network":{}}',
    '{"network":{"name":"a","n\\u0061me":"b"}}',
    '{"network":{"__proto__":{"shared":true}}}',
    '{"network":{"constructor":{}}}',
    '['.repeat(100_000),
    '{"a":'.repeat(100_000),
    `{"network":{"mtu":${'9'.repeat(100_000)}}}`,
  ])('%.40s is refused', (body) => expectRefused('POST', 'networks', body))
})
