import { type TestServer, testMariadb, testPostgres } from '@freehold/test-support'
import { describe, expect, it } from 'vitest'
import { openIpam } from '../src/ipam.ts'
import { mariadbStore } from '../src/store/mariadb/mariadb-store.ts'
import { postgresStore } from '../src/store/postgres/postgres-store.ts'
import { type FaultKind, type Session, type Store, StoreFault } from '../src/store/store.ts'

// What a code means depends on where a transaction stands: at the commit, some leave it open whether it was made.

const deadline = (): number => performance.now() + 30_000

async function faultOf(work: Promise<unknown>): Promise<FaultKind> {
  try {
    await work
  } catch (error) {
    if (error instanceof StoreFault) return error.fault
    throw error
  }
  throw new Error('nothing failed')
}

async function withStore(
  server: TestServer,
  open: (options: { url: string }) => Store,
  work: (store: Store) => Promise<void>,
): Promise<void> {
  const url = await server.createDatabase()
  const store = open({ url })
  try {
    await store.migrate()
    await work(store)
  } finally {
    await store.close()
    await server.dropDatabase(url)
  }
}

const write = <T>(store: Store, work: (session: Session) => Promise<T>): Promise<T> =>
  store.transaction(work, { access: 'write', deadline: deadline() })

const countSettings = async (store: Store): Promise<number | undefined> => {
  const row = await write(store, (session) =>
    session.get<{ count: number }>('SELECT count(*) AS count FROM setting'),
  )
  return row?.count
}

const postgres = await testPostgres()
const mariadb = await testMariadb()

const postgresCodes: Readonly<Record<string, FaultKind>> = {
  '40001': 'retry',
  '40P01': 'retry',
  '55P03': 'retry',
  '57014': 'retry',
  '08000': 'outcome-unknown',
  '08006': 'outcome-unknown',
  '08007': 'outcome-unknown',
  '40003': 'outcome-unknown',
  '57P01': 'outcome-unknown',
  '57P02': 'outcome-unknown',
  '57P05': 'outcome-unknown',
  '25P03': 'outcome-unknown',
  '57P03': 'unavailable',
  '53300': 'unavailable',
  '25006': 'unavailable',
  '53100': 'storage-full',
}

describe('a fault at the commit of PostgreSQL', () => {
  const insert = "INSERT INTO setting (name, value) VALUES ('a', 'b')"

  // Runs at the commit, as a check that was put off until then.
  async function failAtCommit(session: Session, code: string): Promise<void> {
    await session.run(`CREATE OR REPLACE FUNCTION fail () RETURNS trigger LANGUAGE plpgsql AS
      $$ BEGIN RAISE EXCEPTION 'no code 40001' USING ERRCODE = '${code}'; END $$`)
    await session.run('DROP TRIGGER IF EXISTS at_commit ON setting')
    await session.run(`CREATE CONSTRAINT TRIGGER at_commit AFTER INSERT ON setting
      DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION fail ()`)
  }

  it.each(['one by one', 'in one go'])('is told by its code, statements sent %s', async (way) => {
    await withStore(postgres, postgresStore, async (store) => {
      for (const [code, expected] of Object.entries(postgresCodes)) {
        await write(store, (session) => failAtCommit(session, code))
        const work = write(store, async (session) => {
          if (way === 'in one go') await session.finish([{ sql: insert, values: [], changes: 1 }])
          else await session.run(insert)
        })
        expect(await faultOf(work), code).toBe(expected)
        expect(await countSettings(store)).toBe(0)
      }
    })
  })
})

const mariadbCodes: Readonly<Record<number, FaultKind>> = {
  1020: 'retry',
  1062: 'retry',
  1205: 'retry',
  1213: 'retry',
  1021: 'storage-full',
  1114: 'storage-full',
  1290: 'unavailable',
  1792: 'unavailable',
  1452: 'foreign-key',
  // What may have happened at the commit, which is in the same message.
  1047: 'outcome-unknown',
  1053: 'outcome-unknown',
  1317: 'outcome-unknown',
  1927: 'outcome-unknown',
  1969: 'outcome-unknown',
  2006: 'outcome-unknown',
  2013: 'outcome-unknown',
}

