import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest'
import type { RuleName } from '../src/access-rules.ts'
import { addressesAskedFor } from '../src/rate-limits.ts'
import { openApp } from './app-fixture.ts'
import { openGuardedApp, type TokenFixture } from './token-fixture.ts'

let fixture: TokenFixture | undefined

// Time passes when a test says so: on a busy machine what was taken would flow back in the middle of it.
let now = 0

beforeEach(() => {
  vi.spyOn(performance, 'now').mockImplementation(() => now)
})
afterEach(async () => {
  await fixture?.close()
  fixture = undefined
  vi.restoreAllMocks()
})

async function open(...options: Parameters<typeof openGuardedApp>): Promise<TokenFixture> {
  fixture = await openGuardedApp(...options)
  return fixture
}

describe('requests per second', () => {
  test('are counted by token: one that is over is told to wait, another sees nothing of it', async () => {
    const app = await open({ rateLimits: { requestsPerSecond: 5 } })
    const project = { role: 'reader', projectId: 'north' } as const
    const [busy, other] = [await app.token(project), await app.token(project)]
    const ask = (secret: string) => app.as(secret)('GET', '/v1/subnets')
    const answers = await Promise.all(Array.from({ length: 40 }, () => ask(busy.secret)))
    const refused = answers.filter(({ status }) => status === 429)
    // Twice as many as flow back in a second may come at once.
    expect(refused).toHaveLength(30)
    expect(refused[0]?.body).toMatchObject({ code: 'RATE_LIMITED', kind: 'unavailable' })
    expect(refused[0]?.headers['retry-after']).toBe('1')
    const calm = await ask(other.secret)
    expect(calm.status).toBe(200)
    expect(Object.keys(calm.headers).filter((name) => /limit|retry/.test(name))).toEqual([])
  })

  test('are counted by project where nobody has a token', async () => {
    const app = await openApp({ rateLimits: { requestsPerSecond: 5 } })
    const ask = (project: string) =>
      app.call('GET', '/v1/subnets', undefined, { 'x-project-id': project })
    const answers = await Promise.all(Array.from({ length: 40 }, () => ask('north')))
    expect(answers.map(({ status }) => status)).toContain(429)
    expect((await ask('south')).status).toBe(200)
    await app.close()
  })

  test('are told in Neutron’s words too, and what is refused for its role counts as well', async () => {
    const app = await open({ rateLimits: { requestsPerSecond: 1 } })
    const { secret } = await app.token({ role: 'reader', projectId: 'north' })
    const statuses: number[] = []
    for (let count = 0; count < 8; count += 1)
      statuses.push((await app.as(secret)('POST', '/v2.0/networks', { network: {} })).status)
    expect(statuses).toEqual([403, 403, ...Array(6).fill(429)])
    const { status, headers, body } = await app.as(secret)('GET', '/v2.0/networks')
    expect(status).toBe(429)
    expect(headers['retry-after']).toBeDefined()
    expect(body.NeutronError.type).toBe('HTTPTooManyRequests')
    now += 1000
    expect((await app.as(secret)('GET', '/v2.0/networks')).status).toBe(200)
    expect((await app.as(secret)('GET', '/v2.0/networks')).status).toBe(429)
  })

  test('are without bound when none is set', async () => {
    const app = await open()
    const { secret } = await app.token({ role: 'reader', projectId: 'north' })
    for (let count = 0; count < 50; count += 1)
      expect((await app.as(secret)('GET', '/v1/tokens')).status).toBe(200)
  })
})

