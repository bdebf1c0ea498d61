import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { Readable, Writable } from 'node:stream'
import { readyUrl } from '@freehold/test-support'
import { vi } from 'vitest'
import { runFreehold } from '../src/program.ts'

// Each command is a process of its own; a busy machine needs time for a dozen of them.
vi.setConfig({ testTimeout: 120_000 })

const compileCache = join(import.meta.dirname, '../../../node_modules/.cache/freehold')
export const bin = join(import.meta.dirname, '../bin/freehold.js')
export const demoFolder = join(import.meta.dirname, '../../../examples/netbox-demo')

export interface ProcessResult {
  readonly exitCode: number | null
  readonly stdout: string
  readonly stderr: string
}

/** A folder with a store of its own, and the command line to work on it. */
export class FreeholdFolder implements AsyncDisposable {
  readonly path = mkdtempSync(join(tmpdir(), 'freehold-cli-'))
  readonly #children = new Set<ChildProcess>()
  readonly store = `sqlite:${join(this.path, 'store.sqlite')}`
  #environment: Record<string, string> = { FREEHOLD_STORE: this.store }

  /** From now on commands work on this, in place of the folder's store. */
  use(environment: Record<string, string>): void {
    this.#environment = environment
  }

  /** Runs a command to its end in this process, with nobody at the terminal. */
  async run(...args: readonly string[]): Promise<ProcessResult> {
    const stdout = new TextSink()
    const stderr = new TextSink()
    const exitCode = await runFreehold(args, {
      environment: this.#environment,
      stdin: Readable.from([]),
      stdout,
      stderr,
    })
    return { exitCode, stdout: stdout.text, stderr: stderr.text }
  }

  /** Runs a command to its end as a process of its own, as a shell would. */
  async process(...args: readonly string[]): Promise<ProcessResult> {
    return resultOf(this.start(...args))
  }

  /** Runs a command that must succeed, and parses the JSON that it prints. */
  async json<T>(...args: readonly string[]): Promise<T> {
    const result = await this.run(...args, '--output', 'json')
    if (result.exitCode !== 0) throw new Error(`freehold ${args.join(' ')}: ${result.stderr}`)
    return JSON.parse(result.stdout) as T
  }

  start(...args: readonly string[]): ChildProcess {
    return this.spawn([bin, ...args])
  }

  spawn(args: readonly string[]): ChildProcess {
    const env = Object.fromEntries(
      Object.entries(process.env).filter(([name]) => !name.startsWith('FREEHOLD_')),
    )
    const child = spawn(process.execPath, ['--conditions=source', ...args], {
      cwd: this.path,
      env: { ...env, ...this.#environment, NODE_COMPILE_CACHE: compileCache },
      stdio: ['ignore', 'pipe', 'pipe'],
    })
    this.#children.add(child)
    child.once('close', () => this.#children.delete(child))
    return child
  }

  /** Starts a server on the folder's store and returns where it is. */
  async serve(...args: readonly string[]): Promise<{ url: string; child: ChildProcess }> {
    const child = this.start(
      'serve',
      '--store',
      this.store,
      '--listen',
      '127.0.0.1:0',
      '--no-auth',
      ...args,
    )
    return { url: await readyUrl(child), child }
  }

  async [Symbol.asyncDispose](): Promise<void> {
    for (const child of this.#children) {
      child.kill('SIGKILL')
      await once(child, 'close')
    }
    rmSync(this.path, { recursive: true, force: true })
  }
}

/** Waits for the end of a process and collects what it prints. */
export async function resultOf(child: ChildProcess): Promise<ProcessResult> {
  const stdout = new TextSink()
  const stderr = new TextSink()
  child.stdout?.pipe(stdout)
  child.stderr?.pipe(stderr)
  const [exitCode] = (await once(child, 'close')) as [number | null]
  return { exitCode, stdout: stdout.text, stderr: stderr.text }
}

class TextSink extends Writable {
  text = ''
  override _write(chunk: Buffer, _encoding: string, done: () => void): void {
    this.text += chunk.toString()
    done()
  }
}

/** The first line that a process prints. Throws when it ends without one. */
export async function firstLine(child: ChildProcess): Promise<string> {
  let text = ''
  for (;;) {
    const [chunk] = (await Promise.race([
      once(child.stdout as NodeJS.ReadableStream, 'data'),
      once(child, 'close').then(() => []),
    ])) as [Buffer | undefined]
    if (chunk === undefined) throw new Error(`the process ended after: ${text}`)
    text += chunk.toString()
    const end = text.indexOf('\n')
    if (end >= 0) return text.slice(0, end)
  }
}
