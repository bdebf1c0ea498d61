import { describe, expect, it } from 'vitest'
import { type ContractStore, contractEngines } from './contract-store.ts'
import { expectRefused } from './expected-error.ts'
import { ManualClock } from './manual-clock.ts'

export function describeSubnetContract(store: ContractStore): void {
  const engines = contractEngines(store)

  describe('subnets', () => {
    it.each([
      ['10.0.0.0/24', '10.0.0.1', ['10.0.0.2-10.0.0.254']],
      ['10.0.0.0/30', '10.0.0.1', ['10.0.0.2-10.0.0.2']],
      ['10.0.0.0/31', null, ['10.0.0.0-10.0.0.1']],
      ['10.0.0.7/32', null, ['10.0.0.7-10.0.0.7']],
      ['0.0.0.0/8', '0.0.0.1', ['0.0.0.2-0.255.255.254']],
      ['255.255.255.0/24', '255.255.255.1', ['255.255.255.2-255.255.255.254']],
      ['2001:db8::/64', '2001:db8::1', ['2001:db8::2-2001:db8::ffff:ffff:ffff:ffff']],
      ['2001:db8::/127', null, ['2001:db8::-2001:db8::1']],
      ['2001:db8::7/128', null, ['2001:db8::7-2001:db8::7']],
      ['::/64', '::1', ['::2-::fffe:ffff:ffff', '::1:0:0:0-::ffff:ffff:ffff:ffff']],
      [
        'ffff:ffff:ffff:ffff:ffff:ffff:ffff:ff00/120',
        'ffff:ffff:ffff:ffff:ffff:ffff:ffff:ff01',
        ['ffff:ffff:ffff:ffff:ffff:ffff:ffff:ff02-ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff'],
      ],
    ])(
      'as %s get the gateway %s and all other assignable addresses as pools',
      async (cidr, gateway, pools) => {
        const ipam = await engines.open()
        const subnet = await ipam.subnets.create({ cidr })
        expect(subnet.gateway).toBe(gateway)
        expect(subnet.allocationPools.map(({ first, last }) => `${first}-${last}`)).toEqual(pools)
        expect(await ipam.subnets.get(subnet.id)).toEqual(subnet)
      },
    )

    it('of the whole address space are refused unless the engine allows them', async () => {
      const ipam = await engines.open()
      for (const cidr of ['0.0.0.0/0', '::/0'])
        await expectRefused(ipam.subnets.create({ cidr }), 'PREFIX_LENGTH_OUT_OF_BOUNDS')
      const wide = await engines.open({ limits: { allowWholeSpace: true } })
      const four = await wide.subnets.create({ cidr: '0.0.0.0/0', gateway: null })
      const six = await wide.subnets.create({ cidr: '::/0', gateway: null })
      expect((await wide.utilization.ofSubnet(four.id)).capacity).toBe((1n << 32n) - 2n)
      expect((await wide.utilization.ofSubnet(six.id)).capacity).toBe(
        (1n << 128n) - 1n - (1n << 32n),
      )
      expect(await wide.allocations.allocate(four.id, { kind: 'next' })).toMatchObject([
        { address: '0.0.0.1' },
      ])
      expect(await wide.allocations.allocate(six.id, { kind: 'next' })).toMatchObject([
        { address: '::1' },
      ])
    })

    it('of one address scope never overlap', async () => {
      const ipam = await engines.open()
      await ipam.subnets.create({ cidr: '10.0.1.0/24' })
      for (const cidr of [
        '10.0.1.0/24',
        '10.0.1.128/25',
        '10.0.0.0/23',
        '10.0.1.255/32',
        '10.0.0.0/8',
      ])
        await expectRefused(ipam.subnets.create({ cidr }), 'SUBNET_OVERLAP')
      for (const cidr of ['10.0.0.0/24', '10.0.2.0/24']) await ipam.subnets.create({ cidr })
      expect((await ipam.check()).problems).toEqual([])
    })

    it.each([
      [{ cidr: '10.0.0.1/24' }, 'INVALID_PREFIX', '/cidr'],
      [{ cidr: '::ffff:10.0.0.0/120' }, 'INVALID_PREFIX', '/cidr'],
      [{ cidr: '10/8' }, 'INVALID_PREFIX', '/cidr'],
      [{}, 'INVALID_FIELD', '/cidr'],
      [{ cidr: '10.0.0.0/24', prefixLength: 24 }, 'INVALID_FIELD', '/prefixLength'],
      [{ cidr: '10.0.0.0/24', gateway: '10.0.1.1' }, 'GATEWAY_OUTSIDE_SUBNET', '/gateway'],
      [{ cidr: '10.0.0.0/24', gateway: '10.0.0.0' }, 'GATEWAY_NOT_ASSIGNABLE', '/gateway'],
      [{ cidr: '10.0.0.0/24', gateway: '10.0.0.255' }, 'GATEWAY_NOT_ASSIGNABLE', '/gateway'],
      [{ cidr: '10.0.0.0/32', gateway: '10.0.0.0' }, 'GATEWAY_NOT_ASSIGNABLE', '/gateway'],
      [{ cidr: '::1/128', gateway: '::1' }, 'GATEWAY_NOT_ASSIGNABLE', '/gateway'],
      [{ cidr: '10.0.0.0/24', gateway: '2001:db8::1' }, 'IP_VERSION_MISMATCH', '/gateway'],
      [{ cidr: '10.0.0.0/24', coolingSeconds: -1 }, 'INVALID_FIELD', '/coolingSeconds'],
      [{ cidr: '10.0.0.0/24', coolingSeconds: 1.5 }, 'INVALID_FIELD', '/coolingSeconds'],
      [{ cidr: '10.0.0.0/24', id: 'mine' }, 'INVALID_FIELD', '/id'],
    ] as const)('refuse %o', async (input, code, pointer) => {
      const ipam = await engines.open()
      const error = await expectRefused(ipam.subnets.create(input), code)
      expect(error.details.pointer).toBe(pointer)
      expect((await ipam.subnets.list()).items).toEqual([])
    })

    it.each([
      ['outside', [['10.0.1.1', '10.0.1.9']], 'ALLOCATION_POOL_OUTSIDE_SUBNET'],
      ['over the network address', [['10.0.0.0', '10.0.0.9']], 'ALLOCATION_POOL_OUTSIDE_SUBNET'],
      ['over broadcast', [['10.0.0.200', '10.0.0.255']], 'ALLOCATION_POOL_OUTSIDE_SUBNET'],
      ['with the gateway', [['10.0.0.1', '10.0.0.9']], 'GATEWAY_IN_ALLOCATION_POOL'],
      ['backwards', [['10.0.0.9', '10.0.0.2']], 'INVALID_RANGE'],
      ['of two families', [['10.0.0.9', '::1']], 'IP_VERSION_MISMATCH'],
      ['of the other family', [['::2', '::9']], 'IP_VERSION_MISMATCH'],
      [
        'that overlap',
        [
          ['10.0.0.5', '10.0.0.9'],
          ['10.0.0.2', '10.0.0.5'],
        ],
        'ALLOCATION_POOLS_OVERLAP',
      ],
      [
        'that are equal',
        [
          ['10.0.0.5', '10.0.0.9'],
          ['10.0.0.5', '10.0.0.9'],
        ],
        'ALLOCATION_POOLS_OVERLAP',
      ],
    ] as const)('refuse allocation pools %s', async (_, pairs, code) => {
      const ipam = await engines.open()
      const allocationPools = pairs.map(([first, last]) => ({ first, last }))
      await expectRefused(ipam.subnets.create({ cidr: '10.0.0.0/24', allocationPools }), code)
    })

    it('take adjacent pools in any order, and no pools at all', async () => {
      const ipam = await engines.open()
      const pools = [
        { first: '10.0.0.2', last: '10.0.0.4' },
        { first: '10.0.0.5', last: '10.0.0.9' },
      ]
      const made = await ipam.subnets.create({
        cidr: '10.0.0.0/24',
        allocationPools: [...pools].reverse(),
      })
      expect(made.allocationPools).toEqual(pools)
      const none = await ipam.subnets.create({ cidr: '10.0.1.0/24', allocationPools: [] })
      await expectRefused(ipam.allocations.allocate(none.id, { kind: 'any' }), 'SUBNET_EXHAUSTED')
      await expectRefused(ipam.allocations.allocate(none.id, { kind: 'next' }), 'SUBNET_EXHAUSTED')
      await ipam.allocations.allocate(none.id, { kind: 'specific', address: '10.0.1.9' })
    })

    it('have at most as many allocation pools as the engine allows', async () => {
      const ipam = await engines.open({ limits: { maxAllocationPools: 2 } })
      const pool = (host: number) => ({ first: `10.0.0.${host}`, last: `10.0.0.${host}` })
      const create = (count: number) =>
        ipam.subnets.create({
          cidr: '10.0.0.0/24',
          allocationPools: Array.from({ length: count }, (_, index) => pool(10 + 2 * index)),
        })
      await expectRefused(create(3), 'INVALID_FIELD')
      await create(2)
    })

    it('take a gateway that is on-link outside of them', async () => {
      const ipam = await engines.open()
      const subnet = await ipam.subnets.create({
        cidr: '10.0.0.0/31',
        gateway: '192.0.2.1',
        onLink: true,
      })
      expect(subnet.gateway).toBe('192.0.2.1')
      expect(subnet.allocationPools).toEqual([{ first: '10.0.0.0', last: '10.0.0.1' }])
    })

    it('leave the other end of a /31 when one is the gateway', async () => {
      const ipam = await engines.open()
      const subnet = await ipam.subnets.create({ cidr: '10.0.0.0/31', gateway: '10.0.0.0' })
      expect(subnet.allocationPools).toEqual([{ first: '10.0.0.1', last: '10.0.0.1' }])
    })

    it('from a pool are cut with its default length, with one asked for, or as named', async () => {
      const ipam = await engines.open()
      const pool = await ipam.subnetPools.create({
        prefixes: ['10.0.0.0/16'],
        minPrefixLength: 20,
        defaultPrefixLength: 24,
        maxPrefixLength: 28,
      })
      const create = (more: object) => ipam.subnets.create({ subnetPoolId: pool.id, ...more })
      expect(await create({})).toMatchObject({ cidr: '10.0.0.0/24', subnetPoolId: pool.id })
      expect(await create({ prefixLength: 26 })).toMatchObject({ cidr: '10.0.1.0/26' })
      expect(await create({ cidr: '10.0.9.0/24' })).toMatchObject({ cidr: '10.0.9.0/24' })
      await expectRefused(create({ prefixLength: 29 }), 'PREFIX_LENGTH_OUT_OF_BOUNDS')
      await expectRefused(create({ prefixLength: 16 }), 'PREFIX_LENGTH_OUT_OF_BOUNDS')
      await expectRefused(create({ cidr: '10.0.7.0/29' }), 'PREFIX_LENGTH_OUT_OF_BOUNDS')
      await expectRefused(create({ cidr: '10.1.0.0/24' }), 'PREFIX_OUTSIDE_SUBNET_POOL')
      await expectRefused(create({ cidr: '10.0.9.0/24' }), 'SUBNET_OVERLAP')
      await expectRefused(create({ cidr: '2001:d00::/24' }), 'IP_VERSION_MISMATCH')
      await expectRefused(create({ cidr: '10.0.8.0/24', prefixLength: 24 }), 'INVALID_FIELD')
      await expectRefused(create({ addressScopeId: pool.addressScopeId }), 'INVALID_FIELD')
      await expectRefused(
        ipam.subnets.create({ subnetPoolId: '00000000-0000-4000-8000-0000000000ff' }),
        'SUBNET_POOL_NOT_FOUND',
      )
    })

    it('keep an id that the caller gave, once', async () => {
      const ipam = await engines.open()
      const id = 'ABCDEF00-0000-4000-8000-000000000001'
      const subnet = await ipam.subnets.create({ cidr: '10.0.0.0/24', id })
      expect(subnet.id).toBe(id.toLowerCase())
      await expectRefused(ipam.subnets.create({ cidr: '10.0.1.0/24', id }), 'ID_IN_USE')
      expect((await ipam.subnets.list()).items).toHaveLength(1)
    })

    it('change everything but their prefix', async () => {
      const ipam = await engines.open()
      const { id } = await ipam.subnets.create({ cidr: '10.0.0.0/24', name: 'a' })
      const { subnet } = await ipam.subnets.update(id, {
        name: 'b',
        labels: { rack: '7' },
        gateway: '10.0.0.254',
        allocationPools: [{ first: '10.0.0.10', last: '10.0.0.20' }],
        coolingSeconds: 60,
        shared: true,
      })
      expect(subnet).toMatchObject({
        name: 'b',
        gateway: '10.0.0.254',
        coolingSeconds: 60,
        shared: true,
        revision: 2,
      })
      expect(await ipam.subnets.get(id)).toEqual(subnet)
      await expectRefused(
        ipam.subnets.update(id, { name: 'c' }, { ifRevision: 1 }),
        'STALE_REVISION',
      )
    })

    it('refuse a new gateway that is in a pool or held, and take it with other pools', async () => {
      const ipam = await engines.open()
      const { id } = await ipam.subnets.create({ cidr: '10.0.0.0/24' })
      await expectRefused(
        ipam.subnets.update(id, { gateway: '10.0.0.9' }),
        'GATEWAY_IN_ALLOCATION_POOL',
      )
      const allocationPools = [{ first: '10.0.0.20', last: '10.0.0.30' }]
      await ipam.allocations.allocate(id, { kind: 'specific', address: '10.0.0.9' })
      await expectRefused(
        ipam.subnets.update(id, { gateway: '10.0.0.9', allocationPools }),
        'ADDRESS_IN_USE',
      )
      await ipam.allocations.release(id, '10.0.0.9')
      await ipam.subnets.update(id, { gateway: '10.0.0.9', allocationPools })
      await ipam.subnets.update(id, { gateway: null })
      await ipam.allocations.allocate(id, { kind: 'specific', address: '10.0.0.9' })
      expect((await ipam.check()).problems).toEqual([])
    })

    it('refuse a new gateway that is cooling, and say until when', async () => {
      const clock = new ManualClock()
      const ipam = await engines.open({ clock: clock.read })
      const { id } = await ipam.subnets.create({
        cidr: '10.0.0.0/24',
        allocationPools: [{ first: '10.0.0.20', last: '10.0.0.30' }],
        coolingSeconds: 60,
      })
      await ipam.allocations.allocate(id, { kind: 'specific', address: '10.0.0.9' })
      await ipam.allocations.release(id, '10.0.0.9')
      const until = new Date(clock.read() + 60_000).toISOString()
      const refused = await expectRefused(
        ipam.subnets.update(id, { gateway: '10.0.0.9' }),
        'ADDRESS_IN_USE',
      )
      expect(refused.details['fix']).toContain(until)
      clock.forward(61)
      await ipam.reap()
      expect((await ipam.subnets.update(id, { gateway: '10.0.0.9' })).subnet).toMatchObject({
        gateway: '10.0.0.9',
      })
    })

    it('keep addresses held outside new pools, and count them', async () => {
      const ipam = await engines.open()
      const { id } = await ipam.subnets.create({ cidr: '10.0.0.0/24' })
      for (const address of ['10.0.0.5', '10.0.0.15', '10.0.0.25'])
        await ipam.allocations.allocate(id, { kind: 'specific', address })
      const update = await ipam.subnets.update(id, {
        allocationPools: [{ first: '10.0.0.10', last: '10.0.0.20' }],
      })
      expect(update.heldOutsidePools).toBe(2)
      expect(await ipam.utilization.ofSubnet(id)).toMatchObject({
        capacity: 11n,
        allocated: 1n,
        outsidePools: 2n,
      })
      await ipam.allocations.release(id, '10.0.0.5')
      const back = await ipam.subnets.update(id, {
        allocationPools: [{ first: '10.0.0.2', last: '10.0.0.254' }],
      })
      expect(back.heldOutsidePools).toBe(0)
      expect(await ipam.utilization.ofSubnet(id)).toMatchObject({ capacity: 253n, allocated: 2n })
      expect((await ipam.check()).problems).toEqual([])
    })

    it('allocate by the pools that were committed, when a change of them was undone', async () => {
      const ipam = await engines.open()
      const { id } = await ipam.subnets.create({ cidr: '10.0.0.0/24' })
      const pools = (host: number) => ({
        allocationPools: [{ first: `10.0.0.${host}`, last: `10.0.0.${host}` }],
      })
      const undone = ipam.transaction(async (inside) => {
        await inside.subnets.update(id, pools(50))
        await inside.allocations.allocate(id, { kind: 'next' })
        throw new Error('changed my mind')
      })
      await expect(undone).rejects.toThrow('changed my mind')
      await ipam.subnets.update(id, pools(60))
      expect(await ipam.allocations.allocate(id, { kind: 'any' })).toMatchObject([
        { address: '10.0.0.60' },
      ])
      expect((await ipam.check()).problems).toEqual([])
    })

    it('are deleted empty, or with all that is held in them when that is asked for', async () => {
      const ipam = await engines.open()
      const { id } = await ipam.subnets.create({ cidr: '10.0.0.0/24' })
      await ipam.allocations.allocate(id, { kind: 'bulk', count: 5 })
      await expectRefused(ipam.subnets.delete(id), 'SUBNET_IN_USE')
      await ipam.subnets.delete(id, { cascade: true })
      await expectRefused(ipam.subnets.get(id), 'SUBNET_NOT_FOUND')
      await expectRefused(ipam.subnets.delete(id), 'SUBNET_NOT_FOUND')
      await ipam.subnets.create({ cidr: '10.0.0.0/24' })
      expect((await ipam.check()).problems).toEqual([])
    })

    it('that are gone are missing for every operation', async () => {
      const ipam = await engines.open()
      const { id } = await ipam.subnets.create({ cidr: '10.0.0.0/24' })
      await ipam.subnets.delete(id)
      await expectRefused(ipam.subnets.update(id, { name: 'x' }), 'SUBNET_NOT_FOUND')
      await expectRefused(ipam.allocations.allocate(id, { kind: 'any' }), 'SUBNET_NOT_FOUND')
      await expectRefused(ipam.allocations.release(id, '10.0.0.2'), 'SUBNET_NOT_FOUND')
      await expectRefused(ipam.allocations.get(id, '10.0.0.2'), 'SUBNET_NOT_FOUND')
      await expectRefused(ipam.allocations.list(id), 'SUBNET_NOT_FOUND')
      await expectRefused(ipam.utilization.ofSubnet(id), 'SUBNET_NOT_FOUND')
      expect(await ipam.utilization.ofSubnets([id])).toEqual([])
    })
  })
}
