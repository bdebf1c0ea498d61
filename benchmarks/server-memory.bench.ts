import { openIpam } from '@freehold/engine'
import { postLoad } from './measure/http-load.ts'
import type { ResultRow } from './runner/benchmark.ts'
import { ProgressLine } from './runner/progress-line.ts'
import { type BenchDatabase, openDatabase, storeOf } from './setup/bench-database.ts'
import { manySubnets } from './setup/many-subnets.ts'
import { request, residentMemory, serve } from './setup/server-process.ts'

export const title = 'Resident memory of the server with many allocations stored'

export async function run({ quick }: { quick: boolean }) {
  const subnets = quick ? 600 : 50_000
  const amount = quick ? 200 : 10_000
  const empty = await openDatabase('sqlite')
  const full = await openDatabase('sqlite')
  const ipam = await openIpam(await storeOf(full.url))
  const { allocations } = await manySubnets(ipam, subnets, 200, new ProgressLine())
  // As a server does while it runs; this one was not running.
  const start = performance.now()
  while ((await ipam.audit.seal()).sealed > 0);
  const sealing = Math.round((performance.now() - start) / 1000)
  await ipam.close()
  const rows: ResultRow[] = []
  for (const [stored, database] of [
    [0, empty],
    [allocations, full],
  ] as const)
    rows.push({ 'allocations stored': stored, ...(await measure(database, amount)) })
  const ratio = Number(rows[1]?.['after work MiB']) / Number(rows[0]?.['after work MiB'])
  await empty.close()
  await full.close()
  return {
    rows: rows.map((row, index) => ({
      ...row,
      'times empty': index === 0 ? 1 : Number(ratio.toFixed(2)),
    })),
    versions: { sqlite: empty.version },
    notes: [
      `freehold serve on SQLite; the work is the same for both: ${amount} requests of kind any over 32 connections in a subnet of its own, then lists, utilization and metrics`,
      `everything was loaded through the product in bulk, and sealed into the audit chain, which took ${sealing} s`,
    ],
  }
}

async function measure(database: BenchDatabase, amount: number): Promise<ResultRow> {
  const server = await serve(database.url)
  const atStart = residentMemory(server.pid)
  const { id } = await request<{ id: string }>(`${server.url}/v1/subnets`, 'POST', {
    cidr: '172.16.0.0/12',
  })
  const { statuses } = await postLoad(
    `${server.url}/v1/subnets/${id}/allocations`,
    { request: { kind: 'any' } },
    { connections: 32, amount },
  )
  if (statuses['201'] !== amount) throw new Error(`answers: ${JSON.stringify(statuses)}`)
  for (let page = 0; page < 20; page += 1) {
    await request(`${server.url}/v1/subnets?limit=100`)
    await request(`${server.url}/v1/subnets/${id}/allocations?limit=100`)
    await request(`${server.url}/v1/utilization`)
    await fetch(`${server.url}/metrics`).then((response) => response.text())
  }
  const afterWork = residentMemory(server.pid)
  await server.stop()
  return { 'at start MiB': Math.round(atStart), 'after work MiB': Math.round(afterWork) }
}
