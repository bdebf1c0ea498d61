import { join } from 'node:path'
import { CallRecorder } from './call-recorder.ts'
import { LoadWorker } from './load-worker.ts'
import { openTarget, type Target } from './target-opening.ts'
import type { Topology } from './topology.ts'

/** The one argument of a worker process, as JSON. */
export interface WorkerTask {
  readonly target: Target
  readonly topology: Topology
  readonly seed: string
  readonly worker: number
  readonly incarnation: number
  readonly folder: string
  readonly lanes: number
  readonly sweepMs: number
}

/** What a worker tells its parent. */
export interface WorkerReport {
  readonly ok: number
  readonly fail: number
  readonly unknown: number
}

async function work(task: WorkerTask): Promise<void> {
  const { worker, incarnation } = task
  const client = await openTarget(task.target, worker)
  const path = join(task.folder, `worker-${worker}.${incarnation}.jsonl`)
  const recorder = new CallRecorder(client, path, { ...task.topology, worker, incarnation })
  const load = new LoadWorker(client, recorder, task.topology, task)
  process.on('message', () => load.stop())
  // A terminal sends it to all processes; what becomes of the run is for the parent to say.
  for (const signal of ['SIGINT', 'SIGTERM'] as const) process.on(signal, () => undefined)
  // A worker without its parent has nobody to work for.
  process.on('disconnect', () => process.exit(0))
  const timer = setInterval(() => process.send?.(recorder.counts), 200)
  recorder.markStart()
  process.send?.(recorder.counts)
  await load.run(task.lanes, task.sweepMs)
  clearInterval(timer)
  recorder.close()
  await client.close()
  process.send?.(recorder.counts, () => process.disconnect())
}

await work(JSON.parse(process.argv[2] ?? '') as WorkerTask)
