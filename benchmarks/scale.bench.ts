import { statSync } from 'node:fs'
import { type Ipam, openIpam } from '@freehold/engine'
import { milliseconds } from './measure/callers.ts'
import { spreadOf, spreadText } from './measure/spread.ts'
import type { ResultRow } from './runner/benchmark.ts'
import { type BenchDatabase, openDatabase, storeOf } from './setup/bench-database.ts'
import { assertConsistent, filledSubnet } from './setup/filled-subnet.ts'
import { manySubnets } from './setup/many-subnets.ts'

export const title =
  'Large databases: how they load, how big they are, and what one operation costs'

interface Place {
  readonly poolId: string
  readonly subnetId: string
}

export async function run({ quick }: { quick: boolean }) {
  const repetitions = quick ? 2 : 30
  const small = await onSqlite(async (ipam, database) => {
    const { poolId, subnetIds } = await manySubnets(ipam, database, 1, 200, () => undefined)
    return operations(ipam, { poolId, subnetId: subnetIds[0] as string }, repetitions)
  })
  const rows: ResultRow[] = [{ database: '1 subnet, 200 allocations', ...small }]
  const subnets = quick ? 600 : 50_000
  rows.push(
    await onSqlite(async (ipam, database) => {
      const start = performance.now()
      const loaded = await manySubnets(ipam, database, subnets, 200, (text) =>
        console.error(`  ${text}`),
      )
      const loadSeconds = (performance.now() - start) / 1000
      const place = {
        poolId: loaded.poolId,
        subnetId: loaded.subnetIds[subnets >> 1] as string,
      }
      const costs = await operations(ipam, place, repetitions)
      const checking = await milliseconds(() => assertConsistent(ipam, []))
      return {
        database: `${count(subnets)} subnets in one pool, ${count(loaded.allocations)} allocations`,
        ...costs,
        'load s': round(loadSeconds),
        'subnets per s': round(loaded.subnetsPerSecond),
        'bulk addresses per s': round(loaded.bulkPerSecond),
        'bytes per allocation': round(bytesOf(database) / loaded.allocations),
        'check s': round(checking / 1000),
      }
    }),
  )
  const million = quick ? 2000 : 1_000_000
  // A prime, so that the offsets fall into all parts of the pages' doublings.
  const scattered = { from: 2, to: million + 1, stride: 4_294_967_291 }
  for (const [name, cidr, fill] of [
    ['one /8', '10.0.0.0/8', { from: 2, to: million + 1 }],
    ['one /64, scattered', '2001:db8::/64', scattered],
  ] as const)
    rows.push(
      await onSqlite(async (ipam, database) => {
        const start = performance.now()
        const subnet = await filledSubnet(ipam, database, cidr, [fill])
        const loadSeconds = (performance.now() - start) / 1000
        const pool = await ipam.subnetPools.create({ prefixes: ['192.168.0.0/16'] })
        const place = { poolId: pool.id, subnetId: subnet.id }
        const costs = await operations(ipam, place, repetitions)
        const checking = await milliseconds(() => assertConsistent(ipam, [subnet]))
        return {
          database: `${name}, ${count(million)} allocations`,
          ...costs,
          'load s': round(loadSeconds),
          'bytes per allocation': round(bytesOf(database) / million),
          'check s': round(checking / 1000),
        }
      }),
    )
  return {
    rows,
    notes: [
      `SQLite; milliseconds, median (least..greatest) of ${repetitions}, or of as many as fit into 5 seconds; lists are pages of 100; check found nothing in any of them`,
      'bytes count everything: rows, their event, indexes, pages, subnets',
      'of the many subnets all, and the addresses of the first 500, were loaded through the product; the other rows were written past it',
    ],
  }
}

async function onSqlite<T>(work: (ipam: Ipam, database: BenchDatabase) => Promise<T>): Promise<T> {
  const database = await openDatabase('sqlite')
  const ipam = await openIpam(storeOf(database.url), { deadlineMs: 300_000 })
  try {
    return await work(ipam, database)
  } finally {
    await ipam.close()
    await database.close()
  }
}

async function operations(
  ipam: Ipam,
  { poolId, subnetId }: Place,
  repetitions: number,
): Promise<ResultRow> {
  let address = ''
  const works: Record<string, () => Promise<unknown>> = {
    any: async () => {
      address = (await ipam.allocations.allocate(subnetId, { kind: 'any' }))[0]?.address ?? ''
    },
    show: () => ipam.allocations.get(subnetId, address),
    'who has it': () => ipam.addresses.lookup(address),
    release: () => ipam.allocations.release(subnetId, address),
    'list subnets': () => ipam.subnets.list({}, { limit: 100 }),
    'list addresses': () => ipam.allocations.list(subnetId, {}, { limit: 100 }),
    'use of the subnet': () => ipam.utilization.ofSubnet(subnetId),
    'use of the pool': () => ipam.utilization.ofSubnetPool(poolId),
    'use of all': () => ipam.utilization.total(),
  }
  const times = new Map<string, number[]>()
  for (let repetition = -1; repetition < repetitions; repetition += 1)
    for (const [name, work] of Object.entries(works)) {
      const before = times.get(name) ?? []
      // What takes long is known well enough after a few.
      if (before.reduce((sum, time) => sum + time, 0) > 5000) continue
      const time = await milliseconds(work)
      if (repetition >= 0) times.set(name, [...before, time])
    }
  return Object.fromEntries(
    [...times].map(([name, values]) => [name, spreadText(spreadOf(values))]),
  )
}

function bytesOf({ url }: BenchDatabase): number {
  const path = url.replace(/^sqlite:/, '')
  return statSync(path).size + statSync(`${path}-wal`).size
}

function round(value: number): number {
  return Number(value.toPrecision(3))
}

function count(value: number): string {
  return value.toLocaleString('en-US')
}
