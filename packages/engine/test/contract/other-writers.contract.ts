import { describe, expect, it } from 'vitest'
import { type EngineOptions, type Ipam, openIpam } from '../../src/ipam.ts'
import type { Store } from '../../src/store/store.ts'
import { type ContractStore, contractEngines } from './contract-store.ts'
import { expectRefused } from './expected-error.ts'
import { ManualClock } from './manual-clock.ts'

/**
 * A process that is asked for many addresses of a subnet may remember what it has seen. What others change, or itself in
 * another way, has to hold for the very next request all the same.
 */
export function describeOtherWritersContract(contractStore: ContractStore): void {
  contractEngines(contractStore)
  const any = { kind: 'any' } as const

  interface Scene {
    readonly ipam: Ipam
    readonly other: Ipam
    readonly store: Store
    readonly id: string
    /** 600 of the 1,021 pool addresses; the others are free. */
    readonly held: ReadonlySet<string>
  }

  async function takeAny(ipam: Ipam, id: string, count: number): Promise<string[]> {
    const given = await Promise.all(
      Array.from({ length: count }, () => ipam.allocations.allocate(id, any)),
    )
    return given.flat().map(({ address }) => address)
  }

  async function giveBack(ipam: Ipam, id: string, addresses: Iterable<string>): Promise<void> {
    await Promise.all([...addresses].map((address) => ipam.allocations.release(id, address)))
  }

  async function wellKnown(options: EngineOptions = {}, ttlSeconds?: number): Promise<Scene> {
    const store = await contractStore.open()
    const ipam = await openIpam(store, options)
    const other = await openIpam(await contractStore.again(store), options)
    const { id } = await ipam.subnets.create({ cidr: '10.0.0.0/22' })
    const block = await ipam.allocations.allocate(
      id,
      { kind: 'bulk', count: 600 },
      ttlSeconds === undefined ? {} : { ttlSeconds },
    )
    for (let round = 0; round < 12; round += 1)
      await giveBack(ipam, id, await takeAny(ipam, id, 16))
    return { ipam, other, store, id, held: new Set(block.map(({ address }) => address)) }
  }

  // Of 40 addresses that are drawn fairly from 421 + 600 free ones, at least one is of the 600 but for one time in 10^15.
  async function expectFree({ ipam, id, held }: Scene): Promise<void> {
    const given = await takeAny(ipam, id, 40)
    expect(given.filter((address) => held.has(address)).length).toBeGreaterThan(0)
    expect((await ipam.check()).problems).toEqual([])
  }

  describe('an engine that knows a subnet well', () => {
    it('offers what another process gives back', async () => {
      const scene = await wellKnown()
      await giveBack(scene.other, scene.id, scene.held)
      await expectFree(scene)
    })

    it('offers what another engine of its process gives back, on the same store', async () => {
      const scene = await wellKnown()
      const beside = await openIpam(scene.store)
      await giveBack(beside, scene.id, scene.held)
      await expectFree(scene)
    })

    it('offers what it gives back itself, in groups or in a transaction', async () => {
      const inGroups = await wellKnown()
      await giveBack(inGroups.ipam, inGroups.id, inGroups.held)
      await expectFree(inGroups)
      const atOnce = await wellKnown()
      await atOnce.ipam.transaction(async (view) => {
        for (const address of atOnce.held) await view.allocations.release(atOnce.id, address)
      })
      await expectFree(atOnce)
    })

    it('offers what the application gives back in a transaction of its own, once that is committed', async () => {
      const scene = await wellKnown()
      for (const end of ['rollback', 'commit'] as const) {
        await contractStore.ownTransaction(scene.store, async (handle) => {
          const within = scene.ipam.within(handle)
          for (const address of scene.held) await within.allocations.release(scene.id, address)
          return end
        })
        if (end === 'commit') break
        const given = await takeAny(scene.ipam, scene.id, 40)
        expect(given.filter((address) => scene.held.has(address))).toEqual([])
        await giveBack(scene.ipam, scene.id, given)
      }
      await expectFree(scene)
    })

    it('offers what leases leave when they have run out', async () => {
      const clock = new ManualClock()
      const scene = await wellKnown({ clock: clock.read }, 60)
      clock.forward(61)
      await scene.other.reap()
      await expectFree(scene)
    })

    it('never offers what others have taken', async () => {
      const scene = await wellKnown()
      for (const taker of [scene.other, scene.ipam]) {
        const taken = new Set(
          (await taker.allocations.allocate(scene.id, { kind: 'bulk', count: 100 })).map(
            ({ address }) => address,
          ),
        )
        const given = await takeAny(scene.ipam, scene.id, 40)
        expect(given.filter((address) => taken.has(address))).toEqual([])
      }
      expect((await scene.ipam.check()).problems).toEqual([])
    })

    it('remembers what it has taken itself: no group meets a row that is there', async () => {
      const { ipam, store, id } = await wellKnown()
      for (let round = 0; round < 5; round += 1) {
        const before = store.counters.sharedTransactions
        await takeAny(ipam, id, 40)
        // A group that meets one is undone, and its members go alone: on SQLite, side by side in one transaction.
        expect(store.counters.sharedTransactions).toBe(before)
      }
    })

    it('keeps to new allocation pools', async () => {
      const { ipam, other, id } = await wellKnown()
      await other.subnets.update(id, {
        allocationPools: [{ first: '10.0.3.0', last: '10.0.3.254' }],
      })
      const given = await takeAny(ipam, id, 16)
      expect(given.filter((address) => !address.startsWith('10.0.3.'))).toEqual([])
    })

    it('refuses whoever may not see it any more, and everybody when it is gone', async () => {
      const { ipam, other, id, held } = await wellKnown()
      const south = ipam.as({ projectId: 'south', isAdmin: false })
      await expectRefused(south.allocations.allocate(id, any), 'SUBNET_NOT_FOUND')
      await other.subnets.update(id, { shared: true })
      await giveBack(south, id, await takeAny(south, id, 8))
      await other.subnets.update(id, { shared: false })
      await expectRefused(south.allocations.allocate(id, any), 'SUBNET_NOT_FOUND')
      await giveBack(other, id, held)
      await other.subnets.delete(id)
      await expectRefused(ipam.allocations.allocate(id, any), 'SUBNET_NOT_FOUND')
    })
  })
}
