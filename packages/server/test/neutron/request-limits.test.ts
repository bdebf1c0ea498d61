import { afterEach, expect, test } from 'vitest'
import { type NeutronFixture, openNeutron } from './neutron-fixture.ts'

let fixture: NeutronFixture | undefined

afterEach(async () => {
  await fixture?.close()
  fixture = undefined
})

/** A network with a subnet, in which nothing is held. */
async function open() {
  fixture = await openNeutron()
  const { id } = await fixture.make('networks', {})
  await fixture.make('subnets', { network_id: id, ip_version: 4, cidr: '10.0.0.0/16' })
  return { fixture, networkId: id as string }
}

test('more than a thousand records in one request are refused', async () => {
  const { fixture: server, networkId } = await open()
  const before = await server.everything()
  const ports = Array.from({ length: 1001 }, () => ({ network_id: networkId, fixed_ips: [] }))
  const refused = await server.call('POST', '/v2.0/ports', { ports })
  expect(refused).toMatchObject({
    status: 413,
    body: { NeutronError: { type: 'HTTPRequestEntityTooLarge' } },
  })
  expect(await server.everything()).toBe(before)
})

test('ports that ask for more than a thousand addresses together are refused', async () => {
  const { fixture: server, networkId } = await open()
  const before = await server.everything()
  const first = Array.from({ length: 20 }, (_, host) => ({ ip_address: `10.0.1.${host + 1}` }))
  const rest = Array.from({ length: 990 }, (_, host) => ({
    ip_address: `10.0.${2 + Math.floor(host / 250)}.${host % 250}`,
  }))
  const ports = [first, rest].map((fixed_ips) => ({ network_id: networkId, fixed_ips }))
  expect((await server.call('POST', '/v2.0/ports', { ports })).status).toBe(413)
  expect(await server.everything()).toBe(before)
})

test('what a port keeps for its user has a bound', async () => {
  const { fixture: server, networkId } = await open()
  const large = 'x'.repeat(70_000)
  for (const [attribute, value] of [
    ['binding:profile', { note: large.slice(0, 4096) }],
    ['allowed_address_pairs', [{ ip_address: large }]],
    ['extra_dhcp_opts', [{ opt_name: large }]],
  ] as const) {
    const port = { network_id: networkId, [attribute]: value }
    expect((await server.call('POST', '/v2.0/ports', { port })).status, attribute).toBe(400)
  }
  const port = await server.make('ports', {
    network_id: networkId,
    'binding:profile': { note: 'x'.repeat(4000) },
  })
  expect(port['binding:profile'].note).toHaveLength(4000)
})
