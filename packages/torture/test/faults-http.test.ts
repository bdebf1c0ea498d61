import { join } from 'node:path'
import { temporaryDirectory } from '@freehold/test-support'
import { describe, expect, it } from 'vitest'
import { runTorture } from '../src/index.ts'
import { FreeholdServer } from './faults/freehold-server.ts'
import { untilDisturbed } from './faults/until-happened.ts'

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
    const crashes = untilDisturbed(6, async (before) => {
      await (before % 2 === 0 ? first : second).crash()
      return true
    })
    const report = await runTorture({
      target: { kind: 'server', urls: [first.url, second.url] },
      processes: 2,
      seed: 'servers',
      // While both are down nobody has a success, and a busy machine takes its time to start them.
      livenessWindowMs: 60_000,
      folder: join(directory.path, 'histories'),
      ...crashes.load,
    })
    await crashes.ended()
    expect(report.violations).toEqual([])
    expect([first.kills, second.kills]).toEqual([3, 3])
  })
})
