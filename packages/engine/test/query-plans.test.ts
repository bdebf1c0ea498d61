import { join } from 'node:path'
import { DatabaseSync, type SQLInputValue } from 'node:sqlite'
import { temporaryDirectory } from '@freehold/test-support'
import { describe, expect, it } from 'vitest'
import { type Ipam, openIpam } from '../src/ipam.ts'
import { sqliteStore } from '../src/store/sqlite/sqlite-store.ts'
import type { Session, SqlValue, Store } from '../src/store/store.ts'
import { ManualClock } from './contract/manual-clock.ts'

interface Statement {
  readonly sql: string
  readonly values: readonly SqlValue[]
}

/** The store with a list of every statement that its sessions ran. */
function recordingStore(store: Store, statements: Statement[]): Store {
  const recording = (session: Session): Session => {
    const note = (sql: string, values: readonly SqlValue[] = []): void => {
      statements.push({ sql, values })
    }
    return new Proxy(session, {
      get(target, name) {
        const member = Reflect.get(target, name, target)
        if (typeof member !== 'function') return member
        return (...args: [string, (readonly SqlValue[])?]) => {
          if (typeof args[0] === 'string') note(...args)
          return Reflect.apply(member, target, args)
        }
      },
    })
  }
  return new Proxy(store, {
    get(target, name) {
      if (name === 'transaction')
        return (work: (session: Session) => Promise<unknown>, options: never) =>
          target.transaction((session) => work(recording(session)), options)
      const member = Reflect.get(target, name, target)
      return typeof member === 'function' ? member.bind(target) : member
    },
  })
}

interface World {
  readonly ipam: Ipam
  readonly clock: ManualClock
  readonly poolId: string
  readonly subnetId: string
}

type Work = (world: World) => Promise<unknown>

/** The plans of the statements that the work ran, one text for each statement. */
async function plansOf(work: Work): Promise<Map<string, string>> {
  using directory = temporaryDirectory()
  const path = join(directory.path, 'db.sqlite')
  const statements: Statement[] = []
  const clock = new ManualClock()
  const ipam = await openIpam(recordingStore(sqliteStore({ path }), statements), {
    clock: clock.read,
  })
  const pool = await ipam.subnetPools.create({ prefixes: ['10.0.0.0/8'] })
  const subnet = await ipam.subnets.create({ subnetPoolId: pool.id, prefixLength: 24 })
  await ipam.allocations.allocate(subnet.id, { kind: 'bulk', count: 252 })
  statements.length = 0
  await work({ ipam, clock, poolId: pool.id, subnetId: subnet.id })
  await ipam.close()
  using database = new DatabaseSync(path)
  const plans = new Map<string, string>()
  for (const { sql, values } of statements) {
    if (!/^\s*(SELECT|INSERT|UPDATE|DELETE|WITH)/i.test(sql)) continue
    const steps = database.prepare(`EXPLAIN QUERY PLAN ${sql}`).all(...(values as SQLInputValue[]))
    plans.set(sql.replace(/\s+/g, ' '), steps.map(({ detail }) => String(detail)).join('\n'))
  }
  return plans
}

const specific = (address: string) => ({ kind: 'specific', address }) as const