describe('addresses per minute', () => {
  test('are counted by project, over all its tokens and ways to ask', async () => {
    const app = await open({ rateLimits: { allocationsPerMinute: 10 } })
    const north = { role: 'operator', projectId: 'north' } as const
    const [one, two] = [await app.token(north), await app.token(north)]
    const south = await app.token({ role: 'operator', projectId: 'south' })
    const made = await app.as(one.secret)('POST', '/v1/subnets', { cidr: '10.0.0.0/24' })
    const path = `/v1/subnets/${made.body.id}/allocations`
    const take = (secret: string, request: object) => app.as(secret)('POST', path, { request })
    expect((await take(one.secret, { kind: 'bulk', count: 8 })).status).toBe(201)
    expect((await take(two.secret, { kind: 'any' })).status).toBe(201)
    expect((await take(two.secret, { kind: 'next' })).status).toBe(201)
    const refused = await take(two.secret, { kind: 'bulk', count: 5 })
    expect(refused).toMatchObject({ status: 429, body: { code: 'RATE_LIMITED' } })
    // Half a minute for five addresses.
    expect(refused.headers['retry-after']).toBe('30')
    expect((await app.as(one.secret)('GET', path)).body.items).toHaveLength(10)
    const other = await app.as(south.secret)('POST', '/v1/subnets', { cidr: '10.1.0.0/24' })
    const elsewhere = `/v1/subnets/${other.body.id}/allocations`
    const free = await app.as(south.secret)('POST', elsewhere, { request: { kind: 'any' } })
    expect(free.status).toBe(201)
  })

  test('refuse what no wait would allow without saying when to come back', async () => {
    const app = await open({ rateLimits: { allocationsPerMinute: 10 } })
    const { secret } = await app.token({ role: 'operator', projectId: 'north' })
    const made = await app.as(secret)('POST', '/v1/subnets', { cidr: '10.0.0.0/24' })
    const path = `/v1/subnets/${made.body.id}/allocations`
    const refused = await app.as(secret)('POST', path, { request: { kind: 'bulk', count: 11 } })
    expect(refused.status).toBe(429)
    expect(refused.headers['retry-after']).toBeUndefined()
  })

  test('hold for ports', async () => {
    const app = await open({ rateLimits: { allocationsPerMinute: 3 } })
    const { secret } = await app.token({ role: 'operator', projectId: 'north' })
    const call = app.as(secret)
    const { network } = (await call('POST', '/v2.0/networks', { network: {} })).body
    const subnet = { network_id: network.id, ip_version: 4, cidr: '10.0.0.0/24' }
    expect((await call('POST', '/v2.0/subnets', { subnet })).status).toBe(201)
    const statuses: number[] = []
    for (let count = 0; count < 4; count += 1)
      statuses.push(
        (await call('POST', '/v2.0/ports', { port: { network_id: network.id } })).status,
      )
    expect(statuses).toEqual([201, 201, 201, 429])
  })

  test('hold for ports that change their addresses, and for plans', async () => {
    const app = await open({ rateLimits: { allocationsPerMinute: 3 } })
    const call = app.as((await app.token({ role: 'operator', projectId: 'north' })).secret)
    const { network } = (await call('POST', '/v2.0/networks', { network: {} })).body
    const subnet = { network_id: network.id, ip_version: 4, cidr: '10.0.0.0/24' }
    await call('POST', '/v2.0/subnets', { subnet })
    const { port } = (await call('POST', '/v2.0/ports', { port: { network_id: network.id } })).body
    const move = async (last: number) => {
      const fixed_ips = [{ ip_address: `10.0.0.${last}` }]
      return (await call('PUT', `/v2.0/ports/${port.id}`, { port: { fixed_ips } })).status
    }
    expect([await move(10), await move(11), await move(12)]).toEqual([200, 200, 429])
    expect((await call('PUT', `/v2.0/ports/${port.id}`, { port: { name: 'x' } })).status).toBe(200)
    const plan = {
      format: 'freehold-plan/1',
      addressScopes: [{ key: 's', ipVersion: 4 }],
      subnetPools: [],
      subnets: [{ key: 'n', addressScope: 's', cidr: '10.9.0.0/24' }],
      allocations: [{ subnet: 'n', address: '10.9.0.9' }],
    }
    expect((await call('POST', '/v1/plan', plan)).body.code).toBe('RATE_LIMITED')
    expect((await call('POST', '/v1/plan', { ...plan, allocations: [] })).status).toBe(200)
    const admin = app.as((await app.token({ role: 'admin', projectId: 'north' })).secret)
    expect((await admin('POST', '/v1/plan', plan)).status).toBe(200)
  })

  test('are read from bodies of every form without trusting any', () => {
    const counts: [RuleName, string, unknown, number][] = [
      ['allocation:allocate', 'POST', undefined, 1],
      ['allocation:allocate', 'POST', null, 1],
      ['allocation:allocate', 'POST', 'x', 1],
      ['allocation:allocate', 'POST', { request: { kind: 'any', count: 7 } }, 1],
      ['allocation:allocate', 'POST', { request: { kind: 'bulk', count: 7 } }, 7],
      ['allocation:allocate', 'POST', { request: { kind: 'bulk', count: -7 } }, 1],
      ['allocation:allocate', 'POST', { request: { kind: 'bulk', count: '7' } }, 1],
      ['allocation:allocate', 'POST', { request: null }, 1],
      ['port:write', 'POST', { port: { fixed_ips: [{}, {}] } }, 2],
      ['port:write', 'POST', { port: null }, 1],
      ['port:write', 'POST', { ports: [{}, { fixed_ips: [{}, {}, {}] }, null] }, 5],
      ['port:write', 'POST', { ports: [{ port: { fixed_ips: [{}, {}] } }, { port: null }] }, 3],
      ['port:write', 'PUT', { port: { fixed_ips: [{}, {}] } }, 2],
      ['port:write', 'PUT', { port: { mac_address: 'x' } }, 1],
      ['port:write', 'PUT', { port: null }, 0],
      ['port:write', 'DELETE', undefined, 0],
      ['plan:import', 'POST', { allocations: [{}, {}] }, 2],
      ['plan:import', 'POST', { allocations: 'x' }, 0],
      ['subnet:write', 'POST', { request: { kind: 'bulk', count: 7 } }, 0],
    ]
    for (const [rule, method, body, count] of counts)
      expect(addressesAskedFor(rule, { method, body, isAdmin: false })).toBe(count)
  })
})
