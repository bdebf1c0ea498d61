import { milliseconds } from './measure/callers.ts'
import { percentile, spreadOf, spreadText } from './measure/spread.ts'
import type { ResultRow } from './runner/benchmark.ts'
import { onEach } from './setup/bench-run.ts'
import { assertConsistent, filledSubnet } from './setup/filled-subnet.ts'
import { rawWriter } from './setup/raw-writer.ts'

export const title = 'One caller, half full, against RAW'

export async function run({ quick }: { quick: boolean }) {
  const cidr = quick ? '10.0.0.0/22' : '10.0.0.0/16'
  const size = quick ? 1024 : 65536
  const repetitions = quick ? 10 : 400
  const rows: ResultRow[] = []
  const versions = await onEach(['sqlite', 'postgres', 'mariadb'], async (database, ipam) => {
    const subnet = await filledSubnet(ipam, database, cidr, [
      { from: 2, to: size - 2, where: 'n % 2 = 0' },
    ])
    const raw = await rawWriter(database, subnet.key, 1)
    const free = subnet.bytesAt(257)
    const times: Record<'raw' | 'any' | 'next' | 'release', number[]> = {
      raw: [],
      any: [],
      next: [],
      release: [],
    }
    for (let repetition = -10; repetition < repetitions; repetition += 1) {
      const keep = (name: keyof typeof times, time: number) => {
        if (repetition >= 0) times[name].push(time)
      }
      keep('raw', await milliseconds(() => raw.insert(free, 0)))
      await raw.remove(free, 0)
      for (const kind of ['any', 'next'] as const) {
        let address = ''
        const taking = await milliseconds(async () => {
          const [given] = await ipam.allocations.allocate(subnet.id, { kind })
          address = given?.address ?? ''
        })
        keep(kind, taking)
        keep('release', await milliseconds(() => ipam.allocations.release(subnet.id, address)))
      }
    }
    await raw.close()
    await assertConsistent(ipam, [subnet])
    const base = spreadOf(times.raw).median
    for (const [operation, values] of Object.entries(times))
      rows.push({
        database: database.kind,
        operation: operation === 'raw' ? 'RAW' : operation,
        ms: spreadText(spreadOf(values)),
        'p99 ms': percentile(values, 0.99),
        'times RAW': Number((spreadOf(values).median / base).toFixed(2)),
      })
  })
  return {
    rows,
    versions,
    notes: [
      `a ${cidr.replace(/^.*\//, '/')} of which every other address is held; ${repetitions} repetitions of each, taking turns; median (least..greatest)`,
      'every operation is one durable transaction with its event; RAW statement by statement, on a server four round trips',
    ],
  }
}
