import { describe, expect, it } from 'vitest'
import type { Ipam } from '../../src/ipam.ts'
import { type ContractStore, contractEngines } from './contract-store.ts'
import { expectRefused } from './expected-error.ts'

export function describeCallerContract(store: ContractStore): void {
  const engines = contractEngines(store)
  const specific = (address: string) => ({ kind: 'specific', address }) as const

  async function withTenants(): Promise<{ admin: Ipam; north: Ipam; south: Ipam }> {
    const admin = await engines.open()
    const tenant = (projectId: string) => admin.as({ projectId, isAdmin: false })
    return { admin, north: tenant('north'), south: tenant('south') }
  }

  describe('a caller', () => {
    it('is kept in the event up to 255 characters, and refused beyond', async () => {
      const ipam = await engines.open()
      const text = 'ö'.repeat(255)
      const caller = { projectId: text, actor: text, requestId: text, isAdmin: true }
      await ipam.as(caller).subnets.create({ cidr: '10.0.0.0/24' })
      const { items } = await ipam.events.list()
      expect(items.at(-1)).toMatchObject({ actor: text, requestId: text, projectId: text })
      for (const name of ['projectId', 'actor', 'requestId'])
        expect(() => ipam.as({ ...caller, [name]: `${text}x` })).toThrow(
          expect.objectContaining({ code: 'INVALID_FIELD' }),
        )
      expect(() => ipam.as({ ...caller, projectId: '' })).toThrow(
        expect.objectContaining({ code: 'INVALID_FIELD' }),
      )
    })
  })

  describe('another project', () => {
    it('finds what is not shared missing, whatever it tries', async () => {
      const { north, south } = await withTenants()
      const scope = await north.addressScopes.create({ ipVersion: 4 })
      const pool = await north.subnetPools.create({
        addressScopeId: scope.id,
        prefixes: ['10.0.0.0/8'],
      })
      const { id } = await north.subnets.create({ subnetPoolId: pool.id, prefixLength: 24 })
      await north.allocations.allocate(id, specific('10.0.0.9'))
      for (const attempt of [
        () => south.addressScopes.get(scope.id),
        () => south.addressScopes.update(scope.id, { name: 'x' }),
        () => south.addressScopes.delete(scope.id),
        () => south.subnets.create({ cidr: '10.0.0.0/24', addressScopeId: scope.id }),
        () => south.subnetPools.create({ prefixes: ['10.0.0.0/8'], addressScopeId: scope.id }),
      ])
        await expectRefused(attempt(), 'ADDRESS_SCOPE_NOT_FOUND')
      for (const attempt of [
        () => south.subnetPools.get(pool.id),
        () => south.subnetPools.update(pool.id, { name: 'x' }),
        () => south.subnetPools.addPrefixes(pool.id, ['11.0.0.0/8']),
        () => south.subnetPools.removePrefixes(pool.id, ['10.0.0.0/8']),
        () => south.subnetPools.delete(pool.id),
        () => south.subnets.create({ subnetPoolId: pool.id, prefixLength: 24 }),
        () => south.utilization.ofSubnetPool(pool.id),
      ])
        await expectRefused(attempt(), 'SUBNET_POOL_NOT_FOUND')
      for (const attempt of [
        () => south.subnets.get(id),
        () => south.subnets.update(id, { name: 'x' }),
        () => south.subnets.delete(id, { cascade: true }),
        () => south.allocations.allocate(id, { kind: 'any' }),
        () => south.allocations.release(id, '10.0.0.9'),
        () => south.allocations.get(id, '10.0.0.9'),
        () => south.allocations.list(id),
        () => south.utilization.ofSubnet(id),
      ])
        await expectRefused(attempt(), 'SUBNET_NOT_FOUND')
      expect((await south.subnets.list()).items).toEqual([])
      expect((await south.subnetPools.list()).items).toEqual([])
      expect((await south.addressScopes.list()).items.map(({ name }) => name)).toEqual([
        'default',
        'default',
      ])
      expect((await south.addresses.lookup('10.0.0.9')).subnets).toEqual([])
      expect(await south.addresses.history('10.0.0.9')).toEqual([])
      expect((await south.events.list()).items).toEqual([])
      expect(await north.subnets.get(id)).toMatchObject({ revision: 1 })
    })

    it('hears the same of a foreign record as of one that never was', async () => {
      const { north, south } = await withTenants()
      const { id } = await north.subnets.create({ cidr: '10.0.0.0/24' })
      const never = '00000000-0000-4000-8000-0000000000ff'
      const [foreign, missing] = [
        await expectRefused(south.subnets.get(id), 'SUBNET_NOT_FOUND'),
        await expectRefused(south.subnets.get(never), 'SUBNET_NOT_FOUND'),
      ]
      expect([foreign.message, foreign.details]).toEqual([missing.message, missing.details])
    })

    it('draws addresses from a shared subnet, and sees, holds and releases its own only', async () => {
      const { admin, north, south } = await withTenants()
      const { id } = await admin.subnets.create({ cidr: '10.0.0.0/24', shared: true })
      await north.allocations.allocate(id, specific('10.0.0.9'), {
        holder: { kind: 'host', id: 'h' },
      })
      await south.allocations.allocate(id, { kind: 'any' })
      await expectRefused(south.allocations.release(id, '10.0.0.9'), 'ALLOCATION_NOT_FOUND')
      await expectRefused(south.allocations.get(id, '10.0.0.9'), 'ALLOCATION_NOT_FOUND')
      await expectRefused(south.allocations.allocate(id, specific('10.0.0.9')), 'ADDRESS_IN_USE')
      const seen = (await south.allocations.list(id)).items
      expect(seen.map(({ projectId }) => projectId)).toEqual(['south'])
      expect((await admin.allocations.list(id)).items).toHaveLength(2)
      expect(await south.allocations.listByHolder('host', 'h')).toEqual([])
      expect(await north.allocations.listByHolder('host', 'h')).toHaveLength(1)
      await expectRefused(south.subnets.update(id, { name: 'mine' }), 'SUBNET_NOT_FOUND')
      await expectRefused(south.subnets.delete(id), 'SUBNET_NOT_FOUND')
    })

    it('gets by name only addresses of a shared subnet’s pools, and never its gateway', async () => {
      const { admin, north } = await withTenants()
      const { id } = await admin.subnets.create({
        cidr: '10.0.0.0/24',
        shared: true,
        allocationPools: [{ first: '10.0.0.10', last: '10.0.0.20' }],
      })
      await expectRefused(
        north.allocations.allocate(id, specific('10.0.0.30')),
        'ADDRESS_NOT_ASSIGNABLE',
      )
      const asGateway = { holder: { kind: 'gateway', id: 'r' } }
      await expectRefused(
        north.allocations.allocate(id, specific('10.0.0.1'), asGateway),
        'ADDRESS_NOT_ASSIGNABLE',
      )
      await north.allocations.allocate(id, specific('10.0.0.10'))
      await admin.allocations.allocate(id, specific('10.0.0.1'), asGateway)
      await admin.allocations.allocate(id, specific('10.0.0.30'))
    })

    it('cuts subnets of its own from a shared pool, in a shared scope', async () => {
      const { admin, north, south } = await withTenants()
      const scope = await admin.addressScopes.create({ ipVersion: 4, shared: true })
      const pool = await admin.subnetPools.create({
        addressScopeId: scope.id,
        prefixes: ['10.0.0.0/16'],
        shared: true,
      })
      const one = await north.subnets.create({ subnetPoolId: pool.id, prefixLength: 24 })
      const two = await south.subnets.create({ subnetPoolId: pool.id, prefixLength: 24 })
      expect([one.projectId, two.projectId]).toEqual(['north', 'south'])
      expect((await south.subnets.list()).items.map(({ id }) => id)).toEqual([two.id])
      await expectRefused(
        south.subnets.create({ addressScopeId: scope.id, cidr: one.cidr }),
        'SUBNET_OVERLAP',
      )
      await expectRefused(
        south.subnetPools.update(pool.id, { name: 'mine' }),
        'SUBNET_POOL_NOT_FOUND',
      )
      await expectRefused(
        south.addressScopes.update(scope.id, { name: 'x' }),
        'ADDRESS_SCOPE_NOT_FOUND',
      )
    })

    it('may not check the whole database', async () => {
      const { north } = await withTenants()
      await expectRefused(north.check(), 'INVALID_REQUEST')
    })
  })

  describe('an administrator', () => {
    it('sees and changes every project’s records, which stay theirs', async () => {
      const { admin, north } = await withTenants()
      const { id } = await north.subnets.create({ cidr: '10.0.0.0/24' })
      const { subnet } = await admin.subnets.update(id, { name: 'seen' })
      expect(subnet).toMatchObject({ projectId: 'north', name: 'seen' })
      expect(await north.subnets.get(id)).toEqual(subnet)
    })
  })
}
