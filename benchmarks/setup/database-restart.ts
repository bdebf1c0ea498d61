import { type ChildProcess, spawn } from 'node:child_process'
import { readFileSync, readlinkSync, statSync } from 'node:fs'
import { join } from 'node:path'
import type { BenchDatabase } from './bench-database.ts'

export interface RestartedServer {
  /** Ends the server that was started again. */
  stop(): Promise<void>
}

/**
 * Ends a database server as a crash would and starts it again at once as it was started before; resolves when the new
 * process exists, not when it answers. Linux only: it reads how the server was started from /proc.
 */
export async function crashAndRestart(
  database: BenchDatabase,
  onStart: () => void,
): Promise<RestartedServer> {
  const { pid, data } = await processOf(database)
  const [program = '', ...args] = readFileSync(`/proc/${pid}/cmdline`, 'utf8')
    .split('\0')
    .slice(0, -1)
  const file = program.startsWith('/') ? program : readlinkSync(`/proc/${pid}/exe`)
  const cwd = readlinkSync(`/proc/${pid}/cwd`)
  const { uid, gid } = statSync(data)
  // PostgreSQL's immediate shutdown: no checkpoint, and the next start recovers from the log, as after a crash.
  process.kill(pid, database.kind === 'postgres' ? 'SIGQUIT' : 'SIGKILL')
  await untilGone(pid)
  onStart()
  const child = spawn(file, args, {
    cwd,
    stdio: 'ignore',
    ...(process.getuid?.() === 0 ? { uid, gid } : {}),
  })
  const kill = () => child.kill('SIGKILL')
  process.once('exit', kill)
  child.once('exit', () => process.off('exit', kill))
  return { stop: () => end(child) }
}

async function processOf(database: BenchDatabase): Promise<{ pid: number; data: string }> {
  if (database.kind === 'postgres') {
    const row = await database.first("SELECT current_setting('data_directory') AS data")
    const data = String(row['data'])
    const [pid] = readFileSync(join(data, 'postmaster.pid'), 'utf8').split('\n')
    return { pid: Number(pid), data }
  }
  const row = await database.first('SELECT @@pid_file AS pid_file, @@datadir AS data')
  return {
    pid: Number(readFileSync(String(row['pid_file']), 'utf8')),
    data: String(row['data']),
  }
}

async function untilGone(pid: number): Promise<void> {
  for (;;) {
    try {
      process.kill(pid, 0)
      const [, state] = /^State:\s+(\w)/m.exec(readFileSync(`/proc/${pid}/status`, 'utf8')) ?? []
      if (state === 'Z') return
    } catch {
      return
    }
    await new Promise((resolve) => setTimeout(resolve, 5))
  }
}

async function end(child: ChildProcess): Promise<void> {
  const ended = new Promise((resolve) => child.once('exit', resolve))
  child.kill('SIGTERM')
  await ended
}
