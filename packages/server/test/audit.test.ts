import {
  copyFileSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { Writable } from 'node:stream'
import { openIpam } from '@freehold/engine'
import { sqliteStore } from '@freehold/engine/sqlite'
import { canMount, smallDisk } from '@freehold/test-support'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { exportHead } from '../src/audit/head-export.ts'
import { fileHead, newestHead } from '../src/audit/head-folder.ts'
import {
  acceptRestore,
  generateHeadKeys,
  keepHead,
  readKeptHead,
  readPublicKey,
  readSignKey,
  refuseRestored,
  requestLog,
  startServer,
} from '../src/index.ts'
import { type AppFixture, openApp, openStore, patient } from './app-fixture.ts'

let folder: string
let fixture: AppFixture

beforeEach(async () => {
  folder = mkdtempSync(join(tmpdir(), 'freehold-audit-'))
  fixture = await openApp()
})
afterEach(async () => {
  await fixture.close()
  rmSync(folder, { recursive: true })
})

function linesInto(lines: string[]): Writable {
  return new Writable({
    write(chunk: Buffer, _encoding, done) {
      lines.push(chunk.toString())
      done()
    },
  })
}

describe('the audit routes', () => {
  test('tell the head of the chain and what is not sealed yet', async () => {
    await fixture.call('POST', '/v1/subnets', { cidr: '10.0.0.0/24' })
    const before = await fixture.call('POST', '/v1/audit/verify', {})
    expect(before.body).toMatchObject({ ok: true, head: { seq: 0 }, unsealed: { events: 1 } })
    await fixture.ipam.audit.seal()
    const { body: head } = await fixture.call('GET', '/v1/audit/head')
    expect(head).toEqual({ epoch: 1, seq: 1, hash: expect.stringMatching(/^[0-9a-f]{64}$/) })
    const after = await fixture.call('POST', '/v1/audit/verify', { head })
    expect(after).toMatchObject({
      status: 200,
      body: { ok: true, head, unsealed: { events: 0, oldestAt: null }, firstBroken: null },
    })
  })

  test('show by a kept head that the chain was cut', async () => {
    const head = { epoch: 1, seq: 7, hash: 'ab'.repeat(32) }
    const { body } = await fixture.call('POST', '/v1/audit/verify', { head })
    expect(body).toMatchObject({ ok: false, firstBroken: { kind: 'cut', seq: 1, eventId: null } })
  })

  test('refuse a head that is none', async () => {
    const hash = 'ab'.repeat(32)
    for (const head of [
      {},
      { epoch: 1, seq: 1 },
      { seq: 1, hash },
      { epoch: 0, seq: 1, hash },
      { epoch: 1, seq: -1, hash },
      { epoch: 1, seq: 1, hash: 'x' },
    ])
      expect((await fixture.call('POST', '/v1/audit/verify', { head })).status).toBe(400)
  })
})

describe('events', () => {
  test('tell which request made them, and are as many as the changes', async () => {
    const requestIds: (string | undefined)[] = []
    const change = async (method: string, path: string, body?: unknown) => {
      const answer = await fixture.call(method, path, body)
      if (answer.status < 300) requestIds.push(answer.headers['x-request-id'])
      return answer.body
    }
    const scope = await change('POST', '/v1/address-scopes', { name: 's', ipVersion: 4 })
    const pool = await change('POST', '/v1/subnet-pools', {
      addressScopeId: scope.id,
      prefixes: ['10.0.0.0/16'],
    })
    const subnet = await change('POST', '/v1/subnets', { subnetPoolId: pool.id, prefixLength: 29 })
    const path = `/v1/subnets/${subnet.id}`
    const allocate = (request: object) => change('POST', `${path}/allocations`, { request })
    const bulk = await allocate({ kind: 'bulk', count: 3 })
    await Promise.all(Array.from({ length: 6 }, () => allocate({ kind: 'any' })))
    await allocate({ kind: 'next' })
    await allocate({ kind: 'bulk', count: 100 })
    await change('DELETE', `${path}/allocations/${bulk.allocations[0].address}`)
    await change('DELETE', `${path}/allocations/${bulk.allocations[0].address}`)
    await change('PATCH', path, { name: 'renamed' })
    await change('POST', '/v1/subnets', { cidr: '10.0.0.0/33' })

    const { items } = await fixture.ipam.events.list({ limit: 1000 })
    const made = items.filter(({ requestId }) => requestId !== null)
    expect(new Set(made.map(({ requestId }) => requestId))).toEqual(new Set(requestIds))
    // 3 of the bulk, 2 that were left of the 6 usable less the gateway, 1 release, and the 4 record changes.
    expect(made.map(({ action, recordKind }) => `${recordKind} ${action}`).toSorted()).toEqual([
      'address-scope created',
      ...Array.from({ length: 5 }, () => 'allocation allocated'),
      'allocation released',
      'subnet created',
      'subnet updated',
      'subnet-pool created',
    ])
  })
})

describe('a running server', () => {
  test('seals events by itself and keeps signed heads of them', async () => {
    const store = await openStore()
    const { privateKey, publicKey } = generateHeadKeys()
    const directory = join(folder, 'heads')
    const server = await startServer({
      ipam: store.ipam,
      listen: { host: '127.0.0.1', port: 0 },
      log: requestLog('silent'),
      ...patient,
      reapIntervalMs: 10,
      auditHeads: { directory, signKey: readSignKey(privateKey), intervalMs: 10 },
    })
    await store.ipam.subnets.create({ cidr: '10.0.0.0/24' })
    await expect.poll(() => readdirSync(directory)).toContain('head-0001-000000000001.json')
    await store.ipam.subnets.create({ cidr: '10.1.0.0/24' })
    await server.stop()
    await store.close()
    const text = readFileSync(join(directory, 'head-0001-000000000002.json'), 'utf8')
    expect(readKeptHead(text, readPublicKey(publicKey))).toMatchObject({ seq: 2 })
  })

  test('warns when the chain ends before a kept head, and writes nothing over it', async () => {
    const lines: string[] = []
    const log = requestLog('warn', linesInto(lines))
    const other = await openApp()
    for (let i = 0; i < 6; i += 1) await other.ipam.subnets.create({ cidr: `10.${i}.0.0/24` })
    await exportHead(other.ipam, { directory: folder }, log)
    expect(readdirSync(folder)).toEqual(['head-0001-000000000006.json'])
    await other.close()
    await exportHead(fixture.ipam, { directory: folder }, log)
    expect(readdirSync(folder)).toEqual(['head-0001-000000000006.json'])
    await expect.poll(() => lines.join('')).toContain('the audit chain ends before a kept head')
  })

  test('tells a chain that was made anew from the one of a kept head, and does not start on it', async () => {
    const other = await openApp()
    await other.ipam.subnets.create({ cidr: '10.0.0.0/24' })
    await exportHead(other.ipam, { directory: folder }, requestLog('silent'))
    await other.close()
    for (let i = 0; i < 2; i += 1) await fixture.ipam.subnets.create({ cidr: `10.${i}.0.0/24` })
    const lines: string[] = []
    await exportHead(fixture.ipam, { directory: folder }, requestLog('warn', linesInto(lines)))
    expect(readdirSync(folder)).toEqual(['head-0001-000000000001.json'])
    await expect.poll(() => lines.join('')).toContain('the audit chain is not the one')
    await expect(refuseRestored(fixture.ipam, folder)).rejects.toMatchObject({
      code: 'DATABASE_RESTORED',
      message: expect.stringContaining('its audit chain has another hash there'),
    })
  })

  test('does not start on a database that has lost what a kept head shows', async () => {
    const other = await openApp()
    for (let i = 0; i < 6; i += 1) await other.ipam.subnets.create({ cidr: `10.${i}.0.0/24` })
    await exportHead(other.ipam, { directory: folder }, requestLog('silent'))
    await other.close()
    const store = await openStore()
    await store.ipam.subnets.create({ cidr: '10.0.0.0/24' })
    await store.ipam.audit.seal()
    const start = () =>
      startServer({
        ipam: store.ipam,
        listen: { host: '127.0.0.1', port: 0 },
        log: requestLog('silent'),
        ...patient,
        auditHeads: { directory: folder },
      })
    await expect(start()).rejects.toMatchObject({
      code: 'DATABASE_RESTORED',
      details: { kept: { epoch: 1, seq: 6 }, head: { epoch: 1, seq: 1 } },
    })
    expect(await acceptRestore(store.ipam, { directory: folder })).toMatchObject({ epoch: 2 })
    expect(readdirSync(folder).toSorted()).toEqual([
      'head-0001-000000000006.json',
      'head-0002-000000000002.json',
    ])
    const server = await start()
    await server.stop()
    await store.close()
  })

  test('starts on a backup in which the last event was not sealed yet, and nothing is lost', async () => {
    await fixture.ipam.subnets.create({ cidr: '10.0.0.0/24' })
    const backup = join(folder, 'backup.sqlite')
    using file = new DatabaseSync(fixture.path)
    file.prepare('VACUUM INTO ?').run(backup)
    await exportHead(fixture.ipam, { directory: join(folder, 'heads') }, requestLog('silent'))
    const restored = await openIpam(sqliteStore({ path: backup }))
    expect(await restored.audit.head()).toMatchObject({ seq: 0 })
    await refuseRestored(restored, join(folder, 'heads'))
    expect(await restored.audit.head()).toMatchObject({ seq: 1 })
    await restored.close()
  })

  test('never writes over a head that is there', async () => {
    const head = { epoch: 1, seq: 1, hash: 'ab'.repeat(32) }
    const [first, second] = ['2026-01-01T00:00:00.000Z', '2026-01-02T00:00:00.000Z']
    for (const at of [first, second]) await fileHead(folder, keepHead(head, at))
    expect(await newestHead(folder)).toMatchObject({ at: first })
    expect(readdirSync(folder)).toEqual(['head-0001-000000000001.json'])
  })

  test('does not start when the newest name holds an older head', async () => {
    await fixture.ipam.subnets.create({ cidr: '10.0.0.0/24' })
    await exportHead(fixture.ipam, { directory: folder }, requestLog('silent'))
    const path = join(folder, 'head-0001-000000000006.json')
    copyFileSync(join(folder, 'head-0001-000000000001.json'), path)
    await expect(refuseRestored(fixture.ipam, folder)).rejects.toMatchObject({
      code: 'INVALID_REQUEST',
      message: `${path}: The kept head is of head-0001-000000000001.json.`,
    })
  })

  test.runIf(canMount)('leaves nothing in a folder that has no room for a head', async () => {
    await fixture.ipam.subnets.create({ cidr: '10.0.0.0/24' })
    using disk = smallDisk(1)
    const heads = { directory: disk.path }
    disk.fill()
    await expect(exportHead(fixture.ipam, heads, requestLog('silent'))).rejects.toMatchObject({
      code: 'ENOSPC',
    })
    disk.clear()
    expect(readdirSync(disk.path)).toEqual([])
    await exportHead(fixture.ipam, heads, requestLog('silent'))
    expect(readdirSync(disk.path)).toEqual(['head-0001-000000000001.json'])
  })

  test('does not start on heads that it cannot read', async () => {
    const path = join(folder, 'head-0001-000000000006.json')
    writeFileSync(path, 'half')
    await expect(refuseRestored(fixture.ipam, folder)).rejects.toMatchObject({
      code: 'INVALID_REQUEST',
      message: `${path}: The kept head is not JSON.`,
    })
  })
})
