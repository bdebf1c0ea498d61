import { readFileSync } from 'node:fs'
import { type TestServer, testMariadb, testPostgres } from '@freehold/test-support'
import { describe, expect, it } from 'vitest'
import { violatedForeignKey, violatedKey } from '../src/store/mariadb/mariadb-errors.ts'
import { mariadbStore } from '../src/store/mariadb/mariadb-store.ts'
import { postgresStore } from '../src/store/postgres/postgres-store.ts'
import { retryingTransaction } from '../src/store/retry.ts'
import {
  type FaultKind,
  type Session,
  type Store,
  StoreFault,
  type TransactionOptions,
} from '../src/store/store.ts'

/** How one database is made to fail. Everything else is the same for both. */
interface FailingDatabase {
  readonly name: string
  readonly server: TestServer
  readonly open: (url: string) => Store
  /** What the tests need beside the schema. */
  readonly prepare: (session: Session) => Promise<void>
  /** Makes the server answer with the code and a message. */
  readonly raise: (session: Session, code: string, message: string) => Promise<unknown>
  readonly connectionId: string
  readonly kill: (id: number) => string
  /** The file with the table of codes. */
  readonly source: string
  readonly codes: Readonly<Record<string, FaultKind>>
  readonly deadlock: string
  /** A code that means nothing to the store. */
  readonly unknown: string
  readonly uniqueConstraint: string
  readonly foreignKeyConstraint: string
}

// Looks like half the codes that are retried.
const misleading = 'id 40001-1213-1305-40P01 (1205) deadlock found, connection lost, 23505'

const postgresCodes: Record<string, FaultKind> = {
  '40001': 'retry',
  '40P01': 'retry',
  '55P03': 'retry',
  '57014': 'retry',
  '40003': 'outcome-unknown',
  '08007': 'outcome-unknown',
  '08000': 'disconnected',
  '08001': 'disconnected',
  '08003': 'disconnected',
  '08004': 'disconnected',
  '08006': 'disconnected',
  '25P03': 'disconnected',
  '25P04': 'disconnected',
  '57P01': 'disconnected',
  '57P02': 'disconnected',
  '57P05': 'disconnected',
  '57P03': 'unavailable',
  '57P04': 'unavailable',
  '53300': 'unavailable',
  '53200': 'unavailable',
  '25006': 'unavailable',
  '28000': 'unavailable',
  '28P01': 'unavailable',
  '42501': 'unavailable',
  '3D000': 'unavailable',
  '58030': 'unavailable',
  '53100': 'storage-full',
  '23503': 'foreign-key',
  '23505': 'unique',
  '23P01': 'unique',
  '23514': 'internal',
  '22001': 'internal',
  '42P01': 'internal',
  P0001: 'internal',
  XX000: 'internal',
}

const mariadbCodes: Record<string, FaultKind> = {
  1213: 'retry',
  1205: 'retry',
  1020: 'retry',
  1317: 'retry',
  1969: 'retry',
  1053: 'disconnected',
  1080: 'disconnected',
  1152: 'disconnected',
  1158: 'disconnected',
  1159: 'disconnected',
  1160: 'disconnected',
  1161: 'disconnected',
  1184: 'disconnected',
  1927: 'disconnected',
  2006: 'disconnected',
  2013: 'disconnected',
  4031: 'disconnected',
  1047: 'unavailable',
  1203: 'unavailable',
  1040: 'unavailable',
  1037: 'unavailable',
  1038: 'unavailable',
  1041: 'unavailable',
  1044: 'unavailable',
  1045: 'unavailable',
  1049: 'unavailable',
  1129: 'unavailable',
  1130: 'unavailable',
  1135: 'unavailable',
  1142: 'unavailable',
  1143: 'unavailable',
  1226: 'unavailable',
  1698: 'unavailable',
  1836: 'unavailable',
  1290: 'unavailable',
  1792: 'unavailable',
  1021: 'storage-full',
  1026: 'storage-full',
  1114: 'storage-full',
  1022: 'unique',
  1062: 'unique',
  1169: 'unique',
  1586: 'unique',
  1216: 'foreign-key',
  1217: 'foreign-key',
  1451: 'foreign-key',
  1452: 'foreign-key',
  1153: 'internal',
  1305: 'internal',
  1364: 'internal',
  1406: 'internal',
  1146: 'internal',
  1064: 'internal',
}

