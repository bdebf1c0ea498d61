// Sends requests to a server that is as busy as it may be and prints how its memory grew, as one line of JSON. The first
// argument says how many; the first fifth is for warming up. Needs --expose-gc. Started by overload.test.ts.
import { stalledServer } from './stalled-server.ts'

const count = Number(process.argv[2] ?? 20_000)
const mostInFlight = Number(process.argv[3] ?? 20)
const collect = globalThis.gc
if (collect === undefined) throw new Error('Start it with --expose-gc.')

const server = await stalledServer(mostInFlight)
let waiting = mostInFlight
const accepted = Promise.all(
  Array.from({ length: mostInFlight }, async () => {
    const answer = await server.allocate()
    waiting -= 1
    return answer
  }),
)
const inFlight = async () =>
  Number(/in_flight (\d+)/.exec(await (await fetch(`${server.url}/metrics`)).text())?.[1])
// The scrape counts itself.
while ((await inFlight()) < mostInFlight + 1);

let refused = 0
async function sendMany(many: number): Promise<void> {
  for (let sent = 0; sent < many; sent += 100) {
    const answers = await Promise.all(Array.from({ length: 100 }, () => server.allocate()))
    refused += answers.filter(({ status }) => status === 503).length
  }
}

function heap(): number {
  collect?.()
  collect?.()
  return process.memoryUsage().heapUsed
}

await sendMany(count / 5)
const heapBefore = heap()
await sendMany(count - count / 5)
const heapAfter = heap()
const stillWaiting = waiting
server.release()
const succeeded = (await accepted).filter(({ status }) => status === 201).length
await server.close()
const outcome = { refused, waiting: stillWaiting, succeeded, heapBefore, heapAfter }
process.stdout.write(`${JSON.stringify(outcome)}\n`)
