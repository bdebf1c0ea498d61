import { type Ipam, openIpam } from '@freehold/engine'
import { sqliteStore } from '@freehold/engine/sqlite'
import { StaleReader } from './stale-reader.ts'
import { type SqlValue, storeWithDefect } from './wrapped-store.ts'

/** Counts what is used of a page by reading outside the transaction, adding, and writing the sum. */
export async function openEngine(storeUrl: string): Promise<Ipam> {
  const reader = new StaleReader(storeUrl, 20)
  const store = storeWithDefect(sqliteStore({ path: storeUrl.slice('sqlite:'.length) }), {
    async afterRun(session, sql, values) {
      for (const { subnetKey, page, added } of changedPages(sql, values)) {
        const [before] = reader.all(
          'SELECT used FROM address_page WHERE subnet_key = ? AND page = ?',
          [subnetKey, page],
        ) as { used: number }[]
        if (before !== undefined)
          await session.run('UPDATE address_page SET used = ? WHERE subnet_key = ? AND page = ?', [
            before.used + added,
            subnetKey,
            page,
          ])
      }
    },
  })
  return openIpam(store)
}

interface PageChange {
  readonly subnetKey: SqlValue
  readonly page: SqlValue
  readonly added: number
}

function changedPages(sql: string, values: readonly SqlValue[]): PageChange[] {
  if (sql.startsWith('UPDATE address_page SET used = used - ?')) {
    const [subnetKey = null, page = null] = values.slice(-2)
    return [{ subnetKey, page, added: -Number(values[0]) }]
  }
  if (!sql.startsWith('INSERT INTO address_page')) return []
  const changes: PageChange[] = []
  for (let at = 0; at < values.length; at += 8) {
    const [subnetKey = null, page = null, , added] = values.slice(at, at + 8)
    changes.push({ subnetKey, page, added: Number(added) })
  }
  return changes
}