const databases: FailingDatabase[] = [
  {
    name: 'PostgreSQL',
    server: await testPostgres(),
    open: (url) => postgresStore({ url }),
    prepare: async () => undefined,
    raise: (session, code, message) =>
      session.run(`DO $$ BEGIN RAISE EXCEPTION '${message}' USING ERRCODE = '${code}'; END $$`),
    connectionId: 'SELECT pg_backend_pid() AS id',
    kill: (id) => `SELECT pg_terminate_backend(${id})`,
    source: 'postgres/postgres-errors.ts',
    codes: postgresCodes,
    deadlock: '40P01',
    unknown: 'P0001',
    uniqueConstraint: 'setting.setting_pkey',
    foreignKeyConstraint: 'address_page.address_page_subnet_key_fkey',
  },
]

const mariadb = await testMariadb()
if (mariadb !== undefined)
  databases.push({
    name: 'MariaDB',
    server: mariadb,
    open: (url) => mariadbStore({ url }),
    prepare: async (session) => {
      await session.run(
        "CREATE PROCEDURE fail (code INT, words TEXT) SIGNAL SQLSTATE '45000' SET MYSQL_ERRNO = code, MESSAGE_TEXT = words",
      )
    },
    raise: (session, code, message) => session.run('CALL fail(?, ?)', [Number(code), message]),
    connectionId: 'SELECT CONNECTION_ID() AS id',
    kill: (id) => `KILL CONNECTION ${id}`,
    source: 'mariadb/mariadb-errors.ts',
    codes: mariadbCodes,
    deadlock: '1213',
    unknown: '1644',
    uniqueConstraint: 'PRIMARY',
    foreignKeyConstraint: 'address_page.address_page_subnet_key',
  })

function within(milliseconds: number, access: 'read' | 'write' = 'write'): TransactionOptions {
  return { access, deadline: performance.now() + milliseconds }
}

async function faultOf(work: Promise<unknown>): Promise<StoreFault> {
  try {
    await work
  } catch (error) {
    if (error instanceof StoreFault) return error
    throw error
  }
  throw new Error('nothing failed')
}

