import type { Allocation, Ipam } from '@freehold/engine'
import { engineWithDefect, openSqlite } from './wrapped-engine.ts'

/** A bulk request takes its addresses one after the other, and leaves what it took when there are too few. */
export async function openEngine(storeUrl: string): Promise<Ipam> {
  return engineWithDefect(await openSqlite(storeUrl), (real) => ({
    allocations: {
      ...real.allocations,
      allocate: async (subnetIds, request, attributes, options) => {
        if (request.kind !== 'bulk')
          return real.allocations.allocate(subnetIds, request, attributes, options)
        const taken: Allocation[] = []
        for (let index = 0; index < request.count; index += 1)
          taken.push(...(await real.allocations.allocate(subnetIds, { kind: 'any' }, attributes)))
        return taken
      },
    },
  }))
}
