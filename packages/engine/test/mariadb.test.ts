import { type TestServer, testMariadb } from '@freehold/test-support'
import mysql from 'mysql2/promise'
import { expect, it } from 'vitest'
import { mariadbStore } from '../src/store/mariadb/mariadb-store.ts'
import type { Store } from '../src/store/store.ts'
import { describeStoreContracts } from './contract/store-contracts.ts'

function describeMariadb(server: TestServer): void {
  const urls = new Map<Store, string>()

  const openUrl = (url: string): Store => {
    const store = mariadbStore({ url })
    urls.set(store, url)
    return store
  }
  const urlOf = (store: Store): string => {
    const url = urls.get(store)
    if (url === undefined) throw new Error('the store is not one of this test')
    return url
  }

  describeStoreContracts({
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
  })
}

const found = await testMariadb()

it.skipIf(found === undefined)('there is a MariaDB for the tests', () => {
  expect(found).toBeDefined()
})

for (const server of found === undefined ? [] : [found]) describeMariadb(server)
