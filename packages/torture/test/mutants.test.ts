import { join } from 'node:path'
import { temporaryDirectory } from '@freehold/test-support'
import { describe, expect, it } from 'vitest'
import { type Property, runTorture, type TortureReport } from '../src/index.ts'

const mostRuns = 10

/** Engines with one defect each, and a property of which the checker must say that it does not hold. */
const mutants: readonly { name: string; property: Property; kill?: boolean }[] = [
  { name: 'key-dropped', property: 'K1' },
  { name: 'early-answer', property: 'K2', kill: true },
  { name: 'retry-without-key', property: 'K3' },
  { name: 'stale-sweeper', property: 'K1' },
  { name: 'release-undone', property: 'K3' },
  { name: 'batch-in-parts', property: 'K3' },
  { name: 'false-exhaustion', property: 'K5' },
  { name: 'false-absence', property: 'K0' },
  { name: 'lease-forgotten', property: 'K3' },
  { name: 'counter-outside', property: 'K6' },
  { name: 'quota-outside', property: 'K6' },
  { name: 'event-lost', property: 'K7' },
  { name: 'pool-event-lost', property: 'K7' },
  { name: 'event-bent', property: 'K6' },
]

async function runOn(engine: string | null, seed: string, kill = false): Promise<TortureReport> {
  // Killed workers have to start again, and a call behind a late commit waits for it.
  const calls = kill ? 600 : 2500
  using directory = temporaryDirectory()
  const url = `sqlite:${join(directory.path, 'torture.sqlite')}`
  const module = new URL(`./mutants/${engine}.ts`, import.meta.url).href
  return await runTorture({
    target: { kind: 'store', urls: [url], ...(engine === null ? {} : { engineModule: module }) },
    processes: 3,
    seconds: 30,
    calls,
    seed,
    kill,
    livenessWindowMs: 20_000,
    folder: join(directory.path, 'histories'),
  })
}

describe('the checker', { timeout: 300_000 }, () => {
  it.each(mutants)('convicts the engine $name of $property', async (mutant) => {
    const { name, property, kill } = mutant
    const found = new Set<Property>()
    for (let run = 1; run <= mostRuns && !found.has(property); run += 1) {
      const { violations } = await runOn(name, `${name}-${run}`, kill)
      for (const violation of violations) found.add(violation.property)
    }
    expect([...found]).toContain(property)
  })

  it.each([false, true])('acquits the real engine, with kills: %s', async (kill) => {
    const report = await runOn(null, 'clean', kill)
    expect(report.violations).toEqual([])
    expect(report.undecided).toBe(0)
    expect(report.statistics.ok).toBeGreaterThan(50)
    expect(report.kills > 0).toBe(kill)
  })
})
