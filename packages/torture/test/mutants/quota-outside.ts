import { type Ipam, openIpam } from '@freehold/engine'
import { sqliteStore } from '@freehold/engine/sqlite'
import { StaleReader } from './stale-reader.ts'
import { storeWithDefect } from './wrapped-store.ts'

/** Judges a project's quota by what it had cut a moment ago. */
export async function openEngine(storeUrl: string): Promise<Ipam> {
  const reader = new StaleReader(storeUrl, 100)
  const store = storeWithDefect(sqliteStore({ path: storeUrl.slice('sqlite:'.length) }), {
    read: async (sql, values) =>
      sql.startsWith('SELECT used FROM pool_usage') ? reader.all(sql, values) : undefined,
  })
  return openIpam(store)
}
