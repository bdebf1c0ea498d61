import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { type ErrorCode, type Ipam, openIpam } from '@freehold/engine'
import { sqliteStore } from '@freehold/engine/sqlite'
import { type TemporaryDirectory, temporaryDirectory } from '@freehold/test-support'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { errorOfFault, retryingTransaction } from '../src/store/retry.ts'
import { type FaultKind, StoreFault } from '../src/store/store.ts'

let directory: TemporaryDirectory
let path: string

beforeEach(() => {
  directory = temporaryDirectory()
  path = join(directory.path, 'freehold.sqlite')
})
afterEach(() => directory[Symbol.dispose]())

describe('a write that cannot be made', () => {
  let ipam: Ipam
  let other: DatabaseSync

  beforeEach(async () => {
    ipam = await openIpam(sqliteStore({ path }))
    other = new DatabaseSync(path)
  })
  afterEach(async () => {
    other.close()
    await ipam.close()
  })

  it('ends as contention when another writer stays in the way past the deadline', async () => {
    const hasty = await openIpam(sqliteStore({ path }), { deadlineMs: 50 })
    other.exec('BEGIN IMMEDIATE')
    await expect(hasty.subnets.create({ cidr: '10.0.0.0/24' })).rejects.toMatchObject({
      code: 'CONTENTION',
      kind: 'unavailable',
    })
    other.exec('ROLLBACK')
    await hasty.close()
    await expect(ipam.subnets.create({ cidr: '10.0.0.0/24' })).resolves.toBeDefined()
  })

  it('ends as storage-full when the database may not grow, and changes nothing', async () => {
    const { id } = await ipam.subnets.create({ cidr: '10.0.0.0/16' })
    const pages = other.prepare('PRAGMA page_count').get()?.['page_count']
    other.exec(`PRAGMA max_page_count = ${Number(pages)}`)
    other.exec('BEGIN IMMEDIATE')
    const bulk = ipam.within(other).allocations.allocate(id, { kind: 'bulk', count: 1000 })
    await expect(bulk).rejects.toMatchObject({ code: 'STORAGE_FULL', kind: 'unavailable' })
    if (other.isTransaction) other.exec('ROLLBACK')
    expect((await ipam.utilization.ofSubnet(id)).allocated).toBe(0n)
  })

  it('ends as unavailable once the engine is closed', async () => {
    await ipam.close()
    await expect(ipam.subnets.create({ cidr: '10.0.0.0/24' })).rejects.toMatchObject({
      code: 'DATABASE_UNAVAILABLE',
    })
  })
})

describe('a race that is lost again and again', () => {
  it('is run until the deadline, and not for a number of times', async () => {
    const store = sqliteStore({ path })
    await store.migrate()
    let lost = 0
    const work = async (): Promise<void> => {
      if (lost === 30) return
      lost += 1
      throw new StoreFault('retry', new Error('another node was faster'))
    }
    const deadline = performance.now() + 50_000
    await retryingTransaction(store, work, { access: 'write', deadline })
    await store.close()
    expect(store.counters.retries).toBe(30)
  })
})

describe('a fault of the database, once it is not retried', () => {
  it.each<[FaultKind, ErrorCode]>([
    ['retry', 'CONTENTION'],
    ['unavailable', 'DATABASE_UNAVAILABLE'],
    ['outcome-unknown', 'OUTCOME_UNKNOWN'],
    ['storage-full', 'STORAGE_FULL'],
    ['internal', 'INTERNAL'],
    // Of a constraint from which no operation reads a meaning: none is guessed, least of all "not found".
    ['foreign-key', 'INTERNAL'],
    ['unique', 'INTERNAL'],
  ])('of kind %s becomes %s, and keeps its cause', (fault, code) => {
    const cause = new StoreFault(fault, new Error('SQL text that stays inside'))
    const error = errorOfFault(cause)
    expect(error).toMatchObject({ code, cause })
    expect(`${error.message} ${JSON.stringify(error.details)}`).not.toContain('SQL')
  })
})
