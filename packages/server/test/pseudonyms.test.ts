import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { type Ipam, openIpam } from '@freehold/engine'
import { sqliteStore } from '@freehold/engine/sqlite'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { revealPseudonym, rotateLogKey } from '../src/index.ts'
import { openPseudonyms } from '../src/logging/log-keys.ts'

let folder: string
const opened: Ipam[] = []

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'freehold-pseudonyms-'))
})
afterEach(async () => {
  for (const ipam of opened.splice(0)) await ipam.close()
  rmSync(folder, { recursive: true })
})

async function openDatabase(): Promise<Ipam> {
  const ipam = await openIpam(sqliteStore({ path: join(folder, 'test.sqlite') }))
  opened.push(ipam)
  return ipam
}

describe('the pseudonyms of a database', () => {
  test('are the same in every server on it, from the first moment on', async () => {
    const [first, second] = await Promise.all([openDatabase(), openDatabase()])
    const names = await Promise.all([openPseudonyms(first), openPseudonyms(second)])
    const [one, other] = names.map(({ pseudonymize }) => pseudonymize('sub', 'x'))
    expect(one).toMatch(/^sub_[0-9a-f]{12}$/)
    expect(one).toBe(other)
    const later = await openPseudonyms(await openDatabase())
    expect(later.pseudonymize('sub', 'x')).toBe(one)
  })

  test('change when the key is rotated, as soon as a server looks', async () => {
    const ipam = await openDatabase()
    const names = await openPseudonyms(ipam)
    const before = names.pseudonymize('sub', 'x')
    await rotateLogKey(ipam)
    expect(names.pseudonymize('sub', 'x')).toBe(before)
    await names.refresh()
    expect(names.pseudonymize('sub', 'x')).not.toBe(before)
  })

  test('are revealed by whoever has the database, whatever they stand for', async () => {
    const ipam = await openDatabase()
    const blue = ipam.as({ projectId: 'blue', isAdmin: false, actor: 'oidc:ada' })
    const scope = await blue.addressScopes.create({ name: 's', ipVersion: 4 })
    const pool = await blue.subnetPools.create({
      addressScopeId: scope.id,
      prefixes: ['10.0.0.0/16'],
    })
    const subnet = await blue.subnets.create({ subnetPoolId: pool.id, prefixLength: 24 })
    const gone = await blue.subnets.create({ cidr: '10.9.0.0/24' })
    await blue.subnets.delete(gone.id)
    await blue.allocations.allocate(
      subnet.id,
      { kind: 'specific', address: '10.0.0.9' },
      { holder: { kind: 'host', id: 'web:1' } },
    )
    await blue.allocations.release(subnet.id, '10.0.0.9')
    const port = await ipam.documents.create({ collection: 'neutron-port' })
    const { pseudonymize } = await openPseudonyms(ipam)
    for (const [kind, identifier, word] of [
      ['prj', 'blue', 'project'],
      ['scp', scope.id, 'address scope'],
      ['pool', pool.id, 'subnet pool'],
      ['sub', subnet.id, 'subnet'],
      ['sub', gone.id, 'subnet'],
      ['hld', 'host:web:1', 'holder'],
      ['prt', port.id, 'port'],
      ['act', 'oidc:ada', 'actor'],
    ] as const)
      expect(await revealPseudonym(ipam, pseudonymize(kind, identifier)), identifier).toEqual([
        { kind: word, identifier, keyCreatedAt: expect.stringMatching(/Z$/) },
      ])
  })

  test('of an older key are revealed until that key is forgotten', async () => {
    const ipam = await openDatabase()
    const { id } = await ipam.subnets.create({ cidr: '10.0.0.0/24' })
    const old = (await openPseudonyms(ipam)).pseudonymize('sub', id)
    await rotateLogKey(ipam)
    const current = (await openPseudonyms(ipam)).pseudonymize('sub', id)
    for (const name of [old, current])
      expect(await revealPseudonym(ipam, name)).toMatchObject([{ identifier: id }])
    await rotateLogKey(ipam, { forgetOld: true })
    for (const name of [old, current]) expect(await revealPseudonym(ipam, name)).toEqual([])
  })

  test('are not mistaken for other text', async () => {
    const ipam = await openDatabase()
    for (const text of ['', 'sub_', 'sub_3f9c', 'xyz_000000000000', 'constructor_000000000000'])
      expect(await revealPseudonym(ipam, text), text).toBeNull()
    expect(await revealPseudonym(ipam, 'sub_000000000000')).toEqual([])
  })
})
