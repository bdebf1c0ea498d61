import { join } from 'node:path'
import { temporaryDirectory } from '@freehold/test-support'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { type Ipam, openIpam } from '../src/index.ts'
import { WriterShare } from '../src/operations/writer-share.ts'
import { sqliteStore } from '../src/store/sqlite/sqlite-store.ts'
import type { Store } from '../src/store/store.ts'

describe('how many groups a process has under way', () => {
  let directory: ReturnType<typeof temporaryDirectory>
  let store: Store
  let others: Ipam
  let subnetId: string
  let share: WriterShare
  let now = 0

  beforeEach(async () => {
    directory = temporaryDirectory()
    const path = join(directory.path, 'freehold.sqlite')
    store = sqliteStore({ path })
    others = await openIpam(sqliteStore({ path }))
    subnetId = (await others.subnets.create({ cidr: '10.0.0.0/24' })).id
    share = new WriterShare()
    await lookAfter(0)
  })
  afterEach(async () => {
    await others.close()
    await store.close()
    directory[Symbol.dispose]()
  })

  async function lookAfter(milliseconds: number): Promise<void> {
    now += milliseconds
    const options = { access: 'read', deadline: performance.now() + 60_000 } as const
    await store.transaction((session) => share.look(session, now), options)
  }

  /** What happens between two looks: events of this process and of others. */
  async function written({ own, all }: { own: number; all: number }): Promise<void> {
    await others.allocations.allocate(subnetId, { kind: 'bulk', count: all })
    share.add(own)
  }

  it('is two while it has the database to itself', async () => {
    await written({ own: 10, all: 10 })
    await lookAfter(60)
    expect(share.lanes).toBe(2)
  })

  it('is one while others write as much, and two again when they stop', async () => {
    await written({ own: 10, all: 20 })
    await lookAfter(60)
    expect(share.lanes).toBe(1)
    await written({ own: 10, all: 10 })
    await lookAfter(60)
    expect(share.lanes).toBe(2)
  })

  it('does not change for what was written while it was idle', async () => {
    await written({ own: 0, all: 50 })
    await lookAfter(10_000)
    expect(share.lanes).toBe(2)
    await written({ own: 1, all: 4 })
    await lookAfter(60)
    expect(share.lanes).toBe(1)
  })

  it('looks no oftener than it has to', async () => {
    await written({ own: 0, all: 10 })
    await lookAfter(10)
    expect(share.lanes).toBe(2)
  })
})
