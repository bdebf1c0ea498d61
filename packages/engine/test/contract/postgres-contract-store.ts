import type { TestServer } from '@freehold/test-support'
import pg from 'pg'
import { postgresStore } from '../../src/store/postgres/postgres-store.ts'
import type { Store } from '../../src/store/store.ts'
import type { ContractStore } from './contract-store.ts'

/** Databases of a PostgreSQL server. */
export function postgresContractStore(server: TestServer): ContractStore {
  const urls = new Map<Store, string>()

  const openUrl = (url: string): Store => {
    // A busy machine takes its time to connect.
    const store = postgresStore({ url, connectTimeoutMs: 60_000 })
    urls.set(store, url)
    return store
  }
  const urlOf = (store: Store): string => {
    const url = urls.get(store)
    if (url === undefined) throw new Error('the store is not one of this test')
    return url
  }

  return {
    name: 'PostgreSQL',
    async open() {
      return openUrl(await server.createDatabase())
    },
    async again(store) {
      return openUrl(urlOf(store))
    },
    async ownTransaction(store, work) {
      const client = new pg.Client({ connectionString: urlOf(store) })
      await client.connect()
      try {
        await client.query('BEGIN')
        await client.query((await work(client)) === 'commit' ? 'COMMIT' : 'ROLLBACK')
      } finally {
        await client.end()
      }
    },
    async dispose() {
      for (const store of urls.keys()) await store.close()
      for (const url of new Set(urls.values())) await server.dropDatabase(url)
      urls.clear()
    },
  }
}
