import { join } from 'node:path'
import {
  databaseSessions,
  type LinkState,
  startTcpProxy,
  type TcpProxy,
  type TestServer,
  temporaryDirectory,
  testMariadb,
  testPostgres,
} from '@freehold/test-support'
import { afterAll, afterEach, beforeAll, describe, expect, it, vi } from 'vitest'
import { runTorture } from '../src/index.ts'
import { FreeholdServer } from './faults/freehold-server.ts'

/** What the network does from which second of the load on. */
type Weather = readonly (readonly [second: number, state: LinkState])[]

function changing(proxies: readonly TcpProxy[], weather: Weather) {
  return ({ seconds }: { seconds: number }): void => {
    const [, state] = weather.findLast(([second]) => seconds >= second) ?? [0, 'open']
    for (const proxy of proxies) proxy.setLink(state)
  }
}

const hasMariadb = (await testMariadb()) !== undefined

describe.each([
  { database: 'PostgreSQL', open: testPostgres, isThere: true },
  { database: 'MariaDB', open: testMariadb, isThere: hasMariadb },
] as const)('a network between Freehold and $database', { timeout: 300_000 }, (each) => {
  let server: TestServer
  let url: string

  beforeAll(async () => {
    if (!each.isThere) return
    server = (await each.open()) as TestServer
    url = await server.createDatabase()
  })
  afterAll(async () => {
    if (each.isThere) await server.dropDatabase(url)
  })
  afterEach(() => vi.unstubAllEnvs())

  it.runIf(each.isThere)(
    'that swallows, then refuses, then is slow, breaks no promise',
    async () => {
      using directory = temporaryDirectory()
      const { hostname, port } = new URL(url)
      await using proxy = await startTcpProxy(hostname, Number(port))
      const through = new URL(url)
      through.port = String(proxy.port)
      vi.stubEnv('FREEHOLD_TEST_STORE', through.href)
      // With two seconds more until the connection is cut, shorter than the network swallows.
      vi.stubEnv('FREEHOLD_TEST_DEADLINE_MS', '1000')
      const report = await runTorture({
        target: {
          kind: 'store',
          urls: [url],
          engineModule: new URL('./faults/proxied-engine.ts', import.meta.url).href,
        },
        processes: 3,
        seconds: 18,
        seed: 'partition',
        livenessWindowMs: 20_000,
        folder: join(directory.path, 'histories'),
        onProgress: changing(
          [proxy],
          [
            [2, 'swallowing'],
            [7, 'open'],
            [9, 'refusing'],
            [11, 'open'],
            [13, { delayMs: 100 }],
            [16, 'open'],
          ],
        ),
      })
      expect(report.violations).toEqual([])
      expect(report.statistics.ok).toBeGreaterThan(100)
      expect(report.statistics.codes['DATABASE_UNAVAILABLE'] ?? 0).toBeGreaterThan(0)
      await expect.poll(() => databaseSessions(url)).toEqual({ all: 0, idleInTransaction: 0 })
    },
  )
})

describe('a network between clients and two servers', { timeout: 300_000 }, () => {
  it('that swallows, then refuses, then is slow, breaks no promise', async () => {
    using directory = temporaryDirectory()
    const store = `sqlite:${join(directory.path, 'torture.sqlite')}`
    await using first = await FreeholdServer.start(store)
    await using second = await FreeholdServer.start(store)
    await using firstProxy = await startTcpProxy('127.0.0.1', Number(new URL(first.url).port))
    await using secondProxy = await startTcpProxy('127.0.0.1', Number(new URL(second.url).port))
    const proxies = [firstProxy, secondProxy]
    const report = await runTorture({
      target: { kind: 'server', urls: proxies.map(({ port }) => `http://127.0.0.1:${port}`) },
      processes: 2,
      seconds: 14,
      seed: 'partition',
      livenessWindowMs: 20_000,
      folder: join(directory.path, 'histories'),
      onProgress: changing(proxies, [
        [1, 'swallowing'],
        [5, 'open'],
        [7, 'refusing'],
        [9, 'open'],
        [10, { delayMs: 100 }],
        [13, 'open'],
      ]),
    })
    expect(report.violations).toEqual([])
    expect(report.statistics.ok).toBeGreaterThan(100)
    expect(report.statistics.codes['ECONNRESET'] ?? 0).toBeGreaterThan(0)
  })
})