describe.runIf(mariadb !== undefined)(
  'a fault of statements that MariaDB gets with their commit',
  () => {
    it('is told by its code', async () => {
      await withStore(mariadb as TestServer, mariadbStore, async (store) => {
        await write(store, (session) =>
          session.run(
            "CREATE PROCEDURE fail (code INT) SIGNAL SQLSTATE '45000' SET MYSQL_ERRNO = code, MESSAGE_TEXT = 'not 1213'",
          ),
        )
        for (const [code, expected] of Object.entries(mariadbCodes)) {
          const work = write(store, (session) =>
            session.finish([
              {
                sql: "INSERT INTO setting (name, value) VALUES ('a', 'b')",
                values: [],
                changes: 1,
              },
              { sql: 'CALL fail(?)', values: [Number(code)], changes: 'fails-of-itself' },
            ]),
          )
          expect(await faultOf(work), code).toBe(expected)
          expect(await countSettings(store)).toBe(0)
        }
      })
    })
  },
)

interface Refusal {
  readonly name: string
  readonly server: TestServer | undefined
  readonly open: (options: { url: string; maxConnections?: number }) => Store
  /** Makes the user `name` with a password, who may have one connection. */
  readonly createUser: (name: string) => readonly string[]
  readonly dropUser: (name: string) => readonly string[]
}

const refusing: Refusal[] = [
  {
    name: 'PostgreSQL',
    server: postgres,
    open: postgresStore,
    createUser: (name) => [`CREATE ROLE ${name} LOGIN PASSWORD 'right' CONNECTION LIMIT 1`],
    dropUser: (name) => [`DROP ROLE ${name}`],
  },
  {
    name: 'MariaDB',
    server: mariadb,
    open: mariadbStore,
    createUser: (name) => [
      `CREATE USER ${name}@'%' IDENTIFIED BY 'right' WITH MAX_USER_CONNECTIONS 1`,
      `GRANT SELECT ON *.* TO ${name}@'%'`,
    ],
    dropUser: (name) => [`DROP USER ${name}@'%'`],
  },
]

for (const { name, server, open, createUser, dropUser } of refusing)
  describe.runIf(server !== undefined)(`${name} that cannot be used`, () => {
    it('says what is wrong, and nothing in the words of its own', async () => {
      await withStore(server as TestServer, open, async (administrator) => {
        const url = await (server as TestServer).createDatabase()
        const user = `user_${url.slice(-12)}`
        const as = (change: (changed: URL) => void): string => {
          const changed = new URL(url)
          changed.username = user
          changed.password = 'right'
          change(changed)
          return changed.href
        }
        const openingOf = async (target: string): Promise<unknown> => {
          const store = open({ url: target })
          try {
            return await openIpam(store)
          } catch (error) {
            return error
          } finally {
            await store.close()
          }
        }
        const saying = (words: string) => ({
          code: 'DATABASE_UNAVAILABLE',
          message: expect.stringContaining(words),
        })
        for (const sql of createUser(user))
          await write(administrator, (session) => session.run(sql))
        const stranger = as((changed) => {
          changed.username = 'nobody_here'
        })
        expect(await openingOf(stranger)).toMatchObject(saying('refuses the user'))
        const elsewhere = as((changed) => {
          changed.pathname = '/no_such_database'
        })
        expect(await openingOf(elsewhere)).toMatchObject(saying('no database of this name'))
        const allowed = as(() => undefined)
        expect(await openingOf(allowed)).toMatchObject(saying('lacks a right'))
        const first = open({ url: allowed, maxConnections: 1 })
        await first.transaction(
          async () => {
            expect(await openingOf(allowed)).toMatchObject(saying('no more connections'))
          },
          { access: 'read', deadline: deadline() },
        )
        await first.close()
        await (server as TestServer).dropDatabase(url)
        for (const sql of dropUser(user)) await write(administrator, (session) => session.run(sql))
      })
    })
  })
