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
import { spawn } from 'node:child_process'
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
// They wait for disks and starting servers more than for the processor.
const quickAtOnce = 3

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

/**
 * Each in a process of its own, so that none inherits another's heap and compiled code. One after another, because they
 * would take time from one another; a quick run measures nothing, so there several run at once.
 */
async function runApart(names: readonly string[], quick: boolean): Promise<void> {
  const waiting = [...names]
  const failed: string[] = []
  const work = async () => {
    for (let name = waiting.shift(); name !== undefined; name = waiting.shift())
      if ((await runInProcess(name, quick)) !== 0) failed.push(name)
  }
  await Promise.all(Array.from({ length: quick ? quickAtOnce : 1 }, work))
  if (failed.length === 0) return
  console.error(`failed: ${failed.join(', ')}`)
  process.exitCode = 1
}

/** The exit code. What runs beside others is shown when it has ended. */
function runInProcess(name: string, quick: boolean): Promise<number> {
  const args = [...process.execArgv, import.meta.filename, name, ...(quick ? ['--quick'] : [])]
  const child = spawn(process.execPath, args, { stdio: quick ? 'pipe' : 'inherit' })
  const parts: Buffer[] = []
  for (const stream of [child.stdout, child.stderr])
    stream?.on('data', (part: Buffer) => parts.push(part))
  return new Promise((resolve, reject) => {
    child.once('error', reject)
    child.once('close', (code) => {
      process.stdout.write(Buffer.concat(parts))
      resolve(code ?? 1)
    })
  })
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
else await runApart(names, values.quick)
