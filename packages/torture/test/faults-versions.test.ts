import { join } from 'node:path'
import {
  startTcpProxy,
  type TemporaryDirectory,
  temporaryDirectory,
  testMariadb,
  testPostgres,
} from '@freehold/test-support'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { runTorture } from '../src/index.ts'
import { FreeholdServer } from './faults/freehold-server.ts'
import { newerFreehold } from './faults/newer-freehold.ts'

let checkout: TemporaryDirectory
let newerMain: string

beforeAll(() => {
  checkout = temporaryDirectory()
  newerMain = newerFreehold(checkout.path)
})
afterAll(() => checkout[Symbol.dispose]())

async function withSqlite(work: (store: string) => Promise<void>): Promise<void> {
  using directory = temporaryDirectory()
  await work(`sqlite:${join(directory.path, 'torture.sqlite')}`)
}

type Open = typeof testPostgres | typeof testMariadb

function withServer(open: Open) {
  return async (work: (store: string) => Promise<void>): Promise<void> => {
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

const hasMariadb = (await testMariadb()) !== undefined

describe.each([
  { database: 'SQLite', withStore: withSqlite, isThere: true },
  { database: 'PostgreSQL', withStore: withServer(testPostgres), isThere: true },
  { database: 'MariaDB', withStore: withServer(testMariadb), isThere: hasMariadb },
])('a newer Freehold beside an older one on $database', { timeout: 300_000 }, (each) => {
  it.runIf(each.isThere)(
    'migrates under load, and the older one that runs breaks no promise',
    async () => {
      using directory = temporaryDirectory()
      await each.withStore(async (store) => {
        await using older = await FreeholdServer.start(store)
        await using newer = await FreeholdServer.prepare(store, newerMain)
        expect((await fetch(`${older.url}/readyz`)).status).toBe(200)
        // The second way leads to the older one as well, until the newer one is there.
        const portOf = (url: string) => Number(new URL(url).port)
        await using proxy = await startTcpProxy('127.0.0.1', portOf(older.url))
        const over = new AbortController()
        let beginning: Promise<void> | undefined
        let done = 0
        let begunAt = 0
        const report = await runTorture({
          target: { kind: 'server', urls: [older.url, `http://127.0.0.1:${proxy.port}`] },
          processes: 2,
          seconds: 120,
          seed: 'versions',
          livenessWindowMs: 30_000,
          folder: join(directory.path, 'histories'),
          signal: over.signal,
          onProgress: ({ ok }) => {
            done = ok
            if (ok > 100)
              beginning ??= newer.begin().then(() => {
                proxy.redirect(portOf(newer.url))
                begunAt = done
              })
            if (begunAt > 0 && ok > begunAt + 200) over.abort()
          },
        })
        await beginning
        expect(report.violations).toEqual([])
        expect(begunAt).toBeGreaterThan(0)
        // The older one goes on and says that it should not be sent more; one that starts now refuses.
        const readiness = await fetch(`${older.url}/readyz`)
        expect(readiness.status).toBe(503)
        expect(await readiness.json()).toMatchObject({ code: 'SCHEMA_MISMATCH' })
        expect((await fetch(`${newer.url}/readyz`)).status).toBe(200)
        expect((await fetch(`${older.url}/v1/subnets?limit=1`)).status).toBe(200)
        await older.stop()
        await expect(older.begin()).rejects.toThrow('the server ended')
      })
    },
  )
})
