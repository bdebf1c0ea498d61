import { IpAddress } from '@freehold/address'
import { type TestServer, testMariadb, testPostgres } from '@freehold/test-support'
import mysql from 'mysql2/promise'
import pg from 'pg'
import { describe, expect, it } from 'vitest'
import { IpamError } from '../src/errors.ts'
import { openIpam } from '../src/ipam.ts'
import { mariadbStore } from '../src/store/mariadb/mariadb-store.ts'
import { postgresStore } from '../src/store/postgres/postgres-store.ts'
import { hexOf } from '../src/store/sql/address-bytes.ts'
import { findAllocation, insertAllocations } from '../src/store/sql/allocation-queries.ts'
import { findSubnetCore } from '../src/store/sql/subnet-queries.ts'
import {
  type Session,
  type Store,
  StoreFault,
  type TransactionOptions,
} from '../src/store/store.ts'

/** A connection of the client library's own, for what a store's caller does past it. */
interface OwnConnection {
  readonly handle: unknown
  run(sql: string): Promise<unknown>
  end(): Promise<void>
}

interface ServerDatabase {
  readonly name: string
  readonly server: TestServer
  readonly open: (options: { url: string; maxConnections?: number }) => Store
  readonly connect: (url: string) => Promise<OwnConnection>
  readonly bigNumber: string
  readonly isolation: string
}

const databases: ServerDatabase[] = [
  {
    name: 'PostgreSQL',
    server: await testPostgres(),
    open: postgresStore,
    connect: async (url) => {
      const client = new pg.Client({ connectionString: url })
      await client.connect()
      return { handle: client, run: (sql) => client.query(sql), end: () => client.end() }
    },
    bigNumber:
      'SELECT CAST(9007199254740993 AS bigint) AS big, CAST(9007199254740991 AS bigint) AS safe',
    isolation: "SELECT current_setting('transaction_isolation') AS level",
  },
]
const mariadb = await testMariadb()
if (mariadb !== undefined)
  databases.push({
    name: 'MariaDB',
    server: mariadb,
    open: mariadbStore,
    connect: async (url) => {
      const connection = await mysql.createConnection({ uri: url })
      return {
        handle: connection,
        run: (sql) => connection.query(sql),
        end: () => connection.end(),
      }
    },
    bigNumber:
      'SELECT CAST(9007199254740993 AS SIGNED) AS big, CAST(9007199254740991 AS SIGNED) AS safe',
    isolation: 'SELECT @@tx_isolation AS level',
  })

const bytesOf = (address: string): Uint8Array => IpAddress.parse(address).toBytes()

function within(milliseconds: number, access: 'read' | 'write' = 'write'): TransactionOptions {
  return { access, deadline: performance.now() + milliseconds }
}

/** Longer than a deadline of half a second and all that the store adds to it; not even a timer runs meanwhile. */
function standStill(): void {
  Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 6000)
}

