import { join } from 'node:path'
import { expect, it } from 'vitest'
import { newestRuns } from './recorded-runs.ts'

const promisedMs = 1

// No clock in a test: what was measured last is held to the promise, and measuring again is `npm run bench`.
it('the newest recorded run tells no difference between a foreign record and none', () => {
  const run = newestRuns(join(import.meta.dirname, '../results')).find(
    ({ name }) => name === 'existence-timing',
  )
  expect(run?.notes?.join()).toContain('10000 of each')
  const differences = run?.rows.map((row) => Number(row['difference of medians ms'])) ?? []
  expect(differences.length).toBeGreaterThan(0)
  for (const difference of differences) expect(Math.abs(difference)).toBeLessThan(promisedMs)
})
