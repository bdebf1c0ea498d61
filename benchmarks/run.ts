/**
 * Runs benchmarks, each in a process of its own, shows their tables and records them.
 *
 *   npm run bench                     all of them, one after another
 *   npm run bench -- address any      those
 *   npm run bench -- --quick          whether they still run; nothing is recorded
 *   npm run bench -- --list           their names
 *
 * A full run is appended to `results/<name>.jsonl`, and RESULTS.md is written anew.
 */
import { spawnSync } from 'node:child_process'
import { globSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { parseArgs } from 'node:util'
import type { Benchmark } from './runner/benchmark.ts'
import { describeCommit, describeMachine, describeRuntime } from './runner/environment.ts'
import { newestRuns, recordRun } from './runner/recorded-runs.ts'
import { textTable } from './runner/result-table.ts'
import { resultsPage } from './runner/results-page.ts'

const folder = import.meta.dirname
const resultsFolder = join(folder, 'results')

async function runBenchmark(name: string, quick: boolean): Promise<void> {
  const benchmark = (await import(`./${name}.bench.ts`)) as Benchmark
  console.log(`\n${name}: ${benchmark.title}${quick ? ' (quick: the numbers mean nothing)' : ''}\n`)
  const commit = describeCommit(join(folder, '..'))
  const { rows, notes = [], versions } = await benchmark.run({ quick })
  for (const line of textTable(rows)) console.log(line)
  for (const note of notes) console.log(`- ${note}`)
  if (quick) return
  recordRun(resultsFolder, {
    name,
    title: benchmark.title,
    date: new Date().toISOString(),
    commit,
    machine: describeMachine(),
    versions: { ...describeRuntime(), ...versions },
    rows,
    notes,
  })
  writeFileSync(join(folder, 'RESULTS.md'), resultsPage(newestRuns(resultsFolder)))
}

/** One after another, so that none inherits another's heap and compiled code. */
function runApart(names: readonly string[], flags: readonly string[]): void {
  for (const name of names) {
    const args = [...process.execArgv, import.meta.filename, name, ...flags]
    const { status } = spawnSync(process.execPath, args, { stdio: 'inherit' })
    if (status === 0) continue
    console.error(`${name} failed`)
    process.exitCode = 1
  }
}

const { values, positionals } = parseArgs({
  options: {
    quick: { type: 'boolean', default: false },
    list: { type: 'boolean', default: false },
  },
  allowPositionals: true,
})
const known = globSync('*.bench.ts', { cwd: folder })
  .map((file) => file.replace(/\.bench\.ts$/, ''))
  .sort()
const unknown = positionals.filter((name) => !known.includes(name))
const names = positionals.length > 0 ? positionals : known
if (values.list) for (const name of known) console.log(name)
else if (unknown.length > 0) {
  console.error(`no benchmark is called ${unknown.join(' or ')}; there are: ${known.join(', ')}`)
  process.exitCode = 2
} else if (names.length === 1) await runBenchmark(names[0] ?? '', values.quick)
else runApart(names, values.quick ? ['--quick'] : [])
