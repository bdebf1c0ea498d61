import type { Ipam } from '@freehold/engine'
import { engineWithDefect, openSqlite } from './wrapped-engine.ts'

/** Of every tenth allocation the answer is taken for lost, and the request is made again, as a new one. */
export async function openEngine(storeUrl: string): Promise<Ipam> {
  let answers = 0
  return engineWithDefect(await openSqlite(storeUrl), (real) => ({
    allocations: {
      ...real.allocations,
      allocate: async (subnetIds, request, attributes) => {
        const answer = await real.allocations.allocate(subnetIds, request, attributes)
        answers += 1
        return answers % 10 === 0
          ? real.allocations.allocate(subnetIds, request, attributes)
          : answer
      },
    },
  }))
}