for (const database of databases)
  describe(`a store on ${database.name}`, () => {
    async function withDatabase(work: (url: string) => Promise<void>): Promise<void> {
      const url = await database.server.createDatabase()
      try {
        await work(url)
      } finally {
        await database.server.dropDatabase(url)
      }
    }

    async function withStore(work: (store: Store, url: string) => Promise<void>): Promise<void> {
      await withDatabase(async (url) => {
        const store = database.open({ url })
        try {
          await store.migrate()
          await work(store, url)
        } finally {
          await store.close()
        }
      })
    }

    const write = <T>(store: Store, work: (session: Session) => Promise<T>): Promise<T> =>
      store.transaction(work, within(30_000))

    it('can be migrated by many processes at once, and again', async () => {
      await withDatabase(async (url) => {
        const stores = Array.from({ length: 5 }, () => database.open({ url }))
        await Promise.all(stores.map((store) => store.migrate()))
        for (const store of stores) {
          await store.migrate()
          await expect(store.assertSchema()).resolves.toBeUndefined()
          await store.close()
        }
      })
    })

    it('refuses a schema that is missing, newer, or made by another step', async () => {
      await withDatabase(async (url) => {
        const store = database.open({ url })
        await expect(store.assertSchema()).rejects.toMatchObject({ code: 'SCHEMA_MISMATCH' })
        await store.migrate()
        await write(store, (session) =>
          session.run("INSERT INTO migration VALUES (9999, 'later', 'x', 0)"),
        )
        await expect(store.migrate()).rejects.toMatchObject({ code: 'SCHEMA_MISMATCH' })
        await expect(store.assertSchema()).rejects.toMatchObject({ code: 'SCHEMA_MISMATCH' })
        await write(store, async (session) => {
          await session.run('DELETE FROM migration WHERE version = 9999')
          await session.run("UPDATE migration SET checksum = 'y' WHERE version = 1")
        })
        await expect(store.migrate()).rejects.toMatchObject({ code: 'SCHEMA_MISMATCH' })
        await store.close()
      })
    })

    it('writes at READ COMMITTED, and reads in one snapshot that cannot write', async () => {
      await withStore(async (store) => {
        const level = (session: Session) => session.get<{ level: string }>(database.isolation)
        const inWrite = await store.transaction(level, within(30_000))
        expect(inWrite?.level.replace('-', ' ').toLowerCase()).toBe('read committed')
        const count = 'SELECT count(*) AS count FROM setting'
        await store.transaction(
          async (session) => {
            const before = await session.get(count)
            await write(store, (other) => other.run("INSERT INTO setting VALUES ('a', 'b')"))
            expect(await session.get(count)).toEqual(before)
          },
          within(30_000, 'read'),
        )
        const change = store.transaction(
          (session) => session.run("UPDATE setting SET value = 'c'"),
          within(30_000, 'read'),
        )
        await expect(change).rejects.toMatchObject({ fault: 'unavailable' })
      })
    })

    it('sees what was committed while it waited for a lock', async () => {
      await withStore(async (store) => {
        await write(store, (session) => session.run("INSERT INTO setting VALUES ('a', '0')"))
        const increment = async (session: Session): Promise<void> => {
          await session.run("UPDATE setting SET value = value WHERE name = 'a'")
          const row = await session.get<{ value: string }>('SELECT value FROM setting')
          await session.run('UPDATE setting SET value = ?', [String(Number(row?.value) + 1)])
        }
        await Promise.all(Array.from({ length: 20 }, () => write(store, increment)))
        const row = await write(store, (session) => session.get('SELECT value FROM setting'))
        expect(row).toEqual({ value: '20' })
      })
    })

    it('counts the rows that an UPDATE matched, changed or not', async () => {
      await withStore(async (store) => {
        await write(store, async (session) => {
          await session.run("INSERT INTO setting VALUES ('a', 'b')")
          expect(await session.run("UPDATE setting SET value = 'b' WHERE name = 'a'")).toBe(1)
          expect(await session.run("UPDATE setting SET value = 'b' WHERE name = 'z'")).toBe(0)
        })
      })
    })

    it('compares text to the letter', async () => {
      await withStore(async (store) => {
        await write(store, async (session) => {
          for (const name of ['a', 'A', 'a ', 'á', 'ß', 'ss', 'Z', '𝒳'])
            await session.run('INSERT INTO setting VALUES (?, ?)', [name, 'v'])
          const rows = await session.all<{ name: string }>('SELECT name FROM setting ORDER BY name')
          expect(rows.map(({ name }) => name)).toEqual(['A', 'Z', 'a', 'a ', 'ss', 'ß', 'á', '𝒳'])
          const found = await session.all('SELECT name FROM setting WHERE name = ?', ['a'])
          expect(found).toEqual([{ name: 'a' }])
        })
      })
    })

    it('gives integers as they are, and bytes as bytes', async () => {
      await withStore(async (store) => {
        await write(store, async (session) => {
          expect(await session.get(database.bigNumber)).toEqual({
            big: '9007199254740993',
            safe: 9007199254740991,
          })
          const hash = Uint8Array.from({ length: 32 }, (_, index) => 255 - index * 8)
          await session.run('INSERT INTO event_seal (seq, event_id, hash) VALUES (?, ?, ?)', [
            9007199254740993n,
            1,
            hash,
          ])
          const row = await session.get<{ seq: unknown; hash: Uint8Array }>(
            'SELECT seq, hash FROM event_seal WHERE hash = ?',
            [hash],
          )
          expect(row?.seq).toBe('9007199254740993')
          expect(new Uint8Array(row?.hash ?? [])).toEqual(hash)
        })
      })
    })

    it('finds nothing by a text that cannot be stored', async () => {
      await withStore(async (store) => {
        const ipam = await openIpam(store)
        await expect(ipam.subnets.get('a\0b')).rejects.toMatchObject({ code: 'SUBNET_NOT_FOUND' })
        expect((await ipam.subnets.list({ name: '\0' })).items).toEqual([])
      })
    })

    it('inserts the allocations that are not there, and none into a subnet that is gone', async () => {
      await withStore(async (store) => {
        const ipam = await openIpam(store)
        const { id } = await ipam.subnets.create({ cidr: '10.0.0.0/24' })
        const address = '10.0.0.7'
        await ipam.allocations.allocate(id, { kind: 'specific', address })
        await write(store, async (session) => {
          const subnet = await findSubnetCore(session, id)
          const present = await findAllocation(session, subnet?.row_key ?? 0, bytesOf(address))
          if (present === undefined) throw new Error('the allocation is missing')
          const absent = { ...present, address: bytesOf('10.0.0.9') }
          expect(await insertAllocations(session, [absent, present])).toEqual([present])
          const inserted = await findAllocation(session, present.subnet_key, absent.address)
          expect(hexOf(inserted?.address ?? new Uint8Array())).toBe(hexOf(absent.address))
        })
        const orphan = write(store, (session) =>
          insertAllocations(session, [
            {
              subnet_key: 77,
              address: bytesOf(address),
              state: 0,
              due_at: null,
              project_id: 'p',
              holder_kind: null,
              holder_id: null,
              holder_mac: null,
              holder_host_name: null,
              labels: null,
              created_at: 0,
            },
          ]),
        )
        await expect(orphan).rejects.toMatchObject({ fault: 'foreign-key' })
      })
    })

    it('says that the transaction is gone, when a savepoint cannot be undone any more', async () => {
      await withStore(async (store) => {
        const work = write(store, async (session) => {
          await session.run("INSERT INTO setting VALUES ('a', 'b')")
          const refused = session.savepoint(async () => {
            // As a database does that ends a transaction by itself: a deadlock, or another node of a cluster.
            await session.run('ROLLBACK')
            throw new IpamError('SUBNET_OVERLAP', 'refused for its own sake')
          })
          // A caller that can do without this would go on, to a commit of nothing.
          await refused.catch((error: unknown) => {
            if (!(error instanceof IpamError)) throw error
          })
          return 'committed'
        })
        await expect(work).rejects.toBeInstanceOf(StoreFault)
      })
    })

    it('undoes a savepoint alone, whatever failed in it', async () => {
      await withStore(async (store) => {
        await write(store, async (session) => {
          await session.run("INSERT INTO setting VALUES ('a', 'b')")
          const failing = session.savepoint(async () => {
            await session.run("INSERT INTO setting VALUES ('c', 'd')")
            await session.run("INSERT INTO setting VALUES ('a', 'x')")
          })
          await expect(failing).rejects.toMatchObject({ fault: 'unique' })
        })
        const rows = await write(store, (session) => session.all('SELECT name FROM setting'))
        expect(rows).toEqual([{ name: 'a' }])
      })
    })

    it('lets no caller wait for a connection beyond its deadline', async () => {
      await withDatabase(async (url) => {
        const store = database.open({ url, maxConnections: 1 })
        await store.migrate()
        await write(store, async () => {
          const second = store.transaction(async () => undefined, within(50))
          await expect(second).rejects.toMatchObject({ code: 'OVERLOADED' })
        })
        await store.close()
      })
    })

    it('ends the transaction of a process that stands still past its deadline', async () => {
      await withStore(async (store) => {
        await write(store, (session) => session.run("INSERT INTO setting VALUES ('a', '0')"))
        const standing = store.transaction(async (session) => {
          await session.run("UPDATE setting SET value = '1'")
          standStill()
        }, within(500))
        await expect(standing).rejects.toBeInstanceOf(StoreFault)
        const row = await write(store, async (session) => {
          expect(await session.run("UPDATE setting SET value = value WHERE name = 'a'")).toBe(1)
          return session.get('SELECT value FROM setting')
        })
        expect(row).toEqual({ value: '0' })
      })
    })

    it('serves nobody after it was closed, and finishes what is under way before', async () => {
      await withDatabase(async (url) => {
        const store = database.open({ url })
        await store.migrate()
        let closed: Promise<void> | undefined
        await write(store, async (session) => {
          closed = store.close()
          await session.run("INSERT INTO setting VALUES ('a', 'b')")
        })
        await closed
        await expect(write(store, async () => undefined)).rejects.toMatchObject({
          fault: 'unavailable',
        })
      })
    })

    it('joins no connection that has no transaction open', async () => {
      await withStore(async (store, url) => {
        const ipam = await openIpam(store)
        const { id } = await ipam.subnets.create({ cidr: '10.0.0.0/24' })
        const own = await database.connect(url)
        try {
          const joined = ipam.within(own.handle)
          await expect(joined.allocations.allocate(id, { kind: 'any' })).rejects.toMatchObject({
            code: 'INVALID_REQUEST',
          })
          expect((await ipam.allocations.list(id)).items).toEqual([])
        } finally {
          await own.end()
        }
        expect(() => ipam.within({})).toThrow(expect.objectContaining({ code: 'INVALID_REQUEST' }))
      })
    })

    it('changes nothing by a joined view once the transaction is over', async () => {
      await withStore(async (store, url) => {
        const ipam = await openIpam(store)
        const { id } = await ipam.subnets.create({ cidr: '10.0.0.0/24' })
        const own = await database.connect(url)
        try {
          await own.run('BEGIN')
          const inside = ipam.within(own.handle)
          await inside.allocations.allocate(id, { kind: 'next' })
          await own.run('COMMIT')
          await expect(inside.allocations.allocate(id, { kind: 'next' })).rejects.toMatchObject({
            code: 'INVALID_REQUEST',
          })
          expect((await ipam.allocations.list(id)).items).toHaveLength(1)
        } finally {
          await own.end()
        }
      })
    })

    it('keeps all of a transaction or nothing, also when its work catches the error of a deadlock', async () => {
      await withStore(async (store) => {
        const ipam = await openIpam(store, { deadlineMs: 60_000 })
        const document = (id: string) => ({ collection: 'c', id, body: {} })
        for (const id of ['a', 'b']) await ipam.documents.create(document(id))
        let holding = 0
        const bothHold = Promise.withResolvers<void>()
        let caught = 0
        const crossing = (own: string, first: string, second: string) =>
          ipam.transaction(async (inside) => {
            await inside.documents.create(document(own))
            await inside.documents.hold('c', first, 'exclusive')
            holding += 1
            if (holding === 2) bothHold.resolve()
            await bothHold.promise
            await inside.documents.hold('c', second, 'exclusive').catch((error: unknown) => {
              expect(error).toMatchObject({ code: 'CONTENTION' })
              caught += 1
            })
          })
        await Promise.all([crossing('x', 'a', 'b'), crossing('y', 'b', 'a')])
        expect(caught).toBeGreaterThan(0)
        const { items } = await ipam.documents.list('c')
        expect(items.map(({ id }) => id).sort()).toEqual(['a', 'b', 'x', 'y'])
      })
    })

    it('changes a subnet while addresses are taken from it without a pause', async () => {
      await withStore(async (store) => {
        const ipam = await openIpam(store)
        const { id } = await ipam.subnets.create({ cidr: '10.0.0.0/16' })
        let isDone = false
        const taking = Array.from({ length: 8 }, async () => {
          while (!isDone) await ipam.allocations.allocate(id, { kind: 'any' })
        })
        for (let change = 0; change < 5; change += 1)
          await ipam.subnets.update(id, {
            allocationPools: [{ first: '10.0.1.0', last: `10.0.${100 + change}.255` }],
          })
        isDone = true
        await Promise.all(taking)
        expect((await ipam.check()).problems).toEqual([])
      })
    })
  })

describe('the URL of a store', () => {
  it.each([
    ['PostgreSQL', () => postgresStore({ url: 'mysql://secret@host/db' })],
    ['PostgreSQL', () => postgresStore({ url: 'no url, secret' })],
    ['MariaDB', () => mariadbStore({ url: 'postgres://secret@host/db' })],
    ['MariaDB', () => mariadbStore({ url: 'mariadb://secret@host' })],
    ['MariaDB', () => mariadbStore({ url: 'mariadb://secret@host/db?multipleStatements=true' })],
    ['MariaDB', () => mariadbStore({ url: 'mariadb://secret@host/db?sslmode=maybe' })],
  ])('of %s is refused without being repeated', (_name, open) => {
    expect(open).toThrow(expect.objectContaining({ code: 'INVALID_FIELD' }))
    expect(open).not.toThrow('secret')
  })
})
