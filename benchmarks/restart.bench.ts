import { createConnection } from 'node:net'
import { type Ipam, isIpamError, openIpam } from '@freehold/engine'
import { spreadOf, spreadText } from './measure/spread.ts'
import type { ResultRow } from './runner/benchmark.ts'
import { openDatabase, storeOf } from './setup/bench-database.ts'
import { crashAndRestart } from './setup/database-restart.ts'
import { serve } from './setup/server-process.ts'

export const title = 'From a restart to the first allocation'

const callers = 8

export async function run({ quick }: { quick: boolean }) {
  const loadMs = quick ? 200 : 2000
  const rounds = quick ? 1 : 3
  const rows: ResultRow[] = []
  const versions: Record<string, string> = {}
  for (const kind of ['postgres', 'mariadb'] as const) {
    const outcomes: Outcome[] = []
    for (let round = 0; round < rounds; round += 1) {
      const database = await openDatabase(kind)
      versions[kind] = database.version
      const ipam = await openIpam(await storeOf(database.url))
      const { id } = await ipam.subnets.create({ cidr: '10.0.0.0/12' })
      const load = startLoad(ipam, id)
      await pause(loadMs)
      let startedAt = 0
      const server = await crashAndRestart(database, () => {
        startedAt = performance.now()
      })
      const listensAt = await listening(database.url)
      const firstAt = await load.successAfter(startedAt)
      await pause(loadMs)
      await load.stop()
      await assertKept(ipam, id, load)
      outcomes.push({
        listens: listensAt - startedAt,
        first: firstAt - startedAt,
        errors: load.errors,
        given: load.given.length,
      })
      await ipam.close()
      await server.stop()
      await database.close()
    }
    rows.push(rowOf(`${kind} crashes under ${callers} callers`, outcomes))
  }
  rows.push(await restartOfProgram(rounds))
  return {
    rows,
    versions,
    notes: [
      `milliseconds from the start of the new process, median (least..greatest) of ${rounds}; the callers never stop asking`,
      'every acknowledged address was there afterwards, and no more than the callers were told may have been committed',
    ],
  }
}

interface Outcome {
  readonly listens: number
  readonly first: number
  readonly errors: ReadonlyMap<string, number>
  readonly given: number
}

function rowOf(what: string, outcomes: readonly Outcome[]): ResultRow {
  const errors = new Map<string, number>()
  for (const outcome of outcomes)
    for (const [code, count] of outcome.errors) errors.set(code, (errors.get(code) ?? 0) + count)
  return {
    restart: what,
    'takes connections ms': spreadText(spreadOf(outcomes.map(({ listens }) => listens))),
    'first allocation ms': spreadText(spreadOf(outcomes.map(({ first }) => first))),
    acknowledged: outcomes.reduce((sum, { given }) => sum + given, 0),
    'errors callers saw':
      [...errors].map(([code, count]) => `${code} ${count}`).join(', ') || 'none',
  }
}

interface Load {
  readonly given: string[]
  readonly errors: Map<string, number>
  successAfter(time: number): Promise<number>
  stop(): Promise<void>
}

function startLoad(ipam: Ipam, subnetId: string): Load {
  const given: string[] = []
  const errors = new Map<string, number>()
  let lastSuccess = 0
  let isOver = false
  const work = Array.from({ length: callers }, async () => {
    while (!isOver)
      try {
        for (const { address } of await ipam.allocations.allocate(subnetId, { kind: 'any' }))
          given.push(address)
        lastSuccess = performance.now()
      } catch (error) {
        if (!isIpamError(error)) throw error
        errors.set(error.code, (errors.get(error.code) ?? 0) + 1)
        await pause(2)
      }
  })
  return {
    given,
    errors,
    async successAfter(time) {
      while (lastSuccess <= time) await pause(1)
      return lastSuccess
    },
    async stop() {
      isOver = true
      await Promise.all(work)
    },
  }
}

async function assertKept(ipam: Ipam, subnetId: string, load: Load): Promise<void> {
  const stored = new Set<string>()
  let cursor: string | null = null
  do {
    const page: Awaited<ReturnType<Ipam['allocations']['list']>> = await ipam.allocations.list(
      subnetId,
      {},
      { limit: 1000, ...(cursor === null ? {} : { cursor }) },
    )
    for (const { address } of page.items) stored.add(address)
    cursor = page.nextCursor
  } while (cursor !== null)
  if (new Set(load.given).size !== load.given.length) throw new Error('an address was given twice')
  const lost = load.given.filter((address) => !stored.has(address))
  if (lost.length > 0) throw new Error(`${lost.length} acknowledged addresses are lost`)
  const unknown = load.errors.get('OUTCOME_UNKNOWN') ?? 0
  if (stored.size > load.given.length + unknown)
    throw new Error(`${stored.size} stored, ${load.given.length} acknowledged, ${unknown} unknown`)
  const report = await ipam.check()
  if (!report.ok) throw new Error(`check found: ${JSON.stringify(report.problems.slice(0, 3))}`)
}

async function listening(url: string): Promise<number> {
  const { hostname, port } = new URL(url)
  for (;;) {
    const isOpen = await new Promise<boolean>((resolve) => {
      const socket = createConnection({ host: hostname, port: Number(port) })
      socket.once('connect', () => {
        socket.destroy()
        resolve(true)
      })
      socket.once('error', () => resolve(false))
    })
    if (isOpen) return performance.now()
    await pause(2)
  }
}

/** `freehold serve` on SQLite: killed, started again, asked over HTTP. */
async function restartOfProgram(rounds: number): Promise<ResultRow> {
  const database = await openDatabase('sqlite')
  const ipam = await openIpam(await storeOf(database.url))
  const { id } = await ipam.subnets.create({ cidr: '10.0.0.0/12' })
  await ipam.close()
  const outcomes: Outcome[] = []
  for (let round = 0; round < rounds; round += 1) {
    const before = await serve(database.url)
    await allocateOver(before.url, id)
    await before.kill()
    const start = performance.now()
    const after = await serve(database.url)
    const listens = performance.now() - start
    await allocateOver(after.url, id)
    outcomes.push({ listens, first: performance.now() - start, errors: new Map(), given: 2 })
    await after.stop()
  }
  await database.close()
  return rowOf('freehold serve on SQLite is killed', outcomes)
}

async function allocateOver(url: string, subnetId: string): Promise<void> {
  const response = await fetch(`${url}/v1/subnets/${subnetId}/allocations`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: '{"request":{"kind":"any"}}',
  })
  if (response.status !== 201) throw new Error(await response.text())
}

function pause(milliseconds: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, milliseconds))
}
