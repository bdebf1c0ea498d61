import { type Ipam, openIpam } from '@freehold/engine'
import { milliseconds } from './measure/callers.ts'
import { spreadOf, spreadText } from './measure/spread.ts'
import type { ResultRow } from './runner/benchmark.ts'
import { storeOf } from './setup/bench-database.ts'
import { onEach } from './setup/bench-run.ts'
import {
  assertConsistent,
  type Fill,
  type FilledSubnet,
  filledSubnet,
  fillFurther,
} from './setup/filled-subnet.ts'
import { rawWriter } from './setup/raw-writer.ts'

export const title = 'any as a /12 fills, down to its last address, without warm memory'

interface Stage {
  readonly name: string
  /** What is held beyond the stage before. */
  readonly fills: readonly Fill[]
}

// Every 2nd address; then all but every 100th; all but every 10,000th; all but one.
function stagesOf(last: number): Stage[] {
  const range = { from: 2, to: last }
  return [
    { name: 'empty', fills: [] },
    { name: '50 %', fills: [{ ...range, where: 'n % 2 = 0' }] },
    { name: '99 %', fills: [{ ...range, where: 'n % 2 = 1 AND n % 100 <> 77' }] },
    { name: '99.99 %', fills: [{ ...range, where: 'n % 100 = 77 AND n % 10000 <> 777' }] },
    { name: 'last address', fills: [{ ...range, where: 'n % 10000 = 777 AND n <> 777' }] },
  ]
}

export async function run({ quick }: { quick: boolean }) {
  const length = quick ? 18 : 12
  const repetitions = quick ? 2 : 25
  const rows: ResultRow[] = []
  const versions = await onEach(['sqlite', 'postgres'], async (database, ipam) => {
    const empty = await filledSubnet(ipam, database, `10.0.0.0/${length}`, [])
    // One address is free here: an operation on it opens the connections and prepares all statements.
    const small = await filledSubnet(ipam, database, '172.16.0.0/24', [{ from: 2, to: 253 }])
    let filling = await filledSubnet(ipam, database, `10.128.0.0/${length}`, [])
    const raw = await rawWriter(database, empty.key, 1)
    for (const { name, fills } of stagesOf(2 ** (32 - length) - 2)) {
      filling = await fillFurther(ipam, database, filling, fills)
      const times: Record<'raw' | 'empty' | 'filled', number[]> = { raw: [], empty: [], filled: [] }
      for (let repetition = 0; repetition < repetitions; repetition += 1) {
        times.raw.push(await milliseconds(() => raw.insert(empty.bytesAt(777), 0)))
        await raw.remove(empty.bytesAt(777), 0)
        times.empty.push(await coldAllocation(database.url, small, empty))
        times.filled.push(await coldAllocation(database.url, small, filling))
      }
      rows.push({
        database: database.kind,
        fill: name,
        'RAW ms': spreadText(spreadOf(times.raw)),
        'empty ms': spreadText(spreadOf(times.empty)),
        'filled ms': spreadText(spreadOf(times.filled)),
        'times empty': Number(
          (spreadOf(times.filled).median / spreadOf(times.empty).median).toFixed(2),
        ),
      })
    }
    await raw.close()
    await assertConsistent(ipam, [empty, small, filling])
  })
  return {
    rows,
    versions,
    notes: [
      `each time a new store on the same database, with open connections and no knowledge of the subnet; ${repetitions} repetitions of each, taking turns; median (least..greatest)`,
      'every operation is one durable transaction with its event; the address is given back before the next',
    ],
  }
}

async function coldAllocation(
  url: string,
  warming: FilledSubnet,
  subnet: FilledSubnet,
): Promise<number> {
  const cold = await openIpam(storeOf(url), { migrate: false })
  await allocateAndRelease(cold, warming.id)
  const time = await allocateAndRelease(cold, subnet.id)
  await cold.close()
  return time
}

async function allocateAndRelease(ipam: Ipam, subnetId: string): Promise<number> {
  let address = ''
  const time = await milliseconds(async () => {
    const [given] = await ipam.allocations.allocate(subnetId, { kind: 'any' })
    address = given?.address ?? ''
  })
  await ipam.allocations.release(subnetId, address)
  return time
}
