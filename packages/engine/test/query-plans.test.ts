import { join } from 'node:path'
import { DatabaseSync, type SQLInputValue } from 'node:sqlite'
import { temporaryDirectory } from '@freehold/test-support'
import { describe, expect, it } from 'vitest'
import { sqliteStore } from '../src/store/sqlite/sqlite-store.ts'
import { hotPaths, openWorld, plannable, type Work } from './plans/hot-paths.ts'
import type { Statement } from './plans/recording-store.ts'

/** The plans of the statements that the work ran, one text for each statement. */
async function plansOf(work: Work): Promise<Map<string, string>> {
  using directory = temporaryDirectory()
  const path = join(directory.path, 'db.sqlite')
  const statements: Statement[] = []
  const world = await openWorld(sqliteStore({ path }), statements)
  await work(world)
  await world.ipam.close()
  using database = new DatabaseSync(path)
  const plans = new Map<string, string>()
  for (const { sql, values } of plannable(statements)) {
    const steps = database.prepare(`EXPLAIN QUERY PLAN ${sql}`).all(...(values as SQLInputValue[]))
    plans.set(sql.replace(/\s+/g, ' '), steps.map(({ detail }) => String(detail)).join('\n'))
  }
  return plans
}

describe('the plans of the statements on hot paths', () => {
  it.each(hotPaths)('read no table through: %s', async (_, work) => {
    const plans = await plansOf(work)
    expect(plans.size).toBeGreaterThan(0)
    for (const [sql, plan] of plans) {
      expect(plan, sql).not.toMatch(/^SCAN (?!CONSTANT ROW|\d+-ROW VALUES|\(subquery-)/m)
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
