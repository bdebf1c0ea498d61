import { setImmediate } from 'node:timers/promises'
import { describe, expect, it } from 'vitest'
import type { Plan } from '../../src/model/plan.ts'
import { atOnce, codesOf, crowd } from './at-once.ts'
import { type ContractStore, contractEngines } from './contract-store.ts'

/** Two engines on one database, whose callers draw on one quota at the same time. */
export function describeQuotaRaceContract(store: ContractStore): void {
  const engines = contractEngines(store)
  const timeout = 60_000

  describe('at the same time', () => {
    it('a quota holds to the address, whoever draws on it (E1, E2, E4)', { timeout }, async () => {
      const pair = await engines.openPair()
      const pool = await pair[0].subnetPools.create({
        prefixes: ['10.0.0.0/16'],
        quota: 640n,
        shared: true,
      })
      const tenants = pair.flatMap((ipam) =>
        ['north', 'south'].map((projectId) => ipam.as({ projectId, isAdmin: false })),
      )
      const callers = crowd(store, 200, 60)
      const answers = await atOnce(tenants, callers, async (ipam, index) => {
        // Not all in one moment.
        for (let turn = 0; turn < index % 10; turn += 1) await setImmediate()
        return ipam.subnets.create({ subnetPoolId: pool.id, prefixLength: 26 })
      })
      for (const projectId of ['north', 'south']) {
        const own = answers.filter((a) => typeof a !== 'string' && a.projectId === projectId)
        expect(own).toHaveLength(10)
      }
      expect(codesOf(answers)).toEqual(Array(callers - 20).fill('QUOTA_EXCEEDED'))
      expect((await pair[0].check()).problems).toEqual([])
    })

    it('a quota holds for named prefixes, imports and several at once (E3)', {
      timeout,
    }, async () => {
      const pair = await engines.openPair()
      const scope = await pair[0].addressScopes.create({ ipVersion: 4, name: 'campus' })
      const poolOf = { prefixes: ['10.0.0.0/16'], name: 'pool' }
      const pool = await pair[0].subnetPools.create({
        ...poolOf,
        addressScopeId: scope.id,
        quota: 640n,
      })
      const subnetPoolId = pool.id
      const imported = (index: number): Plan => ({
        format: 'freehold-plan/1',
        addressScopes: [{ key: 'campus', name: 'campus', ipVersion: 4 }],
        subnetPools: [{ key: 'pool', addressScope: 'campus', quota: '640', ...poolOf }],
        subnets: [
          { key: 's', addressScope: 'campus', subnetPool: 'pool', cidr: `10.0.${index}.0/26` },
        ],
        allocations: [],
      })
      const callers = crowd(store, 48, 24)
      const answers = await atOnce(pair, callers, async (ipam, index) => {
        if (index % 4 === 0) await ipam.plans.apply(imported(200 + index))
        else if (index % 4 === 1)
          await ipam.subnets.create({ subnetPoolId, cidr: `10.0.${100 + index}.64/26` })
        else if (index % 4 === 2) await ipam.subnets.create({ subnetPoolId, prefixLength: 26 })
        else
          await ipam.transaction(async (own) => {
            await own.subnets.create({ subnetPoolId, prefixLength: 27 })
            await own.subnets.create({ subnetPoolId, prefixLength: 27 })
          })
      })
      expect(answers.filter((answer) => typeof answer !== 'string')).toHaveLength(10)
      // An import says of every entry why it cannot be.
      expect(
        new Set(codesOf(answers)).isSubsetOf(new Set(['QUOTA_EXCEEDED', 'PLAN_CONFLICT'])),
      ).toBe(true)
      expect(await pair[1].utilization.ofSubnetPool(subnetPoolId)).toMatchObject({
        allocated: 640n,
      })
      expect((await pair[0].check()).problems).toEqual([])
    })
  })
}
