import type { Ipam } from '@freehold/engine'

/** Ends expired leases and cooling times, over and over, one run at a time. */
export interface Reaper {
  /** Resolves when no run is under way any more. */
  stop(): Promise<void>
}

/** A failed run is reported and tried again at the next interval: nothing is lost by being late. */
export function startReaper(
  ipam: Ipam,
  intervalMs: number,
  onFailure: (error: unknown) => void,
): Reaper {
  let running: Promise<void> | undefined
  const timer = setInterval(() => {
    running ??= reap(ipam, onFailure).finally(() => {
      running = undefined
    })
  }, intervalMs)
  timer.unref()
  return {
    async stop() {
      clearInterval(timer)
      await running
    },
  }
}

async function reap(ipam: Ipam, onFailure: (error: unknown) => void): Promise<void> {
  try {
    await ipam.reap()
  } catch (error) {
    onFailure(error)
  }
}
