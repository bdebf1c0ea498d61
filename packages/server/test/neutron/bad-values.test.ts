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

/** Sends what must be refused in Neutron's envelope, without repeating what could forge a line or a screen, and changes nothing. */
async function expectRefused(
  method: string,
  path: string,
  body: unknown,
  { status = 400, headers = {} }: { status?: number; headers?: Record<string, string> } = {},
): Promise<void> {
  const before = await neutron.everything()
  const answer = await neutron.call(method, `/v2.0/${path}`, body, headers)
  const text = JSON.stringify(answer.body)
  expect(answer.status, text).toBe(status)
  expect(Object.keys(answer.body.NeutronError)).toEqual(['type', 'message', 'detail'])
  expect(text).not.toMatch(/\\[unrtbf]|[\p{Cc}\p{Cf}\u2028\u2029]/u)
  expect(text.length).toBeLessThan(2000)
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

  test('is no megabyte of digits', () =>
    expectRefused('POST', 'ports', portWith({ ip_address: '1'.repeat(900_000) })))

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

test.each([
  [4, '10.0.0.0'],
  [4, '10.0.0.255'],
  [4, '10.0.1.1'],
  [6, '2001:db8:0:2::1'],
] as const)('in its IPv%d subnet a port has no address %s', (version, address) =>
  expectRefused('POST', 'ports', portWith({ subnet_id: subnetIds[version], ip_address: address })),
)

describe('a MAC address', () => {
  const portAt = (mac: unknown) => ({ port: { network_id: networkId, mac_address: mac } })

  test.each([
    '',
    'x',
    '00:11:22:33:44',
    '00:11:22:33:44:55:66:77',
    '00:11:22:33:44:5g',
    '00:00:00:00:00:00',
    '01:00:5e:00:00:01',
    7,
    {},
  ])('%j is refused', (mac) => expectRefused('POST', 'ports', portAt(mac)))

  test.each(['001122334455', '00-11-22-33-44-55', '0011.2233.4455', '00:11:22:33:44:55'])(
    '%s is written in one way',
    async (mac) => {
      const made = await neutron.make('ports', portAt(mac).port)
      expect(made.mac_address).toBe('00:11:22:33:44:55')
      await neutron.call('DELETE', `/v2.0/ports/${made.id}`)
    },
  )
})

test.each([
  '..%2f..',
  '%00',
  '%ff',
  '%zz',
  '%1b%5b2J',
  '%e2%80%ae',
  '%0d%0aX:1',
  '%F0%9F%92%A5',
  'x'.repeat(37),
  'x'.repeat(8000),
  "1'%20OR%20'1'='1",
])('a record with the id %.40s is missing', async (id) => {
  const missing = { status: 404 }
  for (const collection of ['networks', 'subnets', 'ports', 'subnetpools', 'address-scopes'])
    for (const method of ['GET', 'DELETE'])
      await expectRefused(method, `${collection}/${id}`, undefined, missing)
  for (const path of ['network-ip-availabilities', `networks/${networkId}/tags`])
    await expectRefused('GET', `${path}/${id}`, undefined, missing)
  await expectRefused('GET', `ports?limit=1&marker=${encodeURIComponent(id)}`, undefined, missing)
})

test.each(['%1b', '%e2%80%ae', '%00', 'x'.repeat(256)])(
  'the project %.20s has no quotas',
  async (project) => {
    await expectRefused('PUT', `quotas/${project}`, { quota: { port: 1 } })
    await expectRefused('GET', `quotas/${project}`, undefined)
  },
)

test.each(['-2', '1.5', '"x"', '"∞"', '"0x10"', '""', 'null', 'true', '{}', '1e400', '2147483648'])(
  'a quota of %s is refused',
  async (quota) => {
    const path = '/v2.0/quotas/p'
    const before = (await neutron.call('GET', path)).body
    const answer = await neutron.call('PUT', path, `{"quota":{"network":${quota}}}`)
    expect(answer.status, JSON.stringify(answer.body)).toBe(400)
    expect((await neutron.call('GET', path)).body).toEqual(before)
  },
)

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

describe('text that somebody may write into a file of settings', () => {
  const texts = ['a\nb', 'a\r\nb', '\u0000', '\u001b[2J', 'a\u202eb', 'a\u2028b', 'a\ud800b']
  const portWithField = (field: object) => ({ port: { network_id: networkId, ...field } })

  test.each(texts)('is one line of plain characters: %j is refused', async (text) => {
    for (const field of [
      { extra_dhcp_opts: [{ opt_name: 'domain-name', opt_value: text }] },
      { extra_dhcp_opts: [{ opt_name: text, opt_value: 'x' }] },
      { 'binding:profile': { a: [{ b: text }] } },
      { 'binding:profile': { [text]: 1 } },
    ])
      await expectRefused('POST', 'ports', portWithField(field))
  })

  test.each(texts.slice(2))('the description %j is refused', (description) =>
    expectRefused('POST', 'networks', { network: { description } }),
  )

  test('a description may have several lines', async () => {
    const description = 'first\r\n\tsecond'
    expect(await neutron.make('networks', { description })).toMatchObject({ description })
  })
})

test.each([
  'application/json; charset=utf-7',
  'application/json; charset=utf-16',
  'application/json; boundary=x',
  'text/plain',
])('a body of the type %s is refused', (type) =>
  expectRefused('POST', 'networks', '{"network":{}}', {
    status: 415,
    headers: { 'content-type': type },
  }),
)

test.each(['GET', 'DELETE'])('a body of a %s is refused', (method) =>
  expectRefused(method, `networks/${networkId}`, {}),
)

test('the name of a wrapper is not repeated as it came', async () => {
  const south = await openNeutron({
    authentication: {
      loopbackOnly: false,
      identify: () => ({ caller: { projectId: 'south', isAdmin: false }, role: 'operator' }),
    },
  })
  const body = { ['\u001b[2J\u202e'.padEnd(9000, 'x')]: { shared: true } }
  const { status, body: answer } = await south.call('POST', '/v2.0/networks', body)
  await south.close()
  expect(status).toBe(403)
  expect(answer.NeutronError.message).toMatch(/^[ -~…]{1,1000}$/)
})

test.each([
  `=cmd|'/c calc'!A1`,
  '<img src=x onerror=alert(1)>',
  '${jndi:ldap://x}',
  '{{7*7}}',
  "'; DROP TABLE subnet; --",
  '网络 ĝ 🌍',
])('the name %s is kept as text', async (name) => {
  const { id } = await neutron.make('networks', { name })
  const found = await neutron.list(`networks?name=${encodeURIComponent(name)}`)
  expect(found).toMatchObject([{ id, name }])
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