for (const database of databases)
  describe(`a fault of ${database.name}`, () => {
    async function withStore(work: (store: Store, url: string) => Promise<void>): Promise<void> {
      const url = await database.server.createDatabase()
      const store = database.open(url)
      try {
        await store.migrate()
        await store.transaction(database.prepare, within(30_000))
        await work(store, url)
      } finally {
        await store.close()
        await database.server.dropDatabase(url)
      }
    }

    const insertSetting = "INSERT INTO setting (name, value) VALUES ('a', 'b')"

    it('is told by its code', async () => {
      await withStore(async (store) => {
        for (const [code, expected] of Object.entries(database.codes)) {
          const fault = await faultOf(
            store.transaction(
              (session) => database.raise(session, code, misleading),
              within(30_000),
            ),
          )
          expect(fault.fault, code).toBe(expected)
        }
      })
    })

    it('has no code that is not tried here', () => {
      const source = readFileSync(
        new URL(`../src/store/${database.source}`, import.meta.url),
        'utf8',
      )
      const known = [...source.matchAll(/^ {2}'?([0-9A-Z]{4,5})'?: '/gm)].map(([, code]) => code)
      expect(known.length).toBeGreaterThan(20)
      expect(known.filter((code) => !((code as string) in database.codes))).toEqual([])
    })

    it('is not retried for what its message says', async () => {
      await withStore(async (store) => {
        let attempts = 0
        const work = retryingTransaction(
          store,
          async (session) => {
            attempts += 1
            await database.raise(session, database.unknown, misleading)
          },
          within(30_000),
        )
        await expect(work).rejects.toMatchObject({ code: 'INTERNAL' })
        expect({ attempts, retries: store.counters.retries }).toEqual({ attempts: 1, retries: 0 })
      })
    })

    it('keeps its first cause, and leaves nothing behind', async () => {
      await withStore(async (store) => {
        const work = store.transaction(async (session) => {
          await session.run(insertSetting)
          await session.savepoint(async () => {
            await database.raise(session, database.deadlock, 'first')
          })
        }, within(30_000))
        const fault = await faultOf(work)
        expect(fault.fault).toBe('retry')
        expect((fault.cause as Error).message).toContain('first')
        const rows = await store.transaction(
          (session) => session.all('SELECT name FROM setting'),
          within(30_000, 'read'),
        )
        expect(rows).toEqual([])
      })
    })

    it('names the key that was violated', async () => {
      await withStore(async (store) => {
        const twice = store.transaction(async (session) => {
          await session.run(insertSetting)
          await session.run(insertSetting)
        }, within(30_000))
        expect(await faultOf(twice)).toMatchObject({
          fault: 'unique',
          constraint: database.uniqueConstraint,
        })
        const orphan = store.transaction(
          (session) =>
            session.run(
              'INSERT INTO address_page (subnet_key, page, capacity, used, cooling, outside, is_full, low) VALUES (?, ?, ?, ?, ?, ?, ?, ?)',
              [77, 0, 1, 0, 0, 0, 0, new Uint8Array(16)],
            ),
          within(30_000),
        )
        expect(await faultOf(orphan)).toMatchObject({
          fault: 'foreign-key',
          constraint: database.foreignKeyConstraint,
        })
      })
    })

    it('is a retry for one of two that wait for each other', async () => {
      await withStore(async (store) => {
        await store.transaction(async (session) => {
          await session.run("INSERT INTO setting (name, value) VALUES ('a', '0'), ('b', '0')")
        }, within(30_000))
        const held: string[] = []
        let bothHold = (): void => undefined
        const bothHeld = new Promise<void>((resolve) => {
          bothHold = resolve
        })
        const cross = (first: string, second: string) =>
          store.transaction(async (session) => {
            await session.run('UPDATE setting SET value = ? WHERE name = ?', ['1', first])
            held.push(first)
            if (held.length === 2) bothHold()
            await bothHeld
            await session.run('UPDATE setting SET value = ? WHERE name = ?', ['1', second])
          }, within(30_000))
        const outcomes = await Promise.allSettled([cross('a', 'b'), cross('b', 'a')])
        const rejected = outcomes.filter((outcome) => outcome.status === 'rejected')
        expect(rejected).toHaveLength(1)
        expect(rejected[0]?.reason).toMatchObject({ fault: 'retry' })
      })
    })

    it('ends the waiting for a lock at the deadline', async () => {
      await withStore(async (store) => {
        await store.transaction((session) => session.run(insertSetting), within(30_000))
        await store.transaction(async (session) => {
          await session.run("UPDATE setting SET value = 'c'")
          const waiting = store.transaction(
            (other) => other.run("UPDATE setting SET value = 'd'"),
            // It has to connect first, on a machine that may be busy.
            within(2000),
          )
          expect((await faultOf(waiting)).fault).toBe('retry')
        }, within(30_000))
      })
    })

    it('is survived when the server ends the connection before the commit', async () => {
      await withStore(async (store) => {
        let attempts = 0
        await retryingTransaction(
          store,
          async (session) => {
            attempts += 1
            await session.run(insertSetting)
            if (attempts > 1) return
            const row = await session.get<{ id: number }>(database.connectionId)
            await store.transaction(
              (other) => other.all(database.kill(row?.id ?? 0)),
              within(30_000),
            )
            await session.all('SELECT name FROM setting')
          },
          within(30_000),
        )
        expect(attempts).toBe(2)
        const rows = await store.transaction(
          (session) => session.all('SELECT name FROM setting'),
          within(30_000, 'read'),
        )
        expect(rows).toEqual([{ name: 'a' }])
      })
    })

    it('says that the database is unavailable where nobody answers', async () => {
      const url = new URL(database.server.url)
      url.port = '1'
      url.pathname = '/none'
      const store = database.open(url.href)
      const work = store.transaction(async () => undefined, within(30_000))
      expect((await faultOf(work)).fault).toBe('unavailable')
      await store.close()
    })

    it('says that the database is unavailable where there is none of this name', async () => {
      const url = new URL(database.server.url)
      url.pathname = '/no_such_database'
      const store = database.open(url.href)
      const work = store.transaction(async () => undefined, within(30_000))
      expect((await faultOf(work)).fault).toBe('unavailable')
      await store.close()
    })
  })

describe('the key in a message of MariaDB', () => {
  it('is the last that it names, since the entry may be anything', () => {
    const error = { sqlMessage: "Duplicate entry 'x' for key 'decoy' for key 'subnet.id'" }
    expect(violatedKey(error)).toBe('subnet.id')
    expect(violatedKey({ sqlMessage: "Duplicate entry 'two\nlines' for key 'id'" })).toBe('id')
  })

  it('is unknown where the message is another', () => {
    expect(violatedKey({ sqlMessage: 'Deadlock found' })).toBeUndefined()
    expect(violatedKey(undefined)).toBeUndefined()
    expect(violatedForeignKey({ sqlMessage: 'Deadlock found' })).toBeUndefined()
  })
})
