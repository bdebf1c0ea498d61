import { afterEach, expect, test } from 'vitest'
import { type RunningServer, requestLog, startServer } from '../src/index.ts'
import { type OpenStore, openStore } from './app-fixture.ts'
import { rawConnection } from './raw-connection.ts'

let store: OpenStore
let server: RunningServer

afterEach(async () => {
  await server.stop()
  await store.close()
})

async function start(loadLimits: { maxInFlight?: number; maxEventLoopDelayMs?: number }) {
  store = await openStore()
  server = await startServer({
    ipam: store.ipam,
    listen: { host: '127.0.0.1', port: 0 },
    log: requestLog('silent'),
    loadLimits,
    stopTimeoutMs: 1000,
  })
}

const head =
  'POST /v1/subnets HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\nContent-Length: 22\r\n\r\n'

test('beyond the bound of requests in flight the answer is 503 before the body is read', async () => {
  await start({ maxInFlight: 2 })
  const waiting = [await rawConnection(server.url), await rawConnection(server.url)]
  for (const connection of waiting) connection.write(head)
  await expect
    .poll(
      async () =>
        (await (await fetch(`${server.url}/metrics`)).text()).match(/in_flight (\d+)/)?.[1],
    )
    .toBe('3')
  const refused = await fetch(`${server.url}/v1/subnets`)
  expect(refused.status).toBe(503)
  expect(refused.headers.get('retry-after')).toBe('1')
  expect(await refused.json()).toMatchObject({ code: 'SERVER_BUSY', kind: 'unavailable' })
  const third = await rawConnection(server.url)
  third.write(head)
  expect(await third.received(/\r\n\r\n\{/)).toMatch(/^HTTP\/1\.1 503 /)
  expect((await fetch(`${server.url}/healthz`)).status).toBe(200)

  const [first, second] = waiting
  first?.write('{"cidr":"10.0.0.0/24"}')
  expect(await first?.received(/\r\n\r\n\{/)).toMatch(/^HTTP\/1\.1 201 /)
  await expect.poll(async () => (await fetch(`${server.url}/v1/subnets`)).status).toBe(200)
  for (const connection of [first, second, third]) connection?.destroy()
})

test('an event loop that keeps lagging sheds load until it has caught up', async () => {
  await start({ maxEventLoopDelayMs: 50 })
  const isBusy = async () => (await fetch(`${server.url}/v1/subnets`)).status === 503
  const lag = () => {
    const until = performance.now() + 1000
    while (performance.now() < until);
  }
  lag()
  expect(await isBusy()).toBe(false)
  lag()
  expect(await isBusy()).toBe(true)
  await expect.poll(isBusy, { timeout: 30_000 }).toBe(false)
})
