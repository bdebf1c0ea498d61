import { type Ipam, openIpam } from '@freehold/engine'
import { type GaleraCluster, startGalera } from '@freehold/test-support'
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
  const seconds = quick ? 0.5 : 10
  const cluster = await startGalera({ durable: true })
  const [first] = cluster.nodes
  try {
    const [version] = await first.query('SELECT version() AS version')
    await first.query('CREATE DATABASE bench')
    const rows: ResultRow[] = []
    for (const { what, length, subnets } of quick ? works.slice(0, 1) : works)
      for (const setUp of setUps)
        rows.push({ work: what, ...(await measured(cluster, setUp, length, subnets, seconds)) })
    return {
      rows,
      versions: { mariadb: String(version?.['version']) },
      notes: [
        `three nodes on this machine, flushed at each commit; ${callersOfNode} callers on each writing node, each allocates any and releases it again, for ${seconds} s`,
        'run again: transactions that were undone, because another node was faster, for each one that was committed',
        'sync wait: wsrep_sync_wait of all connections; 1 makes each transaction begin behind what other nodes have written',
        'the three nodes share the cores of one machine: compare the shape, not the height; no error reached a caller, check found nothing',
      ],
    }
  } finally {
    await cluster.stop()
  }
}

async function measured(
  { nodes }: GaleraCluster,
  { writers, syncWait }: (typeof setUps)[number],
  length: number,
  subnets: number,
  seconds: number,
): Promise<ResultRow> {
  for (const node of nodes) await node.query(`SET GLOBAL wsrep_sync_wait = ${syncWait}`)
  const ipams: Ipam[] = []
  for (const { url } of nodes.slice(0, writers))
    ipams.push(await openIpam(storeOf(`${url}bench`), { deadlineMs: 60_000 }))
  const [first] = ipams
  if (first === undefined) throw new Error('there is no writer')
  const scope = await first.addressScopes.create({ ipVersion: 4 })
  const { id: subnetPoolId } = await first.subnetPools.create({
    prefixes: ['10.0.0.0/8'],
    addressScopeId: scope.id,
  })
  const ids: string[] = []
  for (let made = 0; made < subnets; made += 1)
    ids.push((await first.subnets.create({ subnetPoolId, prefixLength: length })).id)
  // Of all nodes the last one is the last to know them.
  for (const ipam of ipams) await until(() => ipam.subnets.get(ids.at(-1) ?? ''))
  const before = sums(ipams)
  const end = performance.now() + seconds * 1000
  let done = 0
  const start = performance.now()
  await Promise.all(
    ipams.flatMap((ipam) =>
      Array.from({ length: callersOfNode }, async (_, caller) => {
        for (let turn = caller; performance.now() < end; turn += callersOfNode) {
          const id = ids[turn % ids.length] as string
          const [allocation] = await ipam.allocations.allocate(id, { kind: 'any' })
          if (allocation === undefined) throw new Error('nothing was allocated')
          await ipam.allocations.release(id, allocation.address)
          done += 1
        }
      }),
    ),
  )
  const perSecond = (2 * done) / ((performance.now() - start) / 1000)
  const after = sums(ipams)
  const report = await first.check()
  if (!report.ok) throw new Error(JSON.stringify(report.problems))
  for (const ipam of ipams) await ipam.close()
  const transactions = after.transactions - before.transactions
  return {
    'writing nodes': writers,
    'sync wait': syncWait,
    'changes per s': Math.round(perSecond),
    'changes in one transaction': ((2 * done) / transactions).toFixed(1),
    'run again': ((after.retries - before.retries) / transactions).toFixed(3),
  }
}

function sums(ipams: readonly Ipam[]): { transactions: number; retries: number } {
  return {
    transactions: ipams.reduce((sum, { counters }) => sum + counters.transactions, 0),
    retries: ipams.reduce((sum, { counters }) => sum + counters.retries, 0),
  }
}

async function until(look: () => Promise<unknown>): Promise<void> {
  const giveUpAt = performance.now() + 30_000
  for (;;) {
    try {
      await look()
      return
    } catch (error) {
      if (performance.now() > giveUpAt) throw error
    }
  }
}
