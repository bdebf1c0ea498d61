import { describe, expect, it } from 'vitest'
import type { Plan } from '../../src/model/plan.ts'
import { type ContractStore, contractEngines } from './contract-store.ts'
import { expectRefused } from './expected-error.ts'

const plan: Plan = {
  format: 'freehold-plan/1',
  addressScopes: [{ key: 'campus', name: 'campus', ipVersion: 4 }],
  subnetPools: [
    { key: 'p', name: 'servers', addressScope: 'campus', prefixes: ['10.0.0.0/16'], quota: '1024' },
  ],
  subnets: [
    { key: 's', name: 'rack', addressScope: 'campus', subnetPool: 'p', cidr: '10.0.1.0/24' },
    { key: 't', name: 'lab', addressScope: 'default-6', cidr: '2001:db8::/64', coolingSeconds: 60 },
  ],
  allocations: [
    { subnet: 's', address: '10.0.1.9', holder: { kind: 'host', id: 'h1' }, source: 'hosts:3' },
    { subnet: 't', address: '2001:db8::9', state: 'cooling', expiresAt: '2100-01-01T00:00:00Z' },
    { subnet: 't', address: '2001:db8::a', expiresAt: '2100-01-01T00:00:00Z', projectId: 'north' },
  ],
}

export function describePlanContract(store: ContractStore): void {
  const engines = contractEngines(store)

  describe('plans', () => {
    it('are previewed without any change', async () => {
      const ipam = await engines.open()
      const report = await ipam.plans.preview(plan)
      expect(report.counts).toEqual({ create: 7, exists: 0, conflict: 0 })
      expect((await ipam.events.list()).items).toEqual([])
      expect((await ipam.subnets.list()).items).toEqual([])
    })

    it('make everything that they name, and nothing the second time', async () => {
      const ipam = await engines.open()
      const report = await ipam.plans.apply(plan)
      expect(report.counts).toEqual({ create: 7, exists: 0, conflict: 0 })
      const [rack] = (await ipam.subnets.list({ name: 'rack' })).items
      expect(await ipam.allocations.get(rack?.id ?? '', '10.0.1.9')).toMatchObject({
        holder: { kind: 'host', id: 'h1' },
      })
      const [lab] = (await ipam.subnets.list({ name: 'lab' })).items
      expect((await ipam.allocations.list(lab?.id ?? '')).items).toMatchObject([
        { address: '2001:db8::9', state: 'cooling', expiresAt: '2100-01-01T00:00:00.000Z' },
        { address: '2001:db8::a', state: 'allocated', projectId: 'north' },
      ])
      const events = await ipam.events.list()
      const again = await ipam.plans.apply(plan)
      expect(again.counts).toEqual({ create: 0, exists: 7, conflict: 0 })
      expect(await ipam.events.list()).toEqual(events)
      expect((await ipam.check()).problems).toEqual([])
    })

    it('are refused as a whole when an entry contradicts what is stored, and name it', async () => {
      const ipam = await engines.open()
      const { id } = await ipam.subnets.create({ cidr: '10.0.0.0/24' })
      await ipam.allocations.allocate(id, { kind: 'specific', address: '10.0.0.9' })
      const events = await ipam.events.list()
      const bad: Plan = {
        ...plan,
        subnets: [{ key: 's', addressScope: 'default-4', cidr: '10.0.0.0/24' }],
        allocations: [
          { subnet: 's', address: '10.0.0.8', holder: { kind: 'host', id: 'h' } },
          { subnet: 's', address: '10.0.0.9', holder: { kind: 'host', id: 'h' }, source: 'file:7' },
        ],
      }
      const error = await expectRefused(ipam.plans.apply(bad), 'PLAN_CONFLICT')
      expect(error.details['conflicts']).toMatchObject([{ subject: '10.0.0.9', source: 'file:7' }])
      expect(await ipam.events.list()).toEqual(events)
      const report = await ipam.plans.apply(bad, { onConflict: 'skip' })
      expect(report.counts).toEqual({ create: 3, exists: 1, conflict: 1 })
      await ipam.allocations.get(id, '10.0.0.8')
      expect((await ipam.check()).problems).toEqual([])
    })

    it('say of each bad entry what is wrong with it, in one report', async () => {
      const ipam = await engines.open()
      const report = await ipam.plans.preview({
        ...plan,
        subnetPools: [{ key: 'p', addressScope: 'nowhere', prefixes: ['10.0.0.0/16'] }],
        subnets: [
          { key: 's', addressScope: 'campus', cidr: '10.0.1.1/24' },
          { key: 't', addressScope: 'campus', cidr: '10.0.2.0/24' },
          { key: 'u', addressScope: 'campus', cidr: '10.0.2.0/25' },
        ],
        allocations: [
          { subnet: 's', address: '10.0.1.9' },
          { subnet: 't', address: '10.0.3.9' },
          { subnet: 't', address: '10.0.2.9', expiresAt: 'soon' },
        ],
      })
      expect(report.entries.map(({ outcome, subject }) => `${outcome} ${subject}`)).toEqual([
        'create campus',
        'conflict 10.0.0.0/16',
        'conflict 10.0.1.1/24',
        'create 10.0.2.0/24',
        'conflict 10.0.2.0/25',
        'conflict 10.0.1.9',
        'conflict 10.0.3.9',
        'conflict 10.0.2.9',
      ])
      expect(report.entries[1]?.reason).toBe(
        'addressScope has a key that the plan does not define.',
      )
    })

    it('of another format, or with a quota that is no number, are refused', async () => {
      const ipam = await engines.open()
      const other = { ...plan, format: 'plan/2' } as unknown as Plan
      expect((await expectRefused(ipam.plans.apply(other), 'INVALID_FIELD')).details.pointer).toBe(
        '/format',
      )
      const pools = [{ key: 'p', addressScope: 'campus', prefixes: ['10.0.0.0/16'], quota: 'much' }]
      const report = await ipam.plans.preview({
        ...plan,
        subnetPools: pools,
        subnets: [],
        allocations: [],
      })
      expect(report.counts.conflict).toBe(1)
    })

    it('that were exported make the same records in an empty database, and none in their own', async () => {
      const ipam = await engines.open()
      await ipam.plans.apply(plan)
      const scope = await ipam.addressScopes.create({ ipVersion: 4 })
      const pool = await ipam.subnetPools.create({
        addressScopeId: scope.id,
        prefixes: ['10.0.0.0/16'],
      })
      const subnet = await ipam.subnets.create({ subnetPoolId: pool.id, prefixLength: 24 })
      await ipam.allocations.allocate(subnet.id, { kind: 'bulk', count: 3 })
      const exported = await ipam.plans.export()
      const again = await ipam.plans.apply(exported)
      expect(again.counts).toMatchObject({ create: 0, conflict: 0 })
      const other = await engines.open()
      const report = await other.plans.apply(exported)
      expect(report.counts).toMatchObject({ exists: 0, conflict: 0 })
      const texts = async (engine: typeof ipam) => {
        const { subnets, allocations } = await engine.plans.export()
        return [subnets.map(({ cidr }) => cidr), allocations.map(({ address }) => address)]
      }
      expect(await texts(other)).toEqual(await texts(ipam))
      expect((await other.plans.apply(exported)).counts).toMatchObject({ create: 0, conflict: 0 })
      expect((await other.check()).problems).toEqual([])
    })

    it('tell how far they are', async () => {
      const ipam = await engines.open()
      const steps: string[] = []
      await ipam.plans.apply(plan, { onProgress: (done, total) => steps.push(`${done}/${total}`) })
      expect(steps).toEqual(['1/7', '2/7', '3/7', '4/7', '5/7', '6/7', '7/7'])
    })
  })
}
