import { type Ipam, isIpamError } from '@freehold/engine'
import { engineWithDefect, openSqlite } from './wrapped-engine.ts'

const pauseMs = 40

/** Lists the leases that are over, and frees their addresses a little later, whoever holds them by then. */
export async function openEngine(storeUrl: string): Promise<Ipam> {
  return engineWithDefect(await openSqlite(storeUrl), (real) => ({
    reap: async () => {
      const over = await leasesThatAreOver(real)
      await new Promise((resolve) => setTimeout(resolve, pauseMs))
      for (const { subnetId, address } of over)
        await real.allocations.release(subnetId, address).catch((error: unknown) => {
          if (!isIpamError(error)) throw error
        })
      return real.reap()
    },
  }))
}

async function leasesThatAreOver(ipam: Ipam) {
  const { items } = await ipam.subnets.list()
  const pages = await Promise.all(items.map(({ id }) => ipam.allocations.list(id)))
  return pages
    .flatMap((page) => page.items)
    .filter(({ expiresAt }) => expiresAt !== null && Date.parse(expiresAt) <= Date.now())
}
