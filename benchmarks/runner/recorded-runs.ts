import { appendFileSync, globSync, mkdirSync, readFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import type { RecordedRun } from './benchmark.ts'

/** Adds a run to the raw results of its benchmark; earlier ones stay. */
export function recordRun(folder: string, run: RecordedRun): void {
  const file = join(folder, `${run.name}.jsonl`)
  mkdirSync(dirname(file), { recursive: true })
  appendFileSync(file, `${JSON.stringify(run)}\n`)
}

/** The newest recorded run of every benchmark, by name. Cost: linear in everything recorded. */
export function newestRuns(folder: string): RecordedRun[] {
  return globSync('*.jsonl', { cwd: folder })
    .sort()
    .flatMap((file) => {
      const last = readFileSync(join(folder, file), 'utf8').trimEnd().split('\n').at(-1)
      return last === undefined || last === '' ? [] : [JSON.parse(last) as RecordedRun]
    })
}
