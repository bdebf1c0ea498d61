import { afterEach, beforeEach, expect, test } from 'vitest'
import { type NeutronFixture, openNeutron, unknownId } from './neutron-fixture.ts'

let neutron: NeutronFixture

beforeEach(async () => {
  neutron = await openNeutron()
})

afterEach(() => neutron.close())

async function events(recordKind?: string) {
  const { items } = (await neutron.call('GET', '/v1/events?limit=1000')).body
  return items.filter((event: { recordKind: string }) =>
    recordKind === undefined ? true : event.recordKind === recordKind,
  )
}

const actions = (found: { action: string }[]) => found.map(({ action }) => action)

test('a network’s events tell what it was and what it became', async () => {
  const { id } = await neutron.make('networks', { name: 'a', description: 'first' })
  await neutron.change(`networks/${id}`, { name: 'b', shared: true })
  await neutron.call('PUT', `/v2.0/networks/${id}/tags`, { tags: ['red'] })
  await neutron.call('DELETE', `/v2.0/networks/${id}`)
  const found = await events('network')
  expect(actions(found)).toEqual(['created', 'updated', 'updated', 'deleted'])
  const [made, renamed, tagged, gone] = found
  expect(made).toMatchObject({
    recordId: id,
    projectId: 'default',
    before: null,
    after: { id, name: 'a', body: { description: 'first' } },
  })
  expect(made.requestId).toMatch(/^[0-9a-f-]{36}$/)
  expect(renamed).toMatchObject({ before: { name: 'a' }, after: { name: 'b', shared: true } })
  expect(tagged).toMatchObject({
    before: { body: { tags: [] } },
    after: { body: { tags: ['red'] } },
  })
  expect(gone).toMatchObject({ before: { name: 'b' }, after: null })
})

test('a port’s events stand beside those of its addresses', async () => {
  const network = (await neutron.make('networks', {})).id
  await neutron.make('subnets', { network_id: network, ip_version: 4, cidr: '10.0.0.0/24' })
  const { id } = await neutron.make('ports', {
    network_id: network,
    fixed_ips: [{ ip_address: '10.0.0.9' }],
  })
  await neutron.change(`ports/${id}`, { device_id: 'host-7' })
  await neutron.change(`ports/${id}`, {})
  await neutron.call('DELETE', `/v2.0/ports/${id}`)
  const found = await events('port')
  expect(actions(found)).toEqual(['created', 'updated', 'deleted'])
  expect(found[1]).toMatchObject({
    recordId: id,
    before: { parentId: network, body: { deviceId: '' } },
    after: { body: { deviceId: 'host-7' } },
  })
  expect(actions(await events('allocation'))).toEqual(['allocated', 'released'])
})

test('what the API adds to subnets and subnet pools is told too, and limits of projects', async () => {
  const network = (await neutron.make('networks', {})).id
  const { id } = await neutron.make('subnets', {
    network_id: network,
    ip_version: 4,
    cidr: '10.0.0.0/24',
  })
  await neutron.change(`subnets/${id}`, { dns_nameservers: ['192.0.2.53'] })
  const pool = (await neutron.make('subnetpools', { name: 'p', prefixes: ['10.1.0.0/16'] })).id
  await neutron.call('PUT', '/v2.0/quotas/acme', { quota: { port: 3 } })
  const [, changed] = await events('subnet-attributes')
  expect(changed).toMatchObject({
    recordId: id,
    before: { body: { dnsNameservers: [] } },
    after: { body: { dnsNameservers: ['192.0.2.53'] } },
  })
  expect(await events('subnet-pool-attributes')).toMatchObject([{ recordId: pool }])
  expect(await events('quota')).toMatchObject([{ recordId: 'acme', after: { body: { port: 3 } } }])
})

test('a bulk create that fails leaves no event', async () => {
  const network = (await neutron.make('networks', {})).id
  const before = await events()
  const { status } = await neutron.call('POST', '/v2.0/ports', {
    ports: [{ network_id: network }, { network_id: unknownId }],
  })
  expect(status).toBe(404)
  expect(await events()).toEqual(before)
})

test('the events are part of the audit chain, and the stored facts agree with them', async () => {
  const network = (await neutron.make('networks', {})).id
  await neutron.make('subnets', { network_id: network, ip_version: 4, cidr: '10.0.0.0/24' })
  await neutron.make('ports', { network_id: network })
  const { length } = await events()
  await neutron.ipam.audit.seal()
  expect(await neutron.ipam.audit.verify()).toMatchObject({
    ok: true,
    head: { seq: length },
    unsealed: { events: 0 },
  })
  expect((await neutron.ipam.check()).problems).toEqual([])
})
