import { execFileSync } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { Agent, createServer, request } from 'node:https'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { connect, type TLSSocket } from 'node:tls'
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest'
import { type RunningServer, requestLog, startServer } from '../src/index.ts'
import { readTlsKeyPair, startTlsReload } from '../src/tls-key-pair.ts'
import { type OpenStore, openApp, openStore, patient } from './app-fixture.ts'

let folder: string
let server: RunningServer | undefined
let store: OpenStore | undefined

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'freehold-tls-'))
})

afterEach(async () => {
  await server?.stop()
  server = undefined
  await store?.close()
  store = undefined
  rmSync(folder, { recursive: true })
})

const files = () => ({ certPath: join(folder, 'cert.pem'), keyPath: join(folder, 'key.pem') })

function makeKeys(name: string): void {
  const { certPath, keyPath } = files()
  const options = '-x509 -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -days 2'
  execFileSync(
    'openssl',
    ['req', ...options.split(' '), '-subj', `/CN=${name}`, '-keyout', keyPath, '-out', certPath],
    { stdio: 'ignore' },
  )
}

async function start(): Promise<RunningServer> {
  store = await openStore()
  server = await startServer({
    ipam: store.ipam,
    listen: { host: '127.0.0.1', port: 0 },
    log: requestLog('silent'),
    ...patient,
    tlsFiles: files(),
  })
  return server
}

interface Seen {
  readonly status: number | undefined
  readonly name: string
  readonly socket: TLSSocket
}

function ask(url: string, agent: Agent): Promise<Seen> {
  return new Promise((resolve, reject) => {
    request(url, { agent }, (response) => {
      const socket = response.socket as TLSSocket
      response.resume().once('end', () => {
        const { subject } = socket.getPeerCertificate()
        resolve({ status: response.statusCode, name: String(subject.CN), socket })
      })
    })
      .once('error', reject)
      .end()
  })
}

// The certificates are of our own making; which one it is, is what the tests look at.
const client = (keepAlive: boolean) =>
  new Agent({ keepAlive, maxSockets: 1, rejectUnauthorized: false, maxCachedSessions: 0 })

describe('HTTPS', () => {
  test('takes new keys for new connections and keeps the open ones', async () => {
    makeKeys('first.example')
    const { url, reloadTls } = await start()
    const kept = client(true)
    const before = await ask(`${url}/healthz`, kept)
    expect(before).toMatchObject({ status: 200, name: 'first.example' })
    makeKeys('second.example')
    await reloadTls()
    expect(await ask(`${url}/healthz`, client(false))).toMatchObject({ name: 'second.example' })
    const after = await ask(`${url}/healthz`, kept)
    expect(after.status).toBe(200)
    expect(after.socket).toBe(before.socket)
    kept.destroy()
  })

  test('keeps its keys when the new ones are no pair', async () => {
    makeKeys('first.example')
    const { url, reloadTls } = await start()
    const key = readFileSync(files().keyPath, 'utf8')
    makeKeys('second.example')
    writeFileSync(files().keyPath, key)
    await reloadTls()
    expect(await ask(`${url}/healthz`, client(false))).toMatchObject({ name: 'first.example' })
  })

  test('sees by itself that the files have changed, before its first look too', async () => {
    makeKeys('first.example')
    const bare = createServer(await readTlsKeyPair(files()), (_, response) => response.end())
    await once(bare.listen(0, '127.0.0.1'), 'listening')
    makeKeys('second.example')
    const reload = startTlsReload(bare, files(), () => undefined, 20)
    const url = `https://127.0.0.1:${(bare.address() as AddressInfo).port}`
    const untilNamed = (name: string) =>
      vi.waitFor(async () => expect(await ask(url, client(false))).toMatchObject({ name }), {
        timeout: 30_000,
      })
    await untilNamed('second.example')
    makeKeys('third.example')
    await untilNamed('third.example')
    reload.stop()
    bare.close()
  })

  test('stops after what is in flight, and does not wait for who asks nothing', async () => {
    makeKeys('first.example')
    const running = await start()
    const { port } = new URL(running.url)
    const open = async () => {
      const socket = connect({ port: Number(port), host: '127.0.0.1', rejectUnauthorized: false })
      await once(
        socket.setEncoding('utf8').on('error', () => {}),
        'secureConnect',
      )
      return socket
    }
    const [busy, idle] = [await open(), await open()]
    const body = '{"cidr":"10.0.0.0/24"}'
    const head =
      'POST /v1/subnets HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\n'
    busy.write(`${head}Expect: 100-continue\r\nContent-Length: ${body.length}\r\n\r\n`)
    let text = ''
    busy.on('data', (chunk: string) => {
      text += chunk
    })
    await vi.waitFor(() => expect(text).toContain('100 Continue'), { timeout: 30_000 })
    const stopped = running.stop()
    // By then connections were looked at twice.
    await once(idle.resume(), 'close')
    busy.write(body)
    await once(busy, 'close')
    expect(text).toContain('HTTP/1.1 201 ')
    await stopped
  })

  test('does not start with files that are no pair', async () => {
    makeKeys('first.example')
    writeFileSync(files().keyPath, 'no key')
    await expect(readTlsKeyPair(files())).rejects.toMatchObject({ code: 'ERR_TLS_FILES' })
  })

  test('asks browsers to stay with it, and only where it is spoken', async () => {
    makeKeys('first.example')
    const tls = await readTlsKeyPair(files())
    for (const [options, expected] of [
      [{ tls }, 'max-age=31536000'],
      [{}, undefined],
    ] as const) {
      const fixture = await openApp(options)
      const { headers } = await fixture.call('GET', '/healthz')
      expect(headers['strict-transport-security']).toBe(expected)
      expect(headers['server']).toBeUndefined()
      expect(headers['x-powered-by']).toBeUndefined()
      await fixture.close()
    }
  })
})

test('bytes that are no request are answered with Strict-Transport-Security too', async () => {
  makeKeys('one')
  const { port } = new URL((await start()).url)
  const socket = connect({ host: '127.0.0.1', port: Number(port), rejectUnauthorized: false })
  await once(socket, 'secureConnect')
  socket.write('FOO\r\n\r\n')
  const chunks: Buffer[] = []
  for await (const chunk of socket) chunks.push(chunk as Buffer)
  expect(Buffer.concat(chunks).toString()).toMatch(
    /^HTTP\/1\.1 400 [^]*\r\nstrict-transport-security: max-age=\d+\r\n/,
  )
})

describe('headers of a proxy', () => {
  const links = async (trustedProxies: readonly string[], host = 'ipam.example.net:8443') => {
    const fixture = await openApp({ trustedProxies })
    const { body } = await fixture.call('GET', '/', undefined, {
      host: 'localhost',
      'x-forwarded-proto': 'https',
      'x-forwarded-host': host,
    })
    await fixture.close()
    return JSON.stringify(body)
  }

  test('are believed of nobody unless told so', async () => {
    expect(await links([])).toContain('"http://localhost/')
    expect(await links(['192.0.2.1'])).toContain('"http://localhost/')
  })

  test('are believed of a proxy that is named', async () => {
    expect(await links(['127.0.0.0/8'])).toContain('"https://ipam.example.net:8443/')
  })

  test('make no link when they name no host', async () => {
    const answer = await links(['127.0.0.0/8'], 'evil.example/?x=')
    expect(answer).toContain('X-Forwarded-Host must name one host.')
    expect(answer).not.toContain('evil')
  })
})
