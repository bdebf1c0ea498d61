import { readFileSync } from 'node:fs'
import { connect } from 'node:net'
import { afterEach, describe, expect, test } from 'vitest'
import { type RunningServer, requestLog, startServer } from '../src/index.ts'
import { type OpenStore, openStore, patient } from './app-fixture.ts'
import { rawConnection } from './raw-connection.ts'

const log = requestLog('silent')
let store: OpenStore
let server: RunningServer | undefined

afterEach(async () => {
  await server?.stop()
  server = undefined
  await store.close()
})

describe('listening', () => {
  test.each(['0.0.0.0', '::', '192.0.2.1'])(
    'without authentication %s is refused',
    async (host) => {
      store = await openStore()
      const started = startServer({ ipam: store.ipam, listen: { host, port: 0 }, log, ...patient })
      await expect(started).rejects.toThrow('loopback addresses only')
    },
  )

  test.each(['127.0.0.1', 'localhost', '::1'])('on %s it serves', async (host) => {
    store = await openStore()
    server = await startServer({ ipam: store.ipam, listen: { host, port: 0 }, log, ...patient })
    expect(server.url).toMatch(/^http:\/\/(127\.0\.0\.1|\[::1\]):[1-9]\d*$/)
    expect((await fetch(`${server.url}/readyz`)).status).toBe(200)
  })

  // Only Linux says how many wait.
  test.runIf(process.platform === 'linux')(
    'connections that come at once all wait to be accepted, and none is sent away',
    async () => {
      store = await openStore()
      server = await startServer({
        ipam: store.ipam,
        listen: { host: '127.0.0.1', port: 0 },
        log,
        ...patient,
      })
      const port = Number(new URL(server.url).port)
      const sockets = Array.from({ length: 800 }, () => connect(port, '127.0.0.1'))
      // A connection is begun in the next tick, and accepted in a turn of the event loop: none begins before all are ready,
      // which a busy kernel may bring about a moment later.
      await new Promise<void>((resolve) => process.nextTick(resolve))
      const giveUpAt = performance.now() + 10_000
      while (waitingAt(port) < sockets.length && performance.now() < giveUpAt);
      expect(waitingAt(port)).toBe(sockets.length)
      for (const socket of sockets) socket.destroy()
    },
  )

  test('without authentication another Host is refused, whoever resolves to loopback', async () => {
    store = await openStore()
    server = await startServer({
      ipam: store.ipam,
      listen: { host: '127.0.0.1', port: 0 },
      log,
      ...patient,
    })
    const connection = await rawConnection(server.url)
    connection.write('GET /v1/subnets HTTP/1.1\r\nHost: evil.example\r\nConnection: close\r\n\r\n')
    const text = await connection.closed()
    expect(text).toMatch(/^HTTP\/1\.1 421 /)
    expect(text).toContain('HOST_NOT_ALLOWED')
  })

  test('without authentication a page of another site is refused, whatever it sends', async () => {
    store = await openStore()
    server = await startServer({
      ipam: store.ipam,
      listen: { host: '127.0.0.1', port: 0 },
      log,
      ...patient,
    })
    // A browser asks nobody before it sends a POST without a body, and there is no type to refuse.
    const statusFrom = async (origin: string) => {
      const connection = await rawConnection(server?.url ?? '')
      connection.write(
        `POST /v1/check HTTP/1.1\r\nHost: localhost\r\nOrigin: ${origin}\r\n` +
          'Content-Length: 0\r\nConnection: close\r\n\r\n',
      )
      return (await connection.closed()).slice(9, 12)
    }
    for (const origin of ['https://evil.example', 'http://127.0.0.1.evil.example', 'null'])
      expect(await statusFrom(origin), origin).toBe('403')
    for (const origin of ['http://localhost:3000', 'http://[::1]:8080', server.url])
      expect(await statusFrom(origin), origin).toBe('200')
  })

  test('connections beyond the bound are dropped', async () => {
    store = await openStore()
    server = await startServer({
      ipam: store.ipam,
      listen: { host: '127.0.0.1', port: 0 },
      log,
      ...patient,
      maxConnections: 1,
    })
    const first = await rawConnection(server.url)
    const second = await rawConnection(server.url)
    expect(await second.closed()).toBe('')
    first.write('GET /healthz HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n')
    expect(await first.closed()).toMatch(/^HTTP\/1\.1 200 /)
  })

  test('leases that are over end by themselves', async () => {
    let now = Date.now()
    store = await openStore({ clock: () => now })
    server = await startServer({
      ipam: store.ipam,
      listen: { host: '127.0.0.1', port: 0 },
      log,
      ...patient,
      reapIntervalMs: 10,
    })
    const subnet = await store.ipam.subnets.create({ cidr: '10.0.0.0/24' })
    await store.ipam.allocations.allocate(subnet.id, { kind: 'any' }, { ttlSeconds: 60 })
    const allocated = async () => (await store.ipam.utilization.ofSubnet(subnet.id)).allocated
    expect(await allocated()).toBe(1n)
    now += 61_000
    await expect.poll(allocated).toBe(0n)
  })
})

/** How many connections to a port of 127.0.0.1 the kernel has ready to be accepted. */
function waitingAt(port: number): number {
  const address = `0100007F:${port.toString(16).toUpperCase().padStart(4, '0')}`
  const listens = '0A'
  for (const line of readFileSync('/proc/net/tcp', 'utf8').split('\n')) {
    const [, local, , state, queues] = line.trim().split(/\s+/)
    if (local === address && state === listens)
      return Number.parseInt(queues?.split(':')[1] ?? '', 16)
  }
  throw new Error(`nothing listens on ${port}`)
}
