import { join } from 'node:path'
import {
  canMakeNetworks,
  type GaleraCluster,
  hasGalera,
  startGalera,
  temporaryDirectory,
} from '@freehold/test-support'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { readHistories } from '../src/history-file.ts'
import { runTorture, type TortureOptions, type TortureReport } from '../src/index.ts'
import { FreeholdServer } from './faults/freehold-server.ts'
import { LoadWatch } from './faults/load-watch.ts'

const timeout = 300_000
const hasNetwork = canMakeNetworks()

describe.skipIf(!hasGalera())('Galera, written to on three nodes', { timeout }, () => {
  let cluster: GaleraCluster
  let urls: [string, string, string]

  beforeAll(async () => {
    cluster = await startGalera({
      durable: true,
      settings: ['--wsrep-sync-wait=1'],
      // A busy machine lets a node wait long enough to be taken for dead.
      suspectSeconds: 10,
      hasNetwork,
    })
    const [first, second, third] = cluster.nodes
    await first.query('CREATE DATABASE torture')
    urls = [
      first.databaseUrl('torture'),
      second.databaseUrl('torture'),
      third.databaseUrl('torture'),
    ]
  }, timeout)
  afterAll(() => cluster.stop())

  async function torture(options: Partial<TortureOptions>): Promise<NodesReport> {
    using directory = temporaryDirectory()
    const folder = join(directory.path, 'histories')
    const report = await runTorture({
      target: { kind: 'store', urls },
      processes: 3,
      seconds: 200,
      seed: 'galera',
      // The workers of a node that is down, or cut off, have no success until it is back.
      livenessWindowMs: 200_000,
      folder,
      ...options,
    })
    return { ...report, disturbed: disturbances(folder) }
  }

  /** Does something to the cluster under load, and ends the load when it goes on afterwards. */
  async function tortureDuring(fault: (load: LoadWatch) => Promise<void>): Promise<NodesReport> {
    const load = new LoadWatch()
    const end = new AbortController()
    const faulted = load
      .successes(100)
      .then(() => fault(load))
      .then(() => load.successes(100))
      .finally(() => end.abort())
    const running = torture({ onProgress: load.onProgress, signal: end.signal })
    const [report] = await Promise.all([running, faulted])
    return report
  }

  /** Every node has the same rows. */
  async function expectAgreement(): Promise<void> {
    const [first] = cluster.nodes
    const tables = await first.query('SHOW TABLES FROM torture')
    const names = tables.map((row) => `torture.${String(Object.values(row)[0])}`)
    const sums = await Promise.all(
      cluster.nodes.map((node) => node.query(`CHECKSUM TABLE ${names.join(', ')}`)),
    )
    expect(sums[1]).toEqual(sums[0])
    expect(sums[2]).toEqual(sums[0])
  }

  /** How many transactions nodes have ended or refused because another node was faster. */
  async function conflicts(): Promise<number> {
    let sum = 0
    for (const node of cluster.nodes)
      for (const name of ['wsrep_local_bf_aborts', 'wsrep_local_cert_failures'])
        sum += Number(await node.status(name))
    return sum
  }

  it('keeps its promises', async () => {
    const report = await torture({ calls: 1000, livenessWindowMs: 30_000 })
    expect(report.violations).toEqual([])
    expect(report.statistics.unknown).toBe(0)
    expect(report.disturbed).toEqual([])
    await expectAgreement()
  })

  it('keeps its promises over HTTP, and no caller hears of conflicts between nodes', async () => {
    await using first = await FreeholdServer.start(urls[0])
    await using second = await FreeholdServer.start(urls[1])
    await using third = await FreeholdServer.start(urls[2])
    const before = await conflicts()
    const report = await torture({
      target: { kind: 'server', urls: [first.url, second.url, third.url] },
      calls: 500,
      livenessWindowMs: 30_000,
    })
    expect(await conflicts()).toBeGreaterThan(before)
    expect(report.violations).toEqual([])
    expect(report.statistics.unknown).toBe(0)
    expect(report.disturbed).toEqual([])
    await expectAgreement()
  })

  it('keeps its promises when a node is killed and comes back', async () => {
    const [first, second, third] = cluster.nodes
    const report = await tortureDuring(async (load) => {
      await third.kill()
      await Promise.all([first.sees(2), second.sees(2)])
      await load.successes(50)
      await third.start()
      await first.sees(3)
    })
    expect(report.violations).toEqual([])
    expect(report.disturbed).toEqual(['worker 2: DATABASE_UNAVAILABLE'])
    await expectAgreement()
  })

  it('keeps its promises when a node is cut off, which then refuses everything', async () => {
    const [first, second, third] = cluster.nodes
    await using server = await FreeholdServer.start(urls[2])
    const report = await tortureDuring(async (load) => {
      await third.isolate(true)
      await Promise.all([third.isCutOff(), first.sees(2), second.sees(2)])
      await expectUnavailable(server)
      await load.successes(50)
      await expectUnavailable(server)
      await third.isolate(false)
      await Promise.all(cluster.nodes.map((node) => node.sees(3)))
      await expectAvailable(server)
    })
    expect(report.violations).toEqual([])
    expect(report.disturbed).toEqual(['worker 2: DATABASE_UNAVAILABLE'])
    await expectAgreement()
  })

  it.skipIf(!hasNetwork)(
    'keeps its promises when every packet of a node is lost, and answers meanwhile',
    async () => {
      const { nodes } = cluster
      const [first, second, third] = nodes
      await using server = await FreeholdServer.start(urls[2])
      const report = await tortureDuring(async (load) => {
        third.losePackets(true)
        try {
          // Nobody knows of it yet, so a change waits, and is answered while it lasts. A read may still be told what was so.
          const [changed, read] = await Promise.all([makeScope(server), listScopes(server)])
          expect(changed.status).toBe(503)
          expect([200, 503]).toContain(read.status)
          await Promise.all([third.isCutOff(), first.sees(2), second.sees(2)])
          await expectUnavailable(server)
          await load.successes(50)
          await expectUnavailable(server)
        } finally {
          third.losePackets(false)
        }
        await Promise.all(nodes.map((node) => node.sees(3)))
        await expectAvailable(server)
      })
      expect(report.violations).toEqual([])
      expect(report.disturbed).toEqual(['worker 2: DATABASE_UNAVAILABLE'])
      await expectAgreement()
    },
  )

  it('refuses everything without a majority, and goes on when there is one again', async () => {
    const [first, second, third] = cluster.nodes
    await using server = await FreeholdServer.start(urls[0])
    const report = await tortureDuring(async () => {
      await Promise.all([second.kill(), third.kill()])
      await first.isCutOff()
      await expectUnavailable(server)
      await Promise.all([second.start(), third.start()])
      await Promise.all(cluster.nodes.map((node) => node.sees(3)))
      await expectAvailable(server)
    })
    expect(report.violations).toEqual([])
    expect(report.disturbed).toContain('worker 0: DATABASE_UNAVAILABLE')
    await expectAgreement()
  })

  it('keeps its promises when all nodes end and the furthest begins again', async () => {
    const { nodes } = cluster
    const [first, second, third] = nodes
    let positions: number[] = []
    const report = await tortureDuring(async (load) => {
      await third.kill()
      await first.sees(2)
      await load.successes(50)
      await Promise.all([first.kill(), second.kill()])
      positions = nodes.map((node) => node.position())
      const furthest = nodes[positions.indexOf(Math.max(...positions))]
      await furthest?.resume()
      await Promise.all(nodes.filter((node) => node !== furthest).map((node) => node.start()))
      await Promise.all(nodes.map((node) => node.sees(3)))
    })
    expect(Math.min(...positions)).toBe(positions[2])
    expect(positions[2]).toBeLessThan(Math.max(...positions))
    expect(report.violations).toEqual([])
    expect(report.disturbed.length).toBeGreaterThan(0)
    await expectAgreement()
  })
})

