import { execFile } from 'node:child_process'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { expect, test } from 'vitest'

interface Sample {
  readonly sent: number
  readonly heap: number
  readonly resident: number
}

const mebibyte = 1024 * 1024

// FREEHOLD_RANDOM_REQUESTS=1000000 for the long run.
const count = process.env['FREEHOLD_RANDOM_REQUESTS'] ?? '100000'

test(`memory does not grow with ${count} requests for paths, tokens and projects that nobody knows`, async () => {
  const script = join(import.meta.dirname, 'random-requests.ts')
  const options = ['--conditions=source', script, count]
  const { stdout } = await promisify(execFile)(process.execPath, options)
  const { samples } = JSON.parse(stdout) as { samples: Sample[] }
  expect(samples.at(-1)?.sent).toBe(Number(count))
  // Two tenths for warming up.
  const [before, after] = [samples[1] as Sample, samples.at(-1) as Sample]
  // A hundred bytes for each request would be too many; what the process holds besides comes and goes with the collector.
  expect(after.heap - before.heap).toBeLessThan(8 * mebibyte)
  expect(after.resident - before.resident).toBeLessThan(96 * mebibyte)
}, 3_600_000)
