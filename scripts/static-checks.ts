/** What can be said about the code without running it: each check is one or more commands. */
import { spawn } from 'node:child_process'
import { PUBLISHED } from './run-time-dependencies.ts'

export interface StaticCheck {
  readonly name: string
  /** What to run when it fails. */
  readonly remedy: string
  readonly commands: readonly (readonly [string, ...string[]])[]
}

export const STATIC_CHECKS: readonly StaticCheck[] = [
  { name: 'format', remedy: 'npm run format', commands: [['biome', 'check', '.']] },
  { name: 'lint', remedy: 'npm run lint', commands: [['oxlint', '--deny-warnings']] },
  { name: 'types', remedy: 'npm run types', commands: [['tsc', '--noEmit']] },
  { name: 'unused code', remedy: 'npm run unused', commands: [['knip']] },
  {
    name: 'generated files',
    remedy: 'npm run generate',
    commands: [['node', '--conditions=source', 'scripts/generate.ts', '--check']],
  },
  {
    // What is published is the built form, so it is built, checked and started as a user would.
    name: 'published packages',
    remedy: 'npm run build',
    commands: [
      ['tsc', '-b', 'tsconfig.build.json'],
      ['node', 'scripts/copy-migrations.ts'],
      ...PUBLISHED.map((name) => ['publint', '--strict', `packages/${name}`] as const),
      ['node', 'packages/cli/bin/freehold.js', '--store', 'sqlite::memory:', 'check'],
    ],
  },
  {
    // After the build above, whose files it installs.
    name: 'production install',
    remedy: 'npm run build && node --conditions=source scripts/production-install.ts',
    commands: [['node', '--conditions=source', 'scripts/production-install.ts']],
  },
]

/** Every benchmark on a small scale, for crashes and wrong answers; how long anything takes is not looked at. */
export const BENCHMARK_CHECK: StaticCheck = {
  name: 'benchmarks run',
  remedy: 'npm run bench -- --quick',
  commands: [['node', '--conditions=source', 'benchmarks/run.ts', '--quick']],
}

export interface CheckResult {
  readonly passed: boolean
  /** What the first failing command wrote. */
  readonly output: string
}

/** Runs a check's commands one after another, up to the first that fails. */
export async function runCheck(check: StaticCheck): Promise<CheckResult> {
  for (const [command, ...args] of check.commands) {
    const { exitCode, output } = await runCommand(command, args)
    if (exitCode !== 0) {
      return { passed: false, output: `$ ${[command, ...args].join(' ')}\n${output}` }
    }
  }
  return { passed: true, output: '' }
}

/** Runs a command found on the PATH, which npm extends by the workspace's own tools. */
function runCommand(command: string, args: readonly string[]) {
  return new Promise<{ exitCode: number; output: string }>((resolve, reject) => {
    const chunks: Buffer[] = []
    const child = spawn(command, args, { stdio: ['ignore', 'pipe', 'pipe'] })
    child.stdout.on('data', (chunk: Buffer) => chunks.push(chunk))
    child.stderr.on('data', (chunk: Buffer) => chunks.push(chunk))
    child.on('error', reject)
    child.on('close', (code) =>
      resolve({ exitCode: code ?? 1, output: Buffer.concat(chunks).toString('utf8') }),
    )
  })
}
