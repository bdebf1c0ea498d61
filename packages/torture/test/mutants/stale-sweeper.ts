import { type Ipam, isIpamError } from '@freehold/engine'
import { engineWithDefect, openSqlite } from './wrapped-engine.ts'

const lookAheadMs = 100
// By then, where addresses are short, somebody else has been given them.
const pauseMs = 140

/** Lists the leases that end soon, waits until they are over, and frees their addresses, whoever holds them by then. */
export async function openEngine(storeUrl: string): Promise<Ipam> {
  return engineWithDefect(await openSqlite(storeUrl), (real) => ({
    reap: async () => {
      const ending = await leasesThatEnd(real, Date.now() + lookAheadMs)
      await new Promise((resolve) => setTimeout(resolve, pauseMs))
      for (const { subnetId, address } of ending)
        await real.allocations.release(subnetId, address).catch((error: unknown) => {
          if (!isIpamError(error)) throw error
        })
      return real.reap()
    },
  }))
}

async function leasesThatEnd(ipam: Ipam, time: number) {
  const { items } = await ipam.subnets.list()
  const pages = await Promise.all(items.map(({ id }) => ipam.allocations.list(id)))
  return pages
    .flatMap((page) => page.items)
    .filter(({ expiresAt }) => expiresAt !== null && Date.parse(expiresAt) <= time)
}
