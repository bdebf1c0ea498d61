import { describe, expect, it } from 'vitest'
import { type ContractStore, contractEngines } from './contract-store.ts'
import { expectRefused } from './expected-error.ts'

/** What Neutron's tests of its subnet allocator assert, in our words. Each name begins with Neutron's. */
export function describeNeutronSubnetPoolContract(store: ContractStore): void {
  const engines = contractEngines(store)

  describe('Neutron, subnet allocation', () => {
    async function withPool(prefixes: string[], more: object = {}) {
      const ipam = await engines.open()
      const pool = await ipam.subnetPools.create({ prefixes, ...more })
      const cut = (input: object) => ipam.subnets.create({ subnetPoolId: pool.id, ...input })
      return { ipam, pool, cut }
    }

    it('allocate_any_subnet: a /21 lies inside the pool', async () => {
      const { cut } = await withPool(['10.1.0.0/16', '192.168.1.0/24'])
      expect((await cut({ prefixLength: 21 })).cidr).toMatch(/^10\.1\.\d+\.0\/21$/)
    })

    it('allocate_specific_subnet: a named prefix is given as asked', async () => {
      const { cut } = await withPool(['10.1.0.0/16', '192.168.1.0/24'])
      expect(await cut({ cidr: '10.1.2.0/24' })).toMatchObject({ cidr: '10.1.2.0/24' })
    })

    it('insufficient_prefix_space_for_any_allocation: no prefix is wide enough', async () => {
      const { cut } = await withPool(['10.1.1.0/24', '192.168.1.0/24'])
      const error = await expectRefused(cut({ prefixLength: 21 }), 'SUBNET_POOL_EXHAUSTED')
      expect(error.kind).toBe('exhausted')
    })

    it('insufficient_prefix_space_for_specific_allocation: a prefix wider than the pool is refused', async () => {
      const { cut } = await withPool(['10.1.0.0/24', '10.3.0.0/24'])
      const error = await expectRefused(cut({ cidr: '10.1.0.0/21' }), 'PREFIX_OUTSIDE_SUBNET_POOL')
      expect(error.kind).toBe('invalid')
    })

    it('allocate_any_subnet_gateway: it is the network’s address and one', async () => {
      const { cut } = await withPool(['10.1.0.0/16'])
      expect(await cut({ prefixLength: 21 })).toMatchObject({
        cidr: '10.1.0.0/21',
        gateway: '10.1.0.1',
      })
    })

    it('allocate_specific_subnet_specific_gateway: a named gateway is kept', async () => {
      const { cut } = await withPool(['10.1.0.0/16'])
      expect(await cut({ cidr: '10.1.2.0/24', gateway: '10.1.2.254' })).toMatchObject({
        gateway: '10.1.2.254',
      })
    })

    it('allocate_specific_ipv6_subnet_specific_gateway: all ones may be the gateway', async () => {
      const { cut } = await withPool(['2210::/64'])
      const subnet = await cut({ cidr: '2210::/64', gateway: '2210::ffff:ffff:ffff:ffff' })
      expect(subnet.gateway).toBe('2210::ffff:ffff:ffff:ffff')
      expect(subnet.allocationPools).toEqual([
        { first: '2210::1', last: '2210::ffff:ffff:ffff:fffe' },
      ])
    })

    it('_allocation_value_for_tenant_no_allocations: an unused pool has nothing used', async () => {
      const { ipam, pool } = await withPool(['10.1.0.0/16'])
      expect(await ipam.utilization.ofSubnetPool(pool.id)).toMatchObject({
        allocated: 0n,
        subnets: 0,
      })
    })

    it('subnetpool_default_quota_exceeded: IPv6 is counted in /64s, and 1 refuses a /63', async () => {
      const { cut } = await withPool(['fe80::/48'], { minPrefixLength: 48, quota: 1n })
      await expectRefused(cut({ cidr: 'fe80::/63' }), 'QUOTA_EXCEEDED')
      await cut({ cidr: 'fe80::/64' })
    })

    it('subnetpool_concurrent_allocation_exception, ours differs: the engine itself tries again', async () => {
      const pair = await engines.openPair()
      const pool = await pair[0].subnetPools.create({ prefixes: ['10.1.0.0/16'] })
      const made = await Promise.all(
        pair.map((ipam) => ipam.subnets.create({ subnetPoolId: pool.id, prefixLength: 24 })),
      )
      expect(made.map(({ cidr }) => cidr).sort()).toEqual(['10.1.0.0/24', '10.1.1.0/24'])
    })

    it('subnetpool_any_request_no_gateway_ip_set, _specific_request_…: none when none is wanted', async () => {
      const { cut } = await withPool(['10.1.0.0/16'])
      expect(await cut({ prefixLength: 24, gateway: null })).toMatchObject({ gateway: null })
      expect(await cut({ cidr: '10.1.9.0/24', gateway: null })).toMatchObject({
        gateway: null,
        allocationPools: [{ first: '10.1.9.1', last: '10.1.9.254' }],
      })
    })
  })
}
