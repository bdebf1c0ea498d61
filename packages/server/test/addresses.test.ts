import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { type AppFixture, openApp } from './app-fixture.ts'

let fixture: AppFixture

beforeAll(async () => {
  fixture = await openApp()
})
afterAll(() => fixture.close())

describe('addresses', () => {
  test('an address tells its subnet, its holder and its past', async () => {
    const subnet = await fixture.call('POST', '/v1/subnets', { cidr: '10.0.0.0/24' })
    const path = `/v1/subnets/${subnet.body.id}/allocations`
    const hold = (id: string) =>
      fixture.call('POST', path, {
        request: { kind: 'specific', address: '10.0.0.9' },
        holder: { kind: 'host', id },
      })
    await hold('first')
    await fixture.call('DELETE', `${path}/10.0.0.9`)
    const held = await hold('second')

    const known = await fixture.call('GET', '/v1/addresses/10.0.0.9')
    expect(known.body).toMatchObject({
      address: '10.0.0.9',
      ipVersion: 4,
      subnets: [{ subnet: subnet.body, role: 'allocated', allocation: held.body.allocations[0] }],
      subnetPools: [],
    })
    const { items } = (await fixture.call('GET', '/v1/addresses/10.0.0.9/history')).body
    const holders = items.map(({ holder }: { holder: { id: string } }) => holder.id)
    expect(holders.toSorted()).toEqual(['first', 'second'])
    const current = items.find(({ until }: { until: string | null }) => until === null)
    expect(current).toMatchObject({ holder: { id: 'second' }, projectId: 'default' })
    const at = await fixture.call('GET', `/v1/addresses/10.0.0.9/history?at=${current.from}`)
    expect(at.body.items).toContainEqual(current)
  })

  test('an address in no subnet is known as such', async () => {
    const { status, body } = await fixture.call('GET', '/v1/addresses/2001:DB8:0:0::1')
    expect(status).toBe(200)
    expect(body).toEqual({ address: '2001:db8::1', ipVersion: 6, subnets: [], subnetPools: [] })
  })

  test.each(['1.2', '010.0.0.1', '::ffff:10.0.0.1', 'fe80::1%25eth0', '%00', '%zz', '10.0.0.1%20'])(
    '%s is no address',
    async (text) => {
      const { body } = await fixture.call('GET', `/v1/addresses/${text}`)
      expect(body).toMatchObject({ status: 400, code: 'INVALID_ADDRESS', pointer: '/address' })
    },
  )

  test.each(['yesterday', '2026-02-30T00:00:00Z', '2016-12-31T23:59:60Z', ''])(
    'history at %s is refused',
    async (at) => {
      const { body } = await fixture.call('GET', `/v1/addresses/10.0.0.9/history?at=${at}`)
      expect(body).toMatchObject({ status: 400, kind: 'invalid', pointer: '/at' })
    },
  )
})
