import { Writable } from 'node:stream'
import type { Ipam } from '@freehold/engine'
import { afterEach, describe, expect, test } from 'vitest'
import {
  type AppOptions,
  type Authentication,
  createToken,
  credentialAuthentication,
  requestLog,
  TokenVerifier,
} from '../src/index.ts'
import { openPseudonyms } from '../src/logging/log-keys.ts'
import { neutronResources, neutronRoutes } from '../src/neutron/neutron-routes.ts'
import { routeTable } from '../src/route-table.ts'
import { type AppFixture, openApp } from './app-fixture.ts'
import { strangeFields } from './log-line-form.ts'

const mark = 'cAnArY'
let planted = 0
/** A text that occurs nowhere else, and names where it was put. */
const canary = (place: string) => `${mark}-${place}-${(planted += 1)}`

const lines: string[] = []
const destination = new Writable({
  write(chunk: Buffer, _encoding, done) {
    lines.push(...chunk.toString().split('\n').filter(Boolean))
    done()
  },
})

const opened: AppFixture[] = []
afterEach(async () => {
  for (const fixture of opened.splice(0)) await fixture.close()
  lines.length = 0
})

async function open(options: Partial<AppOptions> = {}): Promise<AppFixture> {
  const fixture = await openApp({ log: requestLog('info', destination), ...options })
  opened.push(fixture)
  return fixture
}

const allRoutes = [...routeTable, ...neutronRoutes].map(({ method, path }) => ({ method, path }))
const quietRoutes = allRoutes.filter(({ path }) => path !== '/docs' && path !== '/openapi.json')

interface Schema {
  readonly properties?: Readonly<Record<string, Schema>>
  readonly type?: unknown
}

const headerCanaries = () => ({
  authorization: `Bearer ${canary('authorization')}`,
  'x-auth-token': canary('x-auth-token'),
  cookie: `session=${canary('cookie')}`,
  'user-agent': canary('user-agent'),
  referer: `http://${canary('referer')}/`,
  'x-forwarded-for': canary('forwarded'),
  'x-request-id': canary('request-id'),
  'idempotency-key': canary('idempotency'),
  'if-match': `"${canary('if-match')}"`,
  'last-event-id': canary('last-event-id'),
  accept: `application/${canary('accept')}`,
})

/** Bodies that hold every field that the route knows, and one that it does not know, each a canary. */
function plantedBodies(method: string, path: string): readonly unknown[] {
  if (method === 'GET') return []
  const route = routeTable.find((each) => each.method === method && each.path === path)
  const schema: Schema | undefined = route?.body
  const fields = [...Object.keys(schema?.properties ?? {}), 'unknown']
  const all = (names: readonly string[]) =>
    Object.fromEntries(names.map((field) => [field, canary(field)]))
  if (!path.startsWith('/v2.0')) return [all(fields), ...fields.map((field) => all([field]))]
  // The Networking API stops at the first field that it refuses, so each one comes alone too.
  return neutronResources
    .filter(({ collection }) => path.split('/')[2] === collection)
    .flatMap(({ singular, attributes }) => {
      const names = [...Object.keys(attributes), 'unknown']
      return [
        { [singular]: all(names) },
        ...names.map((name) => ({ [singular]: all([name]) })),
        { [canary('wrapper')]: all(names) },
      ]
    })
}

function fill(path: string): string {
  return path.replace(/\{(\w+)\}/g, (_, name: string) => canary(`path-${name}`))
}

async function assail(fixture: AppFixture): Promise<string[]> {
  const answers: string[] = []
  for (const { method, path } of quietRoutes) {
    const query = ['name', 'sort', 'cursor', 'labels', canary('parameter')]
      .map((name) => `${name}=${canary('query')}`)
      .join('&')
    for (const [url, payload] of [
      [fill(path), undefined],
      [`${fill(path)}?${query}`, undefined],
      ...plantedBodies(method, path).map((body) => [fill(path), body] as const),
      [fill(path), `{"name":"${canary('broken-json')}"`],
      [`${fill(path)}/${canary('unknown-path')}`, undefined],
      [`${fill(path)}/${canary('broken-escape')}%zz`, undefined],
    ] as const) {
      const answer = await fixture.call(
        method,
        url,
        method === 'GET' ? undefined : payload,
        headerCanaries(),
      )
      answers.push(JSON.stringify([answer.body, answer.headers]))
    }
  }
  return answers
}

