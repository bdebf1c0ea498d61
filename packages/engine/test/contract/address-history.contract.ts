import { describe, expect, it } from 'vitest'
import type { Allocation } from '../../src/model/allocation.ts'
import { type ContractStore, contractEngines } from './contract-store.ts'
import { expectRefused } from './expected-error.ts'
import { ManualClock } from './manual-clock.ts'

export function describeAddressHistoryContract(store: ContractStore): void {
  const engines = contractEngines(store)
  const specific = (address: string) => ({ kind: 'specific', address }) as const

  describe('looking up an address', () => {
    it('tells its role in each subnet that holds it', async () => {
      const ipam = await engines.open()
      const { id } = await ipam.subnets.create({
        cidr: '10.0.0.0/24',
        allocationPools: [{ first: '10.0.0.10', last: '10.0.0.20' }],
        coolingSeconds: 60,
      })
      await ipam.allocations.allocate(id, specific('10.0.0.11'))
      await ipam.allocations.allocate(id, specific('10.0.0.12'))
      await ipam.allocations.release(id, '10.0.0.12')
      const roleOf = async (address: string) =>
        (await ipam.addresses.lookup(address)).subnets[0]?.role
      expect(await roleOf('10.0.0.0')).toBe('reserved')
      expect(await roleOf('10.0.0.1')).toBe('gateway')
      expect(await roleOf('10.0.0.9')).toBe('outside-pools')
      expect(await roleOf('10.0.0.10')).toBe('in-pool')
      expect(await roleOf('10.0.0.11')).toBe('allocated')
      expect(await roleOf('10.0.0.12')).toBe('cooling')
      expect(await roleOf('10.0.0.255')).toBe('reserved')
      expect(await roleOf('10.0.1.0')).toBeUndefined()
      expect(await roleOf('::10.0.0.11')).toBeUndefined()
    })

    it('finds it in every address scope, and the pools that have it in a prefix', async () => {
      const ipam = await engines.open()
      const scope = await ipam.addressScopes.create({ ipVersion: 4 })
      const one = await ipam.subnets.create({ cidr: '10.0.0.0/24' })
      const other = await ipam.subnets.create({ cidr: '10.0.0.0/16', addressScopeId: scope.id })
      const pool = await ipam.subnetPools.create({ prefixes: ['10.0.0.0/8'] })
      await ipam.subnetPools.create({ prefixes: ['11.0.0.0/8'] })
      await ipam.subnets.create({ cidr: '10.0.1.0/24' })
      const found = await ipam.addresses.lookup('10.0.0.7')
      expect(found.subnets.map(({ subnet }) => subnet.id)).toEqual([one.id, other.id])
      expect(found.subnetPools.map(({ id }) => id)).toEqual([pool.id])
    })

    it('shows a tenant of a shared subnet no other tenant’s allocation', async () => {
      const ipam = await engines.open()
      const { id } = await ipam.subnets.create({ cidr: '10.0.0.0/24', shared: true })
      const north = ipam.as({ projectId: 'north', isAdmin: false })
      const south = ipam.as({ projectId: 'south', isAdmin: false })
      await north.allocations.allocate(id, specific('10.0.0.9'), {
        holder: { kind: 'host', id: 'secret' },
      })
      expect((await north.addresses.lookup('10.0.0.9')).subnets[0]?.allocation).toMatchObject({
        holder: { id: 'secret' },
      })
      // Nor that there is one.
      expect((await south.addresses.lookup('10.0.0.9')).subnets).toMatchObject([
        { role: 'in-pool', allocation: null },
      ])
      await ipam.subnets.update(id, { shared: false })
      expect((await south.addresses.lookup('10.0.0.9')).subnets).toEqual([])
    })
  })

  describe('the history of an address', () => {
    it('tells who held it from when until when', async () => {
      const clock = new ManualClock()
      const ipam = await engines.open({ clock: clock.read })
      const { id } = await ipam.subnets.create({ cidr: '10.0.0.0/24', coolingSeconds: 5 })
      const times: string[] = []
      for (const holderId of ['first', 'second']) {
        clock.forward(10)
        times.push(clock.time)
        await ipam.allocations.allocate(id, specific('10.0.0.9'), {
          holder: { kind: 'host', id: holderId },
        })
        clock.forward(10)
        times.push(clock.time)
        await ipam.allocations.release(id, '10.0.0.9')
      }
      const history = await ipam.addresses.history('10.0.0.9')
      expect(history).toMatchObject([
        { subnetId: id, holder: { id: 'first' }, from: times[0], until: times[1] },
        { subnetId: id, holder: { id: 'second' }, from: times[2], until: times[3] },
      ])
      const at = async (time: string | undefined) =>
        (await ipam.addresses.history('10.0.0.9', { at: time ?? '' })).map(({ from }) => from)
      expect(await at(times[0])).toEqual([times[0]])
      expect(await at(times[1])).toEqual([])
      expect(await at(times[2])).toEqual([times[2]])
      await expectRefused(at('yesterday'), 'INVALID_FIELD')
    })

    it('is complete while thousands of other events come after and between', async () => {
      const ipam = await engines.open()
      const { id } = await ipam.subnets.create({ cidr: '10.0.0.0/16' })
      const hold = (holderId: string) =>
        ipam.allocations.allocate(id, specific('10.0.0.9'), {
          holder: { kind: 'host', id: holderId },
        })
      await hold('first')
      // Where events are entered into an index by some thousand, this is more than one time's worth.
      const others: Allocation[] = []
      for (let count = 0; count < 4500; count += 900)
        others.push(...(await ipam.allocations.allocate(id, { kind: 'bulk', count: 900 })))
      await ipam.allocations.release(id, '10.0.0.9')
      await hold('second')
      const holders = (await ipam.addresses.history('10.0.0.9')).map(({ holder }) => holder)
      expect(holders).toMatchObject([{ id: 'first' }, { id: 'second' }])
      for (const other of [others[0], others.at(-1)])
        expect(await ipam.addresses.history(other?.address ?? '')).toHaveLength(1)
      expect(await ipam.check()).toMatchObject({ ok: true, checked: { allocations: 4501 } })
    })

    it('has an open end while it is held, and ends with a lease', async () => {
      const clock = new ManualClock()
      const ipam = await engines.open({ clock: clock.read })
      const { id } = await ipam.subnets.create({ cidr: '10.0.0.0/24' })
      await ipam.allocations.allocate(id, specific('10.0.0.9'), { ttlSeconds: 10 })
      expect(await ipam.addresses.history('10.0.0.9')).toMatchObject([{ until: null }])
      clock.forward(10)
      await ipam.reap()
      expect(await ipam.addresses.history('10.0.0.9')).toMatchObject([{ until: clock.time }])
    })

    it('outlives the subnet, and is not mixed up with a later one on the same prefix', async () => {
      const ipam = await engines.open()
      const held = async (holderId: string) => {
        const { id } = await ipam.subnets.create({ cidr: '10.0.0.0/24' })
        await ipam.allocations.allocate(id, specific('10.0.0.9'), {
          holder: { kind: 'host', id: holderId },
        })
        await ipam.subnets.delete(id, { cascade: true })
        return id
      }
      const ids = [await held('first'), await held('second')]
      const history = await ipam.addresses.history('10.0.0.9')
      expect(history.map(({ subnetId, holder }) => [subnetId, holder])).toEqual([
        [ids[0], { kind: 'host', id: 'first' }],
        [ids[1], { kind: 'host', id: 'second' }],
      ])
      const events = (await ipam.events.list()).items.filter(({ address }) => address !== null)
      expect(events.map(({ recordId }) => recordId)).toEqual([ids[0], ids[0], ids[1], ids[1]])
    })

    it('keeps IPv4 and IPv6 apart where a later subnet is of the other family', async () => {
      const ipam = await engines.open()
      const four = await ipam.subnets.create({ cidr: '10.0.0.0/24' })
      await ipam.allocations.allocate(four.id, specific('10.0.0.9'))
      await ipam.subnets.delete(four.id, { cascade: true })
      await ipam.subnets.create({ cidr: '2001:db8::/64' })
      const [event] = (await ipam.events.list()).items.filter(({ address }) => address !== null)
      expect(event).toMatchObject({ address: '10.0.0.9', recordId: four.id })
      expect(await ipam.addresses.history('10.0.0.9')).toMatchObject([{ subnetId: four.id }])
    })

    it('shows a tenant of a shared subnet its own part only', async () => {
      const ipam = await engines.open()
      const { id } = await ipam.subnets.create({ cidr: '10.0.0.0/24', shared: true })
      const tenants = ['north', 'south'].map((projectId) => ipam.as({ projectId, isAdmin: false }))
      for (const tenant of tenants) {
        await tenant.allocations.allocate(id, specific('10.0.0.9'))
        await tenant.allocations.release(id, '10.0.0.9')
      }
      for (const tenant of tenants)
        expect(await tenant.addresses.history('10.0.0.9')).toMatchObject([
          { projectId: tenant.caller.projectId },
        ])
      expect(await ipam.addresses.history('10.0.0.9')).toHaveLength(2)
    })
  })
}
