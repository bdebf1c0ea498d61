import { join } from 'node:path'
import {
  databaseSessions,
  startMariadb,
  startPostgres,
  type TestServer,
  temporaryDirectory,
  testMariadb,
  testPostgres,
} from '@freehold/test-support'
import pg from 'pg'
import { afterAll, afterEach, beforeAll, describe, expect, it, vi } from 'vitest'
import { runTorture, type TortureOptions } from '../src/index.ts'
import { cuttingProxy } from './faults/cutting-proxy.ts'
import { failpoints } from './faults/failpoint-engine.ts'
import { createMariadbDatabase } from './faults/mariadb-database.ts'
import { untilDead, untilDisturbed } from './faults/until-happened.ts'

const moduleUrl = (name: string) => new URL(`./faults/${name}.ts`, import.meta.url).href

async function torture(
  url: string,
  { engine, ...options }: Partial<TortureOptions> & { engine?: string } = {},
) {
  using directory = temporaryDirectory()
  return await runTorture({
    target: {
      kind: 'store',
      urls: [url],
      ...(engine === undefined ? {} : { engineModule: moduleUrl(engine) }),
    },
    processes: 3,
    seconds: 40,
    calls: 1200,
    seed: 'faults',
    livenessWindowMs: 20_000,
    folder: join(directory.path, 'histories'),
    ...options,
  })
}

// While a server is down nobody has a success, and a busy machine takes its time to start it.
const downMs = 60_000
const hasMariadb = (await testMariadb()) !== undefined

describe.each([
  { database: 'postgres', open: testPostgres, isThere: true },
  { database: 'mariadb', open: testMariadb, isThere: hasMariadb },
] as const)('$database under faults', { timeout: 300_000 }, ({ database, open, isThere }) => {
  let server: TestServer
  let url: string

  beforeAll(async () => {
    if (!isThere) return
    server = (await open()) as TestServer
    url = await server.createDatabase()
  })
  afterAll(async () => {
    if (isThere) await server.dropDatabase(url)
  })
  afterEach(async () => {
    vi.unstubAllEnvs()
    // Nobody is left who holds a lock.
    if (isThere)
      await expect.poll(() => databaseSessions(url)).toEqual({ all: 0, idleInTransaction: 0 })
  })

  it.runIf(isThere)('keeps its promises with several processes', async () => {
    const report = await torture(url, { calls: 2000 })
    expect(report.violations).toEqual([])
    expect(report.statistics.unknown).toBe(0)
  })

  it.runIf(isThere)('keeps its promises while clients are killed at random', async () => {
    const report = await torture(url, { kill: true, calls: 1500 })
    expect(report.violations).toEqual([])
    expect(report.kills).toBeGreaterThan(0)
  })

  it.runIf(isThere)('keeps its promises when connections are cut at COMMIT', async () => {
    const { hostname: host, port } = new URL(url)
    await using proxy = await cuttingProxy(database, { host, port: Number(port) }, 40)
    const through = new URL(url)
    through.port = String(proxy.port)
    vi.stubEnv('FREEHOLD_TEST_STORE', through.href)
    const report = await torture(url, { engine: 'proxied-engine' })
    expect(report.violations).toEqual([])
    expect(proxy.cuts.requestLost).toBeGreaterThan(0)
    expect(proxy.cuts.replyLost).toBeGreaterThan(0)
    expect(report.statistics.unknown).toBeGreaterThan(0)
  })

  it.runIf(isThere)('keeps its promises when a process stands still in a transaction', async () => {
    const report = await torture(url, { engine: 'stopping-engine' })
    expect(report.violations).toEqual([])
  })

  it.runIf(isThere)(
    'keeps its promises when it gives up on a process that stands still',
    async () => {
      const report = await torture(url, {
        engine: 'fenced-engine',
        calls: 1500,
        // Whoever waits for a stopped process is made to wait, and may be stopped next.
        livenessWindowMs: 60_000,
      })
      expect(report.violations).toEqual([])
      // What such a process has left to do when it goes on is past its deadline.
      expect(report.statistics.codes['OUTCOME_UNKNOWN'] ?? 0).toBeGreaterThan(0)
    },
  )

  it.runIf(isThere).each(failpoints)('keeps its promises when a writer dies %s', async (point) => {
    vi.stubEnv('FREEHOLD_TEST_FAILPOINT', point)
    const deaths = untilDead(3)
    const report = await torture(url, { engine: 'failpoint-engine', processes: 2, ...deaths })
    expect(report.violations).toEqual([])
    expect(report.kills).toBeGreaterThanOrEqual(3)
  })

  it.runIf(isThere)('keeps its promises when any statement may lose a race', async () => {
    const report = await torture(url, { engine: 'retrying-engine' })
    expect(report.violations).toEqual([])
    expect(report.statistics.codes['CONTENTION'] ?? 0).toBeLessThan(report.statistics.ok / 1000)
  })
})

describe('postgres, crashing', { timeout: 300_000 }, () => {
  it('keeps its promises when it is killed and recovers, again and again', async () => {
    // A server of its own: when one of its processes is killed, it drops all others and recovers.
    const server = await startPostgres({ durable: true })
    try {
      const crashes = untilDisturbed(3, () => crash(server.url))
      const report = await torture(server.url, { ...crashes.load, livenessWindowMs: downMs })
      await crashes.ended()
      expect(report.violations).toEqual([])
    } finally {
      await server.stop()
    }
  })
})

describe.each([
  { database: 'postgres', start: startPostgres, isThere: true },
  { database: 'mariadb', start: startMariadb, isThere: hasMariadb },
])('$database, restarted', { timeout: 300_000 }, ({ database, start, isThere }) => {
  it.runIf(isThere)(
    'keeps its promises when the whole server ends without warning and comes back',
    async () => {
      const server = await start({ durable: true })
      const url = database === 'mariadb' ? `${server.url}torture` : server.url
      if (database === 'mariadb') await createMariadbDatabase(server.url, 'torture')
      try {
        const crashes = untilDisturbed(3, async () => {
          await server.crash()
          return true
        })
        const report = await torture(url, { ...crashes.load, livenessWindowMs: downMs })
        await crashes.ended()
        expect(report.violations).toEqual([])
        await expect.poll(() => databaseSessions(url)).toEqual({ all: 0, idleInTransaction: 0 })
      } finally {
        await server.stop()
      }
    },
  )
})

/** Kills one of the server's processes; says whether there was one. */
async function crash(url: string): Promise<boolean> {
  const client = new pg.Client({ connectionString: url })
  client.on('error', () => {})
  try {
    await client.connect()
    const { rows } = await client.query<{ pid: number }>(
      "SELECT pid FROM pg_stat_activity WHERE backend_type = 'client backend' AND pid <> pg_backend_pid() AND state <> 'idle' LIMIT 1",
    )
    const pid = rows[0]?.pid
    if (pid !== undefined) process.kill(pid, 'SIGKILL')
    return pid !== undefined
  } catch {
    return false
  } finally {
    await client.end().catch(() => {})
  }
}
