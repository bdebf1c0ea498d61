import { DatabaseSync } from 'node:sqlite'
import { type Ipam, openIpam } from '@freehold/engine'
import { sqliteStore } from '@freehold/engine/sqlite'

/** Somebody who can write to the database changes the first event after it was sealed. */
export async function openEngine(storeUrl: string): Promise<Ipam> {
  const path = storeUrl.slice('sqlite:'.length)
  const ipam = await openIpam(sqliteStore({ path }))
  const { sealed } = await ipam.audit.seal()
  if (sealed > 0) {
    using database = new DatabaseSync(path, { timeout: 10_000 })
    database.exec("UPDATE event SET actor = 'somebody else' WHERE id = (SELECT min(id) FROM event)")
  }
  return ipam
}
