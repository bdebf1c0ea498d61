import { afterEach } from 'vitest'
import { type EngineOptions, type Ipam, openIpam } from '../../src/ipam.ts'
import type { Store } from '../../src/store/store.ts'

/** What a database's test file gives to the contracts. */
export interface ContractStore {
  readonly name: string
  /** A store on a fresh, empty database. */
  open(): Promise<Store>
  /** A second store on the same database, as another process would have it. */
  again(store: Store): Promise<Store>
  /**
   * Opens a transaction with the database's own client library, past the engine, on the database of the store; gives its
   * handle (what `Ipam.within` takes) to `work`, and then commits or rolls back as `work` says.
   */
  ownTransaction(
    store: Store,
    work: (handle: unknown) => Promise<'commit' | 'rollback'>,
  ): Promise<void>
  /** Closes what is open and removes every database that was made. Runs after each test. */
  dispose(): Promise<void>
}

/** Opens engines for the tests of one contract. */
export interface ContractEngines {
  /** An engine on a fresh database. */
  open(options?: EngineOptions): Promise<Ipam>
  /** Two engines on one fresh database. */
  openPair(options?: EngineOptions): Promise<[Ipam, Ipam]>
  /** An engine with its store, for tests that go past the engine. */
  openWithStore(options?: EngineOptions): Promise<{ store: Store; ipam: Ipam }>
}

// On a slow machine, and on two nodes of a cluster, a caller may lose many races before it has its turn.
const patience: EngineOptions = { deadlineMs: 50_000 }

/** Registers the disposal after each test. */
export function contractEngines(contractStore: ContractStore): ContractEngines {
  afterEach(() => contractStore.dispose())
  const openOn = (store: Store, options?: EngineOptions) =>
    openIpam(store, { ...patience, ...options })
  return {
    open: async (options) => openOn(await contractStore.open(), options),
    openPair: async (options) => {
      const store = await contractStore.open()
      const first = await openOn(store, options)
      return [first, await openOn(await contractStore.again(store), options)]
    },
    openWithStore: async (options) => {
      const store = await contractStore.open()
      return { store, ipam: await openOn(store, options) }
    },
  }
}
