import { type Ipam, openIpam, type Store } from '@freehold/engine'

/** What a module that opens engines for workers exports; tests name modules of their own. */
export interface EngineOpening {
  openEngine(storeUrl: string): Promise<Ipam>
}

/** Opens `sqlite:FILE`, `postgres://…` or `mariadb://…`. Throws Error for anything else, and what opening throws. */
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

// Named in variables, so that a program without one of the drivers can be built.
const postgresModule = '@freehold/engine/postgres'
const mariadbModule = '@freehold/engine/mariadb'

/** The store of a URL, not opened yet. */
export async function storeAt(storeUrl: string): Promise<Store> {
  const [, scheme = ''] = /^([a-z]+):/.exec(storeUrl) ?? []
  switch (scheme) {
    case 'sqlite': {
      const { sqliteStore } = await import('@freehold/engine/sqlite')
      return sqliteStore({ path: storeUrl.slice('sqlite:'.length).replace(/^\/\/(?=\/)/, '') })
    }
    case 'postgres':
    case 'postgresql':
      return (await import(postgresModule)).postgresStore({ url: storeUrl }) as Store
    case 'mariadb':
    case 'mysql':
      return (await import(mariadbModule)).mariadbStore({ url: storeUrl }) as Store
    default:
      throw new Error('The store must be sqlite:FILE, postgres://… or mariadb://….')
  }
}
