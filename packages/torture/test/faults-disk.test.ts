import { join } from 'node:path'
import { type Ipam, isIpamError } from '@freehold/engine'
import {
  canFailDisks,
  canMount,
  databaseSessions,
  failingDisk,
  hasMariadb,
  type SmallDisk,
  smallDisk,
  startMariadb,
  startPostgres,
  temporaryDirectory,
} from '@freehold/test-support'
import { describe, expect, it } from 'vitest'
import { openEngine } from '../src/engine-opening.ts'
import { runTorture } from '../src/index.ts'
import { createMariadbDatabase } from './faults/mariadb-database.ts'

const awayCodes = new Set([
  'STORAGE_FULL',
  'DATABASE_UNAVAILABLE',
  'OUTCOME_UNKNOWN',
  'CONTENTION',
  'OVERLOADED',
])

interface FullDisk {
  readonly url: string
  /** The one that becomes full. */
  readonly disk: SmallDisk
  /** The code with which callers are told, where the database goes on. */
  readonly told?: string
  /** What has to be done when there is room again. */
  readonly repair?: () => Promise<void>
}

/** Allocates until the disk has no room for more, and gives how many were acknowledged and the codes met. */
async function fillUp(ipam: Ipam, subnetId: string): Promise<Set<string>> {
  const codes = new Set<string>()
  for (let refused = 0; refused < 5; ) {
    try {
      await ipam.allocations.allocate(subnetId, { kind: 'bulk', count: 200 })
    } catch (error) {
      if (!isIpamError(error)) throw error
      codes.add(error.code)
      refused += 1
    }
  }
  return codes
}

/** Fills the disk under a load, sees what is answered, and makes room again. */
async function expectSurvived({ url, disk, told, repair }: FullDisk): Promise<void> {
  using directory = temporaryDirectory()
  const ipam = await openEngine(url, 5000)
  const over = new AbortController()
  try {
    const { id } = await ipam.subnets.create({ cidr: '172.16.0.0/12' })
    await ipam.allocations.allocate(id, { kind: 'specific', address: '172.16.0.9' })
    let scene: Promise<void> | undefined
    const play = async (): Promise<void> => {
      disk.fill()
      const codes = await fillUp(ipam, id)
      expect([...codes].filter((code) => !awayCodes.has(code))).toEqual([])
      if (told !== undefined) {
        expect(codes).toContain(told)
        // Reading goes on.
        expect(await ipam.allocations.get(id, '172.16.0.9')).toMatchObject({ state: 'allocated' })
      }
      disk.clear()
      await repair?.()
      // The same engine goes on, without being opened again.
      await expect
        .poll(() => ipam.allocations.allocate(id, { kind: 'any' }).catch(() => []))
        .toHaveLength(1)
    }
    const report = await runTorture({
      target: { kind: 'store', urls: [url] },
      processes: 2,
      seconds: 60,
      seed: 'disk',
      livenessWindowMs: 40_000,
      folder: join(directory.path, 'histories'),
      signal: over.signal,
      onProgress: ({ ok }) => {
        if (scene !== undefined || ok < 100) return
        scene = play().finally(() => over.abort())
        // Looked at below, when the load has ended.
        scene.catch(() => undefined)
      },
    })
    await scene
    expect(scene).toBeDefined()
    expect(report.violations).toEqual([])
    expect((await ipam.check()).problems).toEqual([])
  } finally {
    await ipam.close()
  }
  if (!url.startsWith('sqlite:'))
    await expect.poll(() => databaseSessions(url)).toEqual({ all: 0, idleInTransaction: 0 })
}

describe('a disk that is full', { timeout: 300_000 }, () => {
  it.runIf(canMount)('breaks no promise on SQLite', async () => {
    using disk = smallDisk(64)
    await expectSurvived({
      url: `sqlite:${join(disk.path, 'torture.sqlite')}`,
      disk,
      told: 'STORAGE_FULL',
    })
  })

  it.runIf(canFailDisks)('or fails breaks no promise on SQLite', async () => {
    using disk = failingDisk(32)
    await expectSurvived({
      url: `sqlite:${join(disk.path, 'torture.sqlite')}`,
      disk,
      told: 'OUTCOME_UNKNOWN',
    })
  })

  it.runIf(canMount)('of data breaks no promise on PostgreSQL', async () => {
    using disk = smallDisk(160)
    using log = smallDisk(64)
    const server = await startPostgres({
      durable: true,
      dataFolder: disk.path,
      logFolder: log.path,
    })
    try {
      await expectSurvived({ url: server.url, disk, told: 'STORAGE_FULL' })
    } finally {
      await server.stop()
    }
  })

  it.runIf(canMount)(
    'of the log ends PostgreSQL, which comes back with what was acknowledged',
    async () => {
      using log = smallDisk(64)
      const server = await startPostgres({ durable: true, logFolder: log.path })
      try {
        await expectSurvived({
          url: server.url,
          disk: log,
          repair: () => server.crash(),
        })
      } finally {
        await server.stop()
      }
    },
  )

  it.runIf(canMount && hasMariadb())('breaks no promise on MariaDB', async () => {
    using disk = smallDisk(256)
    const server = await startMariadb({ durable: true, dataFolder: disk.path })
    try {
      await createMariadbDatabase(server.url, 'torture')
      await expectSurvived({ url: `${server.url}torture`, disk, told: 'STORAGE_FULL' })
    } finally {
      await server.stop()
    }
  })
})
