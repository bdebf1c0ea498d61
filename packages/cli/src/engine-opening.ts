import { type EngineOptions, type Ipam, openIpam, type Store } from '@freehold/engine'

/** Opens an engine, and closes its store where it cannot be: open connections would keep the program from ending. */
export async function openEngine(store: Store, options: EngineOptions = {}): Promise<Ipam> {
  try {
    return await openIpam(store, options)
  } catch (error) {
    await store.close()
    throw error
  }
}
