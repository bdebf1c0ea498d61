/**
 * The product's HTTP server on a SQLite file, with one more route: a POST that is validated and answered like an
 * allocation and touches no database. Every message asks for the event loop's delay and the processor time since the one
 * before.
 */
import { monitorEventLoopDelay } from 'node:perf_hooks'
import { openIpam } from '@freehold/engine'
import { createApp, listenBacklog } from '@freehold/server'
import { storeOf } from '../setup/bench-database.ts'

const [url, isQuick] = process.argv.slice(2) as [string, string]
const ipam = await openIpam(await storeOf(url))
// A quick run looks at answers, whatever else the machine has to do at the time.
const patient = {
  loadLimits: { maxEventLoopDelayMs: Number.POSITIVE_INFINITY },
  timeouts: { headersMs: 300_000, requestMs: 300_000 },
}
const app = createApp({ ipam, ...(isQuick === 'true' ? patient : {}) })

const text = { type: 'string' } as const
const strict = { type: 'object', additionalProperties: false } as const
const holder = {
  ...strict,
  type: ['object', 'null'],
  required: ['kind', 'id'],
  properties: { kind: text, id: text },
} as const
const body = {
  ...strict,
  required: ['request'],
  properties: {
    request: {
      ...strict,
      required: ['kind'],
      properties: { kind: { type: 'string', const: 'any' } },
    },
    holder,
  },
}
const allocation = {
  ...strict,
  properties: {
    address: text,
    subnetId: text,
    state: text,
    projectId: text,
    holder,
    labels: { type: 'object', additionalProperties: text },
    createdAt: text,
    expiresAt: { type: ['string', 'null'] },
  },
}
const response = {
  201: { ...strict, properties: { allocations: { type: 'array', items: allocation } } },
}

app.post<{ Body: { holder?: { kind: string; id: string } } }>(
  '/validated-only',
  {
    schema: { body, response },
    config: { route: { path: '/validated-only', access: { rule: 'service:read' } } },
  },
  async (request, reply) => {
    reply.status(201)
    const { holder: named = null } = request.body
    return {
      allocations: [
        {
          address: '10.0.0.1',
          subnetId: '00000000-0000-4000-8000-000000000000',
          state: 'allocated',
          projectId: 'default',
          holder: named,
          labels: {},
          createdAt: new Date().toISOString(),
          expiresAt: null,
        },
      ],
    }
  },
)
const listeningAt = await app.listen({ host: '127.0.0.1', port: 0, backlog: listenBacklog })
const delay = monitorEventLoopDelay({ resolution: 1 })
delay.enable()
let cpu = process.cpuUsage()
process.on('message', () => {
  const { user, system } = process.cpuUsage(cpu)
  cpu = process.cpuUsage()
  process.send?.({ p99: delay.percentile(99) / 1e6, cpuMs: (user + system) / 1000 })
  delay.reset()
})
process.once('disconnect', () => {
  void app
    .close()
    .then(() => ipam.close())
    .then(() => process.exit(0))
})
process.send?.({ url: listeningAt })
