import { type Ipam, openIpam } from '@freehold/engine'
import { storeAt } from '@freehold/engine/store-url'

/** What a module that opens engines for workers exports; tests name modules of their own. */
export interface EngineOpening {
  openEngine(storeUrl: string): Promise<Ipam>
}

/** Opens `sqlite:FILE`, `postgres://…` or `mariadb://…`. Throws what `storeAt` and `openIpam` throw. */
export async function openEngine(storeUrl: string, deadlineMs = 30_000): Promise<Ipam> {
  const store = await storeAt(storeUrl)
  try {
    return await openIpam(store, { deadlineMs })
  } catch (error) {
    // Open connections would keep the process from ending.
    await store.close()
    throw error
  }
}
