import { afterEach, expect, test } from 'vitest'
import { type RunningServer, requestLog, startServer } from '../src/index.ts'
import { type OpenStore, openStore, patient } from './app-fixture.ts'
import { rawConnection } from './raw-connection.ts'

let store: OpenStore
let server: RunningServer

async function start(stopTimeoutMs = 10_000): Promise<void> {
  store = await openStore()
  server = await startServer({
    ipam: store.ipam,
    listen: { host: '127.0.0.1', port: 0 },
    log: requestLog('silent'),
    ...patient,
    stopTimeoutMs,
  })
}

afterEach(async () => {
  await server.stop()
  await store.close()
})

const body = '{"cidr":"10.0.0.0/24"}'
const head = `POST /v1/subnets HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\nContent-Length: ${body.length}\r\n\r\n`

test('a request in flight is finished, and the connection closed after it', async () => {
  await start()
  const slow = await rawConnection(server.url)
  slow.write(head)
  slow.write(body.slice(0, 5))
  // A second connection proves that the server has read the first one's head by now.
  expect((await fetch(`${server.url}/healthz`)).status).toBe(200)
  const stopped = server.stop()
  slow.write(body.slice(5))
  const text = await slow.closed()
  expect(text).toMatch(/^HTTP\/1\.1 201 /)
  expect(text).toMatch(/connection: close/i)
  await stopped
  await expect(store.ipam.ping()).rejects.toThrow(expect.objectContaining({ kind: 'unavailable' }))
})

test('a new request on a busy connection is answered 503', async () => {
  await start()
  const busy = await rawConnection(server.url)
  busy.write(head + body.slice(0, 5))
  expect((await fetch(`${server.url}/healthz`)).status).toBe(200)
  const stopped = server.stop()
  busy.write(`${body.slice(5)}GET /v1/subnets HTTP/1.1\r\nHost: localhost\r\n\r\n`)
  const text = await busy.closed()
  const [first, second] = [...text.matchAll(/HTTP\/1\.1 (\d+)/g)].map(([, status]) => status)
  expect(first).toBe('201')
  // Node may close the connection right after the first answer, which says Connection: close.
  expect([undefined, '503']).toContain(second)
  await stopped
})

test('new connections are refused while and after stopping', async () => {
  await start()
  const { url } = server
  await server.stop()
  await expect(fetch(`${url}/healthz`)).rejects.toThrow('fetch failed')
})

test('idle kept connections do not hold the server up', async () => {
  await start()
  const idle = await rawConnection(server.url)
  idle.write('GET /healthz HTTP/1.1\r\nHost: localhost\r\n\r\n')
  await idle.received(/"ok"/)
  await server.stop()
  expect(await idle.closed()).toMatch(/"ok"\}$/)
})

test('a connection without any request does not hold the server up', async () => {
  await start(60_000)
  const silent = await rawConnection(server.url)
  await server.stop()
  expect(await silent.closed()).toBe('')
})

test('a client that never finishes is cut off in the end', async () => {
  await start(50)
  const stuck = await rawConnection(server.url)
  stuck.write(head)
  expect((await fetch(`${server.url}/healthz`)).status).toBe(200)
  await server.stop()
  expect(await stuck.closed()).not.toMatch(/201/)
})

test('stopping twice is stopping once', async () => {
  await start()
  expect(server.stop()).toBe(server.stop())
  await server.stop()
})
