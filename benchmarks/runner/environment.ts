/** Where and on what a benchmark ran. */
import { execFileSync } from 'node:child_process'
import { availableParallelism, cpus, release, totalmem, type } from 'node:os'
import type { Machine } from './benchmark.ts'

export function describeMachine(): Machine {
  return {
    cpu: cpus()[0]?.model.trim() ?? 'unknown processor',
    cores: availableParallelism(),
    memoryGiB: Math.round(totalmem() / 2 ** 30),
    system: `${type()} ${release()}`,
  }
}

/** The versions of what runs everywhere; a benchmark adds those of its database server. */
export function describeRuntime(): Record<string, string> {
  return { node: process.versions.node, sqlite: process.versions.sqlite ?? 'none' }
}

/** The short hash of the commit, with `+` when a tracked file differs from it. */
export function describeCommit(root: string): string {
  const git = (...args: string[]) =>
    execFileSync('git', args, { cwd: root, encoding: 'utf8', stdio: ['ignore', 'pipe', 'inherit'] })
  const isChanged = git('status', '--porcelain', '--untracked-files=no').trim() !== ''
  return git('rev-parse', '--short=10', 'HEAD').trim() + (isChanged ? '+' : '')
}
