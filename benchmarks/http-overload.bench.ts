import { fork } from 'node:child_process'
import { join } from 'node:path'
import { postLoad } from './measure/http-load.ts'
import { type OpenLoopOutcome, openLoop } from './measure/open-loop.ts'
import { percentile } from './measure/spread.ts'
import type { ResultRow } from './runner/benchmark.ts'
import { openDatabase } from './setup/bench-database.ts'
import { message, serverLoad } from './setup/http-server-messages.ts'
import { request, residentMemory } from './setup/server-process.ts'

export const title = 'POST allocations at fixed rates, below and above what the server can do'

// How many connections there are at most, and rates as shares of what 32 callers got who each waited for their answer. Over
// 32 connections no more than 32 requests can be in flight, so callers wait before they can ask; over many, the server
// has to say what it will not do.
const loads = [
  { connections: 32, shares: [0.25, 0.5, 0.75, 1, 1.5] },
  { connections: 2000, shares: [0.5, 0.75, 1, 1.5, 3] },
]

export async function run({ quick }: { quick: boolean }) {
  const seconds = quick ? 0.3 : 10
  const database = await openDatabase('sqlite')
  const server = fork(
    join(import.meta.dirname, 'workers/http-server.ts'),
    [database.url, String(quick)],
    {
      execArgv: ['--conditions=source'],
    },
  )
  const { url } = await message<{ url: string }>(server)
  const { id } = await request<{ id: string }>(`${url}/v1/subnets`, 'POST', { cidr: '10.0.0.0/8' })
  const path = `${url}/v1/subnets/${id}/allocations`
  const body = { request: { kind: 'any' }, holder: { kind: 'host', id: 'benchmark' } }
  let stored = 0
  let unanswered = 0
  // The first makes the server warm.
  let capacity = 0
  for (const amount of quick ? [100, 200] : [8000, 24_000]) {
    const { perSecond } = await postLoad(path, body, { connections: 32, amount })
    capacity = perSecond
    stored += amount
  }
  const rows: ResultRow[] = []
  for (const { connections, shares } of loads)
    for (const share of quick ? shares.slice(-1) : shares) {
      await serverLoad(server)
      const own = process.cpuUsage()
      const perSecond = capacity * share
      const outcome = await openLoop({ url: path, body, connections, perSecond, seconds })
      const { p99, cpuMs } = await serverLoad(server)
      const { user, system } = process.cpuUsage(own)
      const wallMs = seconds * 1000 + outcome.tailMs
      stored += outcome.latencies.length
      unanswered += outcome.unanswered
      rows.push({
        connections,
        'asked per s': Math.round(perSecond),
        'times capacity': share,
        ...rowOf(outcome, seconds),
        'event loop p99 ms': rounded(p99),
        'server CPU': percent(cpuMs / wallMs),
        'generator CPU': percent((user + system) / 1000 / wallMs),
        'memory MiB': Math.round(residentMemory(server.pid as number)),
      })
    }
  const { allocated } = await request<{ allocated: string }>(`${url}/v1/subnets/${id}/utilization`)
  if (Number(allocated) < stored || Number(allocated) > stored + unanswered)
    throw new Error(`${allocated} stored, ${stored} acknowledged, ${unanswered} not answered`)
  server.disconnect()
  await new Promise((resolve) => server.once('exit', resolve))
  await database.close()
  return {
    rows,
    versions: { sqlite: database.version },
    notes: [
      `any from a /8, ${seconds} s at each rate; durable SQLite; the server works on at most 400 requests at once, as it does by default; the load generator runs on the same machine`,
      `capacity is what 32 callers got who each waited for their answer: ${Math.round(capacity)} per s`,
      'requests are due at fixed times, whether or not earlier ones were answered, and every latency counts from then; p50, p99 and greatest of those that were answered 201',
      'processor time is a share of one core, from the first request to the last answer; answered 201 per s counts the time until the last answer too',
      'every other answer was 503 with Retry-After; as many addresses were stored as acknowledged, and no more than were not answered besides',
    ],
  }
}

function rowOf(outcome: OpenLoopOutcome, seconds: number): ResultRow {
  const { latencies, refusals, statuses, withoutRetryAfter } = outcome
  const answers = Object.values(statuses).reduce((sum, count) => sum + count, 0)
  if (withoutRetryAfter > 0)
    throw new Error(`${withoutRetryAfter} of ${refusals.length} refusals had no Retry-After`)
  return {
    'answered 201 per s': Math.round(latencies.length / (seconds + outcome.tailMs / 1000)),
    'p50 ms': rounded(percentile(latencies, 0.5)),
    'p99 ms': rounded(percentile(latencies, 0.99)),
    'greatest ms': rounded(percentile(latencies, 1)),
    'answered 503': `${((refusals.length / answers) * 100).toFixed(1)} %`,
    'not answered': outcome.unanswered,
    '503 p99 ms': refusals.length === 0 ? '' : rounded(percentile(refusals, 0.99)),
  }
}

function percent(share: number): string {
  return `${Math.round(share * 100)} %`
}

function rounded(value: number): number {
  return Number(value.toPrecision(3))
}
