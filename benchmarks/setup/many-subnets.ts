import type { Ipam } from '@freehold/engine'
import { throughput } from '../measure/callers.ts'
import type { ProgressLine } from '../runner/progress-line.ts'
import { loadedSubnets } from './bulk-load.ts'

export interface ManySubnets {
  readonly poolId: string
  readonly subnetIds: readonly string[]
  readonly subnetsPerSecond: number
  readonly addressesPerSecond: number
  readonly allocations: number
}

/** A pool of /24s, made by 64 callers, and in each of them a bulk of `each` addresses. */
export async function manySubnets(
  ipam: Ipam,
  subnets: number,
  each: number,
  progress: ProgressLine,
): Promise<ManySubnets> {
  const { poolId, subnetIds, perSecond } = await subnetsOfPool(ipam, subnets, 24, progress)
  const addressesPerSecond = await loadedSubnets(ipam, subnetIds, each, each, progress)
  return {
    poolId,
    subnetIds,
    subnetsPerSecond: perSecond,
    addressesPerSecond,
    allocations: subnets * each,
  }
}

/** So many subnets of a length, cut from one new pool over 10.0.0.0/8 by 64 callers. */
export async function subnetsOfPool(
  ipam: Ipam,
  subnets: number,
  prefixLength: number,
  progress: ProgressLine,
): Promise<{ poolId: string; subnetIds: string[]; perSecond: number }> {
  const pool = await ipam.subnetPools.create({
    prefixes: ['10.0.0.0/8'],
    defaultPrefixLength: prefixLength,
  })
  const subnetIds: string[] = []
  const perSecond = await throughput(64, subnets, async () => {
    subnetIds.push((await ipam.subnets.create({ subnetPoolId: pool.id, prefixLength })).id)
    progress.show('subnets', subnetIds.length, subnets)
  })
  progress.end()
  return { poolId: pool.id, subnetIds, perSecond }
}
