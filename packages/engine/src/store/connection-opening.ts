import { longestTimer } from './connection-queue.ts'
import { StoreFault } from './store.ts'

/** How long after a deadline the server has had every chance to say so itself; then the connection is cut. */
export const graceMs = 2000

/**
 * Waits for a connection of a client library's pool, which knows one time for all who wait, no longer than this caller's
 * deadline allows. One that comes later is handed to `giveBack`.
 * @throws StoreFault unavailable.
 */
export async function openedInTime<T>(
  opening: Promise<T>,
  deadline: number,
  giveBack: (late: T) => void,
): Promise<T> {
  let timer: NodeJS.Timeout | undefined
  const tooLate = new Promise<never>((_resolve, reject) => {
    const giveUp = (): void => {
      opening.then(giveBack, () => undefined)
      reject(new StoreFault('unavailable', new Error('no connection before the deadline')))
    }
    const wait = Math.max(deadline - performance.now(), 0) + graceMs
    timer = setTimeout(giveUp, Math.min(wait, longestTimer))
  })
  try {
    return await Promise.race([opening, tooLate])
  } finally {
    clearTimeout(timer)
  }
}
