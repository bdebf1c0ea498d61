import { type Ipam, openIpam } from '@freehold/engine'
import { throughput } from './measure/callers.ts'
import { ratioOf, spreadOf, spreadText } from './measure/spread.ts'
import type { ResultRow } from './runner/benchmark.ts'
import {
  type BenchDatabase,
  type DatabaseKind,
  openDatabase,
  storeOf,
} from './setup/bench-database.ts'
import {
  assertConsistent,
  assertDifferent,
  type FilledSubnet,
  filledSubnet,
} from './setup/filled-subnet.ts'
import { type RawWriter, rawWriter } from './setup/raw-writer.ts'

export const title = '16 callers in one process, against RAW'

const callers = 16
const rounds = 5

interface Case {
  readonly name: string
  readonly cidr: string
  /** One of so many addresses is free (`step` 2: half) or, with `isFree` false, held. */
  readonly step: number
  readonly count: number
}

interface Samples {
  readonly raw: number[]
  readonly any: number[]
  readonly rawRemoved: number[]
  readonly released: number[]
}

export async function run({ quick }: { quick: boolean }) {
  const cases: Case[] = quick
    ? [
        { name: 'half full /22', cidr: '10.0.0.0/22', step: 2, count: 64 },
        { name: '99 % full /20', cidr: '10.64.0.0/20', step: 100, count: 16 },
      ]
    : [
        { name: 'half full /16', cidr: '10.0.0.0/16', step: 2, count: 4800 },
        { name: '99 % full /14', cidr: '10.64.0.0/14', step: 100, count: 1200 },
      ]
  const rows: ResultRow[] = []
  const versions: Record<string, string> = {}
  for (const kind of ['sqlite', 'postgres', 'mariadb'] as const) {
    const database = await openDatabase(kind)
    versions[kind] = database.version
    try {
      rows.push(...(await measure(database, cases, quick ? 1 : rounds)))
    } finally {
      await database.close()
    }
  }
  return {
    rows,
    versions,
    notes: [
      `per second, median (least..greatest) of ${quick ? 1 : rounds} rounds that take turns with RAW; ratios are of one round each`,
      `a round is ${cases.map(({ name, count }) => `${count} addresses ${name}`).join(', ')}; what a process knew of the file ends with the round of the other side`,
      'RAW: one allocation row and one event row in a durable transaction of their own, statement by statement (on a server four round trips), 16 callers with a connection each',
      'after every round the addresses are given back, so the fill stays; nothing given twice, check found nothing',
    ],
  }
}

async function measure(
  database: BenchDatabase,
  cases: readonly Case[],
  roundCount: number,
): Promise<ResultRow[]> {
  const ipam = await openIpam(await storeOf(database.url))
  const rows: ResultRow[] = []
  const subnets: FilledSubnet[] = []
  for (const { name, cidr, step, count } of cases) {
    const size = 2 ** (32 - Number(cidr.split('/')[1]))
    const subnet = await filledSubnet(ipam, database, cidr, [
      { from: 2, to: size - 2, where: `n % ${step} <> 1` },
    ])
    subnets.push(subnet)
    const raw = await rawWriter(database, subnet.key, callers)
    // Offsets that are free: 1 more than a multiple of the step.
    const free = Array.from({ length: count }, (_, index) => subnet.bytesAt(step * (index + 1) + 1))
    const samples = await takeTurns(ipam, subnet, raw, free, roundCount)
    await raw.close()
    rows.push(...rowsOf(database.kind, name, samples))
  }
  await assertConsistent(ipam, subnets)
  await ipam.close()
  return rows
}

async function takeTurns(
  ipam: Ipam,
  subnet: FilledSubnet,
  raw: RawWriter,
  free: readonly Uint8Array[],
  roundCount: number,
): Promise<Samples> {
  const samples: Samples = { raw: [], any: [], rawRemoved: [], released: [] }
  const count = free.length
  // One round more, whose figures are dropped: code and statements are compiled in it.
  for (let round = 0; round <= roundCount; round += 1) {
    const rawRate = await throughput(callers, count, (index, caller) =>
      raw.insert(free[index] as Uint8Array, caller),
    )
    const rawRemoveRate = await throughput(callers, count, (index, caller) =>
      raw.remove(free[index] as Uint8Array, caller),
    )
    const given: string[] = []
    const anyRate = await throughput(callers, count, async () => {
      for (const { address } of await ipam.allocations.allocate(subnet.id, { kind: 'any' }))
        given.push(address)
    })
    assertDifferent(given)
    const { allocated } = await ipam.utilization.ofSubnet(subnet.id)
    if (Number(allocated) !== subnet.held + count) throw new Error('an acknowledged one is missing')
    const releaseRate = await throughput(callers, count, (index) =>
      ipam.allocations.release(subnet.id, given[index] as string),
    )
    if (round === 0) continue
    samples.raw.push(rawRate)
    samples.rawRemoved.push(rawRemoveRate)
    samples.any.push(anyRate)
    samples.released.push(releaseRate)
  }
  return samples
}

function rowsOf(database: DatabaseKind, fill: string, samples: Samples): ResultRow[] {
  const row = (operation: string, ours: readonly number[], raw: readonly number[]): ResultRow => ({
    database,
    fill,
    operation,
    'RAW per s': spreadText(spreadOf(raw)),
    'Freehold per s': spreadText(spreadOf(ours)),
    'times RAW': spreadText(ratioOf(ours, raw)),
  })
  return [
    row('any', samples.any, samples.raw),
    row('release', samples.released, samples.rawRemoved),
  ]
}
