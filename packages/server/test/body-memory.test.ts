import { gzipSync } from 'node:zlib'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { type RunningServer, requestLog, startServer } from '../src/index.ts'
import { type OpenStore, openStore, patient } from './app-fixture.ts'
import { type RawConnection, rawConnection } from './raw-connection.ts'

let store: OpenStore
let server: RunningServer
let slow: RawConnection | undefined

beforeEach(async () => {
  store = await openStore()
  server = await startServer({
    ipam: store.ipam,
    listen: { host: '127.0.0.1', port: 0 },
    log: requestLog('silent'),
    bodyLimit: 1000,
    loadLimits: { ...patient.loadLimits, maxBodyBytes: 1500, freeBodyBytes: 0 },
  })
})
afterEach(async () => {
  slow?.destroy()
  await server.stop()
  await store.close()
})

/** A request of which all but the last byte has arrived. */
async function holdBody(): Promise<RawConnection> {
  const connection = await rawConnection(server.url)
  connection.write(
    'POST /v1/subnets HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\n' +
      `Content-Length: 1000\r\nExpect: 100-continue\r\n\r\n`,
  )
  // The answer to Expect comes when the server starts to take the request.
  await connection.received(/100 Continue/)
  connection.write(`{"cidr":"10.0.0.0/24"${' '.repeat(978)}`)
  return connection
}

async function post(body: string | Buffer, headers: Record<string, string> = {}) {
  const response = await fetch(`${server.url}/v1/subnets`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', ...headers },
    body: new Uint8Array(Buffer.from(body)),
  })
  return { status: response.status, body: (await response.json()) as { code?: string } }
}

const large = `{"cidr":"10.1.0.0/24"${' '.repeat(600)}}`

test('bodies that would take too much memory together are refused until others are done', async () => {
  slow = await holdBody()
  expect(await post(large)).toMatchObject({ status: 503, body: { code: 'SERVER_BUSY' } })
  expect((await post('{"cidr":"10.2.0.0/24"}')).status).toBe(201)
  slow.write('}')
  await slow.received(/HTTP\/1\.1 201/)
  await expect.poll(async () => (await post(large)).status).toBe(201)
})

test('a compressed body counts as what it may become', async () => {
  slow = await holdBody()
  const tiny = gzipSync('{"cidr":"10.1.0.0/24"}')
  expect(await post(tiny, { 'content-encoding': 'gzip' })).toMatchObject({ status: 503 })
  slow.destroy()
  await expect.poll(async () => (await post(tiny, { 'content-encoding': 'gzip' })).status).toBe(201)
})

test('one body alone is taken whatever it counts', async () => {
  expect((await post(large)).status).toBe(201)
})