interface NodesReport extends TortureReport {
  /** Which workers, each on the node of its number, were told of troubles in the cluster. */
  readonly disturbed: readonly string[]
}

function disturbances(folder: string): string[] {
  const records = readHistories(folder)
  const workerOf = new Map<string, number>()
  for (const record of records)
    if (record.event === 'invoke') workerOf.set(record.call, record.worker)
  const found = new Set<string>()
  for (const record of records) {
    if (record.event !== 'complete' || record.code === null) continue
    const worker = workerOf.get(record.call) ?? -1
    // The replay after the load is no worker's.
    if (worker >= 0 && ['CONTENTION', 'DATABASE_UNAVAILABLE'].includes(record.code))
      found.add(`worker ${worker}: ${record.code}`)
  }
  return [...found].sort()
}

async function expectUnavailable(server: FreeholdServer): Promise<void> {
  for (const call of [makeScope, listScopes]) {
    const response = await call(server)
    expect(response.status).toBe(503)
    expect(await response.json()).toMatchObject({ code: 'DATABASE_UNAVAILABLE' })
  }
}

async function expectAvailable(server: FreeholdServer): Promise<void> {
  expect((await makeScope(server)).status).toBe(201)
  expect((await listScopes(server)).status).toBe(200)
}

function makeScope({ url }: FreeholdServer): Promise<Response> {
  return fetch(`${url}/v1/address-scopes`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ ipVersion: 4 }),
  })
}

function listScopes({ url }: FreeholdServer): Promise<Response> {
  return fetch(`${url}/v1/address-scopes`)
}
