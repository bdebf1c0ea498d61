import { type Ipam, openIpam } from '@freehold/engine'
import { type BenchDatabase, type DatabaseKind, openDatabase, storeOf } from './bench-database.ts'

/** A database and an engine on it, for each of some kinds, one after another; returns the versions. */
export async function onEach(
  kinds: readonly DatabaseKind[],
  work: (database: BenchDatabase, ipam: Ipam) => Promise<void>,
): Promise<Record<string, string>> {
  const versions: Record<string, string> = {}
  for (const kind of kinds) {
    const database = await openDatabase(kind)
    try {
      versions[kind] = database.version
      // Counting the pages of a large subnet is one long transaction.
      const ipam = await openIpam(await storeOf(database.url), { deadlineMs: 300_000 })
      await work(database, ipam)
      await ipam.close()
    } finally {
      await database.close()
    }
  }
  return versions
}