const hotPaths: readonly (readonly [string, Work])[] = [
  [
    'any, nearly full',
    ({ ipam, subnetId }) => ipam.allocations.allocate(subnetId, { kind: 'any' }),
  ],
  ['next', ({ ipam, subnetId }) => ipam.allocations.allocate(subnetId, { kind: 'next' })],
  [
    'any and next in an empty /8 and a /64',
    async ({ ipam }) => {
      for (const cidr of ['11.0.0.0/8', '2001:db8::/64']) {
        const { id } = await ipam.subnets.create({ cidr })
        await ipam.allocations.allocate(id, { kind: 'bulk', count: 100 })
        await ipam.allocations.allocate(id, { kind: 'next' })
      }
    },
  ],
  [
    'a full subnet with leases that are over',
    async ({ ipam, clock, subnetId }) => {
      await ipam.allocations.allocate(subnetId, { kind: 'any' }, { ttlSeconds: 1 })
      clock.forward(2)
      await ipam.allocations.allocate(subnetId, { kind: 'any' }, { ttlSeconds: 1 })
      clock.forward(2)
      await ipam.reap()
    },
  ],
  [
    'specific, release, get and a repeated key',
    async ({ ipam }) => {
      const { id } = await ipam.subnets.create({ cidr: '11.0.0.0/24', coolingSeconds: 9 })
      for (let count = 0; count < 2; count += 1)
        await ipam.allocations.allocate(id, specific('11.0.0.9'), {}, { idempotencyKey: 'k' })
      await ipam.allocations.get(id, '11.0.0.9')
      await ipam.allocations.release(id, '11.0.0.9')
      await ipam.allocations.allocate(id, specific('11.0.0.9'))
    },
  ],
  [
    'a subnet cut, changed and deleted',
    async ({ ipam, poolId }) => {
      const { id } = await ipam.subnets.create({ subnetPoolId: poolId, prefixLength: 26 })
      await ipam.subnets.update(id, { name: 'x', allocationPools: [] })
      await ipam.subnets.get(id)
      await ipam.subnets.delete(id)
    },
  ],
  ['utilization of a subnet', ({ ipam, subnetId }) => ipam.utilization.ofSubnet(subnetId)],
  ['utilization of subnets', ({ ipam, subnetId }) => ipam.utilization.ofSubnets([subnetId])],
  ['utilization of a pool', ({ ipam, poolId }) => ipam.utilization.ofSubnetPool(poolId)],
  ['history', ({ ipam }) => ipam.addresses.history('10.0.0.9')],
  ['what a holder holds', ({ ipam }) => ipam.allocations.listByHolder('host', 'h')],
  [
    'allocations, a page',
    ({ ipam, subnetId }) => ipam.allocations.list(subnetId, {}, { limit: 5 }),
  ],
  [
    'allocations and events, the next page',
    async ({ ipam, subnetId }) => {
      const { nextCursor } = await ipam.allocations.list(subnetId, {}, { limit: 5 })
      await ipam.allocations.list(subnetId, {}, { limit: 5, cursor: nextCursor ?? '' })
      const events = await ipam.events.list({ limit: 5 })
      await ipam.events.list({ limit: 5, after: events.nextCursor })
    },
  ],
]

describe('the plans of the statements on hot paths', () => {
  it.each(hotPaths)('read no table through: %s', async (_, work) => {
    const plans = await plansOf(work)
    expect(plans.size).toBeGreaterThan(0)
    for (const [sql, plan] of plans) {
      expect(plan, sql).not.toMatch(/^SCAN (?!CONSTANT ROW|\d+-ROW VALUES)/m)
      expect(plan, sql).not.toMatch(/USE TEMP B-TREE FOR (?!RIGHT PART|LAST)/)
    }
  })

  it('find what is due by its time, in one subnet too', async () => {
    const plans = await plansOf(async ({ ipam, clock, subnetId }) => {
      await ipam.allocations.allocate(subnetId, { kind: 'any' }, { ttlSeconds: 1 })
      clock.forward(2)
      await ipam.allocations.allocate(subnetId, { kind: 'any' })
      await ipam.reap()
    })
    const due = [...plans].filter(([sql]) => sql.includes('due_at <= ?'))
    expect(due).toHaveLength(2)
    for (const [sql, plan] of due) expect(plan, sql).toContain('USING INDEX allocation_by_due')
  })

  it('look an address up with one probe for each address scope', async () => {
    const plans = await plansOf(({ ipam }) => ipam.addresses.lookup('10.0.0.9'))
    for (const [sql, plan] of plans) {
      const scans = [...plan.matchAll(/^SCAN (\w+)/gm)].map(([, table]) => table)
      expect(
        scans.filter((table) => !['a', 's', 'address_scope'].includes(table ?? '')),
        `${sql}\n${plan}`,
      ).toEqual([])
    }
  })

  it('list records in an order that an index has', async () => {
    for (const sort of ['createdAt', 'name', '-name']) {
      const plans = await plansOf(({ ipam }) => ipam.subnets.list({}, { sort, limit: 5 }))
      for (const [sql, plan] of plans) expect(plan, sql).not.toContain('TEMP B-TREE')
    }
  })
})
