import { execFile } from 'node:child_process'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { temporaryDirectory, testMariadb, testPostgres } from '@freehold/test-support'
import { expect, it } from 'vitest'
import { openIpam } from '../src/ipam.ts'
import { mariadbStore } from '../src/store/mariadb/mariadb-store.ts'
import { postgresStore } from '../src/store/postgres/postgres-store.ts'
import { sqliteStore } from '../src/store/sqlite/sqlite-store.ts'
import type { Store } from '../src/store/store.ts'
import { offsetIn } from './randomness/drawn-subnet.ts'

// Programs whose generator was not ready at their start gave out the same addresses after each one.

const workerFile = fileURLToPath(new URL('./first-allocations-worker.ts', import.meta.url))
const run = promisify(execFile)
const wide = '2001:db8::/64'
const narrow = '10.1.0.0/16'
const timeout = 900_000

/** What so many fresh processes draw first, two of them running at a time. */
async function firstOfEach(
  kind: string,
  place: string,
  store: Store,
  processes: number,
  generator: 'system' | 'counting' = 'system',
): Promise<{ wide: bigint[]; narrow: bigint[] }> {
  const ipam = await openIpam(store)
  const ids: string[] = []
  for (const cidr of [wide, narrow]) ids.push((await ipam.subnets.create({ cidr })).id)
  const first = { wide: [] as bigint[], narrow: [] as bigint[] }
  const runOne = async (): Promise<void> => {
    const options = ['--conditions=source', '--disable-warning=ExperimentalWarning']
    const args = [...options, workerFile, kind, place, generator, ...ids]
    const { stdout } = await run(process.execPath, args)
    const [one = '', other = ''] = JSON.parse(stdout) as string[]
    first.wide.push(offsetIn(wide, one))
    first.narrow.push(offsetIn(narrow, other))
  }
  while (first.wide.length < processes) await Promise.all([runOne(), runOne()])
  await ipam.close()
  return first
}

function expectFresh(first: { wide: readonly bigint[]; narrow: readonly bigint[] }): void {
  // Two equal ones of 50 in 2^64 have a chance of 7 * 10^-17.
  expect(new Set(first.wide).size).toBe(first.wide.length)
  // In a /16 the birthday bound allows equal ones: at least one pair of 50 with a chance of 1.9 %, four pairs or more with
  // one of 5 * 10^-9.
  expect(first.narrow.length - new Set(first.narrow).size).toBeLessThan(4)
  // All of them in the lower half of the range would be as unlikely as 2^-50.
  for (const [ranks, size] of [
    [first.wide, 1n << 64n],
    [first.narrow, 1n << 16n],
  ] as const)
    if (ranks.length >= 50) {
      expect(ranks.some((rank) => rank >= size / 2n)).toBe(true)
      expect(ranks.some((rank) => rank < size / 2n)).toBe(true)
    }
}

it('fifty processes draw fifty different first addresses', { timeout }, async () => {
  using directory = temporaryDirectory()
  const path = join(directory.path, 'freehold.sqlite')
  expectFresh(await firstOfEach('SQLite', path, sqliteStore({ path }), 50))
})

it('processes whose generator begins the same each time are convicted', { timeout }, async () => {
  using directory = temporaryDirectory()
  const path = join(directory.path, 'freehold.sqlite')
  const first = await firstOfEach('SQLite', path, sqliteStore({ path }), 4, 'counting')
  expect(() => expectFresh(first)).toThrow('expected 1 to be 4')
})

it('processes that take over from one another do on PostgreSQL', { timeout }, async () => {
  const server = await testPostgres()
  const url = await server.createDatabase()
  try {
    expectFresh(await firstOfEach('PostgreSQL', url, postgresStore({ url }), 8))
  } finally {
    await server.dropDatabase(url)
  }
})

const mariadb = await testMariadb()

it.skipIf(mariadb === undefined)('and do on MariaDB', { timeout }, async () => {
  const server = mariadb as NonNullable<typeof mariadb>
  const url = await server.createDatabase()
  try {
    expectFresh(await firstOfEach('MariaDB', url, mariadbStore({ url }), 8))
  } finally {
    await server.dropDatabase(url)
  }
})
