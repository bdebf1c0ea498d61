import type { Ipam } from '@freehold/engine'
import { engineWithDefect, openSqlite } from './wrapped-engine.ts'

const undo = new Error('undone')

/** Every fifth release is acknowledged, and rolled back. */
export async function openEngine(storeUrl: string): Promise<Ipam> {
  let releases = 0
  return engineWithDefect(await openSqlite(storeUrl), (real) => ({
    allocations: {
      ...real.allocations,
      release: async (subnetId, address) => {
        releases += 1
        if (releases % 5 !== 0) return real.allocations.release(subnetId, address)
        await real
          .transaction(async (inside) => {
            await inside.allocations.release(subnetId, address)
            throw undo
          })
          .catch((error: unknown) => {
            if (error !== undo) throw error
          })
      },
    },
  }))
}