async function silence(fixture: AppFixture, extra: readonly string[] = []): Promise<void> {
  await expect.poll(() => lines.length).toBeGreaterThan(0)
  const metrics = await fixture.ipam.ping().then(
    () => fixture.app.inject({ url: '/metrics', headers: { host: 'localhost' } }),
    () => undefined,
  )
  const said = [...lines, ...(metrics?.body.split('\n') ?? [])]
  for (const secret of [mark, ...extra])
    expect(said.filter((line) => line.includes(secret))).toEqual([])
  for (const line of lines) {
    expect(line).not.toMatch(/[^\x20-\x7e]/)
    expect(strangeFields(JSON.parse(line)), line).toEqual([])
    expect(line.length).toBeLessThan(4096)
  }
}

const credentials = [
  'authorization',
  'x-auth-token',
  'cookie',
  'user-agent',
  'referer',
  'forwarded',
]

function keepsCredentials(answers: readonly string[]): void {
  for (const place of credentials)
    expect(answers.filter((answer) => answer.includes(`${mark}-${place}`))).toEqual([])
}

describe('nothing that a caller sends gets into logs or metrics', () => {
  test('on any route, with canaries in every part of a request', async () => {
    const fixture = await open()
    keepsCredentials(await assail(fixture))
    expect(planted).toBeGreaterThan(10_000)
    await silence(fixture)
  })

  test('when tokens are asked for, neither right nor wrong ones', async () => {
    const fixture = await open()
    const { secret, token } = await createToken(
      fixture.ipam,
      { role: 'operator', projectId: canary('project'), description: canary('description') },
      {},
    )
    const guarded = await open({
      ipam: fixture.ipam,
      authentication: credentialAuthentication([new TokenVerifier({ ipam: fixture.ipam })]),
      pseudonymize: (await openPseudonyms(fixture.ipam)).pseudonymize,
    })
    const altered = `${secret.slice(0, -1)}${secret.endsWith('0') ? '1' : '0'}`
    for (const text of [secret, altered, canary('token')])
      for (const { method, path } of quietRoutes)
        for (const [name, value] of [
          ['authorization', `Bearer ${text}`],
          ['x-auth-token', text],
        ] as const) {
          const headers = { [name]: value, host: 'localhost' }
          const { body } = await guarded.call(method, fill(path), undefined, headers)
          expect(JSON.stringify(body)).not.toContain(text)
        }
    await silence(fixture, [secret, altered, secret.slice(3, 40), token.id])
    expect(lines.join('\n')).toMatch(/"actor":"tok_[0-9a-f]{12}"/)
  })

  test('nor what is stored, when everything succeeds', async () => {
    const fixture = await open()
    const headers = { 'x-project-id': canary('project') }
    const post = async (path: string, body: unknown) => {
      const answer = await fixture.call('POST', path, body, headers)
      expect(answer.status, JSON.stringify(answer.body)).toBe(201)
      return answer.body
    }
    const labels = { [canary('label')]: canary('label-value') }
    const scope = await post('/v1/address-scopes', { ipVersion: 6, name: canary('name'), labels })
    const pool = await post('/v1/subnet-pools', {
      addressScopeId: scope.id,
      prefixes: ['2001:db8:cafe::/48'],
      name: canary('name'),
    })
    const subnet = await post('/v1/subnets', { subnetPoolId: pool.id, prefixLength: 64, labels })
    const path = `/v1/subnets/${subnet.id}/allocations`
    const holder = {
      kind: 'host',
      id: canary('holder'),
      mac: '02:00:00:ca:4a:49',
      hostName: canary('host-name').toLowerCase(),
    }
    const address = '2001:db8:cafe::f00d'
    await post(path, { request: { kind: 'specific', address }, holder, labels })
    const taken = { request: { kind: 'specific', address } }
    expect((await fixture.call('POST', path, taken, headers)).status).toBe(409)
    for (const url of [
      `${path}/${address}`,
      `/v1/addresses/${address}/history`,
      `/v1/subnet-pools/${pool.id}/utilization`,
      '/v1/events',
      '/v1/plan',
      '/v1/utilization',
    ])
      await fixture.call('GET', url, undefined, headers)
    const { network } = await post('/v2.0/networks', { network: { name: canary('name') } })
    await post('/v2.0/ports', { port: { network_id: network.id, device_id: canary('device') } })
    await fixture.call('DELETE', `${path}/${address}`, undefined, headers)
    const secrets = [scope.id, pool.id, subnet.id, network.id, address, 'cafe', 'f00d', '02:00:00']
    await silence(fixture, secrets)
  })

  test('nor what an error inside says, on any route', async () => {
    const fixture = await open()
    const broken = await open({ ipam: failingEngine(fixture.ipam), authentication: letEverybodyIn })
    let failures = 0
    for (const { method, path } of quietRoutes) {
      const url = path.replace('{address}', '10.0.0.1').replace(/\{\w+\}/g, randomId)
      const body = method === 'GET' || method === 'DELETE' ? undefined : {}
      const answer = await broken.call(method, url, body)
      if (answer.status === 500) failures += 1
      expect(JSON.stringify([answer.body, answer.headers])).not.toContain(mark)
    }
    expect(failures).toBeGreaterThan(20)
    expect(lines.some((line) => line.includes('"causeCode":"ER_PARSE_ERROR"'))).toBe(true)
    expect(lines.join('\n')).toMatch(/"actor":"act_[0-9a-f]{12}"/)
    await silence(broken)
  })

  test('nor a line of unbounded length', async () => {
    const fixture = await open()
    const long = 'x'.repeat(9000)
    await fixture.call('GET', `/v1/subnets/${long}`, undefined, { 'user-agent': long })
    await fixture.call('GET', `/v1/addresses/${long}/history?at=${long.slice(0, 2000)}`)
    await fixture.call('POST', '/v1/subnets', { cidr: '::/0', name: long, labels: { a: long } })
    await fixture.call('POST', '/v1/allocations', {
      subnetIds: Array.from({ length: 1000 }, () => randomId),
      request: { kind: 'any' },
      holder: { kind: 'host', id: long },
    })
    await expect.poll(() => lines.length).toBeGreaterThanOrEqual(4)
    for (const line of lines) expect(line.length).toBeLessThan(1024)
  })
})

const randomId = '3d4e4e9e-9c5a-4a63-9d3e-0c7f3f3c1a55'

const letEverybodyIn: Authentication = {
  loopbackOnly: true,
  identify: () => ({
    caller: { projectId: canary('project'), isAdmin: true, actor: `oidc:${canary('subject')}` },
    role: 'admin',
  }),
}

/** Every call into it fails as a database driver might: with the statement and its values in the message. */
function failingEngine(ipam: Ipam): Ipam {
  const fail = async () => {
    const values = canary('sql-value')
    throw Object.assign(
      new Error(
        `near "${values}": INSERT INTO t VALUES ('${values}')\n    at ${values} (${values}:1)`,
      ),
      { code: 'ER_PARSE_ERROR', cause: new Error(canary('cause')), sql: values },
    )
  }
  const failing = (target: object): object =>
    new Proxy(target, {
      get(_, name) {
        if (name === 'as' || name === 'within') return () => failing(target)
        const value = Reflect.get(target, name) as unknown
        if (typeof value === 'function') return fail
        return typeof value === 'object' && value !== null && name !== 'counters'
          ? failing(value)
          : value
      },
    })
  return failing(ipam) as Ipam
}
