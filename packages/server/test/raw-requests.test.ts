import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { type RunningServer, requestLog, startServer } from '../src/index.ts'
import { type OpenStore, openStore, patient } from './app-fixture.ts'
import { rawConnection } from './raw-connection.ts'

let store: OpenStore
let server: RunningServer

beforeAll(async () => {
  store = await openStore()
  server = await startServer({
    ipam: store.ipam,
    listen: { host: '127.0.0.1', port: 0 },
    log: requestLog('silent'),
    ...patient,
    timeouts: { requestMs: 300, headersMs: 300, checkMs: 50 },
  })
})
afterAll(async () => {
  await server.stop()
  await store.close()
})

const head = (lines: readonly string[]) =>
  [
    'POST /v1/subnets HTTP/1.1',
    'Host: localhost',
    'Content-Type: application/json',
    ...lines,
    '',
    '',
  ].join('\r\n')

async function answerTo(bytes: string): Promise<string> {
  const connection = await rawConnection(server.url)
  connection.write(bytes)
  const text = await connection.closed()
  connection.destroy()
  return text
}

describe('bytes that are no proper request', () => {
  test.each([
    [
      'Transfer-Encoding together with Content-Length',
      `${head(['Transfer-Encoding: chunked', 'Content-Length: 5'])}0\r\n\r\n`,
    ],
    ['two Content-Lengths', `${head(['Content-Length: 2', 'Content-Length: 3'])}{}`],
    ['a negative Content-Length', head(['Content-Length: -1'])],
    ['an unknown Transfer-Encoding', head(['Transfer-Encoding: chunked, identity'])],
    ['a header name with a space', head(['Bad Header: x'])],
    ['a header folded over two lines', head(['X: a\r\n b'])],
    ['no HTTP at all', 'hello\r\n\r\n'],
    ['TLS', '\u0016\u0003\u0001\u0002\u0000\u0001\r\n\r\n'],
    ['no Host', 'GET /v1/subnets HTTP/1.1\r\n\r\n'],
    [
      'two Hosts',
      'GET /v1/subnets HTTP/1.1\r\nHost: localhost\r\nHost: b\r\nConnection: close\r\n\r\n',
    ],
    ['a Host that is none', 'GET /v2.0 HTTP/1.1\r\nHost: a/<b>\r\nConnection: close\r\n\r\n'],
    ['a chunk with a broken size', `${head(['Transfer-Encoding: chunked'])}2x\r\n{}\r\n0\r\n\r\n`],
    ['bare line feeds', 'GET /healthz HTTP/1.1\nHost: localhost\n\n'],
    ['the preface of HTTP/2', 'PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n'],
  ])('%s is answered 400 and closed', async (_title, bytes) => {
    const text = await answerTo(bytes)
    expect(text).toMatch(/^HTTP\/1\.1 400 /)
  })

  test('the answer is a problem document', async () => {
    const text = await answerTo('hello\r\n\r\n')
    expect(text).toMatch(/content-type: application\/problem\+json/i)
    expect(JSON.parse(text.split('\r\n\r\n')[1] ?? '')).toMatchObject({
      status: 400,
      code: 'MALFORMED_REQUEST',
    })
  })

  test('more than 16 KiB of headers are answered 431', async () => {
    const text = await answerTo(head([`X: ${'x'.repeat(20_000)}`]))
    expect(text).toMatch(/^HTTP\/1\.1 431 /)
    expect(text).toContain('HEADERS_TOO_LARGE')
  })

  test('a path of more than 16 KiB is answered 431', async () => {
    const path = `/v1/addresses/${'1'.repeat(20_000)}`
    const text = await answerTo(`GET ${path} HTTP/1.1\r\nHost: localhost\r\n\r\n`)
    expect(text).toMatch(/^HTTP\/1\.1 431 /)
  })

  test('a megabyte of path is cut off', async () => {
    const text = await answerTo(
      `GET /${'1'.repeat(1024 * 1024)} HTTP/1.1\r\nHost: localhost\r\n\r\n`,
    )
    // The answer may be lost: the server does not read on what it has refused.
    expect(text).toMatch(/^(HTTP\/1\.1 431 |$)/)
    expect((await fetch(`${server.url}/healthz`)).status).toBe(200)
  })
})

describe('slow clients', () => {
  test('a request whose headers never end is cut off', async () => {
    const connection = await rawConnection(server.url)
    connection.write('GET /v1/subnets HTTP/1.1\r\nHost: localhost\r\nX-Slow: ')
    expect(await connection.closed()).toMatch(/^HTTP\/1\.1 408 /)
  })

  test('a request whose body never ends is cut off and changes nothing', async () => {
    const connection = await rawConnection(server.url)
    connection.write(`${head(['Content-Length: 100'])}{"cidr":"10.0.0.0/24"`)
    expect(await connection.closed()).toMatch(/^HTTP\/1\.1 (408|400) /)
    expect((await store.ipam.subnets.list()).items).toEqual([])
  })

  test('a client that leaves inside its body changes nothing', async () => {
    const connection = await rawConnection(server.url)
    connection.write(`${head(['Content-Length: 100'])}{"cidr":"10.0.0.0/24"`)
    connection.destroy()
    await connection.closed()
    const alive = await fetch(`${server.url}/readyz`)
    expect(alive.status).toBe(200)
    expect((await store.ipam.subnets.list()).items).toEqual([])
  })
})

