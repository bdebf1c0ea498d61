import type { TestServer } from '@freehold/test-support'
import mysql from 'mysql2/promise'
import { mariadbStore } from '../../src/store/mariadb/mariadb-store.ts'
import type { Store } from '../../src/store/store.ts'
import type { ContractStore } from './contract-store.ts'

/** Databases of a MariaDB server. */
export function mariadbContractStore(server: TestServer): ContractStore {
  const urls = new Map<Store, string>()

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
    name: 'MariaDB',
    async open() {
      return openUrl(await server.createDatabase())
    },
    async again(store) {
      return openUrl(urlOf(store))
    },
    async ownTransaction(store, work) {
      const { hostname, port, username, pathname } = new URL(urlOf(store))
      const connection = await mysql.createConnection({
        host: hostname,
        port: Number(port),
        user: username,
        database: pathname.slice(1),
      })
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
      for (const url of new Set(urls.values())) await server.dropDatabase(url)
      urls.clear()
    },
  }
}
