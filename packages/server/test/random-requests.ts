// Sends random requests to a server in another process and prints that one's memory on the way, as one line of JSON. The
// first argument says how many requests, in ten steps. Started by memory.test.ts, or by hand for longer.
import { fork } from 'node:child_process'
import { randomBytes, randomInt } from 'node:crypto'
import { once } from 'node:events'
import { Agent, request } from 'node:http'
import { join } from 'node:path'

const count = Number(process.argv[2] ?? 100_000)
const steps = 10

// Apart from the client, whose own requests leave traces in memory.
const server = fork(join(import.meta.dirname, 'random-request-server.ts'), {
  execArgv: ['--conditions=source', '--expose-gc'],
})
const [{ port, secret }] = (await once(server, 'message')) as [{ port: number; secret: string }]

const methods = ['GET', 'GET', 'GET', 'POST', 'PATCH', 'PUT', 'DELETE', 'HEAD', 'OPTIONS'] as const
const roots = ['/v1', '/v2.0', '/v1/subnets', '/v1/addresses', '/v2.0/ports', '/metrics', '']

const text = () => randomBytes(randomInt(1, 24)).toString('base64url')
const authorizations = [
  () => ({ authorization: `Bearer ${secret}` }),
  () => ({ authorization: `Bearer fh_${text()}` }),
  () => ({ 'x-auth-token': text(), 'x-project-id': text() }),
  () => ({}),
]

const agent = new Agent({ keepAlive: true, maxSockets: 16 })

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

async function memoryOfServer(): Promise<{ heap: number; resident: number }> {
  server.send('memory')
  const [memory] = await once(server, 'message')
  return memory
}

const samples: { sent: number; heap: number; resident: number }[] = []
for (let step = 1; step <= steps; step += 1) {
  await sendMany(count / steps)
  samples.push({ sent: (count / steps) * step, ...(await memoryOfServer()) })
}
agent.destroy()
server.disconnect()
process.stdout.write(`${JSON.stringify({ samples })}\n`)
