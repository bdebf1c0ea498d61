import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { copyStore, type Ipam, openIpam } from '@freehold/engine'
import { sqliteStore } from '@freehold/engine/sqlite'
import { storeAt } from '@freehold/engine/store-url'
import { temporaryDirectory, testMariadb, testPostgres } from '@freehold/test-support'
import mysql from 'mysql2/promise'
import pg from 'pg'
import { describe, expect, it } from 'vitest'
import { openEngine } from '../src/engine-opening.ts'
import { runTorture } from '../src/index.ts'

/** What an operator does with the database while it is in use. */
interface Upkeep {
  /** With the database's own means. */
  readonly upkeep: (url: string) => Promise<void>
  /** Makes an empty database, and removes it afterwards. */
  readonly withStore: (work: (url: string) => Promise<void>) => Promise<void>
}

const rounds = 3

async function withSqlite(work: (url: string) => Promise<void>): Promise<void> {
  using directory = temporaryDirectory()
  await work(`sqlite:${join(directory.path, 'torture.sqlite')}`)
}

async function upkeepOfSqlite(url: string): Promise<void> {
  using directory = temporaryDirectory()
  using database = new DatabaseSync(url.slice('sqlite:'.length), { timeout: 60_000 })
  const backup = join(directory.path, 'backup.sqlite')
  database.prepare('VACUUM INTO ?').run(backup)
  database.exec('REINDEX')
  database.exec('VACUUM')
  const restored = await openIpam(sqliteStore({ path: backup }))
  expect((await restored.check()).problems).toEqual([])
  await restored.close()
}

async function upkeepOfPostgres(url: string): Promise<void> {
  const client = new pg.Client({ connectionString: url })
  await client.connect()
  try {
    await client.query('VACUUM ANALYZE')
    await client.query('REINDEX TABLE CONCURRENTLY allocation')
  } finally {
    await client.end()
  }
}

async function upkeepOfMariadb(url: string): Promise<void> {
  const connection = await mysql.createConnection({ uri: url })
  try {
    await connection.query('ANALYZE TABLE allocation, address_page, event')
  } finally {
    await connection.end()
  }
}

function withServer(open: typeof testPostgres | typeof testMariadb): Upkeep['withStore'] {
  return async (work) => {
    const server = await open()
    if (server === undefined) throw new Error('there is no such server')
    const url = await server.createDatabase()
    try {
      await work(url)
    } finally {
      await server.dropDatabase(url)
    }
  }
}

/** Everything that reads the whole database, and what ends leases and seals events, once. */
async function chores(ipam: Ipam, url: string): Promise<void> {
  expect((await ipam.check()).problems).toEqual([])
  await ipam.plans.export()
  await ipam.reap()
  await ipam.audit.seal()
  expect((await ipam.audit.verify()).ok).toBe(true)
  const from = await storeAt(url)
  const to = sqliteStore({ path: ':memory:' })
  try {
    expect((await copyStore(from, to)).check.problems).toEqual([])
  } finally {
    await from.close()
    await to.close()
  }
}

const hasMariadb = (await testMariadb()) !== undefined

describe.each([
  { database: 'SQLite', withStore: withSqlite, upkeep: upkeepOfSqlite, isThere: true },
  {
    database: 'PostgreSQL',
    withStore: withServer(testPostgres),
    upkeep: upkeepOfPostgres,
    isThere: true,
  },
  {
    database: 'MariaDB',
    withStore: withServer(testMariadb),
    upkeep: upkeepOfMariadb,
    isThere: hasMariadb,
  },
])('what is done beside a load on $database', { timeout: 300_000 }, (each) => {
  it.runIf(each.isThere)(
    'check, export, copy, sweep, seal, backup and upkeep break no promise',
    async () => {
      using directory = temporaryDirectory()
      await each.withStore(async (url) => {
        const over = new AbortController()
        let scene: Promise<void> | undefined
        const play = async (): Promise<void> => {
          const ipam = await openEngine(url, 60_000)
          try {
            for (let round = 0; round < rounds; round += 1) {
              await chores(ipam, url)
              await each.upkeep(url)
            }
          } finally {
            await ipam.close()
          }
        }
        const report = await runTorture({
          target: { kind: 'store', urls: [url] },
          processes: 3,
          seconds: 120,
          seed: 'beside',
          livenessWindowMs: 30_000,
          folder: join(directory.path, 'histories'),
          signal: over.signal,
          onProgress: ({ ok }) => {
            if (scene !== undefined || ok < 100) return
            scene = play().finally(() => over.abort())
            // Looked at below, when the load has ended.
            scene.catch(() => undefined)
          },
        })
        await scene
        expect(scene).toBeDefined()
        expect(report.violations).toEqual([])
        expect(report.statistics.unknown).toBe(0)
      })
    },
  )
})
