import { describe, expect, it } from 'vitest'
import type { Ipam } from '../../src/ipam.ts'
import type { SubnetPool } from '../../src/model/subnet-pool.ts'
import { type ContractStore, contractEngines } from './contract-store.ts'
import { expectRefused } from './expected-error.ts'

export function describeSubnetPoolContract(store: ContractStore): void {
  const engines = contractEngines(store)

  async function withPool(
    prefixes: string[],
    more = {},
  ): Promise<{ ipam: Ipam; pool: SubnetPool }> {
    const ipam = await engines.open()
    return { ipam, pool: await ipam.subnetPools.create({ prefixes, ...more }) }
  }

  const cut = async (ipam: Ipam, pool: SubnetPool, prefixLength: number): Promise<string> =>
    (await ipam.subnets.create({ subnetPoolId: pool.id, prefixLength })).cidr

  describe('subnet pools', () => {
    it('have defaults for the prefix lengths of their IP version', async () => {
      const { ipam, pool } = await withPool(['10.0.0.0/8'])
      const pool6 = await ipam.subnetPools.create({ prefixes: ['2001:db8::/32'] })
      const lengths = (p: SubnetPool): number[] => [
        p.minPrefixLength,
        p.defaultPrefixLength,
        p.maxPrefixLength,
      ]
      expect(lengths(pool)).toEqual([8, 8, 32])
      expect(lengths(pool6)).toEqual([64, 64, 128])
      expect(await ipam.subnetPools.get(pool.id)).toEqual(pool)
    })

    it('keep their prefixes merged and in order', async () => {
      const { pool } = await withPool(['10.0.1.0/24', '192.0.2.0/24', '10.0.0.0/24', '10.0.0.0/26'])
      expect(pool.prefixes).toEqual(['10.0.0.0/23', '192.0.2.0/24'])
    })

    it('refuse prefixes of two IP versions, and ones that another pool of the scope has', async () => {
      const { ipam } = await withPool(['10.0.0.0/16'])
      const mixed = ipam.subnetPools.create({ prefixes: ['10.1.0.0/16', '2001:db8::/32'] })
      expect((await expectRefused(mixed, 'IP_VERSION_MISMATCH')).details.pointer).toBe(
        '/prefixes/1',
      )
      for (const prefix of ['10.0.0.0/16', '10.0.4.0/24', '10.0.0.0/8'])
        await expectRefused(ipam.subnetPools.create({ prefixes: [prefix] }), 'PREFIX_OVERLAP')
      const scope = await ipam.addressScopes.create({ ipVersion: 4 })
      await ipam.subnetPools.create({ prefixes: ['10.0.0.0/8'], addressScopeId: scope.id })
    })

    it('refuse host bits with the prefix that was probably meant', async () => {
      const ipam = await engines.open()
      const error = await expectRefused(
        ipam.subnetPools.create({ prefixes: ['10.0.0.1/8'] }),
        'INVALID_PREFIX',
      )
      expect(error.details).toMatchObject({ pointer: '/prefixes/0', fix: 'Use 10.0.0.0/8.' })
    })

    it.each([
      [{ minPrefixLength: 0 }, 'PREFIX_LENGTH_OUT_OF_BOUNDS'],
      [{ maxPrefixLength: 33 }, 'PREFIX_LENGTH_OUT_OF_BOUNDS'],
      [{ minPrefixLength: 24, maxPrefixLength: 20 }, 'PREFIX_LENGTH_OUT_OF_BOUNDS'],
      [{ minPrefixLength: 20, defaultPrefixLength: 16 }, 'PREFIX_LENGTH_OUT_OF_BOUNDS'],
      [{ quota: -1n }, 'INVALID_FIELD'],
      [{ quota: (1n << 128n) + 1n }, 'INVALID_FIELD'],
    ] as const)('refuse %o', async (bad, code) => {
      const ipam = await engines.open()
      await expectRefused(ipam.subnetPools.create({ prefixes: ['10.0.0.0/8'], ...bad }), code)
    })

    it('keep a quota of up to 2^128 exactly', async () => {
      const { ipam, pool } = await withPool(['2001:db8::/32'], { quota: (1n << 128n) - 1n })
      expect((await ipam.subnetPools.get(pool.id)).quota).toBe((1n << 128n) - 1n)
    })

    it('give out the lowest block of the smallest free one that fits', async () => {
      const { ipam, pool } = await withPool(['10.0.0.0/16', '10.9.0.0/24'])
      expect(await cut(ipam, pool, 26)).toBe('10.9.0.0/26')
      expect(await cut(ipam, pool, 25)).toBe('10.9.0.128/25')
      expect(await cut(ipam, pool, 24)).toBe('10.0.0.0/24')
      expect(await cut(ipam, pool, 26)).toBe('10.9.0.64/26')
    })

    it('join freed blocks, so that the whole can be cut again', async () => {
      const { ipam, pool } = await withPool(['10.0.0.0/24'])
      const ids: string[] = []
      for (let count = 0; count < 4; count += 1)
        ids.push((await ipam.subnets.create({ subnetPoolId: pool.id, prefixLength: 26 })).id)
      await expectRefused(
        ipam.subnets.create({ subnetPoolId: pool.id, prefixLength: 26 }),
        'SUBNET_POOL_EXHAUSTED',
      )
      for (const index of [2, 0, 3, 1]) await ipam.subnets.delete(ids[index] as string)
      expect(await cut(ipam, pool, 24)).toBe('10.0.0.0/24')
      expect((await ipam.check()).problems).toEqual([])
    })

    it('leave out blocks that subnets of no pool take, on making and later', async () => {
      const ipam = await engines.open()
      const inside = await ipam.subnets.create({ cidr: '10.0.0.0/25' })
      const pool = await ipam.subnetPools.create({ prefixes: ['10.0.0.0/23'] })
      await ipam.subnets.create({ cidr: '10.0.0.128/26' })
      expect(await cut(ipam, pool, 25)).toBe('10.0.1.0/25')
      expect(await cut(ipam, pool, 25)).toBe('10.0.1.128/25')
      await expectRefused(
        ipam.subnets.create({ subnetPoolId: pool.id, prefixLength: 25 }),
        'SUBNET_POOL_EXHAUSTED',
      )
      await ipam.subnets.delete(inside.id)
      expect(await cut(ipam, pool, 25)).toBe('10.0.0.0/25')
      expect((await ipam.check()).problems).toEqual([])
    })

    it('gain and lose prefixes, but none with a subnet of theirs in it', async () => {
      const { ipam, pool } = await withPool(['10.0.0.0/24'])
      const grown = await ipam.subnetPools.addPrefixes(pool.id, ['10.0.1.0/24', '10.5.0.0/24'])
      expect(grown.prefixes).toEqual(['10.0.0.0/23', '10.5.0.0/24'])
      const again = await ipam.subnetPools.addPrefixes(pool.id, ['10.0.1.0/24'])
      expect(again.prefixes).toEqual(grown.prefixes)
      await ipam.subnets.create({ subnetPoolId: pool.id, cidr: '10.0.1.0/26' })
      await expectRefused(
        ipam.subnetPools.removePrefixes(pool.id, ['10.0.1.0/25']),
        'PREFIX_IN_USE',
      )
      await expectRefused(
        ipam.subnetPools.removePrefixes(pool.id, ['10.77.0.0/24']),
        'PREFIX_OUTSIDE_SUBNET_POOL',
      )
      const less = await ipam.subnetPools.removePrefixes(pool.id, ['10.0.1.128/25', '10.5.0.0/24'])
      expect(less.prefixes).toEqual(['10.0.0.0/24', '10.0.1.0/25'])
      expect((await ipam.check()).problems).toEqual([])
    })

    it('refuse to be emptied of prefixes', async () => {
      const { ipam, pool } = await withPool(['10.0.0.0/24'])
      await expectRefused(
        ipam.subnetPools.removePrefixes(pool.id, ['10.0.0.0/24']),
        'INVALID_FIELD',
      )
      await expectRefused(ipam.subnetPools.update(pool.id, { prefixes: [] }), 'INVALID_FIELD')
    })

    it('move to another address scope while no subnet was cut from them', async () => {
      const { ipam, pool } = await withPool(['10.0.0.0/24'])
      const scope = await ipam.addressScopes.create({ ipVersion: 4 })
      await ipam.subnets.create({ cidr: '10.0.0.0/25' })
      await ipam.subnetPools.update(pool.id, { addressScopeId: scope.id })
      expect(await cut(ipam, pool, 24)).toBe('10.0.0.0/24')
      const [builtIn] = (await ipam.addressScopes.list({ ipVersion: 4 })).items
      await expectRefused(
        ipam.subnetPools.update(pool.id, { addressScopeId: builtIn?.id ?? '' }),
        'SUBNET_POOL_IN_USE',
      )
      expect((await ipam.check()).problems).toEqual([])
    })

    it('have at most one default of an IP version', async () => {
      const { ipam, pool } = await withPool(['10.0.0.0/24'], { isDefault: true })
      await ipam.subnetPools.create({ prefixes: ['2001:db8::/32'], isDefault: true })
      const second = { prefixes: ['10.1.0.0/24'], isDefault: true }
      await expectRefused(ipam.subnetPools.create(second), 'DEFAULT_POOL_EXISTS')
      await ipam.subnetPools.update(pool.id, { isDefault: false })
      await ipam.subnetPools.create(second)
    })

    it('are deleted only without subnets', async () => {
      const { ipam, pool } = await withPool(['10.0.0.0/24'])
      const subnet = await ipam.subnets.create({ subnetPoolId: pool.id, prefixLength: 25 })
      await expectRefused(ipam.subnetPools.delete(pool.id), 'SUBNET_POOL_IN_USE')
      await ipam.subnets.delete(subnet.id)
      await ipam.subnetPools.delete(pool.id)
      await expectRefused(ipam.subnetPools.get(pool.id), 'SUBNET_POOL_NOT_FOUND')
      await ipam.subnetPools.create({ prefixes: ['10.0.0.0/24'] })
    })

    it('refuse a change whose revision is old', async () => {
      const { ipam, pool } = await withPool(['10.0.0.0/24'])
      await ipam.subnetPools.update(pool.id, { name: 'a' }, { ifRevision: 1 })
      await expectRefused(
        ipam.subnetPools.update(pool.id, { name: 'b' }, { ifRevision: 1 }),
        'STALE_REVISION',
      )
      expect(await ipam.subnetPools.get(pool.id)).toMatchObject({ name: 'a', revision: 2 })
    })
  })

  describe('quotas of subnet pools', () => {
    it('hold for each calling project, also on a pool of another', async () => {
      const { ipam, pool } = await withPool(['10.0.0.0/16'], { shared: true, quota: 256n })
      const tenants = ['north', 'south'].map((projectId) => ipam.as({ projectId, isAdmin: false }))
      for (const tenant of tenants) {
        await cut(tenant, pool, 25)
        await cut(tenant, pool, 26)
        const error = await expectRefused(cut(tenant, pool, 25), 'QUOTA_EXCEEDED')
        expect(error.kind).toBe('over-quota')
        await cut(tenant, pool, 26)
        await expectRefused(cut(tenant, pool, 32), 'QUOTA_EXCEEDED')
      }
      expect((await ipam.check()).problems).toEqual([])
    })

    it('come back with a deleted subnet', async () => {
      const { ipam, pool } = await withPool(['10.0.0.0/16'], { quota: 256n })
      const subnet = await ipam.subnets.create({ subnetPoolId: pool.id, prefixLength: 24 })
      await expectRefused(cut(ipam, pool, 32), 'QUOTA_EXCEEDED')
      await ipam.subnets.delete(subnet.id)
      await cut(ipam, pool, 24)
    })

    it('of 0 allow nothing, and of null everything', async () => {
      const { ipam, pool } = await withPool(['10.0.0.0/16'], { quota: 0n })
      await expectRefused(cut(ipam, pool, 32), 'QUOTA_EXCEEDED')
      await ipam.subnetPools.update(pool.id, { quota: null })
      await cut(ipam, pool, 16)
    })

    it('do not count subnets of no pool', async () => {
      const { ipam, pool } = await withPool(['10.0.0.0/16'], { quota: 256n })
      await ipam.subnets.create({ cidr: '10.0.0.0/24' })
      expect(await cut(ipam, pool, 24)).toBe('10.0.1.0/24')
    })
  })
}
