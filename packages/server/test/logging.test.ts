import { Writable } from 'node:stream'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { plainIdentifiers, requestLog } from '../src/index.ts'
import { type AppFixture, openApp } from './app-fixture.ts'

const lines: string[] = []
const destination = new Writable({
  write(chunk: Buffer, _encoding, done) {
    lines.push(...chunk.toString().split('\n').filter(Boolean))
    done()
  },
})

let fixture: AppFixture

beforeAll(async () => {
  fixture = await openApp({ log: requestLog('info', destination) })
})
afterAll(() => fixture.close())

const canary = 'canary-4711'

describe('log lines', () => {
  test('are JSON with known fields only, and hold nothing that a caller sent', async () => {
    const headers = {
      'x-project-id': canary,
      'user-agent': canary,
      'idempotency-key': canary,
      authorization: `Bearer ${canary}`,
      'x-request-id': canary,
      'x-forwarded-for': '198.51.100.77',
    }
    const { body: subnet } = await fixture.call(
      'POST',
      '/v1/subnets',
      { cidr: '198.51.100.0/24', name: canary, labels: { [canary]: canary } },
      headers,
    )
    const path = `/v1/subnets/${subnet.id}/allocations`
    const { body } = await fixture.call('POST', path, {
      request: { kind: 'specific', address: '198.51.100.77' },
      holder: { kind: 'host', id: canary, mac: '02:00:00:ca:4a:49', hostName: canary },
    })
    expect(body.allocations).toHaveLength(1)
    const evil = '\u001b[2J\u202e\r\n{"level":"forged"}'
    for (const [method, url, payload] of [
      ['GET', `${path}/198.51.100.77`, undefined],
      ['GET', `/v1/addresses/198.51.100.77/history`, undefined],
      ['GET', `/v1/subnets?name=${canary}`, undefined],
      ['GET', `/v1/${canary}`, undefined],
      ['GET', `/v1/subnets/${canary}%zz`, undefined],
      ['GET', `/v1/addresses/${encodeURIComponent(evil)}`, undefined],
      ['POST', '/v1/subnets', { cidr: evil, [canary]: evil }],
      ['POST', '/v1/subnets', `{"name":"${canary}"`],
      ['DELETE', `${path}/198.51.100.77`, undefined],
    ] as const)
      await fixture.call(method, url, payload, headers)

    await expect.poll(() => lines.length).toBeGreaterThanOrEqual(11)
    const allowed = [
      'level',
      'time',
      'requestId',
      'method',
      'route',
      'status',
      'durationMs',
      'errorCode',
      'project',
      'subnet',
      'holder',
      'addressPrefix',
    ]
    for (const line of lines) {
      expect(allowed).toEqual(expect.arrayContaining(Object.keys(JSON.parse(line))))
      expect(line).not.toMatch(/[^\x20-\x7e]/)
      expect(line.length).toBeLessThan(400)
    }
    const all = lines.join('\n')
    for (const secret of [canary, '198.51.100', subnet.id, '02:00', 'forged', 'u001b', '%zz'])
      expect(all).not.toContain(secret)
    expect(all).toContain('"route":"/v1/subnets/{id}/allocations/{address}"')
    expect(all).toMatch(/"project":"prj_[0-9a-f]{12}"/)
    expect(all).toMatch(/"subnet":"sub_[0-9a-f]{12}"/)
    expect(all).toMatch(/"holder":"hld_[0-9a-f]{12}"/)
    expect(all).toContain('"addressPrefix":"198.51.0.0/16"')
    expect(all).toContain('"errorCode":"INVALID_ADDRESS"')
  })

  test('hold printable ASCII alone, and few of it, even of identifiers that are logged as they are', async () => {
    lines.length = 0
    const app = await openApp({
      log: requestLog('info', destination),
      pseudonymize: plainIdentifiers,
    })
    const { body: subnet } = await app.call('POST', '/v1/subnets', { cidr: '10.0.0.0/24' })
    const marks = '\u001b[2J\u009b\u202e\u2028\u2029\u0085\u007f\u{e0001}\r\n{"level":"forged"}'
    for (const id of [marks, marks.repeat(9)])
      await app.call('POST', `/v1/subnets/${subnet.id}/allocations`, {
        request: { kind: 'any' },
        holder: { kind: 'host', id },
      })
    await expect.poll(() => lines.length).toBe(3)
    await app.close()
    for (const line of lines) {
      expect(line).not.toMatch(/[^\x20-\x7e]/)
      expect(line.length).toBeLessThan(4096)
    }
    const holders = lines.slice(1).map((line) => (JSON.parse(line) as { holder: string }).holder)
    expect(holders).toEqual([`host:${marks}`, `host:${marks.repeat(9)}`])
  })

  test('hold no text without end, wherever it comes from', async () => {
    lines.length = 0
    requestLog('info', destination).notice('x', { long: 'y'.repeat(100_000), n: 1 })
    await expect.poll(() => lines.length).toBe(1)
    expect(JSON.parse(lines[0] ?? '')).toMatchObject({ long: 'y'.repeat(512), n: 1, msg: 'x' })
  })

  test('an inner failure tells where it came from and not what it said', async () => {
    lines.length = 0
    const broken = await openApp({ log: requestLog('info', destination) })
    const { ipam } = broken
    const failing = {
      ...ipam,
      as: () => ({ ...ipam, ping: async () => Promise.reject(secretError()) }),
    }
    const app = await openApp({ log: requestLog('info', destination), ipam: failing })
    const answer = await app.call('GET', '/readyz')
    expect(answer.body).toMatchObject({ status: 500, code: 'INTERNAL' })
    expect(JSON.stringify(answer.body)).not.toContain(canary)
    await expect.poll(() => lines.length).toBeGreaterThanOrEqual(2)
    const all = lines.join('\n')
    expect(all).not.toContain(canary)
    expect(all).toContain('"causeCode":"ERR_DRIVER"')
    expect(all).toContain('logging.test.ts')
    await app.close()
    await broken.close()
  })
})

function secretError(): Error {
  return Object.assign(new Error(`insert into ${canary}\n    values ('${canary}')`), {
    code: 'ERR_DRIVER',
  })
}
