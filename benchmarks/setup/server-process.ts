import { type ChildProcess, spawn, spawnSync } from 'node:child_process'
import { join } from 'node:path'
import { readyUrl } from '@freehold/test-support'

export interface ServerProcess {
  readonly pid: number
  /** Such as `http://127.0.0.1:41234`. */
  readonly url: string
  /** SIGTERM, and waits for the end. */
  stop(): Promise<void>
  /** SIGKILL, and waits for the end. */
  kill(): Promise<void>
}

const root = join(import.meta.dirname, '../..')

/** `freehold serve` as a user would start it, on a free port. */
export async function serve(storeUrl: string): Promise<ServerProcess> {
  const program = join(root, 'packages/cli/src/main.ts')
  const args = ['serve', '--store', storeUrl, '--listen', '127.0.0.1:0', '--no-auth']
  const child = spawn(
    process.execPath,
    ['--conditions=source', program, ...args, '--log-level', 'error'],
    { cwd: root, stdio: ['ignore', 'pipe', 'inherit'] },
  )
  // Even if this process fails: a server must not outlive it.
  const kill = () => child.kill('SIGKILL')
  process.once('exit', kill)
  child.once('exit', () => process.off('exit', kill))
  const url = await readyUrl(child)
  return {
    pid: child.pid as number,
    url,
    stop: () => end(child, 'SIGTERM'),
    kill: () => end(child, 'SIGKILL'),
  }
}

async function end(child: ChildProcess, signal: 'SIGTERM' | 'SIGKILL'): Promise<void> {
  const ended = new Promise((resolve) => child.once('exit', resolve))
  child.kill(signal)
  await ended
}

/** Resident memory of a process in MiB. */
export function residentMemory(pid: number): number {
  const { stdout } = spawnSync('ps', ['-o', 'rss=', '-p', String(pid)], { encoding: 'utf8' })
  return Number(stdout.trim()) / 1024
}

/** A JSON request; throws with the answer when it is refused. */
export async function request<T>(
  url: string,
  method: 'GET' | 'POST' | 'DELETE' = 'GET',
  body?: unknown,
): Promise<T> {
  const response = await fetch(url, {
    method,
    ...(body === undefined
      ? {}
      : { headers: { 'content-type': 'application/json' }, body: JSON.stringify(body) }),
  })
  const text = await response.text()
  if (!response.ok) throw new Error(`${method} ${url}: ${response.status} ${text}`)
  return (text === '' ? undefined : JSON.parse(text)) as T
}
