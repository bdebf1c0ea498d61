import type { Ipam } from '@freehold/engine'
import { milliseconds, throughput } from './measure/callers.ts'
import { spreadOf, spreadText } from './measure/spread.ts'
import type { ResultRow } from './runner/benchmark.ts'
import { onEach } from './setup/bench-run.ts'

export const title = 'A subnet from a pool that has many, against an empty pool'

export async function run({ quick }: { quick: boolean }) {
  const rows: ResultRow[] = []
  const repetitions = quick ? 3 : 100
  const versions = await onEach(['sqlite', 'postgres'], async ({ kind }, ipam) => {
    // A server takes a transaction of its own for each subnet, so filling one takes far longer than in SQLite.
    const subnets = quick ? 100 : kind === 'sqlite' ? 100_000 : 10_000
    const full = await pool(ipam, '10.0.0.0/8')
    const empty = await pool(ipam, '11.0.0.0/8')
    const perSecond = await throughput(32, subnets, async () => {
      await ipam.subnets.create({ subnetPoolId: full, prefixLength: 26 })
    })
    const times: Record<'full' | 'empty', number[]> = { full: [], empty: [] }
    for (let repetition = -3; repetition < repetitions; repetition += 1)
      for (const [name, id] of [
        ['empty', empty],
        ['full', full],
      ] as const) {
        const time = await createAndDelete(ipam, id)
        if (repetition >= 0) times[name].push(time)
      }
    const report = await ipam.check()
    if (!report.ok || report.checked.subnets !== subnets)
      throw new Error(`check found: ${JSON.stringify(report).slice(0, 500)}`)
    rows.push({
      database: kind,
      'subnets in the pool': subnets,
      'empty ms': spreadText(spreadOf(times.empty)),
      'with them ms': spreadText(spreadOf(times.full)),
      'times empty': Number(
        (spreadOf(times.full).median / spreadOf(times.empty).median).toFixed(2),
      ),
      'created per s, 32 callers': Math.round(perSecond),
    })
  })
  return {
    rows,
    versions,
    notes: [
      `a /26 from a /8; ${repetitions} repetitions of each pool, taking turns, each deleted again; median (least..greatest)`,
      'all subnets were made by the product; check found nothing',
    ],
  }
}

async function pool(ipam: Ipam, prefix: string): Promise<string> {
  return (await ipam.subnetPools.create({ prefixes: [prefix], defaultPrefixLength: 26 })).id
}

async function createAndDelete(ipam: Ipam, subnetPoolId: string): Promise<number> {
  let id = ''
  const time = await milliseconds(async () => {
    id = (await ipam.subnets.create({ subnetPoolId, prefixLength: 26 })).id
  })
  await ipam.subnets.delete(id)
  return time
}
