import { openIpam } from '../src/ipam.ts'
import { mariadbStore } from '../src/store/mariadb/mariadb-store.ts'
import { postgresStore } from '../src/store/postgres/postgres-store.ts'
import { sqliteStore } from '../src/store/sqlite/sqlite-store.ts'
import { counting } from './randomness/biased-sources.ts'

// Started by first-allocations.test.ts: draws from each subnet first, and says what it got.
const [kind = '', place = '', generator = '', ...subnetIds] = process.argv.slice(2)
const store =
  kind === 'SQLite'
    ? sqliteStore({ path: place })
    : kind === 'PostgreSQL'
      ? postgresStore({ url: place })
      : mariadbStore({ url: place })
const ipam = await openIpam(store, {
  migrate: false,
  ...(generator === 'counting' ? { random: counting() } : {}),
})
const addresses: string[] = []
for (const id of subnetIds)
  for (const { address } of await ipam.allocations.allocate(id, { kind: 'any' })) {
    addresses.push(address)
    // Given back, so that nothing but the generator keeps the next process from drawing the same.
    await ipam.allocations.release(id, address)
  }
await ipam.close()
process.stdout.write(JSON.stringify(addresses))
