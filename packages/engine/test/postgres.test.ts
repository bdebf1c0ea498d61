import { testPostgres } from '@freehold/test-support'
import pg from 'pg'
import { postgresStore } from '../src/store/postgres/postgres-store.ts'
import type { Store } from '../src/store/store.ts'
import { describeStoreContracts } from './contract/store-contracts.ts'

const server = await testPostgres()
const urls = new Map<Store, string>()

function openUrl(url: string): Store {
  const store = postgresStore({ url })
  urls.set(store, url)
  return store
}

function urlOf(store: Store): string {
  const url = urls.get(store)
  if (url === undefined) throw new Error('the store is not one of this test')
  return url
}

describeStoreContracts({
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
})
