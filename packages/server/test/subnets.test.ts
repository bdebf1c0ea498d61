import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { type AppFixture, openApp } from './app-fixture.ts'

let fixture: AppFixture

beforeAll(async () => {
  fixture = await openApp()
})
afterAll(() => fixture.close())

describe('subnets', () => {
  test('a subnet with a prefix of its own is created, read, changed and deleted', async () => {
    const created = await fixture.call('POST', '/v1/subnets', {
      cidr: '10.0.0.0/24',
      name: 'servers',
      labels: { site: 'a' },
    })
    expect(created.status).toBe(201)
    expect(created.body).toMatchObject({
      cidr: '10.0.0.0/24',
      ipVersion: 4,
      name: 'servers',
      gateway: '10.0.0.1',
      allocationPools: [{ first: '10.0.0.2', last: '10.0.0.254' }],
      subnetPoolId: null,
      coolingSeconds: 0,
      revision: 1,
    })
    const path = `/v1/subnets/${created.body.id}`
    expect(created.headers.location).toBe(path)
    expect((await fixture.call('GET', path)).body).toEqual(created.body)
    expect(
      (await fixture.call('GET', path.toUpperCase().replace('/V1/SUBNETS', '/v1/subnets'))).body,
    ).toEqual(created.body)
    const changed = await fixture.call('PATCH', path, { name: 'hosts' })
    expect(changed.body).toEqual({
      ...created.body,
      name: 'hosts',
      revision: 2,
      updatedAt: changed.body.updatedAt,
      heldOutsidePools: 0,
    })
    expect((await fixture.call('DELETE', path)).status).toBe(204)
    expect((await fixture.call('DELETE', path)).body.code).toBe('SUBNET_NOT_FOUND')
  })

  test('a subnet is cut from a pool by length, by default length, or by prefix', async () => {
    const pool = await fixture.call('POST', '/v1/subnet-pools', {
      prefixes: ['10.1.0.0/16'],
      defaultPrefixLength: 25,
    })
    const subnetPoolId = pool.body.id
    const cut = async (more: object) =>
      (await fixture.call('POST', '/v1/subnets', { subnetPoolId, ...more })).body.cidr
    expect(await cut({ prefixLength: 26 })).toBe('10.1.0.0/26')
    expect(await cut({})).toBe('10.1.0.128/25')
    expect(await cut({ cidr: '10.1.9.0/24' })).toBe('10.1.9.0/24')
    const inPool = await fixture.call('GET', `/v1/subnets?subnetPoolId=${subnetPoolId}&sort=cidr`)
    expect(inPool.body.items.map(({ cidr }: { cidr: string }) => cidr)).toEqual([
      '10.1.0.0/26',
      '10.1.0.128/25',
      '10.1.9.0/24',
    ])
  })

  test('an overlap is refused with 409', async () => {
    await fixture.call('POST', '/v1/subnets', { cidr: '10.2.0.0/24' })
    const refused = await fixture.call('POST', '/v1/subnets', { cidr: '10.2.0.128/25' })
    expect(refused.body).toMatchObject({ status: 409, code: 'SUBNET_OVERLAP', kind: 'conflict' })
  })

  test('a change of pools tells how many held addresses lie outside', async () => {
    const subnet = await fixture.call('POST', '/v1/subnets', { cidr: '10.3.0.0/24' })
    const path = `/v1/subnets/${subnet.body.id}`
    const request = { kind: 'specific', address: '10.3.0.200' }
    await fixture.call('POST', `${path}/allocations`, { request })
    const changed = await fixture.call('PATCH', path, {
      allocationPools: [{ first: '10.3.0.10', last: '10.3.0.20' }],
    })
    expect(changed.body).toMatchObject({ heldOutsidePools: 1 })
    expect((await fixture.call('GET', `${path}/allocations/10.3.0.200`)).status).toBe(200)
  })

  test('a subnet with held addresses is deleted only by cascade', async () => {
    const subnet = await fixture.call('POST', '/v1/subnets', { cidr: '10.4.0.0/24' })
    const path = `/v1/subnets/${subnet.body.id}`
    await fixture.call('POST', `${path}/allocations`, { request: { kind: 'any' } })
    expect((await fixture.call('DELETE', path)).body).toMatchObject({
      status: 409,
      code: 'SUBNET_IN_USE',
    })
    expect((await fixture.call('DELETE', `${path}?cascade=false`)).status).toBe(409)
    expect((await fixture.call('DELETE', `${path}?cascade=true`)).status).toBe(204)
  })

  test('lists come in pages that join without gap or repetition', async () => {
    for (let i = 0; i < 7; i += 1)
      await fixture.call('POST', '/v1/subnets', { cidr: `10.5.${i}.0/24`, labels: { page: 'yes' } })
    const seen: string[] = []
    let cursor = ''
    do {
      const page = await fixture.call(
        'GET',
        `/v1/subnets?label=page:yes&limit=3&sort=-cidr${cursor}`,
      )
      seen.push(...page.body.items.map(({ cidr }: { cidr: string }) => cidr))
      cursor = page.body.nextCursor === null ? '' : `&cursor=${page.body.nextCursor}`
    } while (cursor !== '')
    expect(seen).toEqual([6, 5, 4, 3, 2, 1, 0].map((i) => `10.5.${i}.0/24`))
  })

  test('a subnet is found by an address in it', async () => {
    await fixture.call('POST', '/v1/subnets', { cidr: '2001:db8:77::/64' })
    const found = await fixture.call('GET', '/v1/subnets?contains=2001:DB8:77::5')
    expect(found.body.items).toMatchObject([{ cidr: '2001:db8:77::/64' }])
  })

  test('HEAD answers like GET without a body', async () => {
    const answer = await fixture.call('HEAD', '/v1/subnets')
    expect(answer.status).toBe(200)
  })
})
