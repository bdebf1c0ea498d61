import { afterEach, describe, expect, test } from 'vitest'
import { maxEventStreams } from '../src/event-stream.ts'
import type { AppTimeouts } from '../src/http-server.ts'
import { createToken } from '../src/identity/token-records.ts'
import {
  credentialAuthentication,
  type LoadLimits,
  type RunningServer,
  requestLog,
  startServer,
  TokenVerifier,
} from '../src/index.ts'
import { type OpenStore, openStore, patient } from './app-fixture.ts'
import { type RawConnection, rawConnection } from './raw-connection.ts'

let store: OpenStore
let server: RunningServer
const held: RawConnection[] = []

afterEach(async () => {
  for (const connection of held.splice(0)) connection.destroy()
  await server.stop()
  await store.close()
})

async function start(
  loadLimits: Partial<LoadLimits> = {},
  timeouts: Partial<AppTimeouts> = {},
): Promise<void> {
  store = await openStore()
  server = await startServer({
    ipam: store.ipam,
    authentication: credentialAuthentication([new TokenVerifier({ ipam: store.ipam })]),
    listen: { host: '127.0.0.1', port: 0 },
    log: requestLog('silent'),
    loadLimits: { ...patient.loadLimits, ...loadLimits },
    stopTimeoutMs: 1000,
    timeouts,
  })
}

async function tokenOf(projectId: string): Promise<string> {
  return (await createToken(store.ipam, { role: 'operator', projectId }, {})).secret
}

/** A request that the server has begun to take, and whose body never comes. */
async function holdBody(secret: string, bytes: number): Promise<void> {
  const connection = await rawConnection(server.url)
  held.push(connection)
  connection.write(
    `POST /v1/subnets HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer ${secret}\r\n` +
      `Content-Type: application/json\r\nContent-Length: ${bytes}\r\nExpect: 100-continue\r\n\r\n`,
  )
  await connection.received(/100 Continue/)
}

async function post(secret: string, body: string) {
  const response = await fetch(`${server.url}/v1/subnets`, {
    method: 'POST',
    headers: { authorization: `Bearer ${secret}`, 'content-type': 'application/json' },
    body,
  })
  return { status: response.status, body: (await response.json()) as { code?: string } }
}

const tooMuch = { status: 429, body: { code: 'RATE_LIMITED' } }

describe('a project that takes all it can get', () => {
  test('may keep a quarter of all requests waiting, and shuts nobody else out', async () => {
    await start({ maxInFlight: 16 })
    const [north, south] = [await tokenOf('north'), await tokenOf('south')]
    for (let count = 0; count < 4; count += 1) await holdBody(north, 100)
    const other = await tokenOf('north')
    await expect.poll(() => post(other, '{"cidr":"10.0.0.0/24"}')).toMatchObject(tooMuch)
    expect(await post(south, '{"cidr":"10.1.0.0/24"}')).toMatchObject({ status: 201 })
    held.pop()?.destroy()
    await expect.poll(async () => (await post(north, '{"cidr":"10.2.0.0/24"}')).status).toBe(201)
  })

  test('may keep a quarter of the room for large bodies', async () => {
    await start({ maxBodyBytes: 4000, freeBodyBytes: 100 })
    const [north, south] = [await tokenOf('north'), await tokenOf('south')]
    await holdBody(north, 900)
    const large = (cidr: string) => `{"cidr":"${cidr}"${' '.repeat(600)}}`
    expect(await post(north, large('10.0.0.0/24'))).toMatchObject(tooMuch)
    expect(await post(north, '{"cidr":"10.0.0.0/24"}')).toMatchObject({ status: 201 })
    expect(await post(south, large('10.1.0.0/24'))).toMatchObject({ status: 201 })
  })

  test('may open a quarter of the event streams', async () => {
    await start()
    const [north, south] = [await tokenOf('north'), await tokenOf('south')]
    const stream = async (secret: string): Promise<string> => {
      const connection = await rawConnection(server.url)
      held.push(connection)
      connection.write(
        `GET /v1/events HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer ${secret}\r\nAccept: text/event-stream\r\n\r\n`,
      )
      const text = await connection.received(/^HTTP\/1\.1 \d+/)
      return text.slice(9, 12)
    }
    for (let count = 0; count < maxEventStreams / 4; count += 1)
      expect(await stream(north)).toBe('200')
    expect(await stream(north)).toBe('429')
    expect(await stream(south)).toBe('200')
    held.shift()?.destroy()
    await expect.poll(() => stream(north)).toBe('200')
  })

  test('may leave a quarter of the room for large answers untaken', async () => {
    await start({ maxAnswerBytes: 80_000_000 })
    const [north, south] = [await tokenOf('north'), await tokenOf('south')]
    await fillPlan('north')
    const connection = await requestWithoutReading(north)
    expect((await get(north, '/v1/plan')).status).toBe(429)
    expect((await get(north, '/v1/subnets')).status).toBe(200)
    expect((await get(south, '/v1/plan')).status).toBe(200)
    connection.destroy()
    await expect.poll(async () => (await get(north, '/v1/plan')).status).toBe(200)
  })
})

test('who takes nothing of an answer is cut off', async () => {
  await start({}, { answerMs: 300 })
  const north = await tokenOf('north')
  await fillPlan('north')
  await requestWithoutReading(north)
  const connections = () =>
    new Promise<number>((resolve) => {
      server.app.server.getConnections((_error, count) => resolve(count))
    })
  await expect.poll(connections, { timeout: 30_000 }).toBe(0)
  expect((await get(north, '/v1/subnets')).status).toBe(200)
})

test('who sends hundreds of requests without waiting for an answer is cut off', async () => {
  await start()
  const connection = await rawConnection(server.url)
  held.push(connection)
  connection.write('GET /docs HTTP/1.1\r\nHost: x\r\n\r\n'.repeat(500))
  expect((await connection.closed()).match(/HTTP\/1\.1 /g)?.length ?? 0).toBeLessThan(500)
  expect((await fetch(`${server.url}/healthz`)).status).toBe(200)
})

/** A plan of 34 MB: more than the system takes in for a client that does not read. */
async function fillPlan(projectId: string): Promise<void> {
  const ipam = store.ipam.as({ projectId, isAdmin: false })
  const { id } = await ipam.subnets.create({ cidr: '10.0.0.0/16' })
  const names = Array.from({ length: 64 }, (_, index) => [`label-${index}`, 'x'.repeat(255)])
  const labels = Object.fromEntries(names)
  for (let count = 0; count < 2; count += 1)
    await ipam.allocations.allocate(id, { kind: 'bulk', count: 1000 }, { labels })
}

/** A request whose answer is under way, on a connection that takes nothing of it any more. */
async function requestWithoutReading(secret: string): Promise<RawConnection> {
  const connection = await rawConnection(server.url)
  held.push(connection)
  connection.write(`GET /v1/plan HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer ${secret}\r\n\r\n`)
  await connection.received(/^HTTP\/1\.1 200/)
  connection.socket.pause()
  return connection
}

async function get(secret: string, path: string): Promise<{ status: number }> {
  const headers = { authorization: `Bearer ${secret}` }
  const response = await fetch(`${server.url}${path}`, { headers })
  await response.arrayBuffer()
  return { status: response.status }
}
