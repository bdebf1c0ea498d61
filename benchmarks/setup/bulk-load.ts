import type { Ipam } from '@freehold/engine'
import { throughput } from '../measure/callers.ts'
import type { ProgressLine } from '../runner/progress-line.ts'

/**
 * Allocates `each` addresses in every one of the subnets, in bulk requests of at most `atOnce` from 16 callers, and
 * returns how many addresses that were in a second. `each` must be a multiple of `atOnce`.
 */
export async function loadedSubnets(
  ipam: Ipam,
  subnetIds: readonly string[],
  each: number,
  atOnce: number,
  progress: ProgressLine,
): Promise<number> {
  const requests = (subnetIds.length * each) / atOnce
  let held = 0
  const perSecond = await throughput(16, requests, async (index) => {
    const id = subnetIds[index % subnetIds.length] as string
    const given = await ipam.allocations.allocate(id, { kind: 'bulk', count: atOnce })
    held += given.length
    progress.show('addresses', held, requests * atOnce)
  })
  progress.end()
  if (held !== subnetIds.length * each) throw new Error(`only ${held} addresses were given`)
  return perSecond * atOnce
}
