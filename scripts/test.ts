/**
 * Everything that has to hold before a change is done: the static checks, then every test suite; on a build server
 * (CI=true) also whether every benchmark still runs.
 *
 *   npm test                    all of it; the last line is `N passed, N failed`
 *   npm test -- packages/engine  only the test files whose path contains one of the words
 *   npm run check               only the static checks
 */
import { spawn } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { parseArgs } from 'node:util'
import { BENCHMARK_CHECK, runCheck, STATIC_CHECKS, type StaticCheck } from './static-checks.ts'
import {
  addCounts,
  type Counts,
  countTests,
  forbidSkips,
  NOTHING,
  skippedTests,
  summaryLine,
  type VitestReport,
} from './test-summary.ts'

async function runChecks(checks: readonly StaticCheck[]): Promise<Counts> {
  let counts = NOTHING
  for (const check of checks) {
    const start = performance.now()
    const { passed, output } = await runCheck(check)
    const seconds = ((performance.now() - start) / 1000).toFixed(1)
    console.log(`${passed ? 'ok    ' : 'FAILED'} ${check.name} (${seconds} s)`)
    if (!passed) console.log(`${output.trimEnd()}\n       to look at it alone: ${check.remedy}\n`)
    counts = addCounts(counts, { passed: passed ? 1 : 0, failed: passed ? 0 : 1, skipped: 0 })
  }
  return counts
}

async function runSuites(words: readonly string[]): Promise<Counts> {
  const folder = mkdtempSync(join(tmpdir(), 'freehold-test-report-'))
  try {
    const reportFile = join(folder, 'report.json')
    const reporters = ['--reporter=default', '--reporter=json', `--outputFile.json=${reportFile}`]
    const exitCode = await new Promise<number>((resolve, reject) => {
      const child = spawn('vitest', ['run', ...reporters, ...words], { stdio: 'inherit' })
      child.on('error', reject)
      child.on('close', (code) => resolve(code ?? 1))
    })
    const report = readReport(reportFile)
    for (const name of skippedTests(report)) console.log(`skipped: ${name}`)
    return countTests(report, exitCode)
  } finally {
    rmSync(folder, { recursive: true })
  }
}

function readReport(file: string): VitestReport | undefined {
  try {
    return JSON.parse(readFileSync(file, 'utf8')) as VitestReport
  } catch {
    // Vitest leaves no report when it could not start; it has said why.
    return undefined
  }
}

const { values, positionals } = parseArgs({
  options: { static: { type: 'boolean', default: false } },
  allowPositionals: true,
})
const isWhole = positionals.length === 0
const isBuildServer = process.env['CI'] === 'true'
let counts = isWhole ? await runChecks(STATIC_CHECKS) : NOTHING
if (!values.static) counts = addCounts(counts, await runSuites(positionals))
if (!values.static && isWhole && isBuildServer)
  counts = addCounts(counts, await runChecks([BENCHMARK_CHECK]))
if (isBuildServer && counts.skipped > 0) {
  console.log(`${counts.skipped} skipped tests count as failed, since CI=true`)
  counts = forbidSkips(counts)
}
console.log(summaryLine(counts))
process.exitCode = counts.failed === 0 ? 0 : 1
