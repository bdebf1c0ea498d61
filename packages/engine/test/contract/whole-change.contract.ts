import { describe, expect, it } from 'vitest'
import { IpamError } from '../../src/errors.ts'
import type { Ipam } from '../../src/ipam.ts'
import { type ContractStore, contractEngines } from './contract-store.ts'
import { expectRefused } from './expected-error.ts'

// Looks like half the codes that are retried.
const misleading = 'id 40001-1213-1305-40P01 (1205) deadlock found, database is locked, 23505'

export function describeWholeChangeContract(store: ContractStore): void {
  const engines = contractEngines(store)

  describe('a change', () => {
    it('of several parts leaves nothing of them when any one fails (B6)', async () => {
      const ipam = await engines.open()
      const { id } = await ipam.subnets.create({ cidr: '10.0.0.0/24' })
      await ipam.allocations.allocate(id, { kind: 'specific', address: '10.0.0.99' })
      const events = await ipam.events.list()
      const rows = await ipam.allocations.list(id)
      for (let bad = 0; bad < 5; bad += 1) {
        const work = ipam.transaction(async (own) => {
          for (let part = 0; part < 5; part += 1) {
            const address = part === bad ? '10.0.0.99' : `10.0.0.${10 + part}`
            await own.allocations.allocate(id, { kind: 'specific', address })
          }
        })
        await expectRefused(work, 'ADDRESS_IN_USE')
        const entry = (part: number) => ({
          subnet: 's',
          address: part === bad ? '10.0.0.99' : `10.0.0.${10 + part}`,
          holder: { kind: 'host', id: String(part) },
        })
        const plan = ipam.plans.apply({
          format: 'freehold-plan/1',
          addressScopes: [],
          subnetPools: [],
          subnets: [{ key: 's', addressScope: 'default-4', cidr: '10.0.0.0/24' }],
          allocations: [0, 1, 2, 3, 4].map(entry),
        })
        await expectRefused(plan, 'PLAN_CONFLICT')
        expect(await ipam.allocations.list(id)).toEqual(rows)
        expect(await ipam.events.list()).toEqual(events)
      }
      expect((await ipam.check()).problems).toEqual([])
    })

    it('is there for everybody once it is acknowledged (B7)', async () => {
      const [one, other] = await engines.openPair()
      const scope = await one.addressScopes.create({ ipVersion: 4 })
      expect(await other.addressScopes.get(scope.id)).toEqual(scope)
      const renamedScope = await one.addressScopes.update(scope.id, { name: 'campus' })
      expect(await other.addressScopes.get(scope.id)).toEqual(renamedScope)
      const pool = await one.subnetPools.create({
        addressScopeId: scope.id,
        prefixes: ['10.0.0.0/16'],
      })
      expect(await other.subnetPools.get(pool.id)).toEqual(pool)
      const wider = await one.subnetPools.update(pool.id, { prefixes: ['10.0.0.0/15'] })
      expect(await other.subnetPools.get(pool.id)).toEqual(wider)
      const subnet = await one.subnets.create({ subnetPoolId: pool.id, prefixLength: 24 })
      expect(await other.subnets.get(subnet.id)).toEqual(subnet)
      const pools = [{ first: '10.0.0.10', last: '10.0.0.20' }]
      const changed = await one.subnets.update(subnet.id, { allocationPools: pools })
      expect(await other.subnets.get(subnet.id)).toEqual(changed.subnet)
      for (const request of [
        { kind: 'any' },
        { kind: 'next' },
        { kind: 'specific', address: '10.0.0.99' },
        { kind: 'bulk', count: 3 },
      ] as const)
        for (const made of await one.allocations.allocate(subnet.id, request)) {
          expect(await other.allocations.get(subnet.id, made.address)).toEqual(made)
          await one.allocations.release(subnet.id, made.address)
          await expectRefused(
            other.allocations.get(subnet.id, made.address),
            'ALLOCATION_NOT_FOUND',
          )
        }
      await one.subnets.delete(subnet.id)
      await expectRefused(other.subnets.get(subnet.id), 'SUBNET_NOT_FOUND')
      await one.subnetPools.delete(pool.id)
      await expectRefused(other.subnetPools.get(pool.id), 'SUBNET_POOL_NOT_FOUND')
      await one.addressScopes.delete(scope.id)
      await expectRefused(other.addressScopes.get(scope.id), 'ADDRESS_SCOPE_NOT_FOUND')
    })

    it('is not run again for what an error’s message says (B2)', async () => {
      const { store: opened, ipam } = await engines.openWithStore()
      const errors = [
        new Error(misleading),
        new IpamError('INVALID_REQUEST', misleading, { pointer: '/1213' }),
      ]
      for (const thrown of errors) {
        let runs = 0
        const retries = opened.counters.retries
        const work = ipam.transaction(async (own: Ipam) => {
          runs += 1
          await own.addressScopes.create({ ipVersion: 4 })
          throw thrown
        })
        await expect(work).rejects.toBe(thrown)
        expect({ runs, retries: opened.counters.retries - retries }).toEqual({
          runs: 1,
          retries: 0,
        })
      }
      expect((await ipam.events.list()).items).toEqual([])
    })
  })
}
