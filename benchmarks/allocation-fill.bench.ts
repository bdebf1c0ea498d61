import { type AddressRequestInput, openIpam } from '@freehold/engine'
import { milliseconds } from './measure/callers.ts'
import { spreadOf, spreadText } from './measure/spread.ts'
import type { ResultRow } from './runner/benchmark.ts'
import { allocateAndRelease, allocationRequests } from './setup/allocation-requests.ts'
import { type BenchDatabase, storeOf } from './setup/bench-database.ts'
import { onEach } from './setup/bench-run.ts'
import {
  assertConsistent,
  type Fill,
  type FilledSubnet,
  filledSubnet,
  fillFurther,
} from './setup/filled-subnet.ts'
import { type RawWriter, rawWriter } from './setup/raw-writer.ts'

export const title =
  'any, next and bulk as a /12 fills, down to its last address, without warm memory'

interface Stage {
  readonly name: string
  /** What is held beyond the stage before. */
  readonly fills: readonly Fill[]
  readonly operations: readonly string[]
}

// Every 2nd address; then all but every 100th; all but every 10,000th; all but one.
function stagesOf(last: number): Stage[] {
  const range = { from: 2, to: last }
  const operations = Object.keys(allocationRequests)
  return [
    { name: 'empty', fills: [], operations },
    { name: '50 %', fills: [{ ...range, where: 'n % 2 = 0' }], operations },
    { name: '99 %', fills: [{ ...range, where: 'n % 2 = 1 AND n % 100 <> 77' }], operations },
    {
      name: '99.99 %',
      fills: [{ ...range, where: 'n % 100 = 77 AND n % 10000 <> 777' }],
      operations,
    },
    {
      name: 'last address',
      fills: [{ ...range, where: 'n % 10000 = 777 AND n <> 777' }],
      operations: ['any', 'next'],
    },
  ]
}

export async function run({ quick }: { quick: boolean }) {
  const length = quick ? 18 : 12
  const repetitions = quick ? 1 : 20
  const rows: ResultRow[] = []
  const versions = await onEach(['sqlite', 'postgres'], async (database, ipam) => {
    const empty = await filledSubnet(ipam, database, `10.0.0.0/${length}`, [])
    // One address is free here: an operation on it opens the connections and prepares all statements.
    const small = await filledSubnet(ipam, database, '172.16.0.0/24', [{ from: 2, to: 253 }])
    let filling = await filledSubnet(ipam, database, `10.128.0.0/${length}`, [])
    const raw = await rawWriter(database, empty.key, 1)
    for (const { name, fills, operations } of stagesOf(2 ** (32 - length) - 2)) {
      filling = await fillFurther(ipam, database, filling, fills)
      for (const operation of operations) {
        const places = { raw, small, empty, filling }
        const row = await sidesOf(database, places, operation, repetitions)
        if (row !== undefined) rows.push({ database: database.kind, fill: name, ...row })
      }
    }
    await raw.close()
    await assertConsistent(ipam, [empty, small, filling])
  })
  return {
    rows,
    versions,
    notes: [
      `each time a new store on the same database, with open connections and no knowledge of the subnet; ${repetitions} repetitions of each, taking turns; median (least..greatest)`,
      'every operation is one durable transaction with its events; what it took is given back before the next',
      'of a /12 that is 99.99 % full 104 addresses are free: a bulk of 100 takes nearly all of them',
      'RAW is one row and its event, also beside a bulk of 100; "times empty" is the same operation on an empty subnet of the same size',
    ],
  }
}

interface Places {
  readonly raw: RawWriter
  readonly small: FilledSubnet
  readonly empty: FilledSubnet
  readonly filling: FilledSubnet
}

async function sidesOf(
  { url }: BenchDatabase,
  { raw, small, empty, filling }: Places,
  operation: string,
  repetitions: number,
): Promise<ResultRow | undefined> {
  const request = allocationRequests[operation] as AddressRequestInput
  const free = Number(filling.prefix.size) - 3 - filling.held
  if (request.kind === 'bulk' && free < request.count) return undefined
  const times: Record<'raw' | 'empty' | 'filled', number[]> = { raw: [], empty: [], filled: [] }
  for (let repetition = 0; repetition < repetitions; repetition += 1) {
    times.raw.push(await milliseconds(() => raw.insert(empty.bytesAt(777), 0)))
    await raw.remove(empty.bytesAt(777), 0)
    times.empty.push(await coldAllocation(url, small, empty, request))
    times.filled.push(await coldAllocation(url, small, filling, request))
  }
  const filled = spreadOf(times.filled)
  return {
    operation,
    'RAW ms': spreadText(spreadOf(times.raw)),
    'empty ms': spreadText(spreadOf(times.empty)),
    'filled ms': spreadText(filled),
    'times empty': Number((filled.median / spreadOf(times.empty).median).toFixed(2)),
  }
}

async function coldAllocation(
  url: string,
  warming: FilledSubnet,
  subnet: FilledSubnet,
  request: AddressRequestInput,
): Promise<number> {
  const cold = await openIpam(await storeOf(url), { migrate: false })
  const one = request.kind === 'bulk' ? { ...request, count: 1 } : request
  await allocateAndRelease(cold, warming.id, one)
  const time = await allocateAndRelease(cold, subnet.id, request)
  await cold.close()
  return time
}
