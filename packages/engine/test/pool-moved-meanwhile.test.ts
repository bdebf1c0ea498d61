import { testMariadb, testPostgres } from '@freehold/test-support'
import { describe, expect, it } from 'vitest'
import { openIpam } from '../src/ipam.ts'
import { mariadbStore } from '../src/store/mariadb/mariadb-store.ts'
import { postgresStore } from '../src/store/postgres/postgres-store.ts'
import type { Session, Store } from '../src/store/store.ts'
import { storeWithTransactions } from './contract/watched-store.ts'

const mariadb = await testMariadb()
const databases = [
  { name: 'PostgreSQL', server: await testPostgres(), open: postgresStore },
  ...(mariadb === undefined ? [] : [{ name: 'MariaDB', server: mariadb, open: mariadbStore }]),
]

interface Pauses {
  readonly before?: (sql: string) => Promise<void>
  readonly after?: (sql: string) => Promise<void>
  readonly beforeCommit?: () => Promise<void>
}

const nothing = () => Promise.resolve()

/** A store that pauses in its changes. */
function pausing(inner: Store, pauses: Pauses): Store {
  const { before = nothing, after = nothing, beforeCommit = nothing } = pauses
  const watched = (session: Session): Session => ({
    capabilities: session.capabilities,
    era: session.era,
    get: (sql, values) => session.get(sql, values),
    savepoint: (work) => session.savepoint(work),
    finish: (statements) => session.finish(statements),
    async all<Row>(sql: string, values?: Parameters<Session['all']>[1]): Promise<Row[]> {
      const rows = await session.all<Row>(sql, values)
      await after(sql)
      return rows
    },
    async run(sql, values) {
      await before(sql)
      const changed = await session.run(sql, values)
      await after(sql)
      return changed
    },
  })
  return storeWithTransactions(inner, (work, options) =>
    inner.transaction(async (session) => {
      const value = await work(watched(session))
      await beforeCommit()
      return value
    }, options),
  )
}

describe.each(databases)('a pool on $name', ({ server, open }) => {
  it('that moves to another scope while it is cut from gives no subnet without the lock of that scope', async () => {
    const url = await server.createDatabase()
    const ipam = await openIpam(open({ url }))
    const from = await ipam.addressScopes.create({ ipVersion: 4 })
    const to = await ipam.addressScopes.create({ ipVersion: 4 })
    const pool = await ipam.subnetPools.create({
      prefixes: ['10.0.0.0/16'],
      addressScopeId: from.id,
    })
    const inserted = Promise.withResolvers<void>()
    const other = await openIpam(
      pausing(open({ url }), {
        async after(sql) {
          if (sql.startsWith('INSERT INTO subnet ')) inserted.resolve()
        },
      }),
    )
    let creating: Promise<unknown> = Promise.resolve()
    let locks = 0
    const cutting = await openIpam(
      pausing(open({ url }), {
        async before(sql) {
          if (!sql.startsWith('UPDATE address_scope SET layout_revision')) return
          locks += 1
          if (locks === 1) await ipam.subnetPools.update(pool.id, { addressScopeId: to.id })
        },
        // Of an attempt that went on with the lock of the scope that the pool has left.
        async beforeCommit() {
          if (locks !== 1) return
          creating = other.subnets
            .create({ cidr: '10.0.0.0/15', addressScopeId: to.id })
            .catch((error: unknown) => error)
          await inserted.promise
        },
      }),
    )
    await cutting.subnets.create({ subnetPoolId: pool.id, cidr: '10.0.128.0/24' })
    await creating
    expect(locks).toBe(2)
    expect((await ipam.check()).problems).toEqual([])
    for (const each of [cutting, other, ipam]) await each.close()
    await server.dropDatabase(url)
  })
})
