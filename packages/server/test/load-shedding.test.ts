import { afterEach, expect, test, vi } from 'vitest'
import { type RunningServer, requestLog, startServer } from '../src/index.ts'
import { type OpenStore, openStore, patient } from './app-fixture.ts'
import { rawConnection } from './raw-connection.ts'

let store: OpenStore
let server: RunningServer

afterEach(async () => {
  await server.stop()
  await store.close()
})

async function start(
  loadLimits: { maxInFlight?: number; maxEventLoopDelayMs?: number },
  log = requestLog('silent'),
) {
  store = await openStore()
  server = await startServer({
    ipam: store.ipam,
    listen: { host: '127.0.0.1', port: 0 },
    log,
    loadLimits: { ...patient.loadLimits, ...loadLimits },
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

test('event streams that are open are no work', async () => {
  await start({ maxInFlight: 2 })
  const leave = new AbortController()
  for (let count = 0; count < 3; count += 1) {
    const stream = await fetch(`${server.url}/v1/events`, {
      headers: { accept: 'text/event-stream' },
      signal: leave.signal,
    })
    expect(stream.status).toBe(200)
  }
  expect((await fetch(`${server.url}/v1/subnets`)).status).toBe(200)
  leave.abort()
})

test('a refusal has the words of the API that was asked and the headers of every answer', async () => {
  await start({ maxInFlight: 0 })
  const native = await fetch(`${server.url}/v1/subnets?limit=1`)
  const problem = (await native.json()) as { requestId: string }
  expect(native.status).toBe(503)
  expect(native.headers.get('content-type')).toBe('application/problem+json')
  expect(native.headers.get('x-request-id')).toBe(problem.requestId)
  expect(problem.requestId).toMatch(/^[0-9a-f-]{36}$/)
  const neutron = await fetch(`${server.url}/v2.0/ports`, { method: 'POST', body: '{"port":{}}' })
  const { NeutronError: told } = (await neutron.json()) as { NeutronError: { type: string } }
  expect(neutron.status).toBe(503)
  expect(neutron.headers.get('content-type')).toBe('application/json')
  expect(told.type).toBe('HTTPServiceUnavailable')
  const id = neutron.headers.get('x-request-id')
  expect(neutron.headers.get('x-openstack-request-id')).toBe(`req-${id}`)
  for (const answer of [native, neutron, await fetch(`${server.url}/healthz`)])
    expect(answer.headers.get('cache-control')).toBe('no-store')
  for (const answer of [native, neutron]) expect(answer.headers.get('retry-after')).toBe('1')
  for (const probe of ['/healthz', '/readyz?verbose', '/metrics'])
    expect((await fetch(`${server.url}${probe}`)).status).not.toBe(503)
})

test('a connection that was refused is answered again, whatever of its body still comes', async () => {
  await start({ maxInFlight: 1 })
  const [holder, refused] = [await rawConnection(server.url), await rawConnection(server.url)]
  holder.write(head)
  await expect.poll(async () => (await fetch(`${server.url}/v1/subnets`)).status).toBe(503)
  refused.write(head)
  expect(await refused.received(/"requestId":"[^"]+"\}/)).toMatch(/^HTTP\/1\.1 503 /)
  holder.write('{"cidr":"10.0.0.0/24"}')
  expect(await holder.received(/\r\n\r\n\{/)).toMatch(/^HTTP\/1\.1 201 /)
  refused.write('{"cidr":"10.1.0.0/24"}')
  refused.write(`${head}{"cidr":"10.2.0.0/24"}`)
  expect(await refused.received(/HTTP\/1\.1 201 .*\r\n\r\n\{.*\}/s)).toContain('10.2.0.0/24')
  const { items } = await store.ipam.subnets.list()
  expect(items.map(({ cidr }) => cidr).sort()).toEqual(['10.0.0.0/24', '10.2.0.0/24'])
  for (const connection of [holder, refused]) connection.destroy()
})

test('the log is told how many were refused, not of each', async () => {
  const lines: string[] = []
  await start({ maxInFlight: 0 }, requestLog('info', { write: (line) => void lines.push(line) }))
  for (let count = 0; count < 20; count += 1) await fetch(`${server.url}/v1/subnets`)
  await server.stop()
  const told = lines.map((line) => JSON.parse(line) as { count?: number; status?: number })
  expect(told.reduce((sum, { count = 0 }) => sum + count, 0)).toBe(20)
  expect(told.filter(({ status }) => status === 503)).toEqual([])
})

test('an event loop that keeps lagging sheds load until it has caught up', async () => {
  // The clock and the moments at which the server looks at it are the test's: a busy machine lags by itself.
  vi.useFakeTimers({ toFake: ['setInterval', 'clearInterval'] })
  let now = 0
  const clock = vi.spyOn(performance, 'now').mockImplementation(() => now)
  try {
    await start({ maxEventLoopDelayMs: 50 })
    const lookedAt = (late: number) => {
      now += 250 + late
      vi.advanceTimersByTime(250)
    }
    const isBusy = async () => (await fetch(`${server.url}/v1/subnets`)).status === 503
    lookedAt(1000)
    expect(await isBusy()).toBe(false)
    lookedAt(60)
    expect(await isBusy()).toBe(true)
    lookedAt(40)
    expect(await isBusy()).toBe(false)
    lookedAt(1000)
    expect(await isBusy()).toBe(false)
    await server.stop()
  } finally {
    clock.mockRestore()
    vi.useRealTimers()
  }
})
