import { exportJWK, exportSPKI, generateKeyPair, type JWTPayload, SignJWT } from 'jose'
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest'
import { credentialAuthentication, type OidcOptions, oidcVerifier } from '../src/index.ts'
import { type AppFixture, openApp } from './app-fixture.ts'
import { type LoopbackServer, loopbackServer } from './loopback-server.ts'

const audience = 'freehold'
let keys: Awaited<ReturnType<typeof generateKeyPair>>
let issuer: LoopbackServer
let isUp = true
let claimedIssuer: string | undefined
let claimedKeys: string | undefined
let redirectTo: string | undefined
let publishedKeys: unknown
let fixture: AppFixture | undefined

beforeEach(async () => {
  isUp = true
  claimedIssuer = undefined
  claimedKeys = undefined
  redirectTo = undefined
  keys = await generateKeyPair('RS256')
  publishedKeys = { keys: [{ ...(await exportJWK(keys.publicKey)), kid: 'one', use: 'sig' }] }
  issuer = await loopbackServer(({ url }) => {
    if (!isUp) return { status: 500 }
    if (redirectTo !== undefined) return { status: 302, headers: { location: redirectTo } }
    if (url === '/.well-known/openid-configuration')
      return {
        status: 200,
        body: {
          issuer: claimedIssuer ?? issuer.url,
          jwks_uri: claimedKeys ?? `${issuer.url}/keys`,
        },
      }
    return url === '/keys' ? { status: 200, body: publishedKeys } : { status: 404 }
  })
})

afterEach(async () => {
  vi.useRealTimers()
  await fixture?.close()
  fixture = undefined
  await issuer.close()
})

async function open(options: Partial<OidcOptions> = {}): Promise<AppFixture> {
  const verifier = oidcVerifier({ issuer: issuer.url, audience, ...options })
  fixture = await openApp({ authentication: credentialAuthentication([verifier]) })
  return fixture
}

interface Signing {
  readonly algorithm?: string
  readonly key?: Parameters<SignJWT['sign']>[0]
  readonly issuer?: string
  readonly audience?: string
  readonly expires?: string
  readonly notBefore?: string
  readonly subject?: string
  readonly kid?: string
}

function sign(claims: JWTPayload, signing: Signing = {}): Promise<string> {
  return new SignJWT(claims)
    .setProtectedHeader({ alg: signing.algorithm ?? 'RS256', kid: signing.kid ?? 'one' })
    .setIssuer(signing.issuer ?? issuer.url)
    .setAudience(signing.audience ?? audience)
    .setSubject(signing.subject ?? 'alice')
    .setNotBefore(signing.notBefore ?? '0s')
    .setIssuedAt()
    .setExpirationTime(signing.expires ?? '5m')
    .sign(signing.key ?? keys.privateKey)
}

async function statusFor(app: AppFixture, token: string): Promise<number> {
  const headers = { authorization: `Bearer ${token}` }
  return (await app.call('GET', '/v1/subnets', undefined, headers)).status
}

