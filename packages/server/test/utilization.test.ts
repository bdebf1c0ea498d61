import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { type AppFixture, openApp } from './app-fixture.ts'

let fixture: AppFixture

beforeAll(async () => {
  fixture = await openApp()
})
afterAll(() => fixture.close())

describe('utilization', () => {
  test('counts are exact decimal strings, for a subnet, a pool, all, and in pages', async () => {
    const pool = await fixture.call('POST', '/v1/subnet-pools', { prefixes: ['10.0.0.0/22'] })
    const subnets = []
    for (const prefixLength of [24, 30])
      subnets.push(
        (await fixture.call('POST', '/v1/subnets', { subnetPoolId: pool.body.id, prefixLength }))
          .body,
      )
    const [wide, narrow] = subnets
    await fixture.call('POST', `/v1/subnets/${wide.id}/allocations`, {
      request: { kind: 'bulk', count: 100 },
    })
    const ofSubnet = await fixture.call('GET', `/v1/subnets/${wide.id}/utilization`)
    expect(ofSubnet.body).toEqual({
      subnetId: wide.id,
      capacity: '253',
      allocated: '100',
      cooling: '0',
      available: '153',
      outsidePools: '0',
      ratio: ofSubnet.body.ratio,
    })
    expect(ofSubnet.body.ratio).toBeCloseTo(100 / 253, 6)
    const ofPool = await fixture.call('GET', `/v1/subnet-pools/${pool.body.id}/utilization`)
    expect(ofPool.body).toMatchObject({
      subnetPoolId: pool.body.id,
      subnets: 2,
      capacity: '1024',
      allocated: '260',
      available: '764',
    })
    const total = await fixture.call('GET', '/v1/utilization')
    expect(total.body).toMatchObject({ subnets: 2, capacity: '254', allocated: '100' })
    const page = await fixture.call('GET', '/v1/utilization/subnets?limit=1&sort=cidr')
    expect(page.body.items).toEqual([ofSubnet.body])
    const rest = await fixture.call(
      'GET',
      `/v1/utilization/subnets?limit=1&sort=cidr&cursor=${page.body.nextCursor}`,
    )
    expect(rest.body).toMatchObject({ items: [{ subnetId: narrow.id }], nextCursor: null })
  })

  test('an IPv6 subnet has more addresses than a double can count', async () => {
    const subnet = await fixture.call('POST', '/v1/subnets', { cidr: '2001:db8::/48' })
    const { body } = await fixture.call('GET', `/v1/subnets/${subnet.body.id}/utilization`)
    expect(BigInt(body.capacity)).toBeGreaterThan(1n << 79n)
    expect(BigInt(body.available)).toBe(BigInt(body.capacity))
  })
})
