import type { Ipam } from '@freehold/engine'
import { type RepeatedWork, repeatWork } from './repeated-work.ts'

/** Ends expired leases and cooling times, and seals new events. Nothing is lost by being late. */
export function startReaper(
  ipam: Ipam,
  intervalMs: number,
  onFailure: (error: unknown) => void,
): RepeatedWork {
  return repeatWork(
    async () => {
      // Events must get sealed even while leases cannot be ended.
      await ipam.reap().catch(onFailure)
      await sealAll(ipam)
    },
    intervalMs,
    onFailure,
  )
}

// What one call of the engine seals at most.
const sealedAtOnce = 5000

/** Seals what there is now, in transactions of bounded size. */
export async function sealAll(ipam: Ipam): Promise<void> {
  for (let sealed = sealedAtOnce; sealed >= sealedAtOnce; ) ({ sealed } = await ipam.audit.seal())
}
