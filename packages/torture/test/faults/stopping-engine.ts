import { spawn } from 'node:child_process'
import { type Ipam, openIpam } from '@freehold/engine'
import { storeAt } from '@freehold/engine/store-url'
import { storeWithDefect } from '../mutants/wrapped-store.ts'

export interface Stops {
  readonly deadlineMs: number
  readonly stoppedSeconds: number
  readonly transactionsBetween: number
}

/** The real engine in a process that now and then stands still, for less time than its transactions may take. */
export async function openEngine(storeUrl: string): Promise<Ipam> {
  return openStopping(storeUrl, {
    deadlineMs: 30_000,
    stoppedSeconds: 1.5,
    transactionsBetween: 150,
  })
}

/** The real engine in a process that now and then stops itself with its work done and not committed. */
export async function openStopping(storeUrl: string, stops: Stops): Promise<Ipam> {
  let transactions = 0
  const store = storeWithDefect(await storeAt(storeUrl), {
    transaction: (inner, work, options) =>
      inner.transaction(async (session) => {
        const result = await work(session)
        if (options.access === 'write') transactions += 1
        if (transactions % stops.transactionsBetween === stops.transactionsBetween - 1)
          await standStill(stops.stoppedSeconds)
        return result
      }, options),
  })
  return openIpam(store, { deadlineMs: stops.deadlineMs })
}

async function standStill(seconds: number): Promise<void> {
  const script = `sleep ${seconds}; kill -CONT ${process.pid}`
  const waker = spawn('sh', ['-c', script], { detached: true, stdio: 'ignore' })
  await new Promise((resolve) => waker.once('spawn', resolve))
  waker.unref()
  process.kill(process.pid, 'SIGSTOP')
}
