import fastify from 'fastify'
import { afterEach, describe, expect, test } from 'vitest'
import { accessRules, type Role } from '../src/access-rules.ts'
import type { Authentication, Identity } from '../src/index.ts'
import { type RegistrationOptions, registerRoutes } from '../src/route-registration.ts'
import { routeTable } from '../src/route-table.ts'
import { type AppFixture, openApp } from './app-fixture.ts'
import { everyRoute } from './every-route.ts'

const ranks: readonly Role[] = ['metrics', 'reader', 'operator', 'admin']

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

  test('no route comes into the app past its table either', async () => {
    fixture = await openApp()
    const { app } = fixture
    const answer = async () => ({})
    expect(() => app.get('/backdoor', answer)).toThrow('names no known access rule')
    const config = { route: { path: '/backdoor', access: { rule: 'nobody:knows' } } }
    expect(() => app.get('/backdoor', { config } as never, answer)).toThrow(
      'names no known access rule',
    )
  })

  test('every rule is used by a route', () => {
    const used = new Set(everyRoute.map(({ access }) => access.rule))
    expect([...used].toSorted()).toEqual(Object.keys(accessRules).toSorted())
  })

  test('only the service itself is open to anyone', () => {
    const open = everyRoute.filter(({ access }) => accessRules[access.rule] === 'anyone')
    expect(open.map(({ method, path }) => `${method} ${path}`).toSorted()).toEqual([
      'GET /',
      'GET /docs',
      'GET /healthz',
      'GET /openapi.json',
      'GET /readyz',
      'GET /v2',
      'GET /v2.0',
      'GET /v2.0/',
      'GET /v2.0/extensions',
      'GET /v2.0/extensions/{alias}',
      'GET /v2/*',
      'GET /v3',
      'GET /v3/*',
    ])
  })

  test('whatever is no GET needs more than a reader, but for renewing its own token', () => {
    const writing = everyRoute.filter(
      ({ method, access }) => method !== 'GET' && access.rule !== 'token:rotate',
    )
    for (const { method, path, access } of writing)
      expect(['operator', 'admin'], `${method} ${path}`).toContain(accessRules[access.rule])
  })

  test.each(['anyone', 'metrics', 'reader', 'operator', 'admin'] as const)(
    'each route is open to %s just where the rule says so, in either API',
    async (role) => {
      fixture = await openApp({ authentication: as(role) })
      for (const { method, path, access, takesBody } of everyRoute) {
        const least = accessRules[access.rule]
        const isOpen =
          ranks.indexOf(role) >= ranks.indexOf(least) ||
          least === 'anyone' ||
          (role === 'metrics' && access.rule === 'metrics:read')
        const url = path
          .replace('{id}', '00000000-0000-4000-8000-000000000000')
          .replace('{address}', '::1')
          .replace('{project}', 'p')
        for (const sent of method === 'GET' ? ['GET', 'HEAD'] : [method]) {
          const { status } = await fixture.call(sent, url, takesBody ? {} : undefined)
          if (isOpen) expect([200, 404, 400], `${sent} ${path}`).toContain(status)
          else expect(status, `${sent} ${path}`).toBe(403)
        }
      }
    },
  )

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
