import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { type AppFixture, openApp } from './app-fixture.ts'

let fixture: AppFixture

beforeAll(async () => {
  fixture = await openApp()
})
afterAll(() => fixture.close())

describe('the service', () => {
  test('is alive and ready, and not ready without its database', async () => {
    expect((await fixture.call('GET', '/healthz')).body).toEqual({ status: 'ok' })
    expect((await fixture.call('GET', '/readyz')).body).toEqual({ status: 'ok' })
    const broken = await openApp()
    await broken.ipam.close()
    expect((await broken.call('GET', '/healthz')).status).toBe(200)
    const unready = await broken.call('GET', '/readyz')
    expect(unready.body).toMatchObject({ status: 503, kind: 'unavailable' })
    expect(unready.headers['retry-after']).toBe('1')
    const metrics = await broken.call('GET', '/metrics')
    expect(metrics.body).toContain('freehold_database_up 0')
    await broken.app.close()
  })

  test('a check proves a sound store', async () => {
    const subnet = await fixture.call('POST', '/v1/subnets', { cidr: '10.0.0.0/24' })
    const request = { kind: 'bulk', count: 20 }
    await fixture.call('POST', `/v1/subnets/${subnet.body.id}/allocations`, { request })
    const report = await fixture.call('POST', '/v1/check')
    expect(report.status).toBe(200)
    expect(report.body).toMatchObject({ ok: true, problems: [] })
    expect(Object.values(report.body.checked).some((number) => Number(number) >= 20)).toBe(true)
  })

  test('metrics count allocations, exhaustion, requests and pools', async () => {
    const pool = await fixture.call('POST', '/v1/subnet-pools', { prefixes: ['10.50.0.0/24'] })
    const subnet = await fixture.call('POST', '/v1/subnets', {
      subnetPoolId: pool.body.id,
      prefixLength: 30,
    })
    const path = `/v1/subnets/${subnet.body.id}/allocations`
    for (let i = 0; i < 2; i += 1) await fixture.call('POST', path, { request: { kind: 'any' } })
    const { headers, body } = await fixture.call('GET', '/metrics')
    expect(headers['content-type']).toMatch(/^text\/plain/)
    const line = (start: string) => body.split('\n').find((text: string) => text.startsWith(start))
    expect(line('freehold_allocation_requests_total{kind="any",outcome="allocated"}')).toMatch(
      / 1$/,
    )
    expect(line('freehold_allocation_requests_total{kind="any",outcome="exhausted"}')).toMatch(
      / 1$/,
    )
    expect(line('freehold_exhausted_total{code="SUBNET_EXHAUSTED"}')).toMatch(/ 1$/)
    expect(line('freehold_subnet_pool_capacity_addresses{subnet_pool="pool_')).toMatch(/ 256$/)
    expect(line('freehold_subnet_pool_allocated_addresses{subnet_pool="pool_')).toMatch(/ 4$/)
    expect(body).toContain('route="/v1/subnets/{id}/allocations",status="409"')
    expect(line('freehold_database_up')).toMatch(/ 1$/)
    expect(line('freehold_store_transactions_total')).toMatch(/ [1-9]/)
    expect(body).not.toContain(pool.body.id)
  })

  test('the documentation loads nothing from elsewhere and runs no script', async () => {
    const { headers, body } = await fixture.call('GET', '/docs')
    expect(headers['content-security-policy']).toMatch(/^default-src 'none'; style-src 'sha256-/)
    expect(body).toContain('POST /v1/subnets/{id}/allocations')
    expect(body).not.toMatch(/<script|https?:\/\/|\bsrc=|@import|url\(/)
  })

  test('an unknown path is 404 and an unknown method 405 with what is allowed', async () => {
    expect((await fixture.call('GET', '/v1/ports')).body).toMatchObject({
      status: 404,
      code: 'ROUTE_NOT_FOUND',
    })
    expect((await fixture.call('GET', '/v1/subnets/')).status).toBe(404)
    const refused = await fixture.call('PUT', '/v1/subnets', {})
    expect(refused.body).toMatchObject({ status: 405, code: 'METHOD_NOT_ALLOWED' })
    expect(refused.headers.allow).toBe('GET, HEAD, POST')
  })

  test('every answer forbids sniffing, framing and caching', async () => {
    for (const path of ['/v1/subnets', '/v1/nothing', '/healthz']) {
      const { headers } = await fixture.call('GET', path)
      expect(headers).toMatchObject({
        'x-content-type-options': 'nosniff',
        'cache-control': 'no-store',
        'content-security-policy': "default-src 'none'; frame-ancestors 'none'",
      })
      expect(headers['x-request-id']).toMatch(/^[0-9a-f-]{36}$/)
    }
  })
})
