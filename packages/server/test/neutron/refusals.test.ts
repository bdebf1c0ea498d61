import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { type NeutronFixture, openNeutron, unknownId } from './neutron-fixture.ts'
import { portRefusals } from './port-refusals.ts'
import { requestRefusals } from './request-refusals.ts'
import { subnetRefusals } from './subnet-refusals.ts'
import { poolRefusals } from './subnetpool-refusals.ts'

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
