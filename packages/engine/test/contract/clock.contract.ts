import { describe, expect, it } from 'vitest'
import { openIpam } from '../../src/ipam.ts'
import { allocated, atOnce, codesOf } from './at-once.ts'
import { type ContractStore, contractEngines } from './contract-store.ts'

const hour = 3_600_000
const year = 8766 * hour

/** Engines on one database whose processes do not agree on the time. */
export function describeClockContract(store: ContractStore): void {
  // For the disposal after each test.
  contractEngines(store)

  describe('a process with a wrong clock', () => {
    it.each([
      ['an hour ahead', hour],
      ['an hour behind', -hour],
      ['ten years ahead', 10 * year],
      ['ten years behind', -10 * year],
    ])('%s gives no address twice, and none away that is held (X9)', async (_, offBy) => {
      const opened = await store.open()
      const right = await openIpam(opened, { deadlineMs: 50_000 })
      const wrong = await openIpam(await store.again(opened), {
        deadlineMs: 50_000,
        clock: () => Date.now() + offBy,
      })
      const { id } = await right.subnets.create({ cidr: '10.0.0.0/26' })
      const held = await right.allocations.allocate(id, { kind: 'bulk', count: 10 })
      const answers = await atOnce([right, wrong], 60, async (ipam, index) => {
        const ttl = index % 3 === 0 ? { ttlSeconds: 600 * 86_400 } : {}
        const given = await ipam.allocations.allocate(id, { kind: 'any' }, ttl)
        await ipam.reap()
        return given
      })
      const stored = (await right.allocations.list(id, {}, { limit: 100 })).items
      const addresses = stored.map(({ address }) => address)
      expect(new Set(addresses).size).toBe(addresses.length)
      // Without a lease nothing ends, whatever the time is said to be.
      const withoutLease = [...held, ...allocated(answers)].filter(
        ({ expiresAt }) => expiresAt === null,
      )
      expect(addresses).toEqual(expect.arrayContaining(withoutLease.map(({ address }) => address)))
      expect(new Set(withoutLease.map(({ address }) => address)).size).toBe(withoutLease.length)
      expect(new Set(codesOf(answers)).isSubsetOf(new Set(['SUBNET_EXHAUSTED']))).toBe(true)
      expect((await right.check()).problems).toEqual([])
    })
  })
}
