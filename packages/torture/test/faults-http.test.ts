import { join } from 'node:path'
import { temporaryDirectory } from '@freehold/test-support'
import { describe, expect, it } from 'vitest'
import { runTorture } from '../src/index.ts'
import { FreeholdServer } from './faults/freehold-server.ts'

describe('two servers on one SQLite database', { timeout: 300_000 }, () => {
  it('keep their promises', async () => {
    using directory = temporaryDirectory()
    const store = `sqlite:${join(directory.path, 'torture.sqlite')}`
    await using first = await FreeholdServer.start(store)
    await using second = await FreeholdServer.start(store)
    const report = await runTorture({
      target: { kind: 'server', urls: [first.url, second.url] },
      processes: 2,
      seconds: 40,
      calls: 1200,
      seed: 'servers',
      livenessWindowMs: 20_000,
      folder: join(directory.path, 'histories'),
    })
    expect(report.violations).toEqual([])
    expect(report.statistics.unknown).toBe(0)
  })

  it('keep their promises while they are killed in turn', async () => {
    using directory = temporaryDirectory()
    const store = `sqlite:${join(directory.path, 'torture.sqlite')}`
    await using first = await FreeholdServer.start(store)
    await using second = await FreeholdServer.start(store)
    let crashing = Promise.resolve()
    let seconds = 0
    const report = await runTorture({
      target: { kind: 'server', urls: [first.url, second.url] },
      processes: 2,
      seconds: 12,
      seed: 'servers',
      livenessWindowMs: 20_000,
      folder: join(directory.path, 'histories'),
      onProgress: () => {
        seconds += 1
        const server = seconds % 2 === 0 ? first : second
        if (seconds < 9) crashing = crashing.then(() => server.crash())
      },
    })
    await crashing
    expect(report.violations).toEqual([])
    expect(first.kills).toBeGreaterThan(0)
    expect(second.kills).toBeGreaterThan(0)
    expect(report.statistics.ok).toBeGreaterThan(100)
  })
})
