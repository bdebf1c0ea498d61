import { type Ipam, openIpam } from '@freehold/engine'
import { type GaleraCluster, startGalera } from '@freehold/test-support'
import { spreadOf, spreadText } from './measure/spread.ts'
import type { ResultRow } from './runner/benchmark.ts'
import { storeOf } from './setup/bench-database.ts'

export const title = 'One, two and three writing nodes of a Galera cluster'

const callersOfNode = 8

const works = [
  { what: 'any in one /24', length: 24, subnets: 1 },
  { what: 'any in one /16', length: 16, subnets: 1 },
  { what: 'any over 200 /24s', length: 24, subnets: 200 },
] as const

// With a wait for the other nodes' writes at each BEGIN, a node never answers with what was true a moment ago.
const setUps = [
  { writers: 1, syncWait: 0 },
  { writers: 1, syncWait: 1 },
  { writers: 2, syncWait: 1 },
  { writers: 3, syncWait: 1 },
] as const

export async function run({ quick }: { quick: boolean }) {
  const rounds = quick ? 1 : 7
  const seconds = quick ? 0.3 : 2
  const cluster = await startGalera({ durable: true })
  const [first] = cluster.nodes
  try {
    const [version] = await first.query('SELECT version() AS version')
    await first.query('CREATE DATABASE bench')
    const sides = await openSides(cluster)
    const rows: ResultRow[] = []
    for (const { what, length, subnets } of works) {
      const ids = await makeSubnets(sides, length, quick ? 1 : subnets)
      const turns: Turn[][] = sides.map(() => [])
      for (let round = 0; round <= rounds; round += 1)
        for (const [index, side] of sides.entries()) {
          const turn = await measure(side, ids, seconds)
          if (round > 0 || quick) turns[index]?.push(turn)
        }
      for (const [index, side] of sides.entries())
        rows.push({ work: what, ...side.setUp, ...resultOf(turns[index] ?? []) })
    }
    const report = await sides[0]?.ipams[0]?.check()
    if (report?.ok !== true) throw new Error(JSON.stringify(report?.problems))
    for (const { ipams } of sides) for (const ipam of ipams) await ipam.close()
    return {
      rows,
      versions: { mariadb: String(version?.['version']) },
      notes: [
        `three nodes on this machine, flushed at each commit; ${callersOfNode} callers on each writing node, each allocates any and releases it again; ${rounds} rounds of ${seconds} s in which the set-ups take turns; median (least..greatest)`,
        'run again: transactions that were undone, because another node was faster, for each one that was committed',
        'sync wait: wsrep_sync_wait of all connections; 1 makes each transaction begin behind what other nodes have written',
        'the three nodes share the cores of one machine: compare the shape, not the height; no error reached a caller, check found nothing',
      ],
    }
  } finally {
    await cluster.stop()
  }
}

interface Side {
  readonly setUp: ResultRow
  /** One on each writing node. */
  readonly ipams: readonly Ipam[]
}

async function openSides({ nodes }: GaleraCluster): Promise<Side[]> {
  const sides: Side[] = []
  for (const { writers, syncWait } of setUps) {
    for (const node of nodes) await node.query(`SET GLOBAL wsrep_sync_wait = ${syncWait}`)
    const ipams: Ipam[] = []
    for (const node of nodes.slice(0, writers))
      ipams.push(
        await until(async () =>
          openIpam(await storeOf(node.databaseUrl('bench')), { deadlineMs: 60_000 }),
        ),
      )
    sides.push({ setUp: { 'writing nodes': writers, 'sync wait': syncWait }, ipams })
  }
  return sides
}

async function makeSubnets(
  sides: readonly Side[],
  length: number,
  count: number,
): Promise<string[]> {
  const engines = sides.flatMap(({ ipams }) => ipams)
  const [first] = engines
  if (first === undefined) throw new Error('there is no writer')
  const { id: addressScopeId } = await first.addressScopes.create({ ipVersion: 4 })
  const pool = await first.subnetPools.create({ prefixes: ['10.0.0.0/8'], addressScopeId })
  const ids: string[] = []
  for (let made = 0; made < count; made += 1)
    ids.push(
      (await first.subnets.create({ subnetPoolId: pool.id, prefixLength: length, shared: true }))
        .id,
    )
  for (const ipam of engines) await until(() => ipam.subnets.get(ids.at(-1) ?? ''))
  return ids
}

interface Turn {
  readonly changesPerSecond: number
  readonly changesPerTransaction: number
  readonly retriesPerTransaction: number
}

async function measure({ ipams }: Side, ids: readonly string[], seconds: number): Promise<Turn> {
  const before = sums(ipams)
  const start = performance.now()
  const end = start + seconds * 1000
  let changes = 0
  await Promise.all(
    ipams.flatMap((ipam) =>
      Array.from({ length: callersOfNode }, async (_, caller) => {
        for (let turn = caller; performance.now() < end; turn += callersOfNode) {
          const id = ids[turn % ids.length] as string
          const [allocation] = await ipam.allocations.allocate(id, { kind: 'any' })
          if (allocation === undefined) throw new Error('nothing was allocated')
          await ipam.allocations.release(id, allocation.address)
          changes += 2
        }
      }),
    ),
  )
  const after = sums(ipams)
  const transactions = after.transactions - before.transactions
  return {
    changesPerSecond: changes / ((performance.now() - start) / 1000),
    changesPerTransaction: changes / transactions,
    retriesPerTransaction: (after.retries - before.retries) / transactions,
  }
}

function resultOf(turns: readonly Turn[]): ResultRow {
  const spread = (value: (turn: Turn) => number) => spreadText(spreadOf(turns.map(value)))
  return {
    'changes per s': spread((turn) => turn.changesPerSecond),
    'changes in one transaction': spread((turn) => turn.changesPerTransaction),
    'run again': spread((turn) => turn.retriesPerTransaction),
  }
}

function sums(ipams: readonly Ipam[]): { transactions: number; retries: number } {
  return {
    transactions: ipams.reduce((sum, { counters }) => sum + counters.transactions, 0),
    retries: ipams.reduce((sum, { counters }) => sum + counters.retries, 0),
  }
}

// A node hears of what another one has made a moment later.
async function until<T>(work: () => Promise<T>): Promise<T> {
  const giveUpAt = performance.now() + 30_000
  for (;;) {
    try {
      return await work()
    } catch (error) {
      if (performance.now() > giveUpAt) throw error
    }
  }
}
