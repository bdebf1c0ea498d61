import { type Ipam, IpamError } from '@freehold/engine'
import { engineWithDefect, openSqlite } from './wrapped-engine.ts'

/** Every thirtieth allocation hears that there is no such subnet. */
export async function openEngine(storeUrl: string): Promise<Ipam> {
  let requests = 0
  return engineWithDefect(await openSqlite(storeUrl), (real) => ({
    allocations: {
      ...real.allocations,
      allocate: async (...call) => {
        requests += 1
        if (requests % 30 === 0) throw new IpamError('SUBNET_NOT_FOUND', 'There is no such subnet.')
        return real.allocations.allocate(...call)
      },
    },
  }))
}
