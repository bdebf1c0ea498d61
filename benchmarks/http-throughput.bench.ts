import { fork } from 'node:child_process'
import { join } from 'node:path'
import { type HttpLoad, postLoad } from './measure/http-load.ts'
import { ratioOf, spreadOf, spreadText } from './measure/spread.ts'
import { openDatabase } from './setup/bench-database.ts'
import { message, serverLoad } from './setup/http-server-messages.ts'
import { request } from './setup/server-process.ts'

export const title = 'POST allocations over HTTP, against a POST that touches no database'

const connections = 32

export async function run({ quick }: { quick: boolean }) {
  const amount = quick ? 320 : 16_000
  const rounds = quick ? 1 : 5
  const database = await openDatabase('sqlite')
  const server = fork(
    join(import.meta.dirname, 'workers/http-server.ts'),
    [database.url, String(quick)],
    {
      execArgv: ['--conditions=source'],
    },
  )
  const { url } = await message<{ url: string }>(server)
  const subnet = await request<{ id: string }>(`${url}/v1/subnets`, 'POST', { cidr: '10.0.0.0/12' })
  const body = { request: { kind: 'any' }, holder: { kind: 'host', id: 'benchmark' } }
  const sides = {
    'validated only': `${url}/validated-only`,
    'POST allocations': `${url}/v1/subnets/${subnet.id}/allocations`,
  }
  const loads: Record<keyof typeof sides, HttpLoad[]> = {
    'validated only': [],
    'POST allocations': [],
  }
  const delays: Record<keyof typeof sides, number[]> = {
    'validated only': [],
    'POST allocations': [],
  }
  let stored = 0
  for (let round = 0; round <= rounds; round += 1)
    for (const side of Object.keys(sides) as (keyof typeof sides)[]) {
      await serverLoad(server)
      const load = await postLoad(sides[side], body, { connections, amount })
      const { p99 } = await serverLoad(server)
      if (load.statuses['201'] !== amount)
        throw new Error(`${side} answered ${JSON.stringify(load.statuses)}`)
      if (side === 'POST allocations') stored += amount
      if (round === 0) continue
      loads[side].push(load)
      delays[side].push(p99)
    }
  const { allocated } = await request<{ allocated: string }>(
    `${url}/v1/subnets/${subnet.id}/utilization`,
  )
  if (Number(allocated) !== stored) throw new Error(`${allocated} stored, ${stored} acknowledged`)
  server.disconnect()
  await new Promise((resolve) => server.once('exit', resolve))
  await database.close()
  const rates = (side: keyof typeof sides) => loads[side].map(({ perSecond }) => perSecond)
  const ratio = ratioOf(rates('POST allocations'), rates('validated only'))
  return {
    rows: (Object.keys(sides) as (keyof typeof sides)[]).map((side) => ({
      request: side,
      'per s': spreadText(spreadOf(rates(side))),
      'p50 ms': spreadOf(loads[side].map(({ p50 }) => p50)).median,
      'p99 ms': spreadOf(loads[side].map(({ p99 }) => p99)).median,
      'event loop p99 ms': spreadOf(delays[side]).median,
      'times validated only': side === 'POST allocations' ? spreadText(ratio) : '1',
    })),
    versions: { sqlite: database.version },
    notes: [
      `any from a /12 over ${connections} connections, ${amount} requests a round, ${rounds} rounds that take turns; durable SQLite; the load generator runs on the same machine`,
      'every answer was 201, and as many addresses were stored as acknowledged',
    ],
  }
}
