import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { openIpam } from '@freehold/engine'
import { sqliteStore } from '@freehold/engine/sqlite'
import { afterEach, describe, expect, test, vi } from 'vitest'
import { createToken } from '../src/identity/token-records.ts'
import { isTokenText, newTokenText } from '../src/identity/token-text.ts'
import { TokenVerifier } from '../src/identity/token-verifier.ts'
import { everyRoute } from './every-route.ts'
import { rawConnection } from './raw-connection.ts'
import { openGuardedApp, type TokenFixture } from './token-fixture.ts'

let fixture: TokenFixture | undefined

afterEach(async () => {
  await fixture?.close()
  fixture = undefined
})

async function withAdmin(...options: Parameters<typeof openGuardedApp>) {
  fixture = await openGuardedApp(...options)
  const { token, secret } = await fixture.token({ role: 'admin' })
  return { app: fixture, token, secret, admin: fixture.as(secret) }
}

describe('tokens', () => {
  test('are told once, and let their bearer in', async () => {
    const { app, admin } = await withAdmin()
    const made = await admin('POST', '/v1/tokens', { role: 'operator', projectId: 'north' })
    expect(made.status).toBe(201)
    expect(isTokenText(made.body.secret)).toBe(true)
    expect(made.headers['location']).toBe(`/v1/tokens/${made.body.id}`)
    const { secret, ...told } = made.body
    const got = await admin('GET', `/v1/tokens/${made.body.id}`)
    expect(got.body).toEqual(told)
    expect(JSON.stringify((await admin('GET', '/v1/tokens')).body)).not.toContain(secret)
    const subnet = await app.as(secret)('POST', '/v1/subnets', { cidr: '10.0.0.0/24' })
    expect(subnet).toMatchObject({ status: 201, body: { projectId: 'north' } })
  })

  test('are taken from either header, in either API', async () => {
    const { app, secret } = await withAdmin()
    const headers = [
      { authorization: `Bearer ${secret}` },
      { authorization: `bearer ${secret}` },
      { 'x-auth-token': secret },
      { authorization: `Bearer ${secret}`, 'x-auth-token': secret },
    ]
    for (const path of ['/v1/subnets', '/v2.0/networks'])
      for (const header of headers)
        expect((await app.call('GET', path, undefined, header)).status, path).toBe(200)
  })

  test('that are missing, wrong or unlike each other let nobody in', async () => {
    const { app, secret } = await withAdmin()
    const refusals: [Record<string, string>, number][] = [
      [{}, 401],
      [{ authorization: '' }, 401],
      [{ authorization: 'Bearer' }, 401],
      [{ authorization: `Basic ${secret}` }, 401],
      [{ authorization: `Bearer ${secret} x` }, 401],
      [{ authorization: `Bearer ${secret.slice(0, -1)}` }, 401],
      [{ authorization: `Bearer ${newTokenText()}` }, 401],
      [{ authorization: `Bearer ${'x'.repeat(9000)}` }, 401],
      [{ 'x-auth-token': `${secret}, ${secret}` }, 401],
      [{ authorization: `Bearer ${secret}`, 'x-auth-token': newTokenText() }, 400],
    ]
    for (const [headers, status] of refusals) {
      const answer = await app.call('GET', '/v1/subnets', undefined, headers)
      expect(answer.status, JSON.stringify(headers)).toBe(status)
      if (status === 401) expect(answer.headers['www-authenticate']).toMatch(/^Bearer/)
    }
    expect((await app.call('GET', '/v2.0/networks')).status).toBe(401)
  })

  test('that come twice let nobody in, whichever of them is right', async () => {
    const { app, secret } = await withAdmin()
    await app.app.listen({ host: '127.0.0.1', port: 0 })
    const { port } = app.app.server.address() as AddressInfo
    for (const name of ['Authorization: Bearer ', 'X-Auth-Token: '])
      for (const tokens of [
        [secret, newTokenText()],
        [secret, secret],
      ]) {
        const connection = await rawConnection(`http://127.0.0.1:${port}`)
        const lines = tokens.map((token) => `${name}${token}\r\n`).join('')
        connection.write(`GET /v1/subnets HTTP/1.1\r\nHost: a\r\n${lines}Connection: close\r\n\r\n`)
        expect(await connection.closed(), name).toMatch(/^HTTP\/1\.1 401 /)
      }
  })

  test('are stored as digests: the whole database holds no text of one', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'freehold-token-'))
    const path = join(folder, 'test.sqlite')
    const ipam = await openIpam(sqliteStore({ path }))
    const { secret } = await createToken(ipam, { role: 'admin', description: 'canary' }, {})
    await new TokenVerifier({ ipam }).verify(secret)
    await ipam.close()
    const bytes = readFileSync(path).toString('latin1')
    expect(bytes).toContain('canary')
    expect(bytes).not.toContain(secret)
    expect(bytes).not.toContain(secret.slice(3, 40))
    rmSync(folder, { recursive: true })
  })

  test('expire', async () => {
    let now = Date.now()
    const { app, admin } = await withAdmin({}, { clock: () => now })
    const { body } = await admin('POST', '/v1/tokens', { role: 'reader', expiresInSeconds: 60 })
    expect((await app.as(body.secret)('GET', '/v1/subnets')).status).toBe(200)
    // The token's minute began when it was made, by the machine's own clock.
    now += 3_600_000
    expect((await app.as(body.secret)('GET', '/v1/subnets')).status).toBe(401)
    const forever = await admin('POST', '/v1/tokens', { role: 'reader', expiresInSeconds: null })
    expect(forever.body.expiresAt).toBe(null)
    for (const expiresInSeconds of [0, -1, 1.5, 1e12, '60'])
      expect((await admin('POST', '/v1/tokens', { role: 'reader', expiresInSeconds })).status).toBe(
        400,
      )
  })

  test('are of no use within a second of being revoked, on every server', async () => {
    const { app, admin } = await withAdmin()
    const { body } = await admin('POST', '/v1/tokens', { role: 'reader' })
    const elsewhere = new TokenVerifier({ ipam: app.ipam })
    expect((await app.as(body.secret)('GET', '/v1/subnets')).status).toBe(200)
    await elsewhere.verify(body.secret)
    expect((await admin('DELETE', `/v1/tokens/${body.id}`)).status).toBe(204)
    await vi.waitFor(
      async () => {
        expect((await app.as(body.secret)('GET', '/v1/subnets')).status).toBe(401)
        await expect(elsewhere.verify(body.secret)).rejects.toMatchObject({
          code: 'UNAUTHENTICATED',
        })
      },
      { timeout: 30_000, interval: 50 },
    )
    expect((await admin('DELETE', `/v1/tokens/${body.id}`)).body.code).toBe('TOKEN_NOT_FOUND')
  })

  test('believe their cache for half a second at most, whatever is asked for', async () => {
    const { app, admin } = await withAdmin({}, { cacheMs: 1_000_000 })
    const { body } = await admin('POST', '/v1/tokens', { role: 'reader' })
    expect((await app.as(body.secret)('GET', '/v1/subnets')).status).toBe(200)
    await admin('DELETE', `/v1/tokens/${body.id}`)
    await vi.waitFor(
      async () => expect((await app.as(body.secret)('GET', '/v1/subnets')).status).toBe(401),
      { timeout: 30_000, interval: 50 },
    )
  })

  test('are rotated by their bearer: two work until the first is revoked, and never three', async () => {
    const { app, admin } = await withAdmin()
    const first = (await admin('POST', '/v1/tokens', { role: 'reader', projectId: 'north' })).body
    const rotation = `/v1/tokens/${first.id}/rotation`
    const second = await app.as(first.secret)('POST', rotation)
    expect(second.status).toBe(201)
    expect(second.body).toMatchObject({
      role: 'reader',
      projectId: 'north',
      familyId: first.familyId,
    })
    for (const { secret } of [first, second.body])
      expect((await app.as(secret)('GET', '/v1/subnets')).status).toBe(200)
    expect((await app.as(first.secret)('POST', rotation)).body.code).toBe('TOKEN_ROTATION_OPEN')
    const onward = `/v1/tokens/${second.body.id}/rotation`
    expect((await app.as(second.body.secret)('POST', onward)).status).toBe(409)
    await admin('DELETE', `/v1/tokens/${first.id}`)
    expect((await app.as(second.body.secret)('POST', onward)).status).toBe(201)
  })

  test('never rotate into three, however many ask at once', async () => {
    const { app, admin } = await withAdmin()
    const { body } = await admin('POST', '/v1/tokens', { role: 'reader' })
    const answers = await Promise.all(
      Array.from({ length: 8 }, () =>
        app.as(body.secret)('POST', `/v1/tokens/${body.id}/rotation`),
      ),
    )
    expect(answers.filter(({ status }) => status === 201)).toHaveLength(1)
    expect(answers.filter(({ status }) => status === 409)).toHaveLength(7)
  })

  test('are revoked with all that they were rotated into', async () => {
    const { app, admin } = await withAdmin()
    const first = (await admin('POST', '/v1/tokens', { role: 'reader' })).body
    const second = (await admin('POST', `/v1/tokens/${first.id}/rotation`)).body
    expect((await admin('DELETE', `/v1/tokens/${first.id}?family=true`)).status).toBe(204)
    for (const { secret } of [first, second])
      expect((await app.as(secret)('GET', '/v1/subnets')).status).toBe(401)
  })

  test('of others are missing for whoever is no administrator', async () => {
    const { app, admin, token } = await withAdmin()
    const { body } = await admin('POST', '/v1/tokens', { role: 'operator', projectId: 'north' })
    const north = app.as(body.secret)
    expect(
      (await north('GET', '/v1/tokens')).body.items.map(({ id }: { id: string }) => id),
    ).toEqual([body.id])
    expect((await north('GET', `/v1/tokens/${body.id}`)).status).toBe(200)
    const missing = '00000000-0000-4000-8000-000000000000'
    for (const [method, suffix] of [
      ['GET', ''],
      ['POST', '/rotation'],
    ] as const) {
      const foreign = await north(method, `/v1/tokens/${token.id}${suffix}`)
      const never = await north(method, `/v1/tokens/${missing}${suffix}`)
      expect(foreign.status).toBe(404)
      expect({ ...foreign.body, requestId: '' }).toEqual({ ...never.body, requestId: '' })
    }
    expect((await north('POST', '/v1/tokens', { role: 'reader' })).status).toBe(403)
    expect((await north('DELETE', `/v1/tokens/${body.id}`)).status).toBe(403)
    const list = await north('GET', `/v1/tokens?familyId=${token.familyId}`)
    expect(list.body).toEqual({ items: [], nextCursor: null })
  })

  test('let nobody act for another project, but an administrator', async () => {
    const { app, admin, secret } = await withAdmin()
    const { body } = await admin('POST', '/v1/tokens', { role: 'operator', projectId: 'north' })
    const call = (token: string, project: string) =>
      app.call(
        'POST',
        '/v1/address-scopes',
        { ipVersion: 4 },
        {
          authorization: `Bearer ${token}`,
          'x-project-id': project,
        },
      )
    expect((await call(body.secret, 'south')).body.code).toBe('FORBIDDEN')
    expect((await call(body.secret, 'north')).body.projectId).toBe('north')
    expect((await call(secret, 'south')).body.projectId).toBe('south')
    expect((await call(secret, 'freehold')).body.code).toBe('INVALID_HEADER')
    const reserved = { role: 'operator', projectId: 'freehold' }
    expect((await admin('POST', '/v1/tokens', reserved)).body).toMatchObject({
      code: 'INVALID_FIELD',
      pointer: '/projectId',
    })
  })

  test('are written down when used, to the minute, and off the way of the request', async () => {
    let now = Date.now()
    const { app, admin } = await withAdmin({}, { clock: () => now, cacheMs: 0 })
    const { body } = await admin('POST', '/v1/tokens', { role: 'reader' })
    const use = () => app.as(body.secret)('GET', '/v1/subnets')
    const lastUse = async () => (await admin('GET', `/v1/tokens/${body.id}`)).body.lastUsedAt
    expect(await lastUse()).toBe(null)
    await use()
    await vi.waitFor(async () => expect(await lastUse()).toBe(new Date(now).toISOString()), 30_000)
    const first = await lastUse()
    now += 59_000
    await use()
    expect(await lastUse()).toBe(first)
    now += 2000
    await use()
    await vi.waitFor(async () => expect(await lastUse()).toBe(new Date(now).toISOString()), 30_000)
  })

  test('are in the events when made and revoked, and their text is not', async () => {
    const { app, admin, token } = await withAdmin()
    const { body } = await admin('POST', '/v1/tokens', { role: 'reader', projectId: 'north' })
    await app.as(body.secret)('GET', '/v1/subnets')
    await admin('DELETE', `/v1/tokens/${body.id}`)
    const events = (await admin('GET', '/v1/events')).body.items
    const own = events.filter(({ recordId }: { recordId: string }) => recordId === body.id)
    expect(
      own.map((event: Record<string, unknown>) => [
        event['action'],
        event['recordKind'],
        event['actor'],
        event['projectId'],
      ]),
    ).toEqual([
      ['created', 'token', `token:${token.id}`, 'north'],
      ['deleted', 'token', `token:${token.id}`, 'north'],
    ])
    expect(JSON.stringify(events)).not.toContain(body.secret)
    expect(JSON.stringify(events)).not.toMatch(/[0-9a-f]{64}/)
  })

  test('for metrics open those, and nothing else that is not open to anyone', async () => {
    const { app, admin } = await withAdmin()
    const { body } = await admin('POST', '/v1/tokens', { role: 'metrics' })
    const call = app.as(body.secret)
    const metrics = await call('GET', '/metrics')
    expect(metrics).toMatchObject({ status: 200, body: expect.stringContaining('freehold_') })
    for (const { method, path, access, takesBody } of everyRoute) {
      if (['service:read', 'metrics:read'].includes(access.rule)) continue
      const url = path.replace('{id}', body.id).replace('{address}', '10.0.0.1')
      const answer = await call(method, url, takesBody ? {} : undefined)
      expect(answer.status, `${method} ${path}`).toBe(403)
    }
  })

  test('sign what their bearer changes', async () => {
    const { admin, token } = await withAdmin()
    await admin('POST', '/v1/subnets', { cidr: '10.0.0.0/24' })
    const { items } = (await admin('GET', '/v1/events')).body
    expect(items.at(-1)).toMatchObject({ recordKind: 'subnet', actor: `token:${token.id}` })
  })

  test('made with an idempotency key are made once, and not told again', async () => {
    const { app, admin, secret } = await withAdmin()
    const send = () =>
      app.call(
        'POST',
        '/v1/tokens',
        { role: 'reader' },
        {
          authorization: `Bearer ${secret}`,
          'idempotency-key': 'once',
        },
      )
    const first = await send()
    expect(first.status).toBe(201)
    expect((await send()).body).toMatchObject({
      code: 'TOKEN_SECRET_SHOWN',
      tokenId: first.body.id,
    })
    expect((await admin('GET', '/v1/tokens')).body.items).toHaveLength(2)
  })
})
