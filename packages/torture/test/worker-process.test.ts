import { tmpdir } from 'node:os'
import { expect, it } from 'vitest'
import type { WorkerTask } from '../src/worker-entry.ts'
import { WorkerProcess } from '../src/worker-process.ts'

const task: WorkerTask = {
  target: { kind: 'store', urls: ['sqlite::memory:'] },
  topology: { runId: 'none', addressScopeIds: [], subnets: [], subnetPools: [] },
  seed: 'none',
  folder: tmpdir(),
  lanes: 1,
  sweepMs: 1000,
  worker: 0,
  incarnation: 0,
}

it('a worker that was killed before it is told to stop ended by the kill', async () => {
  const worker = new WorkerProcess(task)
  worker.kill()
  // Until it is dead; not even the news of that is heard meanwhile.
  Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 300)
  worker.stop()
  expect(await worker.ended).toBe('SIGKILL')
})