describe('OpenID Connect', () => {
  test('lets bearers of signed tokens in, for the project and role that they name', async () => {
    const app = await open()
    const token = await sign({ project: 'north', roles: ['reader', 'operator'] })
    const headers = { authorization: `Bearer ${token}` }
    const made = await app.call('POST', '/v1/subnets', { cidr: '10.0.0.0/24' }, headers)
    expect(made).toMatchObject({ status: 201, body: { projectId: 'north' } })
    const { items } = await app.ipam.events.list()
    expect(items.at(-1)).toMatchObject({ actor: 'oidc:alice', projectId: 'north' })
    expect((await app.call('POST', '/v1/check', undefined, headers)).status).toBe(403)
  })

  test('refuses whatever is not signed for this server, now, by the issuer', async () => {
    const app = await open()
    const claims = { project: 'north', roles: 'reader' }
    expect(await statusFor(app, await sign(claims))).toBe(200)
    const other = await generateKeyPair('RS256')
    const secret = new TextEncoder().encode('a secret of thirty-two characters')
    const publicKey = new TextEncoder().encode(await exportSPKI(keys.publicKey))
    const withoutEnd = new SignJWT(claims)
      .setProtectedHeader({ alg: 'RS256', kid: 'one' })
      .setIssuer(issuer.url)
      .setAudience(audience)
    const good = await sign(claims)
    const [head = '', , signature = ''] = good.split('.')
    const forged = Buffer.from(JSON.stringify({ ...claims, roles: 'admin' })).toString('base64url')
    const none = Buffer.from('{"alg":"none"}').toString('base64url')
    const refused = {
      'another key': await sign(claims, { key: other.privateKey }),
      'another issuer': await sign(claims, { issuer: 'https://evil.example' }),
      'another audience': await sign(claims, { audience: 'other' }),
      expired: await sign(claims, { expires: '-5m' }),
      'not yet good': await sign(claims, { notBefore: '5m' }),
      'without an end': await withoutEnd.setSubject('alice').sign(keys.privateKey),
      'of nobody': await withoutEnd.setSubject('').setExpirationTime('5m').sign(keys.privateKey),
      'a name too long for an event': await sign(claims, { subject: 'a'.repeat(251) }),
      'a name with a null character': await sign(claims, { subject: 'alice\0' }),
      'the public key as a shared secret': await sign(claims, {
        algorithm: 'HS256',
        key: publicKey,
      }),
      'a shared secret': await sign(claims, { algorithm: 'HS256', key: secret }),
      'other claims': `${head}.${forged}.${signature}`,
      'no signature': `${none}.${good.split('.')[1] ?? ''}.`,
      'no token': 'eyJ.eyJ.x',
    }
    for (const [what, token] of Object.entries(refused))
      expect(await statusFor(app, token), what).toBe(401)
  })

  test('finds project and roles where it was told, and names roles as it was told', async () => {
    const app = await open({
      projectClaim: 'https://example.net/project',
      roleClaim: 'realm_access.roles',
      roles: { 'ipam-admins': 'admin', everyone: 'reader' },
    })
    const project = { 'https://example.net/project': 'north' }
    const role = (name: string) => ({ realm_access: { roles: [name] } })
    expect(await statusFor(app, await sign({ ...project, ...role('everyone') }))).toBe(200)
    // Without a project of its own an administrator acts in the default one.
    expect(await statusFor(app, await sign(role('ipam-admins')))).toBe(200)
    for (const claims of [{ ...project, ...role('admin') }, role('everyone'), project, {}])
      expect(await statusFor(app, await sign(claims)), JSON.stringify(claims)).toBe(403)
    const own = { 'https://example.net/project': 'freehold', ...role('everyone') }
    expect(await statusFor(app, await sign(own))).toBe(403)
  })

  test('answers 503 while the provider does not, and goes on when it does', async () => {
    const app = await open()
    const token = await sign({ project: 'north', roles: 'reader' })
    isUp = false
    expect(await statusFor(app, token)).toBe(503)
    isUp = true
    expect(await statusFor(app, token)).toBe(200)
  })

  test('takes no algorithm that it does not name, even with a key that the issuer publishes', async () => {
    const app = await open()
    const edwards = await generateKeyPair('Ed25519')
    publishedKeys = { keys: [{ ...(await exportJWK(edwards.publicKey)), kid: 'one', use: 'sig' }] }
    const signing = { algorithm: 'Ed25519', key: edwards.privateKey }
    const token = await sign({ project: 'north', roles: 'reader' }, signing)
    expect(await statusFor(app, token)).toBe(401)
  })

  test('answers 503 while the provider’s keys are no keys', async () => {
    const app = await open()
    const token = await sign({ project: 'north', roles: 'reader' })
    const good = publishedKeys
    for (const bad of ['<html>', null, {}, { keys: 'one' }]) {
      publishedKeys = bad
      expect(await statusFor(app, token), JSON.stringify(bad)).toBe(503)
    }
    publishedKeys = good
    expect(await statusFor(app, token)).toBe(200)
  })

  test('tells users apart whose names begin alike', async () => {
    const app = await open()
    const actors: unknown[] = []
    for (const end of ['a', 'b']) {
      const subject = `${'x'.repeat(249)}${end}`
      const token = await sign({ project: 'north', roles: 'operator' }, { subject })
      const headers = { authorization: `Bearer ${token}` }
      expect((await app.call('POST', '/v1/address-scopes', { ipVersion: 4 }, headers)).status).toBe(
        201,
      )
      actors.push((await app.ipam.events.list()).items.at(-1)?.actor)
    }
    expect(actors[0]).not.toBe(actors[1])
  })

  test('takes the issuer’s next key without a restart, and lets go of the one before', async () => {
    vi.useFakeTimers({ toFake: ['Date'] })
    const app = await open()
    const claims = { project: 'north', roles: 'reader' }
    expect(await statusFor(app, await sign(claims))).toBe(200)
    const before = keys
    keys = await generateKeyPair('RS256')
    publishedKeys = { keys: [{ ...(await exportJWK(keys.publicKey)), kid: 'two', use: 'sig' }] }
    // Unknown keys are asked for twice a minute at most, whoever names how many.
    vi.setSystemTime(Date.now() + 31_000)
    expect(await statusFor(app, await sign(claims, { kid: 'two' }))).toBe(200)
    expect(await statusFor(app, await sign(claims, { key: before.privateKey }))).toBe(401)
  })

  test('believes no provider that says it is another', async () => {
    const app = await open()
    claimedIssuer = 'https://evil.example'
    expect(await statusFor(app, await sign({ project: 'north', roles: 'reader' }))).toBe(503)
  })

  test('believes no key that a token brings along or points to', async () => {
    const app = await open()
    let asked = 0
    const forger = await generateKeyPair('RS256')
    const jwk = { ...(await exportJWK(forger.publicKey)), kid: 'evil', use: 'sig' }
    const elsewhere = await loopbackServer(() => {
      asked += 1
      return { status: 200, body: { keys: [jwk] } }
    })
    const forge = (header: object) =>
      new SignJWT({ project: 'north', roles: 'admin' })
        .setProtectedHeader({ alg: 'RS256', ...header })
        .setIssuer(issuer.url)
        .setAudience(audience)
        .setSubject('mallory')
        .setExpirationTime('5m')
        .sign(forger.privateKey)
    for (const header of [
      { kid: 'one', jwk },
      { kid: 'evil', jku: `${elsewhere.url}/keys` },
      { kid: 'one', x5u: `${elsewhere.url}/chain` },
      { kid: '../../keys' },
      { kid: "' OR '1'='1" },
      {},
    ])
      expect(await statusFor(app, await forge(header)), JSON.stringify(header)).toBe(401)
    expect(asked).toBe(0)
    await elsewhere.close()
  })

  test('asks for keys where the issuer says, over a safe line, and follows nobody from there', async () => {
    let asked = 0
    const inside = await loopbackServer(() => {
      asked += 1
      return { status: 200, body: {} }
    })
    const token = await sign({ project: 'north', roles: 'reader' })
    claimedKeys = 'http://169.254.169.254/latest/meta-data'
    expect(await statusFor(await open(), token)).toBe(503)
    await fixture?.close()
    claimedKeys = undefined
    redirectTo = inside.url
    expect(await statusFor(await open(), token)).toBe(503)
    expect(asked).toBe(0)
    await inside.close()
  })

  test('takes no issuer over a line that anybody can write to', () => {
    expect(() => oidcVerifier({ issuer: 'http://id.example.net', audience })).toThrow('https')
  })
})
