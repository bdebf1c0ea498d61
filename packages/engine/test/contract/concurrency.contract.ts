import { setImmediate } from 'node:timers/promises'
import { describe, expect, it } from 'vitest'
import type { Ipam } from '../../src/ipam.ts'
import { allocated, atOnce, codesOf, crowd, overlapsSome } from './at-once.ts'
import { type ContractStore, contractEngines } from './contract-store.ts'
import { sortedAddresses } from './sorted-addresses.ts'

/** Two engines on one database, with what was seen to go wrong elsewhere as the scenes. */
export function describeConcurrencyContract(store: ContractStore): void {
  const engines = contractEngines(store)
  const timeout = 60_000

  async function sound(ipam: Ipam): Promise<void> {
    expect((await ipam.check()).problems).toEqual([])
  }

  describe('at the same time', () => {
    it('any gives everybody another address, to the last one (A1, A3)', { timeout }, async () => {
      const pair = await engines.openPair()
      for (const [index, callers] of [16, 64, crowd(store, 256, 64)].entries()) {
        const { id } = await pair[0].subnets.create({ cidr: `10.0.${index}.0/24` })
        const answers = await atOnce(pair, callers, (ipam) =>
          ipam.allocations.allocate(id, { kind: 'any' }),
        )
        const given = Math.min(callers, 253)
        expect(new Set(allocated(answers).map(({ address }) => address)).size).toBe(given)
        expect(codesOf(answers)).toEqual(Array(callers - given).fill('SUBNET_EXHAUSTED'))
        expect((await pair[1].utilization.ofSubnet(id)).allocated).toBe(BigInt(given))
      }
      await sound(pair[0])
    })

    it('any of a wide subnet is refused to nobody (A7)', { timeout }, async () => {
      const pair = await engines.openPair()
      const { id } = await pair[0].subnets.create({ cidr: '10.0.0.0/16' })
      const callers = crowd(store, 250, 60)
      const answers = await atOnce(pair, callers, (ipam) =>
        ipam.allocations.allocate(id, { kind: 'any' }),
      )
      expect(new Set(allocated(answers).map(({ address }) => address)).size).toBe(callers)
      await sound(pair[0])
    })

    it('next gives the lowest addresses, in an empty subnet too (A1)', { timeout }, async () => {
      const pair = await engines.openPair()
      for (const [cidr, base] of [
        ['10.0.0.0/24', '10.0.0'],
        ['10.1.0.0/16', '10.1.0'],
      ] as const) {
        const { id } = await pair[0].subnets.create({ cidr })
        const answers = await atOnce(pair, 40, (ipam) =>
          ipam.allocations.allocate(id, { kind: 'next' }),
        )
        expect(codesOf(answers)).toEqual([])
        const lowest = Array.from({ length: 40 }, (_, index) => `${base}.${index + 2}`)
        expect(sortedAddresses(allocated(answers))).toEqual(lowest)
      }
      await sound(pair[0])
    })

    it('all kinds of request never share an address (A2, A9)', { timeout }, async () => {
      const pair = await engines.openPair()
      const { id } = await pair[0].subnets.create({ cidr: '10.0.0.0/25' })
      const answers = await atOnce(pair, 60, (ipam, index) => {
        if (index % 4 === 0) return ipam.allocations.allocate(id, { kind: 'next' })
        if (index % 4 === 1) return ipam.allocations.allocate(id, { kind: 'bulk', count: 3 })
        if (index % 4 === 2) return ipam.allocations.allocate(id, { kind: 'any' })
        return ipam.allocations.allocate(id, { kind: 'specific', address: `10.0.0.${2 + index}` })
      })
      const given = allocated(answers)
      expect(new Set(given.map(({ address }) => address)).size).toBe(given.length)
      expect(new Set(codesOf(answers)).difference(new Set(['ADDRESS_IN_USE'])).size).toBe(0)
      expect((await pair[0].allocations.list(id, {}, { limit: 1000 })).items).toHaveLength(
        given.length,
      )
      await sound(pair[0])
    })

    it('one of many gets the named address, and all of any one each (A6)', {
      timeout,
    }, async () => {
      const pair = await engines.openPair()
      const { id } = await pair[0].subnets.create({ cidr: '10.0.0.0/24' })
      const callers = crowd(store, 60, 32)
      const answers = await atOnce(pair, callers, (ipam, index) =>
        ipam.allocations.allocate(
          id,
          index % 4 < 2 ? { kind: 'specific', address: '10.0.0.9' } : { kind: 'any' },
        ),
      )
      // One of any may have been given it first.
      const given = allocated(answers)
      expect(given.filter(({ address }) => address === '10.0.0.9')).toHaveLength(1)
      expect(new Set(given.map(({ address }) => address)).size).toBe(given.length)
      expect([callers / 2, callers / 2 + 1]).toContain(given.length)
      expect(codesOf(answers)).toEqual(Array(callers - given.length).fill('ADDRESS_IN_USE'))
      await sound(pair[0])
    })

    it('the same holder gets the same derived address, once (A10)', { timeout }, async () => {
      const pair = await engines.openPair()
      const { id } = await pair[0].subnets.create({ cidr: '2001:db8::/64' })
      const answers = await atOnce(pair, 20, (ipam) =>
        ipam.allocations.allocate(
          id,
          { kind: 'eui64', mac: '00:16:3e:00:00:01' },
          { holder: { kind: 'port', id: 'p' } },
        ),
      )
      expect(codesOf(answers)).toEqual([])
      expect((await pair[0].allocations.list(id)).items).toHaveLength(1)
      await sound(pair[0])
    })

    it('a subnet is either deleted or given addresses from (A11)', {
      timeout: 1_800_000,
    }, async () => {
      const pair = await engines.openPair()
      const race = async (place: number): Promise<void> => {
        const { id } = await pair[0].subnets.create({ cidr: `10.0.${place}.0/24` })
        const [deleted, given] = await Promise.all([
          atOnce(pair, 1, (ipam) => ipam.subnets.delete(id)),
          atOnce([...pair].reverse(), 4, (ipam) => ipam.allocations.allocate(id, { kind: 'any' })),
        ])
        if (codesOf(deleted).length === 0)
          expect(codesOf(given)).toEqual(Array(4).fill('SUBNET_NOT_FOUND'))
        else {
          expect(codesOf(deleted)).toEqual(['SUBNET_IN_USE'])
          expect(allocated(given)).toHaveLength(4)
          await pair[0].subnets.delete(id, { cascade: true })
        }
      }
      const races = Number(process.env['FREEHOLD_TEST_RACES'] ?? crowd(store, 150, 15))
      const places = Array.from({ length: 5 }, (_, place) => place)
      for (let run = 0; run < races; run += places.length) await Promise.all(places.map(race))
      await sound(pair[0])
    })

    it('subnets from one pool are disjoint, and all that fit are cut (A5, A13)', {
      timeout,
    }, async () => {
      const pair = await engines.openPair()
      const pool = await pair[0].subnetPools.create({ prefixes: ['10.0.0.0/21', '10.1.0.0/21'] })
      const answers = await atOnce(pair, 68, (ipam) =>
        ipam.subnets.create({ subnetPoolId: pool.id, prefixLength: 26 }),
      )
      const cidrs = answers.flatMap((answer) => (typeof answer === 'string' ? [] : [answer.cidr]))
      expect(cidrs).toHaveLength(64)
      expect(overlapsSome(cidrs)).toBe(false)
      expect(codesOf(answers)).toEqual(Array(4).fill('SUBNET_POOL_EXHAUSTED'))
      await sound(pair[0])
    })

    it('named prefixes that overlap go to one caller each (A14)', { timeout }, async () => {
      const pair = await engines.openPair()
      const wanted = ['10.0.0.0/24', '10.0.0.0/25', '10.0.0.128/25', '10.0.0.0/23', '10.0.1.0/24']
      const answers = await atOnce(pair, crowd(store, 64, 30), (ipam, index) =>
        ipam.subnets.create({ cidr: wanted[index % wanted.length] as string }),
      )
      const cidrs = answers.flatMap((answer) => (typeof answer === 'string' ? [] : [answer.cidr]))
      expect(overlapsSome(cidrs)).toBe(false)
      expect(cidrs.length).toBeGreaterThan(0)
      expect(new Set(codesOf(answers))).toEqual(new Set(['SUBNET_OVERLAP']))
      await sound(pair[0])
    })

    it('changing a subnet disturbs no allocation from it (A15)', { timeout }, async () => {
      const pair = await engines.openPair()
      const { id } = await pair[0].subnets.create({ cidr: '10.0.0.0/24' })
      const [changes, answers] = await Promise.all([
        atOnce(pair, 20, (ipam, index) =>
          ipam.subnets.update(id, {
            name: `n${index}`,
            allocationPools: [
              { first: '10.0.0.2', last: index % 2 === 0 ? '10.0.0.254' : '10.0.0.253' },
            ],
          }),
        ),
        atOnce(pair, 60, (ipam) => ipam.allocations.allocate(id, { kind: 'any' })),
      ])
      expect([...codesOf(changes), ...codesOf(answers)]).toEqual([])
      expect(await pair[0].subnets.get(id)).toMatchObject({ revision: 21 })
      await sound(pair[0])
    })

    it('changes that change nothing disturb no allocation (A15)', { timeout }, async () => {
      const pair = await engines.openPair()
      const { id, allocationPools } = await pair[0].subnets.create({ cidr: '10.0.0.0/23' })
      const changes = crowd(store, 1000, 40)
      const turns = crowd(store, 25, 3)
      const [updates, answers] = await Promise.all([
        atOnce(pair, 10, async (ipam) => {
          for (let change = 0; change < changes / 10; change += 1)
            await ipam.subnets.update(id, { allocationPools })
        }),
        atOnce(pair, 20, async (ipam) => {
          for (let turn = 0; turn < turns; turn += 1)
            await ipam.allocations.allocate(id, { kind: 'any' })
        }),
      ])
      expect([...codesOf(updates), ...codesOf(answers)]).toEqual([])
      expect((await pair[1].utilization.ofSubnet(id)).allocated).toBe(BigInt(20 * turns))
      await sound(pair[0])
    })

    it('of changes from one revision one is made (A24)', { timeout }, async () => {
      const pair = await engines.openPair()
      const { id } = await pair[0].subnets.create({ cidr: '10.0.0.0/24' })
      const answers = await atOnce(pair, 12, (ipam, index) =>
        ipam.subnets.update(id, { name: `n${index}` }, { ifRevision: 1 }),
      )
      expect(codesOf(answers)).toEqual(Array(11).fill('STALE_REVISION'))
      expect(await pair[0].subnets.get(id)).toMatchObject({ revision: 2 })
    })

    it('an address is released once (A25)', { timeout }, async () => {
      const pair = await engines.openPair()
      const { id } = await pair[0].subnets.create({ cidr: '10.0.0.0/24', coolingSeconds: 60 })
      await pair[0].allocations.allocate(id, { kind: 'specific', address: '10.0.0.9' })
      const answers = await atOnce(pair, 16, (ipam) => ipam.allocations.release(id, '10.0.0.9'))
      expect(codesOf(answers)).toEqual(Array(15).fill('ALLOCATION_NOT_FOUND'))
      await sound(pair[0])
    })

    it('a subnet, a pool and a scope are deleted once (A25)', { timeout }, async () => {
      const pair = await engines.openPair()
      const scope = await pair[0].addressScopes.create({ ipVersion: 4 })
      const pool = await pair[0].subnetPools.create({ prefixes: ['10.0.0.0/8'] })
      const subnet = await pair[0].subnets.create({ cidr: '10.0.0.0/24' })
      const deletions = [
        ['ADDRESS_SCOPE_NOT_FOUND', (ipam: Ipam) => ipam.addressScopes.delete(scope.id)],
        ['SUBNET_POOL_NOT_FOUND', (ipam: Ipam) => ipam.subnetPools.delete(pool.id)],
        ['SUBNET_NOT_FOUND', (ipam: Ipam) => ipam.subnets.delete(subnet.id)],
      ] as const
      for (const [code, remove] of deletions)
        expect(codesOf(await atOnce(pair, 8, remove))).toEqual(Array(7).fill(code))
    })

    it('there is one default pool (E3)', { timeout }, async () => {
      const pair = await engines.openPair()
      const answers = await atOnce(pair, 8, (ipam, index) =>
        ipam.subnetPools.create({ prefixes: [`10.${index}.0.0/16`], isDefault: true }),
      )
      expect(codesOf(answers)).toEqual(Array(7).fill('DEFAULT_POOL_EXISTS'))
    })

    it('bulk requests get all or nothing, in ranges of several pools (E7, E8)', {
      timeout,
    }, async () => {
      const pair = await engines.openPair()
      const { id } = await pair[0].subnets.create({
        cidr: '10.0.0.0/22',
        allocationPools: [
          { first: '10.0.0.2', last: '10.0.0.8' },
          { first: '10.0.1.0', last: '10.0.1.30' },
          { first: '10.0.3.1', last: '10.0.3.12' },
        ],
      })
      const answers = await atOnce(pair, 12, (ipam) =>
        ipam.allocations.allocate(id, { kind: 'bulk', count: 7 }),
      )
      const given = allocated(answers)
      expect(given).toHaveLength(49)
      expect(new Set(given.map(({ address }) => address)).size).toBe(49)
      expect(codesOf(answers)).toEqual(Array(5).fill('SUBNET_EXHAUSTED'))
      const last = await pair[1].allocations.allocate(id, { kind: 'any' })
      expect(last).toHaveLength(1)
      await sound(pair[0])
    })

    it('a named address that is taken in a /64 is refused without a search (D3)', async () => {
      const pair = await engines.openPair()
      const { id } = await pair[0].subnets.create({ cidr: '2001:db8::/64' })
      const address = '2001:db8::ffff:ffff:ffff:ffff'
      const answers = await atOnce(pair, 4, (ipam) =>
        ipam.allocations.allocate(id, { kind: 'specific', address }),
      )
      expect(codesOf(answers)).toEqual(Array(3).fill('ADDRESS_IN_USE'))
    })

    it('addresses go round between takers and givers without loss', { timeout }, async () => {
      const pair = await engines.openPair()
      const { id } = await pair[0].subnets.create({ cidr: '10.0.0.0/28' })
      const codes = new Set<string>()
      await atOnce(pair, 12, async (ipam, worker) => {
        for (let round = 0; round < 12; round += 1) {
          const kind = (worker + round) % 2 === 0 ? 'any' : 'next'
          const [got] = await ipam.allocations.allocate(id, { kind }).catch((error) => {
            codes.add(error.code)
            return []
          })
          if (got !== undefined) await ipam.allocations.release(id, got.address)
        }
      })
      // Twelve workers hold one address each at most, and there are thirteen.
      expect([...codes]).toEqual([])
      expect((await pair[0].utilization.ofSubnet(id)).available).toBe(13n)
      await sound(pair[0])
    })

    it('a reader of the event feed misses none', { timeout: 120_000 }, async () => {
      // Where ids are missing, the feed waits until nothing can come there any more, as long as a transaction may take:
      // behind transactions that were undone, and wherever each node of a cluster has ids of its own.
      const pair = await engines.openPair({ deadlineMs: 20_000 })
      let giveUpAt = Number.POSITIVE_INFINITY
      const { id } = await pair[0].subnets.create({ cidr: '10.0.0.0/22' })
      let writing = true
      const seen = new Map<string | null, number>()
      const isOver = () => !writing && (seen.size >= 120 || performance.now() > giveUpAt)
      const read = async (): Promise<void> => {
        let after: string | undefined
        for (let done = false; ; done = isOver()) {
          for (;;) {
            const page = await pair[1].events.list({
              limit: 7,
              ...(after === undefined ? {} : { after }),
            })
            after = page.nextCursor
            if (page.items.length === 0) break
            for (const { recordKind, address } of page.items)
              if (recordKind === 'allocation') seen.set(address, (seen.get(address) ?? 0) + 1)
          }
          if (done) return
          await setImmediate()
        }
      }
      const reading = read()
      const answers = await atOnce(pair, 120, (ipam) =>
        ipam.allocations.allocate(id, { kind: 'any' }),
      )
      writing = false
      giveUpAt = performance.now() + 60_000
      await reading
      const given = allocated(answers).map(({ address }) => address)
      expect(given).toHaveLength(120)
      expect(seen).toEqual(new Map(given.map((address) => [address, 1])))
    })
  })
}
