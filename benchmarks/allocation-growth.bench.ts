import { spreadOf, spreadText } from './measure/spread.ts'
import type { ResultRow } from './runner/benchmark.ts'
import { allocateAndRelease, allocationRequests } from './setup/allocation-requests.ts'
import { onEach } from './setup/bench-run.ts'
import { assertConsistent, type FilledSubnet, filledSubnet } from './setup/filled-subnet.ts'

export const title = 'any, next and bulk as the addresses held grow'

export async function run({ quick }: { quick: boolean }) {
  const sizes = quick ? [0, 100, 1000, 3000] : [0, 100, 100_000, 1_000_000]
  const repetitions = quick ? 3 : 80
  const rows: ResultRow[] = []
  const versions = await onEach(['sqlite', 'postgres'], async (database, ipam) => {
    const subnets: FilledSubnet[] = []
    for (const [index, size] of sizes.entries())
      subnets.push(
        await filledSubnet(ipam, database, `${index + 10}.0.0.0/8`, [{ from: 2, to: size + 1 }]),
      )
    for (const [operation, request] of Object.entries(allocationRequests)) {
      const times = subnets.map((): number[] => [])
      for (let repetition = -5; repetition < repetitions; repetition += 1)
        for (const [index, subnet] of subnets.entries()) {
          const time = await allocateAndRelease(ipam, subnet.id, request)
          if (repetition >= 0) times[index]?.push(time)
        }
      const base = spreadOf(times[sizes.indexOf(100)] as number[]).median
      for (const [index, size] of sizes.entries()) {
        const spread = spreadOf(times[index] as number[])
        rows.push({
          database: database.kind,
          operation,
          held: size,
          ms: spreadText(spread),
          'times 100 held': Number((spread.median / base).toFixed(2)),
        })
      }
    }
    await assertConsistent(ipam, subnets)
  })
  return {
    rows,
    versions,
    notes: [
      `subnets of length 8 in one database, the lowest addresses of each held; ${repetitions} repetitions, the sizes taking turns; median (least..greatest)`,
      'every operation is one durable transaction with its events; what it took is given back before the next',
    ],
  }
}
