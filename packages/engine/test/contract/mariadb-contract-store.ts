import type { TestServer } from '@freehold/test-support'
import mysql from 'mysql2/promise'
import { mariadbStore } from '../../src/store/mariadb/mariadb-store.ts'
import type { Store } from '../../src/store/store.ts'
import type { ContractStore } from './contract-store.ts'

export interface MariadbContract {
  readonly name: string
  /** The URL of an empty database. */
  readonly create: () => Promise<string>
  readonly drop: (url: string) => Promise<void>
  /** The same database on another server, for the second store of a pair. Default: on the same. */
  readonly elsewhere?: (url: string) => Promise<string>
}

/** Databases of one MariaDB server. */
export function mariadbOn(server: TestServer): ContractStore {
  return mariadbContractStore({
    name: 'MariaDB',
    create: () => server.createDatabase(),
    drop: (url) => server.dropDatabase(url),
  })
}

/** What MariaDB gives to the contracts. */
export function mariadbContractStore({
  name,
  create,
  drop,
  elsewhere,
}: MariadbContract): ContractStore {
  const urls = new Map<Store, string>()
  const made = new Set<string>()

  const openUrl = (url: string): Store => {
    // A busy machine takes its time to connect.
    const store = mariadbStore({ url, connectTimeoutMs: 60_000 })
    urls.set(store, url)
    return store
  }
  const urlOf = (store: Store): string => {
    const url = urls.get(store)
    if (url === undefined) throw new Error('the store is not one of this test')
    return url
  }

  return {
    name,
    async open() {
      const url = await create()
      made.add(url)
      return openUrl(url)
    },
    async again(store) {
      const url = urlOf(store)
      return openUrl(elsewhere === undefined ? url : await elsewhere(url))
    },
    async ownTransaction(store, work) {
      const connection = await mysql.createConnection({ uri: urlOf(store) })
      try {
        await connection.query('SET TRANSACTION ISOLATION LEVEL READ COMMITTED')
        await connection.query('START TRANSACTION')
        await connection.query((await work(connection)) === 'commit' ? 'COMMIT' : 'ROLLBACK')
      } finally {
        await connection.end()
      }
    },
    async dispose() {
      for (const store of urls.keys()) await store.close()
      for (const url of made) await drop(url)
      urls.clear()
      made.clear()
    },
  }
}
