/**
 * Sends requests made from the routes' schemas for as long as is asked, and fails at the first inner error, and when memory
 * keeps growing.
 *
 *   npm run fuzz -- --seconds 900
 *   npm run fuzz -- --requests 1000000 --seed 42
 */
import { parseArgs } from 'node:util'
import { setFlagsFromString } from 'node:v8'
import { runInNewContext } from 'node:vm'
import fc from 'fast-check'
import { routeTable } from '../src/index.ts'
import { type AppFixture, openApp } from './app-fixture.ts'
import { RequestFuzzer } from './request-fuzzer.ts'

const { values } = parseArgs({
  options: {
    seconds: { type: 'string' },
    requests: { type: 'string' },
    seed: { type: 'string' },
  },
})
const mostSeconds = Number(values.seconds ?? (values.requests === undefined ? 60 : Infinity))
const mostRequests = Number(values.requests ?? Infinity)
const seed = Number(values.seed ?? Date.now() % 2 ** 31)

const perSample = 25
const reportEvery = 10_000
// Heap after collection in the last third of the run, against the first third after warming up.
const mostGrowth = 1.25
const slackBytes = 8 * 1024 * 1024

setFlagsFromString('--expose-gc')
const collectGarbage = runInNewContext('gc') as () => void

async function knownIds(fixture: AppFixture): Promise<string[]> {
  const answers = [
    await fixture.call('POST', '/v1/subnets', { cidr: '10.0.0.0/24' }),
    await fixture.call('POST', '/v1/subnet-pools', { prefixes: ['10.4.0.0/16'] }),
    await fixture.call('POST', '/v1/address-scopes', { ipVersion: 6 }),
  ]
  return answers.map(({ body }) => body.id)
}

function median(numbers: readonly number[]): number {
  return numbers.toSorted((a, b) => a - b)[Math.floor(numbers.length / 2)] ?? 0
}

const fixture = await openApp()
// Metrics read every pool, and pools pile up: they would be most of the work.
const routes = routeTable.filter(({ path }) => path !== '/metrics')
const heap: number[] = []
let sent = 0
let nextReport = reportEvery
try {
  let fuzzer = new RequestFuzzer(await knownIds(fixture))
  const start = performance.now()
  const isOver = () => sent >= mostRequests || performance.now() - start > mostSeconds * 1000
  for (let round = 0; !isOver(); round += 1) {
    for (const [index, route] of routes.entries()) {
      const sampleSeed = seed + round * routes.length + index
      const requests = fc.sample(fuzzer.requestFor(route), {
        numRuns: perSample,
        seed: sampleSeed,
      })
      for (const { url, body, headers } of requests) {
        const answer = await fixture.call(route.method, url, body, headers)
        sent += 1
        if (answer.status >= 500)
          throw new Error(
            `${route.method} ${url} was answered ${answer.status} ${JSON.stringify(answer.body)}; seed ${sampleSeed}\n${body}`,
          )
      }
      if (isOver()) break
    }
    // The records of the start get deleted by some request.
    fuzzer = new RequestFuzzer(await knownIdsOrFewer(fixture))
    collectGarbage()
    const { heapUsed, rss } = process.memoryUsage()
    heap.push(heapUsed)
    if (sent < nextReport) continue
    nextReport += reportEvery
    process.stdout.write(
      `${sent} requests, heap ${Math.round(heapUsed / 2 ** 20)} MiB, resident ${Math.round(rss / 2 ** 20)} MiB\n`,
    )
  }
  const { body } = await fixture.call('POST', '/v1/check')
  if (body.ok !== true) throw new Error(`what is left disagrees: ${JSON.stringify(body.problems)}`)
} finally {
  await fixture.close()
}
const third = Math.floor(heap.length / 3)
const [early, late] = [median(heap.slice(third, 2 * third)), median(heap.slice(-third))]
process.stdout.write(
  `${sent} requests from seed ${seed}; heap ${early} bytes early, ${late} bytes late\n`,
)
if (third > 0 && late > early * mostGrowth + slackBytes) {
  process.stdout.write('memory keeps growing\n')
  process.exitCode = 1
}

async function knownIdsOrFewer(app: AppFixture): Promise<string[]> {
  const lists = ['/v1/subnets', '/v1/subnet-pools', '/v1/address-scopes']
  const pages = await Promise.all(lists.map((path) => app.call('GET', `${path}?limit=2`)))
  const ids = pages.flatMap(({ body }) => body.items.map(({ id }: { id: string }) => id))
  return ids.length === 0 ? knownIds(app) : ids
}
