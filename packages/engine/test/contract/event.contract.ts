import { describe, expect, it } from 'vitest'
import type { Ipam } from '../../src/ipam.ts'
import type { ChangeEvent } from '../../src/model/event.ts'
import { type ContractStore, contractEngines } from './contract-store.ts'
import { expectRefused } from './expected-error.ts'
import { ManualClock } from './manual-clock.ts'

export function describeEventContract(store: ContractStore): void {
  const engines = contractEngines(store)
  const told = (events: readonly ChangeEvent[]) =>
    events.map(({ action, recordKind }) => `${recordKind} ${action}`)

  describe('events', () => {
    it('are one for each change, in order, and none for what was refused or only read', async () => {
      const clock = new ManualClock()
      const ipam = await engines.open({ clock: clock.read })
      const scope = await ipam.addressScopes.create({ ipVersion: 4 })
      const pool = await ipam.subnetPools.create({
        addressScopeId: scope.id,
        prefixes: ['10.0.0.0/8'],
      })
      const subnet = await ipam.subnets.create({
        subnetPoolId: pool.id,
        prefixLength: 24,
        coolingSeconds: 5,
      })
      const take = (address: string, attributes = {}) =>
        ipam.allocations.allocate(subnet.id, { kind: 'specific', address }, attributes)
      await take('10.0.0.11')
      await take('10.0.0.12')
      await expectRefused(ipam.subnets.delete(subnet.id), 'SUBNET_IN_USE')
      await expectRefused(take('10.0.0.12'), 'ADDRESS_IN_USE')
      await ipam.allocations.release(subnet.id, '10.0.0.11')
      await take('10.0.0.13', { ttlSeconds: 2 })
      clock.forward(6)
      await ipam.reap()
      await ipam.utilization.total()
      await ipam.subnets.update(subnet.id, { name: 'x' })
      await ipam.subnets.delete(subnet.id, { cascade: true })
      await ipam.subnetPools.update(pool.id, { name: 'x' })
      await ipam.subnetPools.delete(pool.id)
      await ipam.addressScopes.update(scope.id, { name: 'x' })
      await ipam.addressScopes.delete(scope.id)
      const { items } = await ipam.events.list()
      expect(items.map((event) => `${event.address ?? event.recordKind} ${event.action}`)).toEqual([
        'address-scope created',
        'subnet-pool created',
        'subnet created',
        '10.0.0.11 allocated',
        '10.0.0.12 allocated',
        '10.0.0.11 released',
        '10.0.0.13 allocated',
        '10.0.0.11 freed',
        '10.0.0.13 expired',
        'subnet updated',
        '10.0.0.12 released',
        '10.0.0.13 freed',
        'subnet deleted',
        'subnet-pool updated',
        'subnet-pool deleted',
        'address-scope updated',
        'address-scope deleted',
      ])
    })

    it('say what, when, who, before and after', async () => {
      const clock = new ManualClock()
      const ipam = await engines.open({
        clock: clock.read,
        caller: { projectId: 'p', isAdmin: true, actor: 'alice', requestId: 'req-1' },
      })
      const { id } = await ipam.subnets.create({ cidr: '10.0.0.0/24', name: 'a' })
      clock.forward(7)
      await ipam.subnets.update(id, { name: 'b' })
      const [created, updated] = (await ipam.events.list()).items
      expect(created).toMatchObject({ recordId: id, before: null, after: { id, name: 'a' } })
      expect(updated).toMatchObject({
        at: clock.time,
        action: 'updated',
        recordId: id,
        address: null,
        projectId: 'p',
        actor: 'alice',
        requestId: 'req-1',
        before: { name: 'a', revision: 1 },
        after: { name: 'b', revision: 2 },
      })
    })

    it.each([0, 1])(
      'say so of each way to take and to give up an address that cools for %i s',
      async (coolingSeconds) => {
        const clock = new ManualClock()
        const caller = { projectId: 'p', isAdmin: true, actor: 'alice', requestId: 'req-1' }
        const ipam = await engines.open({ clock: clock.read, caller })
        const { id } = await ipam.subnets.create({ cidr: '10.0.0.0/24', coolingSeconds })
        const holder = { kind: 'host', id: 'web' }
        const take = (address: string) =>
          ipam.allocations.allocate(id, { kind: 'specific', address }, { holder })
        await take('10.0.0.9')
        await ipam.allocations.release(id, '10.0.0.9')
        // Inside a caller's transaction nothing is gathered with others.
        await ipam.transaction(async (view) => {
          const request = { kind: 'specific', address: '10.0.0.10' } as const
          await view.allocations.allocate(id, request, { holder })
          await view.allocations.release(id, '10.0.0.10')
        })
        await ipam.allocations.allocate(id, { kind: 'bulk', count: 1 }, { holder })
        const { items } = await ipam.events.list()
        const taken = items.filter(({ recordKind }) => recordKind === 'allocation')
        expect(taken.map(({ action }) => action)).toEqual([
          'allocated',
          'released',
          'allocated',
          'released',
          'allocated',
        ])
        for (const event of taken) {
          const { actor, requestId, projectId } = caller
          expect(event).toMatchObject({ actor, requestId, projectId, recordId: id, at: clock.time })
          const isTaken = event.action === 'allocated'
          expect(event.before).toEqual(isTaken ? null : { holder })
          if (isTaken) expect(event.after).toEqual({ holder })
          else expect(event.after === null).toBe(coolingSeconds === 0)
        }
      },
    )

    it('are read on from a cursor, page by page, without end', async () => {
      const ipam = await engines.open()
      const { id } = await ipam.subnets.create({ cidr: '10.0.0.0/24' })
      await ipam.allocations.allocate(id, { kind: 'bulk', count: 9 })
      const all = (await ipam.events.list()).items
      const paged: ChangeEvent[] = []
      let after: string | undefined
      for (let page = 0; page < 4; page += 1) {
        const part = await ipam.events.list({ limit: 3, ...(after === undefined ? {} : { after }) })
        paged.push(...part.items)
        after = part.nextCursor
      }
      expect(paged).toEqual(all)
      const end = after === undefined ? {} : { after }
      expect((await ipam.events.list(end)).items).toEqual([])
      await ipam.subnets.update(id, { name: 'later' })
      expect(told((await ipam.events.list(end)).items)).toEqual(['subnet updated'])
      expect(told((await ipam.events.list({ after: all[8]?.cursor ?? '' })).items)).toEqual([
        'allocation allocated',
        'subnet updated',
      ])
    })

    it('refuse a forged cursor and a page of no size', async () => {
      const ipam = await engines.open()
      for (const after of ['', 'x', 'ZTE-', Buffer.from('e-1').toString('base64url')])
        await expectRefused(ipam.events.list({ after }), 'INVALID_CURSOR')
      for (const limit of [0, 1001, 1.5])
        await expectRefused(ipam.events.list({ limit }), 'INVALID_FIELD')
    })

    it('of other projects are not shown to a project', async () => {
      const ipam = await engines.open()
      const [north, south] = ['north', 'south'].map((projectId) =>
        ipam.as({ projectId, isAdmin: false }),
      ) as [Ipam, Ipam]
      await north.subnets.create({ cidr: '10.0.0.0/24' })
      await south.subnets.create({ cidr: '10.0.1.0/24' })
      const seen = (await south.events.list()).items
      expect(seen.map(({ projectId }) => projectId)).toEqual(['south'])
    })

    it('tell the owner of a record what an administrator did to it', async () => {
      const ipam = await engines.open()
      const north = ipam.as({ projectId: 'north', isAdmin: false })
      const { id } = await north.subnets.create({ cidr: '10.0.0.0/24' })
      await north.allocations.allocate(id, { kind: 'specific', address: '10.0.0.9' })
      await ipam.allocations.release(id, '10.0.0.9')
      await ipam.subnets.delete(id)
      expect(told((await north.events.list()).items)).toEqual([
        'subnet created',
        'allocation allocated',
        'allocation released',
        'subnet deleted',
      ])
    })
  })
}
