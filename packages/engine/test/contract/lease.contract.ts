import { describe, expect, it } from 'vitest'
import type { Ipam } from '../../src/ipam.ts'
import type { SubnetInput } from '../../src/model/subnet.ts'
import { type ContractStore, contractEngines } from './contract-store.ts'
import { expectRefused } from './expected-error.ts'
import { ManualClock } from './manual-clock.ts'

export function describeLeaseContract(store: ContractStore): void {
  const engines = contractEngines(store)
  const specific = (address: string) => ({ kind: 'specific', address }) as const

  async function withSubnet(
    input: SubnetInput,
  ): Promise<{ ipam: Ipam; id: string; clock: ManualClock }> {
    const clock = new ManualClock()
    const ipam = await engines.open({ clock: clock.read })
    return { ipam, id: (await ipam.subnets.create(input)).id, clock }
  }

  describe('leases', () => {
    it('end at their time, and their addresses are free again', async () => {
      const { ipam, id, clock } = await withSubnet({ cidr: '10.0.0.0/24' })
      const [given] = await ipam.allocations.allocate(id, specific('10.0.0.9'), { ttlSeconds: 60 })
      expect(given?.expiresAt).toBe('2026-01-01T00:01:00.000Z')
      clock.forward(59)
      expect(await ipam.reap()).toEqual({ ended: 0 })
      clock.forward(1)
      expect(await ipam.reap()).toEqual({ ended: 1 })
      await expectRefused(ipam.allocations.get(id, '10.0.0.9'), 'ALLOCATION_NOT_FOUND')
      expect((await ipam.check()).problems).toEqual([])
    })

    it('that are over make room before a subnet is called full', async () => {
      const { ipam, id, clock } = await withSubnet({ cidr: '10.0.0.0/29' })
      for (const kind of ['any', 'next'] as const) {
        await ipam.allocations.allocate(id, { kind: 'bulk', count: 5 }, { ttlSeconds: 10 })
        await expectRefused(ipam.allocations.allocate(id, { kind }), 'SUBNET_EXHAUSTED')
        clock.forward(10)
        const [given] = await ipam.allocations.allocate(id, { kind }, { ttlSeconds: 10 })
        expect(given?.state).toBe('allocated')
        clock.forward(10)
        await ipam.reap()
      }
      expect((await ipam.check()).problems).toEqual([])
    })

    it('that are over do not stand in the way of a request by name', async () => {
      const { ipam, id, clock } = await withSubnet({ cidr: '10.0.0.0/24' })
      await ipam.allocations.allocate(id, specific('10.0.0.9'), { ttlSeconds: 10 })
      await expectRefused(ipam.allocations.allocate(id, specific('10.0.0.9')), 'ADDRESS_IN_USE')
      clock.forward(10)
      await ipam.allocations.allocate(id, specific('10.0.0.9'))
      expect((await ipam.check()).problems).toEqual([])
    })

    it('that are over do not stand in the way of deleting the subnet', async () => {
      const { ipam, id, clock } = await withSubnet({ cidr: '10.0.0.0/24' })
      await ipam.allocations.allocate(id, { kind: 'bulk', count: 3 }, { ttlSeconds: 10 })
      await expectRefused(ipam.subnets.delete(id), 'SUBNET_IN_USE')
      clock.forward(10)
      await ipam.subnets.delete(id)
      expect((await ipam.check()).problems).toEqual([])
    })

    it('that are over are not the answer to an eui64 request of the same holder', async () => {
      const { ipam, id, clock } = await withSubnet({ cidr: '2001:db8::/64' })
      const take = () =>
        ipam.allocations.allocate(
          id,
          { kind: 'eui64', mac: '00:16:3e:33:44:55' },
          { holder: { kind: 'port', id: 'p1' }, ttlSeconds: 10 },
        )
      await take()
      clock.forward(10)
      const [again] = await take()
      expect(again?.expiresAt).toBe('2026-01-01T00:00:20.000Z')
    })

    it('are ended by reap at most as many at a time as asked for, oldest first', async () => {
      const { ipam, id, clock } = await withSubnet({ cidr: '10.0.0.0/24' })
      for (const [ttlSeconds, address] of [
        [30, '10.0.0.30'],
        [10, '10.0.0.10'],
        [20, '10.0.0.20'],
      ] as const)
        await ipam.allocations.allocate(id, specific(address), { ttlSeconds })
      clock.forward(100)
      expect(await ipam.reap({ limit: 2 })).toEqual({ ended: 2 })
      const left = (await ipam.allocations.list(id)).items
      expect(left.map(({ address }) => address)).toEqual(['10.0.0.30'])
      expect(await ipam.reap()).toEqual({ ended: 1 })
    })

    it('of more addresses than one transaction ends are ended all the same', async () => {
      const { ipam, id, clock } = await withSubnet({ cidr: '10.0.0.0/21' })
      await ipam.allocations.allocate(id, { kind: 'bulk', count: 1000 }, { ttlSeconds: 10 })
      await ipam.allocations.allocate(id, { kind: 'bulk', count: 200 }, { ttlSeconds: 10 })
      clock.forward(10)
      expect(await ipam.reap()).toEqual({ ended: 1200 })
      expect((await ipam.utilization.ofSubnet(id)).allocated).toBe(0n)
      expect((await ipam.check()).problems).toEqual([])
    })
  })

  describe('cooling addresses', () => {
    it('are handed out to nobody before their time, and then again', async () => {
      const { ipam, id, clock } = await withSubnet({ cidr: '10.0.0.0/30', coolingSeconds: 60 })
      await ipam.allocations.allocate(id, { kind: 'any' })
      await ipam.allocations.release(id, '10.0.0.2')
      expect(await ipam.allocations.get(id, '10.0.0.2')).toMatchObject({
        state: 'cooling',
        expiresAt: '2026-01-01T00:01:00.000Z',
      })
      expect(await ipam.utilization.ofSubnet(id)).toMatchObject({
        capacity: 1n,
        allocated: 0n,
        cooling: 1n,
        available: 0n,
      })
      for (const kind of ['any', 'next'] as const)
        await expectRefused(ipam.allocations.allocate(id, { kind }), 'SUBNET_EXHAUSTED')
      await expectRefused(ipam.allocations.release(id, '10.0.0.2'), 'ALLOCATION_NOT_FOUND')
      clock.forward(60)
      await ipam.allocations.allocate(id, { kind: 'next' })
      expect((await ipam.check()).problems).toEqual([])
    })

    it('go back by name to the project that gave them up, and to no other', async () => {
      const { ipam, id, clock } = await withSubnet({
        cidr: '10.0.0.0/24',
        coolingSeconds: 60,
        shared: true,
      })
      const [north, south] = ['north', 'south'].map((projectId) =>
        ipam.as({ projectId, isAdmin: false }),
      ) as [Ipam, Ipam]
      await north.allocations.allocate(id, specific('10.0.0.9'))
      await north.allocations.release(id, '10.0.0.9')
      await expectRefused(south.allocations.allocate(id, specific('10.0.0.9')), 'ADDRESS_IN_USE')
      await north.allocations.allocate(id, specific('10.0.0.9'))
      await north.allocations.release(id, '10.0.0.9')
      clock.forward(60)
      await south.allocations.allocate(id, specific('10.0.0.9'))
      expect((await ipam.check()).problems).toEqual([])
    })

    it('come from leases that ran out too, whether or not somebody has swept them up', async () => {
      for (const swept of [true, false]) {
        const { ipam, id, clock } = await withSubnet({
          cidr: '10.0.0.0/24',
          coolingSeconds: 60,
          shared: true,
        })
        const [north, south] = ['north', 'south'].map((projectId) =>
          ipam.as({ projectId, isAdmin: false }),
        ) as [Ipam, Ipam]
        await north.allocations.allocate(id, specific('10.0.0.9'), { ttlSeconds: 10 })
        clock.forward(15)
        if (swept) await ipam.reap()
        await expectRefused(south.allocations.allocate(id, specific('10.0.0.9')), 'ADDRESS_IN_USE')
        clock.forward(54)
        if (swept) await ipam.reap()
        await expectRefused(south.allocations.allocate(id, specific('10.0.0.9')), 'ADDRESS_IN_USE')
        clock.forward(1)
        await south.allocations.allocate(id, specific('10.0.0.9'))
        expect((await ipam.check()).problems).toEqual([])
      }
    })

    it('count outside the pools where they lie outside', async () => {
      const { ipam, id, clock } = await withSubnet({
        cidr: '10.0.0.0/24',
        coolingSeconds: 60,
        allocationPools: [{ first: '10.0.0.10', last: '10.0.0.19' }],
      })
      await ipam.allocations.allocate(id, specific('10.0.0.99'))
      await ipam.allocations.release(id, '10.0.0.99')
      const counts = { capacity: 10n, allocated: 0n, cooling: 0n, available: 10n }
      expect(await ipam.utilization.ofSubnet(id)).toMatchObject({ ...counts, outsidePools: 1n })
      expect((await ipam.check()).problems).toEqual([])
      clock.forward(60)
      await ipam.reap()
      expect(await ipam.utilization.ofSubnet(id)).toMatchObject({ ...counts, outsidePools: 0n })
      expect((await ipam.check()).problems).toEqual([])
    })

    it('do not stand in the way of deleting the subnet', async () => {
      const { ipam, id } = await withSubnet({ cidr: '10.0.0.0/24', coolingSeconds: 60 })
      await ipam.allocations.allocate(id, specific('10.0.0.9'))
      await ipam.allocations.release(id, '10.0.0.9')
      await ipam.subnets.delete(id)
      expect((await ipam.check()).problems).toEqual([])
    })
  })
}
