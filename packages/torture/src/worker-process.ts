import { type ChildProcess, fork } from 'node:child_process'
import type { WorkerReport, WorkerTask } from './worker-entry.ts'

const isSource = import.meta.filename.endsWith('.ts')
const entry = new URL(`./worker-entry.${isSource ? 'ts' : 'js'}`, import.meta.url)

/** One worker in a process of its own. */
export class WorkerProcess {
  readonly task: WorkerTask
  report: WorkerReport = { ok: 0, fail: 0, unknown: 0 }
  /** It has opened its target and begins its load; also when it ended before that. */
  readonly ready: Promise<void>
  /** How it ended: a signal's name or an exit code. */
  readonly ended: Promise<string>
  /** The end of what it wrote to standard error. */
  complaint = ''
  isEnded = false
  readonly #child: ChildProcess

  constructor(task: WorkerTask) {
    this.task = task
    this.#child = fork(entry, [JSON.stringify(task)], {
      // Neither inspector flags nor loaders of the parent; the condition finds our packages' sources.
      execArgv: isSource ? ['--conditions=source'] : [],
      stdio: ['ignore', 'ignore', 'pipe', 'ipc'],
    })
    const begun = new Promise<void>((resolve) => {
      this.#child.on('message', (report) => {
        this.report = report as WorkerReport
        resolve()
      })
    })
    this.#child.stderr?.on('data', (text: Buffer) => {
      this.complaint = (this.complaint + text.toString()).slice(-4000)
    })
    this.ended = new Promise((resolve) => {
      this.#child.once('error', (error) => resolve(error.message))
      this.#child.once('close', (code, signal) => {
        this.isEnded = true
        resolve(signal ?? String(code))
      })
    })
    this.ready = Promise.race([begun, this.ended.then(() => {})])
  }

  /** Lets the calls under way be answered. */
  stop(): void {
    // One that was killed a moment ago does not hear it; `ended` tells of that.
    if (this.#child.connected) this.#child.send('stop', () => undefined)
  }

  /** kill -9. */
  kill(): void {
    this.#child.kill('SIGKILL')
  }
}
