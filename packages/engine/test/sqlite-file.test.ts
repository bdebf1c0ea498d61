import { mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { temporaryDirectory } from '@freehold/test-support'
import { describe, expect, it } from 'vitest'
import { openIpam } from '../src/ipam.ts'
import { sqliteStore } from '../src/store/sqlite/sqlite-store.ts'
import type { Store } from '../src/store/store.ts'
import { expectRefused } from './contract/expected-error.ts'

async function pragma(store: Store, name: string): Promise<unknown> {
  return store.transaction(
    async (session) => Object.values((await session.get<object>(`PRAGMA ${name}`)) ?? {})[0],
    { access: 'write', deadline: performance.now() + 5000 },
  )
}

describe('a SQLite file', () => {
  it('is written so that commits survive a power cut', async () => {
    using directory = temporaryDirectory()
    const store = sqliteStore({ path: join(directory.path, 'folder', 'db.sqlite') })
    await openIpam(store)
    expect(await pragma(store, 'journal_mode')).toBe('wal')
    expect(await pragma(store, 'synchronous')).toBe(2)
    expect(await pragma(store, 'foreign_keys')).toBe(1)
    await store.close()
  })

  it('of a newer Freehold, or of steps that read otherwise, is refused', async () => {
    for (const change of [
      "INSERT INTO migration VALUES (9999, '9999-future.sql', 'x', 0)",
      "UPDATE migration SET checksum = 'x' WHERE version = 1",
    ]) {
      using directory = temporaryDirectory()
      const path = join(directory.path, 'db.sqlite')
      await (await openIpam(sqliteStore({ path }))).close()
      {
        using database = new DatabaseSync(path)
        database.exec(change)
      }
      const store = sqliteStore({ path })
      await expectRefused(openIpam(store), 'SCHEMA_MISMATCH')
      await expectRefused(openIpam(store, { migrate: false }), 'SCHEMA_MISMATCH')
      await store.close()
    }
  })

  it('without a schema is refused when migration is off, and left empty', async () => {
    using directory = temporaryDirectory()
    const store = sqliteStore({ path: join(directory.path, 'db.sqlite') })
    await expectRefused(openIpam(store, { migrate: false }), 'SCHEMA_MISMATCH')
    expect(await pragma(store, 'schema_version')).toBe(0)
    await openIpam(store)
    const ipam = await openIpam(store, { migrate: false })
    await expect(ipam.ping()).resolves.toBeUndefined()
    await store.close()
  })

  it('that is a folder, or no database, is refused by name', async () => {
    using directory = temporaryDirectory()
    const folder = join(directory.path, 'folder')
    mkdirSync(folder)
    const text = join(directory.path, 'notes.txt')
    writeFileSync(text, 'not a database, but long enough to look at'.repeat(100))
    for (const path of [folder, text])
      expect(() => sqliteStore({ path })).toThrow(
        expect.objectContaining({ code: 'DATABASE_UNAVAILABLE', kind: 'unavailable' }),
      )
  })

  it('is refused where commits would not be durable', () => {
    expect(() => sqliteStore({ path: 'file::memory:' })).toThrow(
      expect.objectContaining({ code: 'STORE_UNSUPPORTED' }),
    )
  })

  it('opened by several stores at once is migrated once', async () => {
    using directory = temporaryDirectory()
    const path = join(directory.path, 'db.sqlite')
    const stores = Array.from({ length: 6 }, () => sqliteStore({ path }))
    const engines = await Promise.all(stores.map((store) => openIpam(store)))
    expect((await engines[0]?.addressScopes.list())?.items).toHaveLength(2)
    for (const engine of engines) await engine.close()
  })

  it('that is full says so, loses nothing, and goes on when there is room', async () => {
    using directory = temporaryDirectory()
    const path = join(directory.path, 'db.sqlite')
    const store = sqliteStore({ path })
    const ipam = await openIpam(store)
    const { id } = await ipam.subnets.create({ cidr: '10.0.0.0/16' })
    const pages = Number(await pragma(store, 'page_count'))
    await pragma(store, `max_page_count = ${pages + 20}`)
    let acknowledged = 0
    const fill = async (): Promise<never> => {
      for (;;) {
        const answers = await Promise.allSettled([
          ipam.allocations.allocate(id, { kind: 'bulk', count: 40 }),
          ipam.allocations.allocate(id, { kind: 'any' }),
        ])
        for (const answer of answers)
          if (answer.status === 'fulfilled') acknowledged += answer.value.length
        const failed = answers.find((answer) => answer.status === 'rejected')
        if (failed?.status === 'rejected') throw failed.reason
      }
    }
    const error = await expectRefused(fill(), 'STORAGE_FULL')
    expect(error.kind).toBe('unavailable')
    expect(acknowledged).toBeGreaterThan(0)
    expect((await ipam.utilization.ofSubnet(id)).allocated).toBe(BigInt(acknowledged))
    expect((await ipam.check()).problems).toEqual([])
    await pragma(store, 'max_page_count = 1000000')
    await ipam.allocations.allocate(id, { kind: 'bulk', count: 40 })
    expect((await ipam.utilization.ofSubnet(id)).allocated).toBe(BigInt(acknowledged + 40))
    expect((await ipam.check()).problems).toEqual([])
    await ipam.close()
  })

  it('that is full undoes a transaction of several operations, also when its work goes on', async () => {
    using directory = temporaryDirectory()
    const store = sqliteStore({ path: join(directory.path, 'db.sqlite') })
    const ipam = await openIpam(store)
    const document = (id: string, length: number) => ({
      collection: 'c',
      id,
      body: { text: 'x'.repeat(length) },
    })
    const pages = Number(await pragma(store, 'page_count'))
    await pragma(store, `max_page_count = ${pages + 5}`)
    const work = ipam.transaction(async (inside) => {
      await inside.documents.create(document('first', 1))
      // After this SQLite has taken back all of it.
      await expectRefused(inside.documents.create(document('large', 100_000)), 'STORAGE_FULL')
      await inside.documents.create(document('last', 1)).catch(() => undefined)
    })
    await expectRefused(work, 'STORAGE_FULL')
    expect((await ipam.documents.list('c')).items).toEqual([])
    await ipam.close()
  })

  it('is changed by a joined view for as long as the transaction is open, and no longer', async () => {
    using directory = temporaryDirectory()
    const path = join(directory.path, 'db.sqlite')
    const ipam = await openIpam(sqliteStore({ path }))
    const { id } = await ipam.subnets.create({ cidr: '10.0.0.0/24' })
    using database = new DatabaseSync(path)
    database.exec('BEGIN IMMEDIATE')
    const inside = ipam.within(database)
    await inside.allocations.allocate(id, { kind: 'next' })
    database.exec('COMMIT')
    await expectRefused(inside.allocations.allocate(id, { kind: 'next' }), 'INVALID_REQUEST')
    expect((await ipam.allocations.list(id)).items).toHaveLength(1)
    await ipam.close()
  })

  it('in memory serves one process with the same answers', async () => {
    const ipam = await openIpam(sqliteStore({ path: ':memory:' }))
    const { id } = await ipam.subnets.create({ cidr: '10.0.0.0/24' })
    await Promise.all(
      Array.from({ length: 50 }, () => ipam.allocations.allocate(id, { kind: 'any' })),
    )
    expect((await ipam.utilization.ofSubnet(id)).allocated).toBe(50n)
    expect((await ipam.check()).problems).toEqual([])
    await ipam.close()
  })
})
