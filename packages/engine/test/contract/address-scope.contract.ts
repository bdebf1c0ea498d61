import { describe, expect, it } from 'vitest'
import { type ContractStore, contractEngines } from './contract-store.ts'
import { expectRefused } from './expected-error.ts'

export function describeAddressScopeContract(store: ContractStore): void {
  const engines = contractEngines(store)

  describe('address scopes', () => {
    it('exist as two built-in ones, one for each IP version', async () => {
      const ipam = await engines.open()
      const { items } = await ipam.addressScopes.list()
      expect(items.map(({ name, ipVersion, shared }) => [name, ipVersion, shared])).toEqual([
        ['default', 4, true],
        ['default', 6, true],
      ])
    })

    it('are read back as they were created', async () => {
      const ipam = await engines.open()
      const made = await ipam.addressScopes.create({
        name: 'campus',
        ipVersion: 6,
        labels: { site: 'north' },
      })
      expect(made).toMatchObject({ name: 'campus', ipVersion: 6, shared: false, revision: 1 })
      expect(await ipam.addressScopes.get(made.id)).toEqual(made)
    })

    it('let the same prefix live in each of them', async () => {
      const ipam = await engines.open()
      const scope = await ipam.addressScopes.create({ ipVersion: 4 })
      await ipam.subnets.create({ cidr: '10.0.0.0/24' })
      await ipam.subnets.create({ cidr: '10.0.0.0/24', addressScopeId: scope.id })
      await expectRefused(
        ipam.subnets.create({ cidr: '10.0.0.128/25', addressScopeId: scope.id }),
        'SUBNET_OVERLAP',
      )
    })

    it('take subnets of their own IP version only', async () => {
      const ipam = await engines.open()
      const scope = await ipam.addressScopes.create({ ipVersion: 6 })
      const error = await expectRefused(
        ipam.subnets.create({ cidr: '10.0.0.0/24', addressScopeId: scope.id }),
        'IP_VERSION_MISMATCH',
      )
      expect(error.details.pointer).toBe('/cidr')
    })

    it('change name and labels, and count their revisions', async () => {
      const ipam = await engines.open()
      const made = await ipam.addressScopes.create({ name: 'a', ipVersion: 4 })
      const changed = await ipam.addressScopes.update(made.id, { name: 'b', labels: { x: '1' } })
      expect(changed).toMatchObject({ name: 'b', labels: { x: '1' }, revision: 2 })
      await expectRefused(
        ipam.addressScopes.update(made.id, { name: 'c' }, { ifRevision: 1 }),
        'STALE_REVISION',
      )
      expect(await ipam.addressScopes.get(made.id)).toEqual(changed)
    })

    it('can be shared, and not unshared, since others may rely on them', async () => {
      const ipam = await engines.open()
      const { id } = await ipam.addressScopes.create({ ipVersion: 4 })
      expect(await ipam.addressScopes.update(id, { shared: true })).toMatchObject({ shared: true })
      const error = await expectRefused(
        ipam.addressScopes.update(id, { shared: false }),
        'INVALID_FIELD',
      )
      expect(error.details.pointer).toBe('/shared')
    })

    it('stay while a subnet or a subnet pool is in them', async () => {
      const ipam = await engines.open()
      const { id } = await ipam.addressScopes.create({ ipVersion: 4 })
      const pool = await ipam.subnetPools.create({ addressScopeId: id, prefixes: ['10.0.0.0/8'] })
      await expectRefused(ipam.addressScopes.delete(id), 'ADDRESS_SCOPE_IN_USE')
      await ipam.subnetPools.delete(pool.id)
      const subnet = await ipam.subnets.create({ cidr: '10.0.0.0/24', addressScopeId: id })
      await expectRefused(ipam.addressScopes.delete(id), 'ADDRESS_SCOPE_IN_USE')
      await ipam.subnets.delete(subnet.id)
      await ipam.addressScopes.delete(id)
      await expectRefused(ipam.addressScopes.get(id), 'ADDRESS_SCOPE_NOT_FOUND')
      await expectRefused(ipam.addressScopes.delete(id), 'ADDRESS_SCOPE_NOT_FOUND')
    })

    it('that are built in can be neither changed nor deleted', async () => {
      const ipam = await engines.open()
      const [builtIn] = (await ipam.addressScopes.list()).items
      const id = builtIn?.id ?? ''
      await expectRefused(ipam.addressScopes.update(id, { name: 'mine' }), 'ADDRESS_SCOPE_IN_USE')
      await expectRefused(ipam.addressScopes.delete(id), 'ADDRESS_SCOPE_IN_USE')
    })

    it('made for something with its own space are not listed, and work', async () => {
      const ipam = await engines.open()
      const scope = await ipam.addressScopes.create({ ipVersion: 4, origin: 'implicit' })
      expect((await ipam.addressScopes.list()).items.map(({ id }) => id)).not.toContain(scope.id)
      await ipam.subnets.create({ cidr: '10.0.0.0/24', addressScopeId: scope.id })
    })

    it.each([
      ['name', { name: '' }],
      ['name', { name: 'line\nbreak' }],
      ['name', { name: 'x'.repeat(256) }],
      ['ipVersion', { ipVersion: 5 as 4 }],
      ['labels', { labels: { key: 7 as unknown as string } }],
    ])('refuse a bad %s and change nothing', async (field, bad) => {
      const ipam = await engines.open()
      const error = await expectRefused(
        ipam.addressScopes.create({ ipVersion: 4, ...bad }),
        'INVALID_FIELD',
      )
      expect(error.details.pointer).toMatch(new RegExp(`^/${field}`))
      expect((await ipam.addressScopes.list()).items).toHaveLength(2)
      expect((await ipam.events.list()).items).toEqual([])
    })
  })
}
