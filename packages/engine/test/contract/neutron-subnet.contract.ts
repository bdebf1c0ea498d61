import { describe, expect, it } from 'vitest'
import type { Ipam } from '../../src/ipam.ts'
import type { SubnetInput } from '../../src/model/subnet.ts'
import { type ContractStore, contractEngines } from './contract-store.ts'
import { expectRefused } from './expected-error.ts'
import { sortedAddresses } from './sorted-addresses.ts'

/**
 * What Neutron's own tests of its driver assert of a subnet and of a pool of subnets, in our words and through our
 * interface. Each name begins with Neutron's. Where ours differs on purpose, the name says so.
 */
export function describeNeutronSubnetContract(store: ContractStore): void {
  const engines = contractEngines(store)

  async function withSubnet(input: SubnetInput): Promise<{ ipam: Ipam; id: string }> {
    const ipam = await engines.open()
    return { ipam, id: (await ipam.subnets.create(input)).id }
  }
  const specific = (address: string) => ({ kind: 'specific', address }) as const

  describe('Neutron, pool interface', () => {
    it('allocate_ipam_subnet_no_neutron_subnet_id: keeps prefix, gateway and two pools as asked', async () => {
      const ipam = await engines.open()
      const asked = {
        cidr: '10.0.0.0/24',
        gateway: '10.0.0.254',
        allocationPools: [
          { first: '10.0.0.10', last: '10.0.0.20' },
          { first: '10.0.0.50', last: '10.0.0.60' },
        ],
      }
      const made = await ipam.subnets.create(asked)
      expect(await ipam.subnets.get(made.id)).toMatchObject(asked)
    })

    it('allocate_ipam_subnet_no_neutron_subnet_id, ours differs: a gateway inside a pool is refused', async () => {
      const ipam = await engines.open()
      const allocationPools = [{ first: '10.0.0.1', last: '10.0.0.20' }]
      await expectRefused(
        ipam.subnets.create({ cidr: '10.0.0.0/24', gateway: '10.0.0.5', allocationPools }),
        'GATEWAY_IN_ALLOCATION_POOL',
      )
    })

    it('allocate_ipam_subnet_with_neutron_subnet_id: keeps the outside id and works the pool out', async () => {
      const id = '11111111-2222-4333-8444-555555555555'
      const { ipam } = await withSubnet({ cidr: '10.0.0.0/24', gateway: '10.0.0.1', id })
      expect(await ipam.subnets.get(id)).toMatchObject({
        id,
        allocationPools: [{ first: '10.0.0.2', last: '10.0.0.254' }],
      })
    })

    it('allocate_any_subnet_fails: a subnet of some length needs a subnet pool', async () => {
      const ipam = await engines.open()
      const error = await expectRefused(ipam.subnets.create({ prefixLength: 24 }), 'INVALID_FIELD')
      expect(error.kind).toBe('invalid')
    })

    it('update_subnet_pools, _with_blank_pools, _with_none_pools: new pools replace, none empty, absent keep', async () => {
      const { ipam, id } = await withSubnet({ cidr: '10.0.0.0/24' })
      const allocationPools = [
        { first: '10.0.0.10', last: '10.0.0.20' },
        { first: '10.0.0.30', last: '10.0.0.40' },
      ]
      await ipam.subnets.update(id, { allocationPools })
      expect((await ipam.subnets.get(id)).allocationPools).toEqual(allocationPools)
      await ipam.subnets.update(id, {})
      expect((await ipam.subnets.get(id)).allocationPools).toEqual(allocationPools)
      await ipam.subnets.update(id, { allocationPools: [] })
      expect((await ipam.subnets.get(id)).allocationPools).toEqual([])
    })

    it('get_subnet, get_non_existing_subnet_fails, get_details_for_invalid_subnet_id_fails', async () => {
      const { ipam, id } = await withSubnet({ cidr: '10.0.0.0/24' })
      expect(await ipam.subnets.get(id)).toMatchObject({
        cidr: '10.0.0.0/24',
        projectId: 'default',
        gateway: '10.0.0.1',
      })
      await expectRefused(
        ipam.subnets.get('99999999-2222-4333-8444-555555555555'),
        'SUBNET_NOT_FOUND',
      )
    })

    it('remove_ipam_subnet, remove_non_existent_subnet_fails', async () => {
      const { ipam, id } = await withSubnet({ cidr: '10.0.0.0/24' })
      await ipam.subnets.delete(id)
      await expectRefused(ipam.subnets.delete(id), 'SUBNET_NOT_FOUND')
    })
  })

  describe('Neutron, subnet interface', () => {
    it('_verify_ip_succeeds, _not_in_subnet_fails, _bcast_and_network_fail', async () => {
      const { ipam, id } = await withSubnet({ cidr: '10.0.0.0/24' })
      await ipam.allocations.allocate(id, specific('10.0.0.2'))
      await expectRefused(
        ipam.allocations.allocate(id, specific('192.168.0.2')),
        'ADDRESS_OUTSIDE_SUBNET',
      )
      for (const address of ['10.0.0.0', '10.0.0.255'])
        await expectRefused(
          ipam.allocations.allocate(id, specific(address)),
          'ADDRESS_NOT_ASSIGNABLE',
        )
    })

    it.each([
      ['v4', '10.0.0.0/24', /^10\.0\.0\.\d+$/],
      ['v6', 'fde3:abcd:4321:1::/64', /^fde3:abcd:4321:1:/],
    ])('allocate_any_%s_address_succeeds', async (_, cidr, shape) => {
      const { ipam, id } = await withSubnet({ cidr })
      const [given] = await ipam.allocations.allocate(id, { kind: 'any' })
      expect(given?.address).toMatch(shape)
    })

    it.each([
      ['v4', '10.0.0.0/24', '10.0.0.33', '10.0.10.33'],
      ['v6', 'fde3:abcd:4321:1::/64', 'fde3:abcd:4321:1::33', 'fde3:abcd:4321:4::33'],
    ])(
      'allocate_specific_%s_address_succeeds, _out_of_range_fails, _in_use_fails',
      async (_, cidr, inside, outside) => {
        const { ipam, id } = await withSubnet({ cidr })
        expect(await ipam.allocations.allocate(id, specific(inside))).toMatchObject([
          { address: inside },
        ])
        await expectRefused(
          ipam.allocations.allocate(id, specific(outside)),
          'ADDRESS_OUTSIDE_SUBNET',
        )
        await expectRefused(ipam.allocations.allocate(id, specific(inside)), 'ADDRESS_IN_USE')
      },
    )

    it.each([
      ['allocate_any_address_exhausted_pools_fails', 'any'],
      ['prefernext_allocate_multiple_address_pools', 'next'],
    ] as const)('%s: a /30 with a gateway gives one address', async (_, kind) => {
      const { ipam, id } = await withSubnet({ cidr: '192.168.0.0/30' })
      expect(await ipam.allocations.allocate(id, { kind })).toMatchObject([
        { address: '192.168.0.2' },
      ])
      await expectRefused(ipam.allocations.allocate(id, { kind }), 'SUBNET_EXHAUSTED')
    })

    it.each([
      ['v4', '192.168.0.0/28'],
      ['v6', 'fde3:abcd:4321:1::/124'],
    ])('bulk_allocate_%s_address: 10 come, 10 more fail as a whole', async (_, cidr) => {
      const { ipam, id } = await withSubnet({ cidr })
      const given = await ipam.allocations.allocate(id, { kind: 'bulk', count: 10 })
      expect(new Set(given.map(({ address }) => address)).size).toBe(10)
      await expectRefused(
        ipam.allocations.allocate(id, { kind: 'bulk', count: 10 }),
        'SUBNET_EXHAUSTED',
      )
      expect((await ipam.allocations.list(id)).items).toHaveLength(10)
    })

    it('bulk_allocate_multiple_address_pools: spans pools, and gives all or nothing', async () => {
      const { ipam, id } = await withSubnet({
        cidr: '192.168.10.0/24',
        allocationPools: [
          { first: '192.168.10.20', last: '192.168.10.24' },
          { first: '192.168.10.50', last: '192.168.10.55' },
        ],
      })
      await ipam.allocations.allocate(id, { kind: 'bulk', count: 10 })
      await expectRefused(
        ipam.allocations.allocate(id, { kind: 'bulk', count: 2 }),
        'SUBNET_EXHAUSTED',
      )
      await ipam.allocations.allocate(id, { kind: 'bulk', count: 1 })
    })

    it.each([
      ['v4', '10.0.0.0/24', '10.0.0.9'],
      ['v6', 'fde3:abcd:4321:1::/64', 'fde3:abcd:4321:1::9'],
    ])('deallocate_%s_address: a released address is free at once', async (_, cidr, address) => {
      const { ipam, id } = await withSubnet({ cidr })
      await ipam.allocations.allocate(id, specific(address))
      await ipam.allocations.release(id, address)
      expect(await ipam.allocations.allocate(id, specific(address))).toMatchObject([{ address }])
    })

    it('update_allocation_pools_with_no_pool_change, _no_pool_changes: equal pools in any order count nothing anew', async () => {
      const { ipam, id } = await withSubnet({ cidr: '10.0.0.0/24' })
      const pools = [
        { first: '10.0.0.10', last: '10.0.0.20' },
        { first: '10.0.0.30', last: '10.0.0.40' },
      ]
      await ipam.subnets.update(id, { allocationPools: pools })
      await ipam.allocations.allocate(id, specific('10.0.0.10'))
      const before = await ipam.utilization.ofSubnet(id)
      const { subnet } = await ipam.subnets.update(id, { allocationPools: [...pools].reverse() })
      expect(subnet.allocationPools).toEqual(pools)
      expect(await ipam.utilization.ofSubnet(id)).toEqual(before)
    })
  })

  describe('Neutron, storage', () => {
    it('create, create_pool, remove, remove_non_existent_subnet: one record, and it is gone', async () => {
      const allocationPools = [{ first: '10.0.0.10', last: '10.0.0.20' }]
      const { ipam, id } = await withSubnet({ cidr: '10.0.0.0/24', allocationPools })
      expect((await ipam.subnets.list()).items).toMatchObject([{ id, allocationPools }])
      await ipam.subnets.delete(id)
      expect((await ipam.subnets.list()).items).toEqual([])
    })

    it('check_unique_allocation, _negative, create_allocation, list_allocations, delete_allocation', async () => {
      const { ipam, id } = await withSubnet({ cidr: '10.0.0.0/24' })
      const addresses = ['10.0.0.10', '10.0.0.9', '10.0.0.11']
      for (const address of addresses) {
        await expectRefused(ipam.allocations.get(id, address), 'ALLOCATION_NOT_FOUND')
        await ipam.allocations.allocate(id, specific(address))
        await expectRefused(ipam.allocations.allocate(id, specific(address)), 'ADDRESS_IN_USE')
      }
      const listed = (await ipam.allocations.list(id)).items
      expect(sortedAddresses(listed)).toEqual(['10.0.0.9', '10.0.0.10', '10.0.0.11'])
      await ipam.allocations.release(id, '10.0.0.10')
      expect((await ipam.allocations.list(id)).items).toHaveLength(2)
    })
  })
}