test('a chunked body is taken, and cut off at the limit', async () => {
  const chunk = (text: string) => `${text.length.toString(16)}\r\n${text}\r\n`
  const connection = await rawConnection(server.url)
  const start = head(['Transfer-Encoding: chunked', 'Connection: close'])
  connection.write(`${start}${chunk('{"cidr":')}${chunk('"10.1.0.0/24"}')}0\r\n\r\n`)
  expect(await connection.closed()).toMatch(/^HTTP\/1\.1 201 /)

  const endless = await rawConnection(server.url)
  endless.write(start)
  for (let i = 0; i < 20; i += 1) endless.write(chunk('x'.repeat(100_000)))
  expect(await endless.received(/\r\n\r\n\{/)).toMatch(/^HTTP\/1\.1 413 /)
  endless.destroy()
})

test('pipelined requests are answered in order', async () => {
  const connection = await rawConnection(server.url)
  const get = (path: string, close = '') =>
    `GET ${path} HTTP/1.1\r\nHost: localhost\r\n${close}\r\n`
  connection.write(get('/healthz') + get('/v1/nothing') + get('/readyz', 'Connection: close\r\n'))
  const statuses = [...(await connection.closed()).matchAll(/HTTP\/1\.1 (\d+)/g)].map(([, s]) => s)
  expect(statuses).toEqual(['200', '404', '200'])
})

test('what is no request waits until the ones before it are answered', async () => {
  const body = '{"cidr":"10.2.0.0/24"}'
  const text = await answerTo(`${head([`Content-Length: ${body.length}`])}${body}rubbish\r\n\r\n`)
  const statuses = [...text.matchAll(/HTTP\/1\.1 (\d+)/g)].map(([, status]) => status)
  expect(statuses).toEqual(['201', '400'])
})

test.each(['gzip, chunked', 'chunked;x=1'])('the transfer coding %s is refused', async (coding) => {
  const lines = [`Transfer-Encoding: ${coding}`, 'Connection: close']
  expect(await answerTo(`${head(lines)}2\r\n{}\r\n0\r\n\r\n`)).toMatch(/^HTTP\/1\.1 4(00|15) /)
})

test.each([
  ['with its length', (body: string) => `Content-Length: ${body.length}\r\n\r\n${body}`],
  [
    'in chunks',
    (body: string) =>
      `Transfer-Encoding: chunked\r\n\r\n${body === '' ? '' : `${body.length.toString(16)}\r\n${body}\r\n`}0\r\n\r\n`,
  ],
])(
  'what comes with a GET or a DELETE, %s, is refused, and is no request of its own',
  async (title, framed) => {
    const host = 'Host: localhost\r\n'
    const connection = await rawConnection(server.url)
    const hidden = `GET /v1/nothing HTTP/1.1\r\n${host}\r\n`
    const json = `${host}Content-Type: application/json\r\n`
    connection.write(`GET /v1/subnets HTTP/1.1\r\n${host}${framed(hidden)}`)
    connection.write(`GET /v2.0/networks HTTP/1.1\r\n${json}${framed(hidden)}`)
    for (const path of ['/v1/subnets/x', '/v2.0/networks/x'])
      connection.write(`DELETE ${path} HTTP/1.1\r\n${json}${framed('')}`)
    connection.write(`GET /readyz HTTP/1.1\r\n${host}Connection: close\r\n\r\n`)
    const text = await connection.closed()
    const statuses = [...text.matchAll(/HTTP\/1\.1 (\d+)/g)].map(([, status]) => status)
    // An empty body that is announced as one is one all the same, and none of length 0 is.
    const empty = title === 'in chunks' ? '400' : '404'
    expect(statuses).toEqual(['400', '400', empty, empty, '200'])
    expect(text).toContain('BODY_NOT_ALLOWED')
  },
)

test('of a header that must come once, neither of two is believed', async () => {
  const twice = ['X-Project-Id: a', 'X-Project-Id: b', 'Connection: close']
  expect(await answerTo(`${head([...twice, 'Content-Length: 2'])}{}`)).toMatch(/^HTTP\/1\.1 400 /)
  const types = ['Content-Type: text/plain', 'Content-Length: 2', 'Connection: close']
  expect(await answerTo(`${head(types)}{}`)).toMatch(/^HTTP\/1\.1 415 /)
})

test.each([
  ['a route', 'GET /v1/subnets/%ff HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n'],
  ['a request', 'FOO\r\n\r\n'],
])('what is refused before there is %s carries the headers of every answer', async (_, bytes) => {
  const text = await answerTo(bytes)
  for (const header of [
    'x-content-type-options: nosniff',
    'x-request-id: ',
    'cache-control: no-store',
    "content-security-policy: default-src 'none'",
    'referrer-policy: no-referrer',
  ])
    expect(text).toContain(header)
  expect(text).toContain(`"requestId":"${/x-request-id: ([0-9a-f-]{36})/.exec(text)?.[1]}"`)
})
