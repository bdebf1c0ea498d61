import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { createToken, revokeToken } from '../src/identity/token-records.ts'
import {
  credentialAuthentication,
  type RunningServer,
  requestLog,
  startServer,
  TokenVerifier,
} from '../src/index.ts'
import { type OpenStore, openStore, patient } from './app-fixture.ts'
import { rawConnection } from './raw-connection.ts'

let store: OpenStore
let server: RunningServer
let now: number

beforeEach(async () => {
  now = Date.now()
  store = await openStore()
  const { ipam } = store
  server = await startServer({
    ipam,
    authentication: credentialAuthentication([new TokenVerifier({ ipam, clock: () => now })]),
    listen: { host: '127.0.0.1', port: 0 },
    log: requestLog('silent'),
    // One request at once, and the next after two seconds.
    rateLimits: { requestsPerSecond: 0.5 },
    ...patient,
  })
})

afterEach(async () => {
  await server.stop()
  await store.close()
})

async function openStream(secret: string) {
  const stream = await rawConnection(server.url)
  const headers = [
    'Host: localhost',
    'Accept: text/event-stream',
    `Authorization: Bearer ${secret}`,
    'Connection: close',
  ]
  stream.write(`GET /v1/events HTTP/1.1\r\n${headers.join('\r\n')}\r\n\r\n`)
  return stream
}

async function newReader(expiresInSeconds?: number) {
  const input = { role: 'reader', projectId: 'north' } as const
  return createToken(
    store.ipam,
    expiresInSeconds === undefined ? input : { ...input, expiresInSeconds },
    {},
  )
}

function asNorth() {
  return store.ipam.as({ projectId: 'north', isAdmin: false })
}

describe('an open event stream', () => {
  test('goes on as long as its token is good, and costs its bearer no requests', async () => {
    const { secret } = await newReader()
    const stream = await openStream(secret)
    await stream.received(/retry: 1000/)
    for (const name of ['one', 'two', 'three', 'four']) {
      await asNorth().addressScopes.create({ ipVersion: 4, name })
      expect(await stream.received(new RegExp(`"name":"${name}"`))).toMatch(/^HTTP\/1\.1 200 /)
    }
    stream.destroy()
  })

  test('ends when its token is revoked', async () => {
    const { token, secret } = await newReader()
    const stream = await openStream(secret)
    await stream.received(/retry: 1000/)
    await revokeToken(store.ipam, token.id, false)
    await stream.closed()
    // Whoever comes back with it is refused.
    const again = await openStream(secret)
    expect(await again.received(/\r\n\r\n/)).toMatch(/^HTTP\/1\.1 401 /)
    again.destroy()
  })

  test('ends when its token is over', async () => {
    const { secret } = await newReader(3600)
    const stream = await openStream(secret)
    await stream.received(/retry: 1000/)
    now += 3_601_000
    await asNorth().addressScopes.create({ ipVersion: 4, name: 'too late' })
    expect(await stream.closed()).not.toContain('too late')
  })
})
