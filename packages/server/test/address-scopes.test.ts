import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { type AppFixture, openApp } from './app-fixture.ts'

let fixture: AppFixture

beforeAll(async () => {
  fixture = await openApp()
})
afterAll(() => fixture.close())

describe('address scopes', () => {
  test('a scope is created, read, changed and deleted', async () => {
    const created = await fixture.call('POST', '/v1/address-scopes', {
      name: 'lab',
      ipVersion: 4,
      labels: { site: 'a' },
    })
    expect(created.status).toBe(201)
    expect(created.body).toMatchObject({
      name: 'lab',
      ipVersion: 4,
      shared: false,
      projectId: 'default',
      labels: { site: 'a' },
      revision: 1,
    })
    const path = `/v1/address-scopes/${created.body.id}`
    expect(created.headers.location).toBe(path)
    expect(created.headers.etag).toBe('"1"')
    expect((await fixture.call('GET', path)).body).toEqual(created.body)

    const changed = await fixture.call('PATCH', path, { name: 'laboratory', shared: true })
    expect(changed.status).toBe(200)
    expect(changed.body).toMatchObject({ name: 'laboratory', shared: true, revision: 2 })
    expect(changed.headers.etag).toBe('"2"')

    const deleted = await fixture.call('DELETE', path)
    expect(deleted.status).toBe(204)
    expect(deleted.body).toBe('')
    expect((await fixture.call('GET', path)).body.code).toBe('ADDRESS_SCOPE_NOT_FOUND')
  })

  test('the built-in scopes are listed, and lists are filtered', async () => {
    await fixture.call('POST', '/v1/address-scopes', { name: 'six', ipVersion: 6 })
    const all = await fixture.call('GET', '/v1/address-scopes')
    expect(all.body.items.filter(({ name }: { name: string }) => name === 'default')).toHaveLength(
      2,
    )
    const six = await fixture.call('GET', '/v1/address-scopes?ipVersion=6&name=six')
    expect(six.body.items).toMatchObject([{ name: 'six', ipVersion: 6 }])
  })

  test('a scope in use is not deleted', async () => {
    const scope = await fixture.call('POST', '/v1/address-scopes', { name: 'used', ipVersion: 4 })
    const addressScopeId = scope.body.id
    await fixture.call('POST', '/v1/subnets', { cidr: '10.0.0.0/24', addressScopeId })
    const refused = await fixture.call('DELETE', `/v1/address-scopes/${addressScopeId}`)
    expect(refused.status).toBe(409)
    expect(refused.body).toMatchObject({ code: 'ADDRESS_SCOPE_IN_USE', kind: 'conflict' })
  })
})
