import { describe, expect, it } from 'vitest'
import { type ContractStore, contractEngines } from './contract-store.ts'
import { expectRefused } from './expected-error.ts'

export function describeTransactionContract(store: ContractStore): void {
  const engines = contractEngines(store)

  describe('a transaction of the caller’s own', () => {
    it('commits what the engine did in it', async () => {
      const { store: opened, ipam } = await engines.openWithStore()
      const { id } = await ipam.subnets.create({ cidr: '10.0.0.0/24' })
      await store.ownTransaction(opened, async (handle) => {
        const inside = ipam.within(handle)
        await inside.allocations.allocate(id, { kind: 'bulk', count: 3 })
        const more = await inside.subnets.create({ cidr: '10.0.1.0/24' })
        await inside.allocations.allocate(more.id, { kind: 'next' })
        return 'commit'
      })
      expect(await ipam.utilization.total()).toMatchObject({ subnets: 2, allocated: 4n })
      expect((await ipam.check()).problems).toEqual([])
    })

    it('takes back what the engine did in it, idempotency keys and events included', async () => {
      const { store: opened, ipam } = await engines.openWithStore()
      const { id } = await ipam.subnets.create({ cidr: '10.0.0.0/24' })
      const events = await ipam.events.list()
      const options = { idempotencyKey: 'k' }
      await store.ownTransaction(opened, async (handle) => {
        const inside = ipam.within(handle)
        await inside.allocations.allocate(
          id,
          { kind: 'specific', address: '10.0.0.9' },
          {},
          options,
        )
        await inside.subnets.update(id, { name: 'x' })
        expect(await inside.subnets.get(id)).toMatchObject({ name: 'x' })
        return 'rollback'
      })
      expect(await ipam.events.list()).toEqual(events)
      expect(await ipam.subnets.get(id)).toMatchObject({ name: '', revision: 1 })
      await ipam.allocations.allocate(id, { kind: 'specific', address: '10.0.0.9' }, {}, options)
      expect((await ipam.check()).problems).toEqual([])
    })

    it('keeps the rest when one operation in it fails', async () => {
      const { store: opened, ipam } = await engines.openWithStore()
      const { id } = await ipam.subnets.create({ cidr: '10.0.0.0/28' })
      await store.ownTransaction(opened, async (handle) => {
        const inside = ipam.within(handle)
        await inside.allocations.allocate(id, { kind: 'bulk', count: 10 })
        await expectRefused(
          inside.allocations.allocate(id, { kind: 'bulk', count: 4 }),
          'SUBNET_EXHAUSTED',
        )
        await expectRefused(inside.subnets.create({ cidr: '10.0.0.0/29' }), 'SUBNET_OVERLAP')
        await expectRefused(inside.subnets.create({ cidr: '10.1.0.0/29', id }), 'ID_IN_USE')
        await inside.allocations.allocate(id, { kind: 'bulk', count: 3 })
        return 'commit'
      })
      expect((await ipam.utilization.ofSubnet(id)).available).toBe(0n)
      expect((await ipam.check()).problems).toEqual([])
    })

    it('is told when its handle cannot be joined', async () => {
      const ipam = await engines.open()
      for (const handle of [null, {}, 'connection'])
        expect(() => ipam.within(handle)).toThrow(
          expect.objectContaining({ code: 'INVALID_REQUEST' }),
        )
    })
  })

  describe('a transaction of the engine’s', () => {
    it('makes several operations one', async () => {
      const ipam = await engines.open()
      const made = await ipam.transaction(async (inside) => {
        const subnet = await inside.subnets.create({ cidr: '10.0.0.0/24' })
        return inside.allocations.allocate(subnet.id, { kind: 'bulk', count: 3 })
      })
      expect((await ipam.allocations.list(made[0]?.subnetId ?? '')).items).toHaveLength(3)
    })

    it('leaves nothing behind when its work fails', async () => {
      const ipam = await engines.open()
      const { id } = await ipam.subnets.create({ cidr: '10.0.0.0/29' })
      const events = await ipam.events.list()
      const work = ipam.transaction(async (inside) => {
        await inside.subnets.create({ cidr: '10.0.1.0/24' })
        await inside.allocations.allocate(id, { kind: 'bulk', count: 3 })
        await inside.allocations.allocate(id, { kind: 'bulk', count: 3 })
      })
      await expectRefused(work, 'SUBNET_EXHAUSTED')
      expect(await ipam.events.list()).toEqual(events)
      expect((await ipam.check()).problems).toEqual([])
    })

    it('goes on after an operation in it that failed and was caught', async () => {
      const ipam = await engines.open()
      const { id } = await ipam.subnets.create({ cidr: '10.0.0.0/29' })
      await ipam.transaction(async (inside) => {
        await inside.allocations.allocate(id, { kind: 'next' })
        await expectRefused(
          inside.allocations.allocate(id, { kind: 'bulk', count: 9 }),
          'SUBNET_EXHAUSTED',
        )
        await expectRefused(
          inside.transaction(async (deeper) => {
            await deeper.allocations.allocate(id, { kind: 'next' })
            await deeper.subnets.get(id.replace(/^./, (digit) => (digit === '0' ? '1' : '0')))
          }),
          'SUBNET_NOT_FOUND',
        )
      })
      expect((await ipam.allocations.list(id)).items.map(({ address }) => address)).toEqual([
        '10.0.0.2',
      ])
      expect((await ipam.check()).problems).toEqual([])
    })

    it('does not spoil what other callers do at the same time', async () => {
      const ipam = await engines.open()
      const { id } = await ipam.subnets.create({ cidr: '10.0.0.0/24' })
      const failing = () =>
        ipam.transaction(async (inside) => {
          await inside.allocations.allocate(id, { kind: 'any' })
          throw new Error('changed my mind')
        })
      const work = Array.from({ length: 40 }, (_, index) =>
        index % 4 === 0
          ? failing().catch(() => 'undone')
          : ipam.allocations.allocate(id, { kind: 'any' }),
      )
      const answers = await Promise.all(work)
      expect(answers.filter((answer) => answer === 'undone')).toHaveLength(10)
      expect((await ipam.utilization.ofSubnet(id)).allocated).toBe(30n)
      expect((await ipam.check()).problems).toEqual([])
    })
  })
}
