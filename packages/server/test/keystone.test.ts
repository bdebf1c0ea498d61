import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest'
import { credentialAuthentication, type KeystoneOptions, KeystoneVerifier } from '../src/index.ts'
import { type AppFixture, openApp } from './app-fixture.ts'
import { type LoopbackServer, loopbackServer } from './loopback-server.ts'

const credentials = {
  username: 'freehold',
  password: 'keystone password',
  userDomain: 'Default',
  project: 'service',
  projectDomain: 'Default',
}
const inAnHour = () => new Date(Date.now() + 3_600_000).toISOString()

interface Known {
  readonly roles: readonly string[]
  readonly project?: string
  readonly expiresAt?: string
}

let keystone: LoopbackServer
let known: Map<string, Known>
let serviceToken: string
let logins: unknown[]
let validations: number
let isUp: boolean
let redirectTo: string | undefined
let fixture: AppFixture | undefined

// Speaks the two calls of the Identity API v3 that matter here, as its reference shows them.
beforeEach(async () => {
  known = new Map()
  serviceToken = 'service-1'
  logins = []
  validations = 0
  isUp = true
  redirectTo = undefined
  keystone = await loopbackServer(({ method, url, headers }, body) => {
    if (!isUp) return { status: 503 }
    if (redirectTo !== undefined) return { status: 302, headers: { location: redirectTo } }
    if (url?.split('?')[0] !== '/v3/auth/tokens') return { status: 404 }
    if (method === 'POST') {
      logins.push(JSON.parse(body))
      return { status: 201, headers: { 'x-subject-token': serviceToken }, body: { token: {} } }
    }
    validations += 1
    if (headers['x-auth-token'] !== serviceToken) return { status: 401 }
    const one = known.get(String(headers['x-subject-token']))
    if (one === undefined) return { status: 404, body: { error: { code: 404 } } }
    const { roles, project, expiresAt = inAnHour() } = one
    const token = {
      expires_at: expiresAt,
      user: { id: 'u1', name: 'alice' },
      roles: roles.map((name) => ({ id: name, name })),
      ...(project === undefined ? {} : { project: { id: project, name: 'p' } }),
    }
    return { status: 200, body: { token } }
  })
})

afterEach(async () => {
  vi.useRealTimers()
  await fixture?.close()
  fixture = undefined
  await keystone.close()
})

async function open(options: Partial<KeystoneOptions> = {}): Promise<AppFixture> {
  const verifier = new KeystoneVerifier({ url: keystone.url, credentials, ...options })
  fixture = await openApp({ authentication: credentialAuthentication([verifier]) })
  return fixture
}

function call(app: AppFixture, token: string, method = 'GET', path = '/v2.0/networks') {
  const body = method === 'POST' ? { network: { name: 'n' } } : undefined
  return app.call(method, path, body, { 'x-auth-token': token })
}

describe('Keystone', () => {
  test('lets holders of its tokens in, with their project and role', async () => {
    known.set('gAAAA-member', { roles: ['reader', 'member'], project: 'north' })
    known.set('gAAAA-reader', { roles: ['reader'], project: 'north' })
    const app = await open()
    const made = await call(app, 'gAAAA-member', 'POST')
    expect(made).toMatchObject({ status: 201, body: { network: { project_id: 'north' } } })
    expect((await call(app, 'gAAAA-reader')).status).toBe(200)
    expect((await call(app, 'gAAAA-reader', 'POST')).status).toBe(403)
    expect(logins).toEqual([
      {
        auth: {
          identity: {
            methods: ['password'],
            password: {
              user: {
                name: 'freehold',
                password: 'keystone password',
                domain: { name: 'Default' },
              },
            },
          },
          scope: { project: { name: 'service', domain: { name: 'Default' } } },
        },
      },
    ])
  })

  test('refuses tokens that it does not know, that have no role here, or no project', async () => {
    known.set('gAAAA-nothing', { roles: ['heat_stack_owner'], project: 'north' })
    known.set('gAAAA-unscoped', { roles: ['member'] })
    known.set('gAAAA-old', {
      roles: ['member'],
      project: 'north',
      expiresAt: '2020-01-01T00:00:00Z',
    })
    const app = await open()
    expect((await call(app, 'gAAAA-unknown')).status).toBe(401)
    expect((await call(app, 'gAAAA-old')).status).toBe(401)
    expect((await call(app, 'gAAAA-nothing')).status).toBe(403)
    expect((await call(app, 'gAAAA-unscoped')).status).toBe(403)
  })

  test('is asked once for requests that come together, and again when its word is old', async () => {
    known.set('gAAAA-member', { roles: ['member'], project: 'north' })
    const app = await open()
    const answers = await Promise.all(Array.from({ length: 10 }, () => call(app, 'gAAAA-member')))
    expect(answers.map(({ status }) => status)).toEqual(Array(10).fill(200))
    expect(validations).toBe(1)
    const forgetful = new KeystoneVerifier({ url: keystone.url, credentials, cacheMs: 0 })
    await forgetful.verify('gAAAA-member')
    known.delete('gAAAA-member')
    await expect(forgetful.verify('gAAAA-member')).rejects.toMatchObject({
      code: 'UNAUTHENTICATED',
    })
  })

  test('is believed for a minute at most, whatever is asked for', async () => {
    vi.useFakeTimers({ toFake: ['performance'] })
    known.set('gAAAA-member', { roles: ['member'], project: 'north' })
    const app = await open({ cacheMs: 1_000_000 })
    expect((await call(app, 'gAAAA-member')).status).toBe(200)
    known.delete('gAAAA-member')
    vi.advanceTimersByTime(59_000)
    expect((await call(app, 'gAAAA-member')).status).toBe(200)
    vi.advanceTimersByTime(2000)
    expect((await call(app, 'gAAAA-member')).status).toBe(401)
  })

  test('is followed nowhere else', async () => {
    let asked = 0
    const inside = await loopbackServer(() => {
      asked += 1
      return { status: 201, headers: { 'x-subject-token': 'service-1' }, body: {} }
    })
    redirectTo = inside.url
    expect((await call(await open(), 'gAAAA-member')).status).toBe(503)
    expect(asked).toBe(0)
    await inside.close()
  })

  test('is logged into again when it has forgotten the server', async () => {
    known.set('gAAAA-member', { roles: ['member'], project: 'north' })
    const app = await open({ cacheMs: 0 })
    expect((await call(app, 'gAAAA-member')).status).toBe(200)
    serviceToken = 'service-2'
    expect((await call(app, 'gAAAA-member')).status).toBe(200)
    expect(logins).toHaveLength(2)
  })

  test('that does not answer is told as 503, and forgotten when it does', async () => {
    known.set('gAAAA-member', { roles: ['member'], project: 'north' })
    const app = await open()
    isUp = false
    expect((await call(app, 'gAAAA-member')).status).toBe(503)
    isUp = true
    expect((await call(app, 'gAAAA-member')).status).toBe(200)
  })

  test('takes an application credential in place of a password', async () => {
    known.set('gAAAA-member', { roles: ['member'], project: 'north' })
    const app = await open({
      credentials: { applicationCredentialId: 'id', applicationCredentialSecret: 's' },
    })
    expect((await call(app, 'gAAAA-member')).status).toBe(200)
    expect(logins).toEqual([
      {
        auth: {
          identity: {
            methods: ['application_credential'],
            application_credential: { id: 'id', secret: 's' },
          },
        },
      },
    ])
  })

  test('is never asked over a line that anybody can read', () => {
    expect(() => new KeystoneVerifier({ url: 'http://keystone.example.net', credentials })).toThrow(
      'https',
    )
  })
})
