import type { WorkerTask } from './worker-entry.ts'
import { WorkerProcess } from './worker-process.ts'

type CrewTask = Omit<WorkerTask, 'worker' | 'incarnation'>

const answerMs = 60_000

/** The running workers of a run. */
export class WorkerCrew {
  readonly #task: CrewTask
  readonly #workers = new Map<number, WorkerProcess>()
  readonly #past = { ok: 0, fail: 0, unknown: 0 }
  #kills = 0
  #isEnding = false
  #fail: (error: Error) => void = () => {}
  /** Rejects when a worker ends though nobody told it to. */
  readonly failure: Promise<never>

  constructor(task: CrewTask) {
    this.#task = task
    this.failure = new Promise((_, reject) => {
      this.#fail = reject
    })
    this.failure.catch(() => {})
  }

  start(processes: number): void {
    for (let worker = 0; worker < processes; worker += 1) this.#spawn(worker, 0)
  }

  /** All have begun their load. */
  async ready(): Promise<void> {
    await Promise.all([...this.#workers.values()].map((worker) => worker.ready))
  }

  progress(): { ok: number; fail: number; unknown: number; kills: number } {
    const sum = { ...this.#past, kills: this.#kills }
    for (const { report } of this.#workers.values()) {
      sum.ok += report.ok
      sum.fail += report.fail
      sum.unknown += report.unknown
    }
    return sum
  }

  /** Kills one with SIGKILL; `pick` from 0 to 1 chooses which. One that has done nothing yet is spared. */
  killOne(pick: number): void {
    const alive = [...this.#workers.values()].filter(({ report }) => report.ok > 0)
    const worker = alive[Math.floor(pick * alive.length)]
    if (!this.#isEnding) worker?.kill()
  }

  /** Lets all finish their calls; kills those that take a minute. */
  async finish(): Promise<void> {
    this.#isEnding = true
    const timer = setTimeout(() => this.killAll(), answerMs)
    const running = [...this.#workers.values()]
    for (const worker of running) worker.stop()
    await Promise.all(running.map(({ ended }) => ended))
    clearTimeout(timer)
  }

  killAll(): void {
    this.#isEnding = true
    for (const worker of this.#workers.values()) if (!worker.isEnded) worker.kill()
  }

  #spawn(worker: number, incarnation: number): void {
    const spawned = new WorkerProcess({ ...this.#task, worker, incarnation })
    this.#workers.set(worker, spawned)
    void spawned.ended.then((how) => this.#ended(spawned, how))
  }

  #ended(ended: WorkerProcess, how: string): void {
    const { worker, incarnation } = ended.task
    this.#past.ok += ended.report.ok
    this.#past.fail += ended.report.fail
    this.#past.unknown += ended.report.unknown
    ended.report = { ok: 0, fail: 0, unknown: 0 }
    const wasKilled = how === 'SIGKILL'
    if (how !== '0' && !wasKilled) {
      this.#fail(new Error(`Worker ${worker} ended with ${how}: ${ended.complaint.trim()}`))
      return
    }
    if (this.#isEnding) return
    if (wasKilled) this.#kills += 1
    this.#spawn(worker, incarnation + 1)
  }
}
