import { join } from 'node:path'
import { temporaryDirectory, testMariadb, testPostgres } from '@freehold/test-support'
import { describe, expect, it } from 'vitest'
import { mariadbStore } from '../src/store/mariadb/mariadb-store.ts'
import { postgresStore } from '../src/store/postgres/postgres-store.ts'
import { RowInsert } from '../src/store/sql/row-insert.ts'
import { sqliteStore } from '../src/store/sqlite/sqlite-store.ts'
import type { FinalStatement, Session, SqlValue, Store } from '../src/store/store.ts'

const postgres = await testPostgres()
const mariadb = await testMariadb()

async function onServer(
  server: typeof postgres,
  open: (url: string) => Store,
  work: (store: Store) => Promise<void>,
): Promise<void> {
  const url = await server.createDatabase()
  const store = open(url)
  try {
    await store.migrate()
    await work(store)
  } finally {
    await store.close()
    await server.dropDatabase(url)
  }
}

async function onFile(work: (store: Store) => Promise<void>): Promise<void> {
  using directory = temporaryDirectory()
  const store = sqliteStore({ path: join(directory.path, 'freehold.sqlite') })
  try {
    await store.migrate()
    await work(store)
  } finally {
    await store.close()
  }
}

const stores: {
  name: string
  withStore: (work: (store: Store) => Promise<void>) => Promise<void>
}[] = [
  { name: 'SQLite', withStore: onFile },
  {
    name: 'PostgreSQL',
    withStore: (work) => onServer(postgres, (url) => postgresStore({ url }), work),
  },
]
if (mariadb !== undefined)
  stores.push({
    name: 'MariaDB',
    withStore: (work) => onServer(mariadb, (url) => mariadbStore({ url }), work),
  })

const settings = new RowInsert('setting', { name: 'text', value: 'text' })

const insert = (session: Session, rows: SqlValue[][]): FinalStatement => ({
  ...settings.of(session, rows),
  changes: 'fails-of-itself',
})

const update = (name: string, changes: number): FinalStatement => ({
  sql: "UPDATE setting SET value = 'changed' WHERE name = ?",
  values: [name],
  changes,
})

function write<T>(store: Store, work: (session: Session) => Promise<T>): Promise<T> {
  return store.transaction(work, { access: 'write', deadline: performance.now() + 60_000 })
}

async function allSettings(store: Store): Promise<Record<string, string>> {
  const rows = await write(store, (session) =>
    session.all<{ name: string; value: string }>('SELECT name, value FROM setting'),
  )
  return Object.fromEntries(rows.map(({ name, value }) => [name, value]))
}

describe.each(stores)('the last statements of a transaction on $name', ({ withStore }) => {
  it('are done and committed, together with what came before them', async () => {
    await withStore(async (store) => {
      await write(store, async (session) => {
        await session.run("INSERT INTO setting VALUES ('before', 'x')")
        await session.finish([
          insert(session, [
            ['a', '1'],
            ['b', '2'],
          ]),
          update('a', 1),
        ])
      })
      expect(await allSettings(store)).toEqual({ before: 'x', a: 'changed', b: '2' })
    })
  })

  it('undo everything when one changes another number of rows than it has to', async () => {
    await withStore(async (store) => {
      const work = write(store, async (session) => {
        await session.run("INSERT INTO setting VALUES ('before', 'x')")
        await session.finish([insert(session, [['a', '1']]), update('missing', 1)])
      })
      await expect(work).rejects.toMatchObject({ name: 'StoreFault', fault: 'retry' })
      expect(await allSettings(store)).toEqual({})
      // The connection is as good as before.
      await write(store, (session) => session.finish([insert(session, [['c', '3']])]))
      expect(await allSettings(store)).toEqual({ c: '3' })
    })
  })

  it('undo everything when an insert meets a row, whatever stands behind it', async () => {
    await withStore(async (store) => {
      await write(store, (session) => session.finish([insert(session, [['a', 'first']])]))
      const work = write(store, (session) =>
        session.finish([
          insert(session, [['b', '1']]),
          insert(session, [['a', 'second']]),
          update('a', 1),
        ]),
      )
      await expect(work).rejects.toMatchObject({ name: 'StoreFault' })
      expect(await allSettings(store)).toEqual({ a: 'first' })
    })
  })

  it('carry every text as it is', async () => {
    const texts = [
      '',
      'NULL',
      '{a,b}',
      '"',
      '\\',
      "it's; COMMIT",
      '$1 ?',
      'ü \u{1f512}',
      'a\nb',
      '{"a":["\\""]}',
    ]
    await withStore(async (store) => {
      const rows = texts.map((text, index) => [`${index}`, text])
      await write(store, (session) => session.finish([insert(session, rows)]))
      expect(Object.values(await allSettings(store)).toSorted()).toEqual([...texts].toSorted())
    })
  })

  it('carry a column that had no value in any row before, and has one in some rows now', async () => {
    await withStore(async (store) => {
      const events = new RowInsert('event', {
        actor: 'text',
        at: 'integer',
        action: 'text',
        record_kind: 'text',
        request_id: 'text',
        project_id: 'text',
      })
      for (const actors of [
        [null, null],
        [null, 'a'],
        ['b', 'c'],
        [null, null],
      ])
        await write(store, (session) => {
          const rows = actors.map((actor) => [actor, 1, 'created', 'subnet', null, 'p'])
          return session.finish([{ ...events.of(session, rows), changes: 'fails-of-itself' }])
        })
      const found = await write(store, (session) =>
        session.all('SELECT actor, at, request_id, project_id FROM event ORDER BY id'),
      )
      const stored = [null, null, null, 'a', 'b', 'c', null, null]
      expect(found).toEqual(
        stored.map((actor) => ({ actor, at: 1, request_id: null, project_id: 'p' })),
      )
    })
  })

  it('end a transaction that began with a read which was sent along', async () => {
    await withStore(async (store) => {
      const found = await store.transaction(
        async (session) => {
          const [names, values] = await Promise.all([
            session.all('SELECT name FROM setting'),
            session.all('SELECT value FROM setting'),
          ])
          await session.finish([insert(session, [['a', '1']])])
          return [names, values]
        },
        { access: 'write', readsFirst: true, deadline: performance.now() + 60_000 },
      )
      expect(found).toEqual([[], []])
      expect(await allSettings(store)).toEqual({ a: '1' })
    })
  })
})

