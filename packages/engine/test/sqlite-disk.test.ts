import { spawnSync } from 'node:child_process'
import { copyFileSync } from 'node:fs'
import { join } from 'node:path'
import { canFailDisks, failingDisk, temporaryDirectory } from '@freehold/test-support'
import { describe, expect, it } from 'vitest'
import { type Ipam, openIpam } from '../src/ipam.ts'
import { sqliteStore } from '../src/store/sqlite/sqlite-store.ts'

describe('a disk that fails under a SQLite file', { timeout: 120_000 }, () => {
  it.runIf(canFailDisks)('leaves open what was being committed, and loses nothing', async () => {
    using disk = failingDisk(24)
    const path = join(disk.path, 'freehold.sqlite')
    const ipam = await openIpam(sqliteStore({ path }))
    const { id } = await ipam.subnets.create({ cidr: '10.0.0.0/16' })
    await ipam.allocations.allocate(id, { kind: 'specific', address: '10.0.0.9' })
    spawnSync('sync')
    disk.fill()
    let acknowledged = 1
    const allocate = async (): Promise<void> => {
      for (;;)
        acknowledged += (await ipam.allocations.allocate(id, { kind: 'bulk', count: 200 })).length
    }
    await expect(allocate()).rejects.toMatchObject({ code: 'OUTCOME_UNKNOWN' })
    const heldIn = async (engine: Ipam): Promise<number> =>
      Number((await engine.utilization.ofSubnet(id)).allocated)
    expect(await heldIn(ipam)).toBe(acknowledged)
    expect(await ipam.allocations.get(id, '10.0.0.9')).toMatchObject({ state: 'allocated' })

    // What a process finds that opens the file after a crash.
    using directory = temporaryDirectory()
    const copy = join(directory.path, 'freehold.sqlite')
    for (const end of ['', '-wal']) copyFileSync(path + end, copy + end)
    const later = await openIpam(sqliteStore({ path: copy }))
    expect([acknowledged, acknowledged + 200]).toContain(await heldIn(later))
    expect((await later.check()).problems).toEqual([])
    await later.close()

    disk.clear()
    acknowledged += (await ipam.allocations.allocate(id, { kind: 'any' })).length
    expect(await heldIn(ipam)).toBe(acknowledged)
    expect((await ipam.check()).problems).toEqual([])
    await ipam.close()
  })
})
