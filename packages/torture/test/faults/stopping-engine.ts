import { spawn } from 'node:child_process'
import { type Ipam, openIpam } from '@freehold/engine'
import { storeAt } from '../../src/engine-opening.ts'
import { storeWithDefect } from '../mutants/wrapped-store.ts'

const transactionsBetween = 150
const stoppedSeconds = 1.5

/** The real engine in a process that now and then stands still with its work done and not committed. */
export async function openEngine(storeUrl: string): Promise<Ipam> {
  let transactions = 0
  const store = storeWithDefect(await storeAt(storeUrl), {
    transaction: (inner, work, options) =>
      inner.transaction(async (session) => {
        const result = await work(session)
        if (options.access === 'write') transactions += 1
        if (transactions % transactionsBetween === transactionsBetween - 1) await standStill()
        return result
      }, options),
  })
  return openIpam(store, { deadlineMs: 30_000 })
}

async function standStill(): Promise<void> {
  const script = `sleep ${stoppedSeconds}; kill -CONT ${process.pid}`
  const waker = spawn('sh', ['-c', script], { detached: true, stdio: 'ignore' })
  await new Promise((resolve) => waker.once('spawn', resolve))
  waker.unref()
  process.kill(process.pid, 'SIGSTOP')
}