const readsFirst = () =>
  ({ access: 'write', readsFirst: true, deadline: performance.now() + 60_000 }) as const

describe.each(stores)('the first reads of a transaction on $name', ({ withStore }) => {
  it('each get their own answer', async () => {
    await withStore(async (store) => {
      const rows = [
        ['a', '1'],
        ['b', '2'],
      ]
      await write(store, (session) => session.finish([insert(session, rows)]))
      const valueOf = (session: Session, name: string) =>
        session.get<{ value: string }>('SELECT value FROM setting WHERE name = ?', [name])
      const found = await store.transaction(async (session) => {
        const values = await Promise.all(['b', 'x', 'a'].map((name) => valueOf(session, name)))
        return [...values, await valueOf(session, 'b')]
      }, readsFirst())
      expect(found.map((row) => row?.value)).toEqual(['2', undefined, '1', '2'])
    })
  })

  it('are followed by statements of the same transaction', async () => {
    await withStore(async (store) => {
      const refused = new Error('refused')
      const work = store.transaction(async (session) => {
        const reading = session.all('SELECT name FROM setting')
        const writing = session.run("INSERT INTO setting VALUES ('a', '1')")
        await Promise.all([reading, writing])
        throw refused
      }, readsFirst())
      await expect(work).rejects.toBe(refused)
      expect(await allSettings(store)).toEqual({})
    })
  })

  it('need not be awaited, nor be there at all', async () => {
    await withStore(async (store) => {
      const nothing = await store.transaction(async () => 'nothing', readsFirst())
      const unread = await store.transaction(async (session) => {
        session.all('SELECT name FROM setting').catch(() => undefined)
        return 'unread'
      }, readsFirst())
      expect([nothing, unread]).toEqual(['nothing', 'unread'])
      await write(store, (session) => session.finish([insert(session, [['c', '3']])]))
      expect(await allSettings(store)).toEqual({ c: '3' })
    })
  })
})

// SQLite has nothing to fail at when it opens a transaction.
describe.each(stores.filter(({ name }) => name !== 'SQLite'))(
  'first reads that fail on $name',
  ({ withStore }) => {
    const noSuchTable = 'SELECT name FROM no_such_table'

    it('let nothing after them be done, whoever overlooks it', async () => {
      await withStore(async (store) => {
        const work = store.transaction(async (session) => {
          await Promise.allSettled([session.all(noSuchTable), session.all('SELECT 1 AS one')])
          await session.run("INSERT INTO setting VALUES ('a', '1')")
        }, readsFirst())
        await expect(work).rejects.toMatchObject({ name: 'StoreFault', fault: 'internal' })
        const finishing = store.transaction(async (session) => {
          await session.all(noSuchTable).catch(() => undefined)
          await session.finish([insert(session, [['b', '2']])])
        }, readsFirst())
        await expect(finishing).rejects.toMatchObject({ name: 'StoreFault', fault: 'internal' })
        expect(await allSettings(store)).toEqual({})
      })
    })
  },
)
