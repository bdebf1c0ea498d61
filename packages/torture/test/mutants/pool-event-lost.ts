import { type Ipam, openIpam } from '@freehold/engine'
import { sqliteStore } from '@freehold/engine/sqlite'
import { storeWithDefect } from './wrapped-store.ts'

/** Every third time, the event of a change of a subnet pool is not written. */
export async function openEngine(storeUrl: string): Promise<Ipam> {
  let changes = 0
  const store = storeWithDefect(sqliteStore({ path: storeUrl.slice('sqlite:'.length) }), {
    drops: (sql, values) => {
      if (!sql.startsWith('INSERT INTO event ') || !JSON.stringify(values).includes('subnet-pool'))
        return false
      changes += 1
      return changes % 3 === 0
    },
  })
  return openIpam(store)
}
