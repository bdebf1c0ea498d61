import { describe, expect, it } from 'vitest'
import { type ContractStore, contractEngines } from './contract-store.ts'
import { expectRefused } from './expected-error.ts'

export function describeUtilizationContract(store: ContractStore): void {
  const engines = contractEngines(store)

  describe('utilization', () => {
    it('of a subnet counts what is held, cooling, free and outside the pools', async () => {
      const ipam = await engines.open()
      const { id } = await ipam.subnets.create({
        cidr: '10.0.0.0/24',
        allocationPools: [{ first: '10.0.0.11', last: '10.0.0.20' }],
        coolingSeconds: 60,
      })
      await ipam.allocations.allocate(id, { kind: 'bulk', count: 4 })
      await ipam.allocations.allocate(id, { kind: 'specific', address: '10.0.0.99' })
      const [held] = (await ipam.allocations.list(id)).items
      await ipam.allocations.release(id, held?.address ?? '')
      expect(await ipam.utilization.ofSubnet(id)).toEqual({
        subnetId: id,
        capacity: 10n,
        allocated: 3n,
        cooling: 1n,
        available: 6n,
        outsidePools: 1n,
        ratio: 0.4,
      })
    })

    it('is exact beyond 2^53 addresses, and never 1 while one is free', async () => {
      const ipam = await engines.open()
      const { id } = await ipam.subnets.create({ cidr: '2001:db8::/32' })
      await ipam.allocations.allocate(id, { kind: 'bulk', count: 3 })
      const { capacity, available, allocated, ratio } = await ipam.utilization.ofSubnet(id)
      expect(capacity).toBe((1n << 96n) - 2n)
      expect([allocated, available]).toEqual([3n, (1n << 96n) - 5n])
      expect(ratio).toBe(0)
    })

    it('of several subnets comes in the order asked, without those that are missing', async () => {
      const ipam = await engines.open()
      const a = await ipam.subnets.create({ cidr: '10.0.0.0/24' })
      const b = await ipam.subnets.create({ cidr: '10.0.1.0/24' })
      await ipam.allocations.allocate(b.id, { kind: 'any' })
      const missing = '00000000-0000-4000-8000-0000000000ff'
      const found = await ipam.utilization.ofSubnets([b.id, missing, a.id])
      expect(found.map(({ subnetId, allocated }) => [subnetId, allocated])).toEqual([
        [b.id, 1n],
        [a.id, 0n],
      ])
    })

    it('of a subnet pool counts the addresses cut from it', async () => {
      const ipam = await engines.open()
      const pool = await ipam.subnetPools.create({ prefixes: ['10.0.0.0/24', '10.1.0.0/24'] })
      await ipam.subnets.create({ subnetPoolId: pool.id, prefixLength: 25 })
      await ipam.subnets.create({ cidr: '10.1.0.0/26' })
      expect(await ipam.utilization.ofSubnetPool(pool.id)).toMatchObject({
        subnetPoolId: pool.id,
        subnets: 1,
        capacity: 512n,
        allocated: 128n,
        available: 384n,
        ratio: 0.25,
      })
    })

    it('in total is the sum over the caller’s own subnets, for an administrator over all', async () => {
      const ipam = await engines.open()
      const tenant = ipam.as({ projectId: 'north', isAdmin: false })
      const own = await tenant.subnets.create({ cidr: '10.0.0.0/24' })
      await ipam.subnets.create({ cidr: '10.0.1.0/24' })
      await ipam.subnets.create({ cidr: '10.0.2.0/24', shared: true })
      await tenant.allocations.allocate(own.id, { kind: 'any' })
      expect(await ipam.utilization.total()).toMatchObject({ subnets: 3, capacity: 759n })
      expect(await tenant.utilization.total()).toMatchObject({
        subnets: 1,
        capacity: 253n,
        allocated: 1n,
      })
    })

    it('of what was shared is for its owner and administrators', async () => {
      const ipam = await engines.open()
      const pool = await ipam.subnetPools.create({ prefixes: ['10.0.0.0/8'], shared: true })
      const lent = await ipam.subnets.create({ cidr: '192.0.2.0/24', shared: true })
      const tenant = ipam.as({ projectId: 'north', isAdmin: false })
      const owner = ipam.as({ projectId: 'default', isAdmin: false })
      expect(await tenant.subnets.get(lent.id)).toMatchObject({ shared: true })
      await expectRefused(tenant.utilization.ofSubnet(lent.id), 'SUBNET_NOT_FOUND')
      await expectRefused(tenant.utilization.ofSubnetPool(pool.id), 'SUBNET_POOL_NOT_FOUND')
      expect(await tenant.utilization.ofSubnets([lent.id])).toEqual([])
      expect(await owner.utilization.ofSubnets([lent.id])).toHaveLength(1)
      expect(await owner.utilization.ofSubnetPool(pool.id)).toMatchObject({ subnets: 0 })
    })
  })
}
