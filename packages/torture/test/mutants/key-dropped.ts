import { type Ipam, openIpam } from '@freehold/engine'
import { sqliteStore } from '@freehold/engine/sqlite'
import { StaleReader } from './stale-reader.ts'
import { storeWithDefect } from './wrapped-store.ts'

/** "Is it free?" is read outside the transaction, and the table's key refuses nobody: the later writer wins. */
export async function openEngine(storeUrl: string): Promise<Ipam> {
  const reader = new StaleReader(storeUrl, 30)
  const store = storeWithDefect(sqliteStore({ path: storeUrl.slice('sqlite:'.length) }), {
    read: async (sql, values) =>
      /^SELECT .*address.* FROM allocation WHERE/s.test(sql) ? reader.all(sql, values) : undefined,
    rewrite: (sql) =>
      sql.startsWith('INSERT INTO allocation ')
        ? sql
            .replace('INSERT INTO', 'INSERT OR REPLACE INTO')
            .replace('ON CONFLICT (subnet_key, address) DO NOTHING', '')
        : sql,
  })
  return openIpam(store)
}
