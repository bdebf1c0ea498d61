import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { type RunningServer, requestLog, startServer } from '../src/index.ts'
import { type OpenStore, openStore, patient } from './app-fixture.ts'
import { type RawConnection, rawConnection } from './raw-connection.ts'

let store: OpenStore
let server: RunningServer

beforeEach(async () => {
  store = await openStore()
  server = await startServer({
    ipam: store.ipam,
    listen: { host: '127.0.0.1', port: 0 },
    log: requestLog('silent'),
    ...patient,
  })
})
afterEach(async () => {
  await server.stop()
  await store.close()
})

async function openStream(headers: readonly string[] = [], path = '/v1/events') {
  const connection = await rawConnection(server.url)
  const lines = [`GET ${path} HTTP/1.1`, 'Host: localhost', 'Accept: text/event-stream', ...headers]
  connection.write(`${lines.join('\r\n')}\r\n\r\n`)
  return connection
}

async function createSubnet(cidr: string): Promise<void> {
  const response = await fetch(`${server.url}/v1/subnets`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ cidr }),
  })
  expect(response.status).toBe(201)
}

async function lastId(stream: RawConnection, pattern: RegExp): Promise<string> {
  const text = await stream.received(pattern)
  return [...text.matchAll(/^id: (.+)$/gm)].at(-1)?.[1] ?? ''
}

describe('the event stream', () => {
  test('tells what happened before and what happens now, in order', async () => {
    await createSubnet('10.0.0.0/24')
    const stream = await openStream()
    const text = await stream.received(/10\.0\.0\.0\/24/)
    expect(text).toMatch(/^HTTP\/1\.1 200 /)
    expect(text).toMatch(/content-type: text\/event-stream/i)
    await createSubnet('10.0.1.0/24')
    await createSubnet('10.0.2.0/24')
    const all = await stream.received(/10\.0\.2\.0\/24/)
    const order = [...all.matchAll(/"cidr":"(10[^"]+)"/g)].map(([, cidr]) => cidr)
    expect([...new Set(order)]).toEqual(['10.0.0.0/24', '10.0.1.0/24', '10.0.2.0/24'])
    stream.destroy()
  })

  test('resumes after Last-Event-ID without repetition', async () => {
    await createSubnet('10.0.0.0/24')
    const first = await openStream()
    const id = await lastId(first, /10\.0\.0\.0\/24.*\n\n/)
    first.destroy()
    await createSubnet('10.0.1.0/24')
    const resumed = await openStream([`Last-Event-ID: ${id}`])
    const text = await resumed.received(/10\.0\.1\.0\/24/)
    expect(text).not.toContain('10.0.0.0/24')
    resumed.destroy()
  })

  test('is not opened by HEAD', async () => {
    const headers = { accept: 'text/event-stream' }
    const response = await fetch(`${server.url}/v1/events`, { method: 'HEAD', headers })
    expect(response.status).toBe(200)
    expect(response.headers.get('content-type')).toBe('text/event-stream')
  })

  test('finds changes that were made past this server', async () => {
    const stream = await openStream()
    await stream.received(/retry/)
    await store.ipam.subnets.create({ cidr: '10.9.0.0/24' })
    expect(await stream.received(/10\.9\.0\.0\/24/)).toContain('"action":"created"')
    stream.destroy()
  })

  test('a forged position is refused as a problem', async () => {
    const stream = await openStream(['Last-Event-ID: forged', 'Connection: close'])
    const text = await stream.closed()
    expect(text).toMatch(/^HTTP\/1\.1 400 /)
    expect(text).toContain('application/problem+json')
  })

  test('ends when the server stops', async () => {
    const stream = await openStream()
    await stream.received(/retry/)
    await server.stop()
    expect(await stream.closed()).toMatch(/\r\n0\r\n\r\n$/)
  })

  test('a reader that leaves is forgotten', async () => {
    const stream = await openStream()
    await stream.received(/retry/)
    const open = async () => {
      const text = await (await fetch(`${server.url}/metrics`)).text()
      return /^freehold_http_event_streams (\d+)$/m.exec(text)?.[1]
    }
    expect(await open()).toBe('1')
    stream.destroy()
    await expect.poll(open).toBe('0')
  })
})

describe('the event list', () => {
  test('pages join, and the last cursor reads on', async () => {
    const read = async (query: string) =>
      (await (await fetch(`${server.url}/v1/events?${query}`)).json()) as {
        items: { after: { cidr?: string } }[]
        nextCursor: string
      }
    const start = (await read('limit=1000')).nextCursor
    for (const i of [0, 1, 2]) await createSubnet(`10.0.${i}.0/24`)
    const first = await read(`limit=2&after=${start}`)
    const second = await read(`limit=2&after=${first.nextCursor}`)
    const cidrs = [...first.items, ...second.items].map(({ after }) => after.cidr)
    expect(cidrs).toEqual(['10.0.0.0/24', '10.0.1.0/24', '10.0.2.0/24'])
    const rest = await read(`after=${second.nextCursor}`)
    expect(rest).toEqual({ items: [], nextCursor: second.nextCursor })
  })
})
