import type { Ipam } from '@freehold/engine'
import { engineWithDefect, openSqlite } from './wrapped-engine.ts'

/** Of every fifth request the lease is forgotten: its address never comes back by itself. */
export async function openEngine(storeUrl: string): Promise<Ipam> {
  let requests = 0
  return engineWithDefect(await openSqlite(storeUrl), (real) => ({
    allocations: {
      ...real.allocations,
      allocate: async (subnetIds, request, attributes, options) => {
        requests += 1
        const { ttlSeconds: _, ...withoutLease } = attributes ?? {}
        return real.allocations.allocate(
          subnetIds,
          request,
          requests % 5 === 0 ? withoutLease : attributes,
          options,
        )
      },
    },
  }))
}
