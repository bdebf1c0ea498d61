import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { type TemporaryDirectory, temporaryDirectory } from '@freehold/test-support'
import { sqliteStore } from '../../src/store/sqlite/sqlite-store.ts'
import type { Store } from '../../src/store/store.ts'
import type { ContractStore } from './contract-store.ts'

/** Files in temporary directories. */
export function sqliteContractStore(): ContractStore {
  const directories: TemporaryDirectory[] = []
  const stores: Store[] = []
  const files = new Map<Store, string>()

  const openFile = (path: string): Store => {
    const store = sqliteStore({ path })
    stores.push(store)
    files.set(store, path)
    return store
  }
  const fileOf = (store: Store): string => {
    const path = files.get(store)
    if (path === undefined) throw new Error('the store is not one of this test')
    return path
  }

  return {
    name: 'SQLite',
    async open() {
      const directory = temporaryDirectory()
      directories.push(directory)
      return openFile(join(directory.path, 'freehold.sqlite'))
    },
    async again(store) {
      return openFile(fileOf(store))
    },
    async ownTransaction(store, work) {
      using database = new DatabaseSync(fileOf(store), { timeout: 5000 })
      database.exec('BEGIN IMMEDIATE')
      database.exec((await work(database)) === 'commit' ? 'COMMIT' : 'ROLLBACK')
    },
    async dispose() {
      for (const store of stores.splice(0)) await store.close()
      for (const directory of directories.splice(0)) directory[Symbol.dispose]()
      files.clear()
    },
  }
}
