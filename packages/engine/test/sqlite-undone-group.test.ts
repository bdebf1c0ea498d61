import { join } from 'node:path'
import { temporaryDirectory } from '@freehold/test-support'
import { describe, expect, it } from 'vitest'
import { type Ipam, openIpam } from '../src/ipam.ts'
import { sqliteStore } from '../src/store/sqlite/sqlite-store.ts'
import { type Store, StoreFault } from '../src/store/store.ts'

// Lets the store undo the next transaction after its work is done, as when the disk is full at the commit.
function undoneOnce(store: Store): () => void {
  let isArmed = false
  const transaction = store.transaction.bind(store)
  store.transaction = (work, options) =>
    transaction(async (session) => {
      const result = await work(session)
      if (!isArmed) return result
      isArmed = false
      throw new StoreFault('storage-full', new Error('injected'))
    }, options)
  return () => {
    isArmed = true
  }
}

async function takeAny(ipam: Ipam, id: string, count: number): Promise<string[]> {
  const asked = Array.from({ length: count }, () => ipam.allocations.allocate(id, { kind: 'any' }))
  return (await Promise.all(asked)).flat().map(({ address }) => address)
}

describe('a group that is undone on SQLite', () => {
  it('takes back what the process had noted of it', async () => {
    using directory = temporaryDirectory()
    const store = sqliteStore({ path: join(directory.path, 'db.sqlite') })
    const undoNext = undoneOnce(store)
    const ipam = await openIpam(store)
    const { id } = await ipam.subnets.create({ cidr: '10.0.0.0/25' })
    await ipam.allocations.allocate(id, { kind: 'bulk', count: 85 })
    const take = async (count: number): Promise<string[]> => {
      const given = await takeAny(ipam, id, count)
      for (const address of given) await ipam.allocations.release(id, address)
      return given
    }
    for (let round = 0; round < 12; round += 1) await take(8)
    undoNext()
    await expect(takeAny(ipam, id, 32)).rejects.toMatchObject({ code: 'STORAGE_FULL' })
    const seen = new Set<string>()
    for (let round = 0; round < 10; round += 1)
      for (const address of await take(4)) seen.add(address)
    // Of 40 free addresses 26 are seen, give or take 2. The group had 32: if those stayed out, 8 would be left.
    expect(seen.size).toBeGreaterThan(14)
    expect((await ipam.check()).problems).toEqual([])
    await ipam.close()
  })
})
