import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { type AppFixture, openApp } from './app-fixture.ts'

let fixture: AppFixture

beforeAll(async () => {
  fixture = await openApp()
})
afterAll(() => fixture.close())

const plan = {
  format: 'freehold-plan/1',
  addressScopes: [],
  subnetPools: [],
  subnets: [{ key: 's', addressScope: 'default-4', cidr: '10.0.0.0/24', name: 'imported' }],
  allocations: [
    { subnet: 's', address: '10.0.0.7', holder: { kind: 'host', id: 'h', hostName: 'h.example' } },
  ],
}

describe('plans', () => {
  test('a plan is previewed, imported, and importing it again changes nothing', async () => {
    const empty = await fixture.state()
    const preview = await fixture.call('POST', '/v1/plan?dryRun=true', plan)
    expect(preview.status).toBe(200)
    expect(preview.body.counts).toEqual({ create: 2, exists: 0, conflict: 0 })
    expect(await fixture.state()).toBe(empty)

    const applied = await fixture.call('POST', '/v1/plan', plan)
    expect(applied.body.counts).toEqual({ create: 2, exists: 0, conflict: 0 })
    const again = await fixture.call('POST', '/v1/plan?dryRun=false', plan)
    expect(again.body.counts).toEqual({ create: 0, exists: 2, conflict: 0 })
  })

  test('what is exported can be imported elsewhere and comes out equal', async () => {
    const exported = (await fixture.call('GET', '/v1/plan')).body
    expect(exported.subnets).toMatchObject([{ cidr: '10.0.0.0/24', name: 'imported' }])
    const other = await openApp()
    expect((await other.call('POST', '/v1/plan', exported)).status).toBe(200)
    const copy = (await other.call('GET', '/v1/plan')).body
    expect(copy.subnets).toMatchObject([{ cidr: '10.0.0.0/24', name: 'imported' }])
    expect(copy.allocations).toMatchObject([{ address: '10.0.0.7', holder: { id: 'h' } }])
    await other.close()
  })

  test('a contradiction is refused and nothing is imported', async () => {
    const before = await fixture.state()
    const refused = await fixture.call('POST', '/v1/plan', {
      ...plan,
      subnets: [{ key: 's', addressScope: 'default-4', cidr: '10.0.0.128/25' }],
      allocations: [],
    })
    expect(refused.status).toBe(409)
    expect(refused.body.kind).toBe('conflict')
    expect(await fixture.state()).toBe(before)
  })

  test('keys are names, whatever they mean to JavaScript', async () => {
    const other = await openApp()
    const odd = (key: string, addressScope: string) => ({
      ...plan,
      addressScopes: [{ key, ipVersion: 4 }],
      subnets: [{ key: 'constructor', addressScope, cidr: '10.7.0.0/24' }],
      allocations: [],
    })
    const made = await other.call('POST', '/v1/plan', odd('__proto__', '__proto__'))
    expect(made.body.counts).toEqual({ create: 2, exists: 0, conflict: 0 })
    for (const unknown of ['toString', 'constructor'])
      expect((await other.call('POST', '/v1/plan', odd('s', unknown))).status).toBe(409)
    await other.close()
  })

  test('nothing is imported for the project that owns what is built in', async () => {
    const before = await fixture.state()
    const scope = { key: 's', ipVersion: 4, projectId: 'freehold' }
    const refused = await fixture.call('POST', '/v1/plan', {
      ...plan,
      addressScopes: [scope],
      subnets: [],
      allocations: [],
    })
    expect(refused.status).toBe(400)
    expect(await fixture.state()).toBe(before)
  })

  test.each(['', 'x'.repeat(256), 'a\u0000', '\u001b[2J', 'a\u202eb'])(
    'the project %j cannot own anything',
    async (projectId) => {
      const before = await fixture.state()
      const entries = [{ key: 'k', ipVersion: 4, projectId }]
      for (const query of ['', '?dryRun=true']) {
        const body = { ...plan, addressScopes: entries }
        const refused = await fixture.call('POST', `/v1/plan${query}`, body)
        expect(refused).toMatchObject({
          status: 400,
          body: { code: 'INVALID_FIELD', pointer: '/addressScopes/0/projectId' },
        })
      }
      expect(await fixture.state()).toBe(before)
    },
  )

  test('what is wrong in a plan is told without repeating it', async () => {
    const hostile = ['\u001b[2J', 'a\u202eb', 'x\r\ny', 'x'.repeat(500_000)]
    const entries = hostile.map((name) => ({ key: name, name, source: name, ipVersion: 4 }))
    const refused = await fixture.call('POST', '/v1/plan', { ...plan, addressScopes: entries })
    expect(refused).toMatchObject({ status: 409, body: { code: 'PLAN_CONFLICT' } })
    const text = JSON.stringify(refused.body)
    expect(text).not.toMatch(/\\[unrtbf]|[\p{Cc}\p{Cf}\u2028\u2029]/u)
    expect(text.length).toBeLessThan(5000)
  })

  test('a lease is read even where its address is held already', async () => {
    const allocations = [{ ...plan.allocations[0], expiresAt: 'tomorrow' }]
    const { body } = await fixture.call('POST', '/v1/plan', { ...plan, allocations })
    expect(body).toMatchObject({
      code: 'PLAN_CONFLICT',
      conflicts: [{ subject: '10.0.0.7', reason: 'expiresAt must be an RFC 3339 time.' }],
    })
  })

  test('a plan may be larger than other bodies', async () => {
    const names = Array.from({ length: 4000 }, (_, i) => i)
    const subnets = names.map((i) => ({
      key: `k${i}`,
      addressScope: 'default-4',
      cidr: `172.16.${Math.floor(i / 64)}.${(i % 64) * 4}/30`,
      name: 'n'.repeat(250),
    }))
    const body = { ...plan, subnets, allocations: [] }
    expect(JSON.stringify(body).length).toBeGreaterThan(1024 * 1024)
    const { status, body: report } = await fixture.call('POST', '/v1/plan?dryRun=true', body)
    expect(status).toBe(200)
    expect(report.counts.create).toBe(4000)
  })
})
