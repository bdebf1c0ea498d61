import { statSync } from 'node:fs'
import { type Ipam, openIpam } from '@freehold/engine'
import { milliseconds } from './measure/callers.ts'
import { spreadOf, spreadText } from './measure/spread.ts'
import type { ResultRow } from './runner/benchmark.ts'
import { ProgressLine } from './runner/progress-line.ts'
import { type BenchDatabase, openDatabase, storeOf } from './setup/bench-database.ts'
import { loadedSubnets } from './setup/bulk-load.ts'
import { assertConsistent } from './setup/filled-subnet.ts'
import { manySubnets, subnetsOfPool } from './setup/many-subnets.ts'

export const title =
  'Large databases: how they load, how big they are, and what one operation costs'

interface Loaded {
  readonly poolId: string
  /** Subnets of which operations are timed, one after another. */
  readonly subnetIds: readonly string[]
  readonly subnets: number
  readonly allocations: number
  readonly subnetsPerSecond?: number
  readonly addressesPerSecond?: number
}

/** What is loaded, all of it through the product. */
function databases(quick: boolean): Record<string, (ipam: Ipam) => Promise<Loaded>> {
  const progress = new ProgressLine()
  const filled = (cidr: string, held: number) => async (ipam: Ipam) => {
    const { id } = await ipam.subnets.create({ cidr })
    const addressesPerSecond = await loadedSubnets(ipam, [id], held, 1000, progress)
    const pool = await ipam.subnetPools.create({ prefixes: ['192.168.0.0/16'] })
    return { poolId: pool.id, subnetIds: [id], subnets: 1, allocations: held, addressesPerSecond }
  }
  const many = (subnets: number) => async (ipam: Ipam) => ({
    ...(await manySubnets(ipam, subnets, 200, progress)),
    subnets,
  })
  const onlySubnets = (subnets: number) => async (ipam: Ipam) => {
    const { poolId, subnetIds, perSecond } = await subnetsOfPool(ipam, subnets, 26, progress)
    return { poolId, subnetIds, subnets, allocations: 0, subnetsPerSecond: perSecond }
  }
  return {
    'one /24, 200 allocations': many(1),
    [`${count(quick ? 600 : 50_000)} subnets of one pool, 200 allocations each`]: many(
      quick ? 600 : 50_000,
    ),
    [`${count(quick ? 1000 : 100_000)} subnets of one pool, none held`]: onlySubnets(
      quick ? 1000 : 100_000,
    ),
    [`one /8, ${count(quick ? 2000 : 1_000_000)} allocations`]: filled(
      '10.0.0.0/8',
      quick ? 2000 : 1_000_000,
    ),
    [`one /64, ${count(quick ? 2000 : 1_000_000)} allocations`]: filled(
      '2001:db8::/64',
      quick ? 2000 : 1_000_000,
    ),
  }
}

export async function run({ quick }: { quick: boolean }) {
  const repetitions = quick ? 2 : 30
  const rows: ResultRow[] = []
  for (const [name, load] of Object.entries(databases(quick)))
    rows.push({ database: name, ...(await measured(load, repetitions)) })
  return {
    rows,
    notes: [
      `SQLite; milliseconds, median (least..greatest) of ${repetitions}, or of as many as fit into 5 seconds; lists are pages of 100`,
      'everything was loaded through the product: subnets by 64 callers, addresses (random in their subnet) in bulk requests by 16; check found nothing, and as much was stored as acknowledged',
      'operations of one subnet go from one subnet to the next where there are many; "again" is the same subnet a second time, when what it needs is in memory',
      'bytes count everything: rows, their event, indexes, pages, subnets',
      'memory is that of the process after loading and timing, before check',
    ],
  }
}

async function measured(
  load: (ipam: Ipam) => Promise<Loaded>,
  repetitions: number,
): Promise<ResultRow> {
  const database = await openDatabase('sqlite')
  const ipam = await openIpam(await storeOf(database.url), { deadlineMs: 300_000 })
  try {
    const start = performance.now()
    const loaded = await load(ipam)
    const loadSeconds = (performance.now() - start) / 1000
    const costs = await operations(ipam, loaded, repetitions)
    const memory = process.memoryUsage.rss() / 2 ** 20
    const checking = await milliseconds(() => assertLoaded(ipam, loaded))
    return {
      ...costs,
      'load s': round(loadSeconds),
      'subnets per s': rate(loaded.subnetsPerSecond),
      'bulk addresses per s': rate(loaded.addressesPerSecond),
      'bytes per allocation':
        loaded.allocations === 0 ? '' : round(bytesOf(database) / loaded.allocations),
      'memory MiB': Math.round(memory),
      'check s': round(checking / 1000),
    }
  } finally {
    await ipam.close()
    await database.close()
  }
}

async function assertLoaded(ipam: Ipam, { subnets, allocations }: Loaded): Promise<void> {
  const total = await ipam.utilization.total()
  if (total.subnets !== subnets || total.allocated !== BigInt(allocations))
    throw new Error(
      `${total.subnets} subnets and ${total.allocated} allocations are stored, ${subnets} and ${allocations} were acknowledged`,
    )
  await assertConsistent(ipam, [])
}

async function operations(
  ipam: Ipam,
  { poolId, subnetIds, subnets }: Loaded,
  repetitions: number,
): Promise<ResultRow> {
  let subnetId = ''
  let address = ''
  const any = async () => {
    address = (await ipam.allocations.allocate(subnetId, { kind: 'any' }))[0]?.address ?? ''
  }
  const release = () => ipam.allocations.release(subnetId, address)
  const works: Record<string, () => Promise<unknown>> = {
    any,
    show: () => ipam.allocations.get(subnetId, address),
    'who has it': () => ipam.addresses.lookup(address),
    history: () => ipam.addresses.history(address),
    release,
    'any again': any,
    'release again': release,
    'list subnets': () => ipam.subnets.list({}, { limit: 100 }),
    'list addresses': () => ipam.allocations.list(subnetId, {}, { limit: 100 }),
    'use of the subnet': () => ipam.utilization.ofSubnet(subnetId),
    'use of the pool': () => ipam.utilization.ofSubnetPool(poolId),
    'use of all': () => ipam.utilization.total(),
  }
  const times = new Map<string, number[]>()
  for (let repetition = -1; repetition < repetitions; repetition += 1) {
    // Spread over all of them.
    const at = Math.floor((subnets / (repetitions + 1)) * (repetition + 1))
    subnetId = subnetIds[at] as string
    for (const [name, work] of Object.entries(works)) {
      const before = times.get(name) ?? []
      // What takes long is known well enough after a few.
      if (before.reduce((sum, time) => sum + time, 0) > 5000) continue
      const time = await milliseconds(work)
      if (repetition >= 0) times.set(name, [...before, time])
    }
  }
  return Object.fromEntries(
    [...times].map(([name, values]) => [name, spreadText(spreadOf(values))]),
  )
}

function bytesOf({ url }: BenchDatabase): number {
  const path = url.replace(/^sqlite:/, '')
  return statSync(path).size + statSync(`${path}-wal`).size
}

function rate(perSecond: number | undefined): string | number {
  return perSecond === undefined ? '' : round(perSecond)
}

function round(value: number): number {
  return Number(value.toPrecision(3))
}

function count(value: number): string {
  return value.toLocaleString('en-US')
}
