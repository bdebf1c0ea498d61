import { type Ipam, openIpam } from '@freehold/engine'
import { sqliteStore } from '@freehold/engine/sqlite'
import { storeWithDefect } from './wrapped-store.ts'

/** Every twentieth time, the events of a change are not written. */
export async function openEngine(storeUrl: string): Promise<Ipam> {
  let inserts = 0
  const store = storeWithDefect(sqliteStore({ path: storeUrl.slice('sqlite:'.length) }), {
    drops: (sql) => {
      if (!sql.startsWith('INSERT INTO event')) return false
      inserts += 1
      return inserts % 20 === 0
    },
  })
  return openIpam(store)
}
