// A server in a process of its own, for random-requests.ts: tells where it is and a token, and, when asked, its memory
// after collecting. Needs --expose-gc.
import type { AddressInfo } from 'node:net'
import { openGuardedApp } from './token-fixture.ts'

const collect = globalThis.gc
if (collect === undefined) throw new Error('Start it with --expose-gc.')

const fixture = await openGuardedApp({ rateLimits: { requestsPerSecond: 1_000_000 } })
const { secret } = await fixture.token({ role: 'operator', projectId: 'north' })
await fixture.app.listen({ host: '127.0.0.1', port: 0 })
const { port } = fixture.app.server.address() as AddressInfo

process.on('message', () => {
  collect()
  collect()
  const { heapUsed, rss } = process.memoryUsage()
  process.send?.({ heap: heapUsed, resident: rss })
})
process.once('disconnect', () => void fixture.close())
process.send?.({ port, secret })
