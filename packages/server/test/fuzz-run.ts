/**
 * Sends requests made from what the APIs declare for as long as is asked, and fails at the first inner error, and when memory
 * keeps growing.
 *
 *   npm run fuzz -- --seconds 900
 *   npm run fuzz -- --api v2.0 --requests 1000000 --seed 42
 */
import { parseArgs } from 'node:util'
import { setFlagsFromString } from 'node:v8'
import { runInNewContext } from 'node:vm'
import fc from 'fast-check'
import { openApp } from './app-fixture.ts'
import { fuzzedApis } from './fuzz-rounds.ts'
import type { FuzzedRequest } from './request-fuzzer.ts'

const { values } = parseArgs({
  options: {
    api: { type: 'string', default: 'both' },
    seconds: { type: 'string' },
    requests: { type: 'string' },
    seed: { type: 'string' },
  },
})
const mostSeconds = Number(values.seconds ?? (values.requests === undefined ? 60 : Infinity))
const mostRequests = Number(values.requests ?? Infinity)
const seed = Number(values.seed ?? Date.now() % 2 ** 31)
const apis = Object.entries(fuzzedApis).filter(
  ([name]) => values.api === 'both' || values.api === name,
)
if (apis.length === 0) throw new Error('--api is v1, v2.0 or both')

const perSample = 25
const reportEvery = 10_000
// Heap after collection in the last third of the run, against the first third after warming up.
const mostGrowth = 1.25
const slackBytes = 8 * 1024 * 1024

setFlagsFromString('--expose-gc')
const collectGarbage = runInNewContext('gc') as () => void

function median(numbers: readonly number[]): number {
  return numbers.toSorted((a, b) => a - b)[Math.floor(numbers.length / 2)] ?? 0
}

const fixture = await openApp()
const sources = apis.map(([, roundsOf]) => roundsOf(fixture))
const heap: number[] = []
let sent = 0
let samples = 0
let nextReport = reportEvery
const start = performance.now()
const isOver = () => sent >= mostRequests || performance.now() - start > mostSeconds * 1000

async function send(requests: fc.Arbitrary<FuzzedRequest>): Promise<void> {
  samples += 1
  const sampleSeed = seed + samples
  for (const request of fc.sample(requests, { numRuns: perSample, seed: sampleSeed })) {
    const { method, url, body, headers } = request
    const answer = await fixture.call(method, url, body, headers)
    sent += 1
    if (answer.status >= 500)
      throw new Error(
        `${method} ${url} was answered ${answer.status} ${JSON.stringify(answer.body)}; seed ${sampleSeed}\n${body}`,
      )
  }
}

try {
  while (!isOver()) {
    for (const rounds of sources) {
      for (const requests of await rounds.begin()) if (!isOver()) await send(requests)
      await rounds.end()
    }
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
