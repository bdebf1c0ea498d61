import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { type AppFixture, openApp } from './app-fixture.ts'

let fixture: AppFixture

beforeAll(async () => {
  fixture = await openApp()
})
afterAll(() => fixture.close())

describe('subnet pools', () => {
  test('a pool is created, read, changed and deleted', async () => {
    const created = await fixture.call('POST', '/v1/subnet-pools', {
      name: 'campus',
      prefixes: ['10.8.0.0/16'],
      minPrefixLength: 20,
      defaultPrefixLength: 24,
      maxPrefixLength: 28,
      quota: '4096',
    })
    expect(created.status).toBe(201)
    expect(created.body).toMatchObject({
      name: 'campus',
      ipVersion: 4,
      prefixes: ['10.8.0.0/16'],
      minPrefixLength: 20,
      defaultPrefixLength: 24,
      maxPrefixLength: 28,
      quota: '4096',
      shared: false,
      isDefault: false,
      revision: 1,
    })
    const path = `/v1/subnet-pools/${created.body.id}`
    expect(created.headers.location).toBe(path)
    expect((await fixture.call('GET', path)).body).toEqual(created.body)
    const changed = await fixture.call('PATCH', path, { quota: null, labels: { a: 'b' } })
    expect(changed.body).toMatchObject({ quota: null, labels: { a: 'b' }, revision: 2 })
    expect((await fixture.call('GET', '/v1/subnet-pools?label=a:b')).body.items).toHaveLength(1)
    expect((await fixture.call('GET', '/v1/subnet-pools?label=a:c')).body.items).toHaveLength(0)
    expect((await fixture.call('DELETE', path)).status).toBe(204)
    expect((await fixture.call('GET', path)).status).toBe(404)
  })

  test('prefixes are added and removed, and a prefix in use stays', async () => {
    const pool = await fixture.call('POST', '/v1/subnet-pools', { prefixes: ['10.9.0.0/24'] })
    const path = `/v1/subnet-pools/${pool.body.id}/prefixes`
    const added = await fixture.call('POST', path, { add: ['10.9.2.0/24'] })
    expect(added.status).toBe(200)
    expect(added.body.prefixes).toEqual(['10.9.0.0/24', '10.9.2.0/24'])
    const removed = await fixture.call('POST', path, { remove: ['10.9.2.0/24'] })
    expect(removed.body.prefixes).toEqual(['10.9.0.0/24'])
    await fixture.call('POST', '/v1/subnets', { subnetPoolId: pool.body.id, prefixLength: 26 })
    await fixture.call('POST', path, { add: ['10.9.2.0/24'] })
    const refused = await fixture.call('POST', path, { remove: ['10.9.0.0/24'] })
    expect(refused.status).toBe(409)
    expect(refused.body.code).toBe('PREFIX_IN_USE')
  })

  test.each([[{}], [{ add: ['10.9.4.0/24'], remove: ['10.9.0.0/24'] }]])(
    'a prefix change of %j is refused',
    async (body) => {
      const pool = await fixture.call('POST', '/v1/subnet-pools', { prefixes: ['10.20.0.0/24'] })
      const path = `/v1/subnet-pools/${pool.body.id}`
      const refused = await fixture.call('POST', `${path}/prefixes`, body)
      expect(refused.body).toMatchObject({ status: 400, code: 'INVALID_FIELD' })
      await fixture.call('DELETE', path)
    },
  )

  test('a quota is held for each calling project', async () => {
    const pool = await fixture.call('POST', '/v1/subnet-pools', {
      prefixes: ['10.10.0.0/16'],
      quota: '300',
      shared: true,
    })
    const cut = { subnetPoolId: pool.body.id, prefixLength: 24 }
    expect((await fixture.call('POST', '/v1/subnets', cut)).status).toBe(201)
    const refused = await fixture.call('POST', '/v1/subnets', cut)
    expect(refused.status).toBe(409)
    expect(refused.body).toMatchObject({ code: 'QUOTA_EXCEEDED', kind: 'over-quota' })
    const other = { 'x-project-id': 'other' }
    expect((await fixture.call('POST', '/v1/subnets', cut, other)).status).toBe(201)
  })

  test('a full pool answers 409 exhausted', async () => {
    const pool = await fixture.call('POST', '/v1/subnet-pools', { prefixes: ['10.11.0.0/30'] })
    const cut = { subnetPoolId: pool.body.id, prefixLength: 30 }
    expect((await fixture.call('POST', '/v1/subnets', cut)).status).toBe(201)
    const refused = await fixture.call('POST', '/v1/subnets', cut)
    expect(refused.body).toMatchObject({
      status: 409,
      code: 'SUBNET_POOL_EXHAUSTED',
      kind: 'exhausted',
    })
  })
})
