import { closeSync, openSync, readSync, statSync } from 'node:fs'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { temporaryDirectory } from '@freehold/test-support'
import { afterEach, describe, expect, it, vi } from 'vitest'
import { runTorture, type TortureOptions } from '../src/index.ts'
import { failpoints } from './faults/failpoint-engine.ts'
import { untilDead } from './faults/until-happened.ts'

const moduleUrl = (name: string) => new URL(`./faults/${name}.ts`, import.meta.url).href

async function torture(options: Partial<TortureOptions> & { engineModule?: string }) {
  using directory = temporaryDirectory()
  const path = join(directory.path, 'torture.sqlite')
  const { engineModule, ...rest } = options
  const report = await runTorture({
    target: {
      kind: 'store',
      urls: [`sqlite:${path}`],
      ...(engineModule === undefined ? {} : { engineModule }),
    },
    processes: 3,
    seconds: 40,
    calls: 1500,
    seed: 'faults',
    livenessWindowMs: 20_000,
    folder: join(directory.path, 'histories'),
    ...rest,
  })
  const database = new DatabaseSync(path)
  const integrity = database.prepare('PRAGMA integrity_check').all()
  database.close()
  return { ...report, integrity }
}

// Twice the log after which the store has it copied into the database, and room for the commits of a few thousand calls.
const mostLogBytes = 64 * 1024 * 1024

/** What the log's header says of its present use: the numbers are others each time that it begins anew. */
function logGeneration(path: string): string {
  const log = openSync(`${path}-wal`, 'r')
  try {
    const header = Buffer.alloc(32)
    readSync(log, header)
    return header.toString('hex', 16, 24)
  } finally {
    closeSync(log)
  }
}

const whole = [{ integrity_check: 'ok' }]

describe('SQLite under faults', { timeout: 300_000 }, () => {
  afterEach(() => vi.unstubAllEnvs())

  it('keeps its promises while writers are killed at random', async () => {
    const report = await torture({ kill: true, calls: 2500 })
    expect(report.violations).toEqual([])
    expect(report.kills).toBeGreaterThan(1)
    expect(report.integrity).toEqual(whole)
  })

  it('keeps its promises with eight processes', async () => {
    const report = await torture({ processes: 8, calls: 4000 })
    expect(report.violations).toEqual([])
    expect(report.statistics.unknown).toBe(0)
    expect(report.integrity).toEqual(whole)
  })

  it('keeps its promises with eight processes beside a long reader, and its log in bounds', async () => {
    using directory = temporaryDirectory()
    const path = join(directory.path, 'torture.sqlite')
    const over = new AbortController()
    const reading = { since: 0, generation: '', bytes: 0, isLogUsedAgain: false }
    let reader: DatabaseSync | undefined
    const report = await runTorture({
      target: { kind: 'store', urls: [`sqlite:${path}`] },
      processes: 8,
      seconds: 120,
      seed: 'reader',
      livenessWindowMs: 40_000,
      folder: join(directory.path, 'histories'),
      signal: over.signal,
      onProgress: ({ ok }) => {
        if (reading.since === 0) {
          if (ok < 200) return
          // As a backup or an export does: one snapshot, after which nothing may be copied away meanwhile.
          reader = new DatabaseSync(path)
          reader.exec('BEGIN')
          reader.prepare('SELECT count(*) FROM event').get()
          reading.since = ok
        } else if (reading.generation === '') {
          if (ok < reading.since + 2000) return
          reading.generation = logGeneration(path)
          reader?.close()
        } else if (logGeneration(path) !== reading.generation) {
          reading.isLogUsedAgain = true
          reading.bytes = statSync(`${path}-wal`).size
          over.abort()
        }
      },
    })
    if (reader?.isOpen) reader.close()
    expect(report.violations).toEqual([])
    expect(reading.isLogUsedAgain).toBe(true)
    expect(reading.bytes).toBeLessThan(mostLogBytes)
  })

  it('keeps its promises when a process stands still in a transaction', async () => {
    const report = await torture({ engineModule: moduleUrl('stopping-engine') })
    expect(report.violations).toEqual([])
  })

  it('keeps its promises when any statement may lose a race', async () => {
    const report = await torture({ engineModule: moduleUrl('retrying-engine') })
    expect(report.violations).toEqual([])
    expect(report.statistics.codes['CONTENTION'] ?? 0).toBeLessThan(report.statistics.ok / 1000)
  })

  it.each(failpoints)('keeps its promises when a writer dies %s', async (point) => {
    vi.stubEnv('FREEHOLD_TEST_FAILPOINT', point)
    const report = await torture({
      engineModule: moduleUrl('failpoint-engine'),
      processes: 2,
      ...untilDead(3),
    })
    expect(report.violations).toEqual([])
    expect(report.kills).toBeGreaterThanOrEqual(3)
    expect(report.integrity).toEqual(whole)
  })
})
