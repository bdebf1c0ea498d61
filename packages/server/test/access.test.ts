import fastify from 'fastify'
import { afterEach, describe, expect, test } from 'vitest'
import { accessRules, type Role } from '../src/access-rules.ts'
import type { Authentication, Identity } from '../src/index.ts'
import { neutronRoutes } from '../src/neutron/neutron-routes.ts'
import { type RegistrationOptions, registerRoutes } from '../src/route-registration.ts'
import { routeTable } from '../src/route-table.ts'
import { type AppFixture, openApp } from './app-fixture.ts'

let fixture: AppFixture | undefined

afterEach(async () => {
  await fixture?.close()
  fixture = undefined
})

function as(role: Role): Authentication {
  const identity: Identity = { caller: { projectId: 'p', isAdmin: role === 'admin' }, role }
  return { loopbackOnly: true, identify: () => identity }
}

describe('access rules', () => {
  test('start-up refuses a route without a rule', () => {
    const [route] = routeTable
    const register = (access: unknown) =>
      registerRoutes(
        fastify(),
        [{ ...route, access } as (typeof routeTable)[number]],
        {} as RegistrationOptions,
      )
    for (const access of [undefined, {}, { rule: 'nobody:knows' }, { rule: 'constructor' }])
      expect(() => register(access)).toThrow('names no known access rule')
  })

  test('every rule is used by a route', () => {
    const used = new Set([...routeTable, ...neutronRoutes].map(({ access }) => access.rule))
    expect([...used].toSorted()).toEqual(Object.keys(accessRules).toSorted())
  })

  test('only the service itself is open to anyone', () => {
    const open = routeTable.filter(({ access }) => accessRules[access.rule] === 'anyone')
    expect(open.map(({ path }) => path).toSorted()).toEqual([
      '/docs',
      '/healthz',
      '/openapi.json',
      '/readyz',
    ])
  })

  test('whatever is no GET needs more than a reader, but for renewing its own token', () => {
    const writing = routeTable.filter(
      ({ method, access }) => method !== 'GET' && access.rule !== 'token:rotate',
    )
    for (const { operationId, access } of writing)
      expect(['operator', 'admin'], operationId).toContain(accessRules[access.rule])
  })

  test('a reader reads and changes nothing', async () => {
    fixture = await openApp({ authentication: as('reader') })
    for (const { method, path, access } of routeTable) {
      const url = path
        .replace('{id}', '00000000-0000-4000-8000-000000000000')
        .replace('{address}', '::1')
      const hasBody = method !== 'GET' && access.rule !== 'token:rotate'
      const { status } = await fixture.call(method, url, hasBody ? {} : undefined)
      if (accessRules[access.rule] === 'operator' || accessRules[access.rule] === 'admin')
        expect(status, `${method} ${path}`).toBe(403)
      else expect([200, 404, 400], `${method} ${path}`).toContain(status)
    }
  })

  test('an operator may do everything but what is for administrators', async () => {
    fixture = await openApp({ authentication: as('operator') })
    expect((await fixture.call('POST', '/v1/subnets', { cidr: '10.0.0.0/24' })).status).toBe(201)
    expect((await fixture.call('POST', '/v1/check')).body.code).toBe('FORBIDDEN')
  })

  test("another project's records look missing", async () => {
    fixture = await openApp({ authentication: as('operator') })
    const foreign = await fixture.ipam
      .as({ projectId: 'other', isAdmin: false })
      .subnets.create({ cidr: '10.0.0.0/24' })
    const missing = '00000000-0000-4000-8000-000000000000'
    const requests = [
      ['GET', '', undefined],
      ['PATCH', '', { name: 'x' }],
      ['DELETE', '', undefined],
      ['GET', '/utilization', undefined],
      ['GET', '/allocations', undefined],
      ['POST', '/allocations', { request: { kind: 'any' } }],
      ['GET', '/allocations/10.0.0.9', undefined],
      ['DELETE', '/allocations/10.0.0.9', undefined],
    ] as const
    for (const [method, path, body] of requests) {
      const ofForeign = await fixture.call(method, `/v1/subnets/${foreign.id}${path}`, body)
      const ofMissing = await fixture.call(method, `/v1/subnets/${missing}${path}`, body)
      expect(ofForeign.status, `${method} ${path}`).toBe(404)
      expect({ ...ofForeign.body, requestId: '' }).toEqual({ ...ofMissing.body, requestId: '' })
    }
    expect((await fixture.call('GET', '/v1/subnets')).body.items).toEqual([])
  })
})
