// Sends random requests to an app in this process and prints how its memory grew, as one line of JSON. The first argument
// says how many; the first fifth is for warming up. Needs --expose-gc. Started by memory.test.ts, or by hand for longer.
import { randomBytes, randomInt } from 'node:crypto'
import { Agent, request } from 'node:http'
import type { AddressInfo } from 'node:net'
import { openGuardedApp } from './token-fixture.ts'

const count = Number(process.argv[2] ?? 100_000)
const collect = globalThis.gc
if (collect === undefined) throw new Error('Start it with --expose-gc.')

const fixture = await openGuardedApp({ rateLimits: { requestsPerSecond: 1_000_000 } })
const { secret } = await fixture.token({ role: 'operator', projectId: 'north' })
const methods = ['GET', 'GET', 'GET', 'POST', 'PATCH', 'PUT', 'DELETE', 'HEAD', 'OPTIONS'] as const
const roots = ['/v1', '/v2.0', '/v1/subnets', '/v1/addresses', '/v2.0/ports', '/metrics', '']

const text = () => randomBytes(randomInt(1, 24)).toString('base64url')
const authorizations = [
  () => ({ authorization: `Bearer ${secret}` }),
  () => ({ authorization: `Bearer fh_${text()}` }),
  () => ({ 'x-auth-token': text(), 'x-project-id': text() }),
  () => ({}),
]

await fixture.app.listen({ host: '127.0.0.1', port: 0 })
const { port } = fixture.app.server.address() as AddressInfo
const agent = new Agent({ keepAlive: true, maxSockets: 16 })

// Over real connections: requests that are injected leave their own traces in memory.
function send(): Promise<void> {
  const method = methods[randomInt(methods.length)] as (typeof methods)[number]
  const path = `${roots[randomInt(roots.length)] ?? ''}/${text()}/${text()}?${text()}=${text()}`
  const authorization = authorizations[randomInt(authorizations.length)]?.() ?? {}
  const hasBody = method === 'POST' || method === 'PATCH' || method === 'PUT'
  const type = hasBody ? { 'content-type': 'application/json' } : {}
  const headers = { ...authorization, ...type }
  return new Promise((resolve, reject) => {
    request({ agent, host: '127.0.0.1', port, method, path, headers }, (response) => {
      const status = response.statusCode ?? 0
      response.resume().once('end', () => {
        if (status < 500) resolve()
        else reject(new Error(`${method} answered ${status}`))
      })
    })
      .once('error', reject)
      .end(hasBody ? JSON.stringify({ [text()]: text(), name: text() }) : undefined)
  })
}

async function sendMany(many: number): Promise<void> {
  for (let sent = 0; sent < many; sent += 100)
    await Promise.all(Array.from({ length: Math.min(100, many - sent) }, send))
}

function memory(): { heap: number; resident: number } {
  collect?.()
  collect?.()
  const { heapUsed, rss } = process.memoryUsage()
  return { heap: heapUsed, resident: rss }
}

await sendMany(count / 5)
const before = memory()
await sendMany(count - count / 5)
const after = memory()
agent.destroy()
await fixture.close()
process.stdout.write(`${JSON.stringify({ count, before, after })}\n`)
