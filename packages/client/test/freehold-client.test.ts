import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { type Ipam, openIpam } from '@freehold/engine'
import { sqliteStore } from '@freehold/engine/sqlite'
import {
  createApp,
  fetchThrough,
  type RunningServer,
  requestLog,
  startServer,
} from '@freehold/server'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { openApiFile } from '../../server/generate/openapi-file.ts'
import { v1Types } from '../generate/v1-types.ts'
import {
  createFreeholdClient,
  dataOf,
  FreeholdApiError,
  type FreeholdClient,
  followEvents,
  pagesOf,
} from '../src/index.ts'

let folder: string
let ipam: Ipam
let server: RunningServer
let client: FreeholdClient

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'freehold-client-'))
  ipam = await openIpam(sqliteStore({ path: join(folder, 'test.sqlite') }))
  server = await startServer({
    ipam,
    listen: { host: '127.0.0.1', port: 0 },
    log: requestLog('silent'),
    // A machine that is busy with other tests must not make it refuse anything.
    loadLimits: { maxEventLoopDelayMs: Number.POSITIVE_INFINITY },
  })
  client = createFreeholdClient({ url: server.url })
})
afterAll(async () => {
  await server.stop()
  rmSync(folder, { recursive: true })
})

const failureOf = (call: Promise<unknown>) =>
  call.then(
    () => expect.unreachable(),
    (error: unknown) => error as FreeholdApiError,
  )

describe('the client', () => {
  test('creates, allocates, reads and releases', async () => {
    const subnet = await dataOf(client.POST('/v1/subnets', { body: { cidr: '10.0.0.0/24' } }))
    expect(subnet.cidr).toBe('10.0.0.0/24')
    const { allocations } = await dataOf(
      client.POST('/v1/subnets/{id}/allocations', {
        params: { path: { id: subnet.id }, header: { 'Idempotency-Key': 'k' } },
        body: { request: { kind: 'bulk', count: 3 }, holder: { kind: 'host', id: 'h' } },
      }),
    )
    expect(allocations).toHaveLength(3)
    const address = allocations[0]?.address ?? ''
    const path = { id: subnet.id, address }
    const allocation = await dataOf(
      client.GET('/v1/subnets/{id}/allocations/{address}', { params: { path } }),
    )
    expect(allocation).toEqual(allocations[0])
    const released = dataOf(
      client.DELETE('/v1/subnets/{id}/allocations/{address}', { params: { path } }),
    )
    expect(await released).toBeUndefined()
  })

  test('turns a problem into an error with its code, kind and pointer', async () => {
    const error = await failureOf(
      dataOf(client.POST('/v1/subnets', { body: { cidr: '10.0.0.1/24' } })),
    )
    expect(error).toBeInstanceOf(FreeholdApiError)
    expect(error).toMatchObject({
      status: 400,
      code: 'INVALID_PREFIX',
      kind: 'invalid',
      pointer: '/cidr',
      fix: expect.stringContaining('10.0.0.0/24'),
    })
    expect(error.message).toBe(error.detail)
  })

  test('answers the problem itself to whoever does not want an exception', async () => {
    const { data, error, response } = await client.GET('/v1/subnets/{id}', {
      params: { path: { id: '00000000-0000-4000-8000-000000000000' } },
    })
    expect(data).toBeUndefined()
    expect(error?.code).toBe('SUBNET_NOT_FOUND')
    expect(response.status).toBe(404)
  })

  test('tells when nothing answers, and when what answers is something else', async () => {
    const nobody = createFreeholdClient({ url: 'http://127.0.0.1:1' })
    expect(await failureOf(dataOf(nobody.GET('/healthz')))).toMatchObject({
      status: 0,
      code: 'SERVER_UNREACHABLE',
      kind: 'unavailable',
    })
    const stranger = createFreeholdClient({
      url: server.url,
      fetch: async () => new Response('<h1>Bad gateway</h1>', { status: 502 }),
    })
    expect(await failureOf(dataOf(stranger.GET('/healthz')))).toMatchObject({
      status: 502,
      code: 'UNEXPECTED_ANSWER',
      kind: 'internal',
    })
  })

  test('sends its token', async () => {
    const seen: (string | null)[] = []
    const spy = createFreeholdClient({
      url: server.url,
      token: 'secret',
      fetch: (request) => {
        seen.push(request.headers.get('authorization'))
        return fetch(request)
      },
    })
    await dataOf(spy.GET('/healthz'))
    expect(seen).toEqual(['Bearer secret'])
  })

  test('reads a list to its end, page by page', async () => {
    for (let i = 0; i < 5; i += 1) await ipam.subnets.create({ cidr: `10.1.${i}.0/24` })
    const cidrs: string[] = []
    const subnets = pagesOf((cursor) =>
      client.GET('/v1/subnets', { params: { query: { limit: 2, sort: 'cidr', ...cursor } } }),
    )
    for await (const { cidr } of subnets) cidrs.push(cidr)
    const all = (await ipam.subnets.list({}, { sort: 'cidr' })).items.map(({ cidr }) => cidr)
    expect(all.length).toBeGreaterThan(4)
    expect(cidrs).toEqual(all)
  })

  test('gives repeated labels their own parameters', async () => {
    await ipam.subnets.create({ cidr: '10.2.0.0/24', labels: { a: '1', b: '2' } })
    await ipam.subnets.create({ cidr: '10.2.1.0/24', labels: { a: '1' } })
    const query = { label: ['a:1', 'b:2'] }
    const { items } = await dataOf(client.GET('/v1/subnets', { params: { query } }))
    expect(items.map(({ cidr }) => cidr)).toEqual(['10.2.0.0/24'])
  })
})

describe('the event feed', () => {
  test('follows what happens until it is told to stop', async () => {
    const start = await dataOf(client.GET('/v1/events', { params: { query: { limit: 1000 } } }))
    const stop = new AbortController()
    const feed = followEvents({ url: server.url, after: start.nextCursor, signal: stop.signal })
    const next = feed.next()
    await ipam.subnets.create({ cidr: '10.3.0.0/24' })
    expect((await next).value).toMatchObject({
      action: 'created',
      recordKind: 'subnet',
      after: { cidr: '10.3.0.0/24' },
    })
    stop.abort()
    await expect(feed.next()).rejects.toThrow(expect.objectContaining({ name: 'AbortError' }))
  })

  test('refuses a forged position with an error', async () => {
    const feed = followEvents({ url: server.url, after: 'forged' })
    expect(await failureOf(feed.next())).toMatchObject({ status: 400, kind: 'invalid' })
  })
})

test('the client works without a network through an app', async () => {
  const app = createApp({ ipam })
  const local = createFreeholdClient({ url: 'http://localhost', fetch: fetchThrough(app) })
  const subnet = await dataOf(local.POST('/v1/subnets', { body: { cidr: '10.4.0.0/24' } }))
  const got = await local.GET('/v1/subnets/{id}', { params: { path: { id: subnet.id } } })
  expect(got.data).toEqual(subnet)
  expect(got.response.headers.get('etag')).toBe('"1"')
  const gone = await local.DELETE('/v1/subnets/{id}', { params: { path: { id: subnet.id } } })
  expect(gone.response.status).toBe(204)
  await app.close()
})

test('the generated types are committed as the document makes them', async () => {
  const committed = readFileSync(new URL('../src/generated/v1.ts', import.meta.url), 'utf8')
  expect(committed).toBe(await v1Types(openApiFile()))
})
