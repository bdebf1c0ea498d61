import { join } from 'node:path'
import {
  type TemporaryDirectory,
  type TestServer,
  temporaryDirectory,
  testMariadb,
  testPostgres,
} from '@freehold/test-support'
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { type Ipam, openIpam } from '../src/ipam.ts'
import { mariadbStore } from '../src/store/mariadb/mariadb-store.ts'
import { loadMigrations } from '../src/store/migration.ts'
import { postgresStore } from '../src/store/postgres/postgres-store.ts'
import { sqliteStore } from '../src/store/sqlite/sqlite-store.ts'
import type { Session, Store } from '../src/store/store.ts'
import { storedTables } from '../src/store/stored-tables.ts'
import { copyStore } from '../src/store-copy.ts'

// Several databases are made, filled and compared, beside everything else that a test run does.
vi.setConfig({ testTimeout: 120_000 })

const postgres = await testPostgres()
const mariadb = await testMariadb()

let directory: TemporaryDirectory
let cleanups: (() => Promise<void>)[]

beforeEach(() => {
  directory = temporaryDirectory()
  cleanups = []
})

afterEach(async () => {
  for (const cleanup of cleanups.reverse()) await cleanup()
  directory[Symbol.dispose]()
})

function openSqlite(name: string): Store {
  return closing(sqliteStore({ path: join(directory.path, name) }))
}

async function openPostgres(): Promise<Store> {
  return closing(postgresStore({ url: await newDatabase(postgres) }))
}

async function openMariadb(server: TestServer): Promise<Store> {
  return closing(mariadbStore({ url: await newDatabase(server) }))
}

async function newDatabase(server: TestServer): Promise<string> {
  const url = await server.createDatabase()
  cleanups.push(() => server.dropDatabase(url))
  return url
}

function closing(store: Store): Store {
  cleanups.push(() => store.close())
  return store
}

const inTransaction = <T>(
  store: Store,
  access: 'read' | 'write',
  work: (session: Session) => Promise<T>,
): Promise<T> => store.transaction(work, { access, deadline: performance.now() + 30_000 })

/** Every row of every table, in the order of the keys, as text. */
async function rowsOf(store: Store): Promise<Record<string, string[]>> {
  return inTransaction(store, 'read', async (session) => {
    const found: Record<string, string[]> = {}
    for (const { name, columns, key } of storedTables) {
      const rows = await session.all<Record<string, unknown>>(
        `SELECT ${columns.join(', ')} FROM ${name} ORDER BY ${key.join(', ')}`,
      )
      found[name] = rows.map((row) =>
        JSON.stringify(
          columns.map((column) => {
            const value = row[column]
            return value instanceof Uint8Array ? Buffer.from(value).toString('hex') : value
          }),
        ),
      )
    }
    return found
  })
}

/** A database with something in every table, keys that are gone at the end of two tables, and more rows than a page. */
async function fill(ipam: Ipam): Promise<{ subnetId: string; poolId: string }> {
  const tenant = ipam.as({ projectId: 'Ärger 日本', isAdmin: false })
  const scope = await ipam.addressScopes.create({ name: "o'x \\ %_", ipVersion: 4, shared: true })
  const pool = await ipam.subnetPools.create({
    name: 'pool',
    prefixes: ['10.0.0.0/8', '172.16.0.0/12'],
    addressScopeId: scope.id,
    quota: 2n ** 70n,
    shared: true,
    labels: { Ä: '', ' b ': '"' },
  })
  await ipam.subnetPools.create({ name: 'six', prefixes: ['2001:db8::/32'], isDefault: true })
  const subnet = await ipam.subnets.create({
    subnetPoolId: pool.id,
    prefixLength: 16,
    coolingSeconds: 3600,
  })
  for (let count = 0; count < 40; count += 1) {
    const { id } = await tenant.subnets.create({ subnetPoolId: pool.id, prefixLength: 28 })
    await tenant.allocations.allocate(id, { kind: 'bulk', count: 1 + (count % 3) })
  }
  const six = await ipam.subnets.create({ cidr: '2001:db8:1::/64' })
  await ipam.allocations.allocate(six.id, { kind: 'bulk', count: 100 }, { ttlSeconds: 500 })
  await ipam.allocations.allocate(six.id, { kind: 'eui64', mac: '02:00:00:00:00:01' })
  for (let count = 0; count < 3; count += 1)
    await ipam.allocations.allocate(subnet.id, { kind: 'bulk', count: 700 })
  const [held] = await ipam.allocations.allocate(
    subnet.id,
    { kind: 'any' },
    {
      holder: { kind: 'host', id: 'z"z', mac: '02:00:00:00:00:02', hostName: 'web-1' },
      labels: { role: '\u{1F600}' },
    },
    { idempotencyKey: 'once' },
  )
  const [released] = await ipam.allocations.allocate(subnet.id, { kind: 'next' })
  await ipam.allocations.release(subnet.id, released?.address ?? '')
  expect(held).toBeDefined()
  for (let count = 0; count < 9; count += 1)
    await ipam.documents.create({
      collection: 'network',
      name: `n ${count}`,
      parentId: count % 2 === 0 ? null : 'parent',
      uniqueKey: `key ${count}`,
      body: { text: 'ä', nothing: null },
    })
  await ipam.audit.seal()
  const last = await ipam.subnets.create({ cidr: '192.168.0.0/24' })
  await ipam.subnets.delete(last.id)
  return { subnetId: subnet.id, poolId: pool.id }
}

describe('a copied database', () => {
  it.skipIf(mariadb === undefined)('goes through MariaDB as well', () => {
    expect(mariadb).toBeDefined()
  })

  it('is the same on every database, and goes on from where its source was', async () => {
    const first = openSqlite('first')
    const source = await openIpam(first)
    const { subnetId, poolId } = await fill(source)
    // Together more than one statement may carry on a MariaDB with its usual settings.
    const body = { text: 'ä'.repeat(400_000) }
    for (let count = 0; count < 22; count += 1)
      await source.documents.create({ collection: 'large', name: `${count}`, body })
    // A gap, as a transaction that was undone leaves it.
    await inTransaction(first, 'write', (session) =>
      session.run('UPDATE sqlite_sequence SET seq = seq + 2 WHERE name = ?', ['event']),
    )
    await source.subnets.update(subnetId, { name: 'renamed' })
    await source.audit.seal()
    const head = await source.audit.head()
    await source.subnets.update(subnetId, { name: 'not sealed' })

    const copies = [await openPostgres()]
    if (mariadb !== undefined) copies.push(await openMariadb(mariadb))
    copies.push(openSqlite('last'))
    const expected = await rowsOf(first)
    for (const [name, rows] of Object.entries(expected)) expect(rows, name).not.toEqual([])
    const plan = await source.plans.export()
    const { nextCursor } = await source.allocations.list(subnetId, {}, { limit: 10 })
    const total = Object.values(expected).reduce((sum, rows) => sum + rows.length, 0)

    let from = first
    for (const to of copies) {
      const seen: [string, number, number | null][] = []
      const report = await copyStore(from, to, { onProgress: (...step) => seen.push(step) })
      expect(report.check).toMatchObject({ ok: true, problems: [] })
      expect(report.rows).toBe(total)
      expect(seen.filter(([phase]) => phase === 'copy').at(-1)).toEqual(['copy', total, total])
      expect(await rowsOf(to)).toEqual(expected)
      from = to
    }
    expect(await rowsOf(first)).toEqual(expected)

    for (const store of copies) {
      const ipam = await openIpam(store, { migrate: false })
      expect(await ipam.plans.export()).toEqual(plan)
      expect(await ipam.audit.verify({ head })).toMatchObject({ ok: true, unsealed: { events: 1 } })
      const rest = await ipam.allocations.list(subnetId, {}, { limit: 10, cursor: `${nextCursor}` })
      expect(rest.items).toHaveLength(10)
      await goesOn(store, ipam, { subnetId, poolId })
    }
  })
})

/** New rows of every table with generated keys get keys that nothing had before. */
async function goesOn(
  store: Store,
  ipam: Ipam,
  { subnetId, poolId }: { subnetId: string; poolId: string },
): Promise<void> {
  const highest = (column: string, table: string): Promise<number> =>
    inTransaction(store, 'read', async (session) => {
      const row = await session.get<{ highest: number }>(
        `SELECT max(${column}) AS highest FROM ${table}`,
      )
      return row?.highest ?? 0
    })
  const subnetKey = await highest('subnet_key', 'event')
  const eventId = await highest('id', 'event')
  // The last subnet is gone, and its key with it.
  expect(await highest('row_key', 'subnet')).toBeLessThan(subnetKey)
  const created = await ipam.subnets.create({ subnetPoolId: poolId, prefixLength: 24 })
  expect(await highest('row_key', 'subnet')).toBeGreaterThan(subnetKey)
  expect(await highest('id', 'event')).toBeGreaterThan(eventId)
  await ipam.allocations.allocate(created.id, { kind: 'any' })
  await ipam.addressScopes.create({ name: 'new', ipVersion: 6 })
  await ipam.subnetPools.create({ name: 'new', prefixes: ['fd00::/48'] })
  await ipam.documents.create({ collection: 'network', name: 'new', body: {} })
  const held = await ipam.utilization.ofSubnet(subnetId)
  await ipam.allocations.allocate(
    subnetId,
    { kind: 'any' },
    {
      holder: { kind: 'host', id: 'z"z', mac: '02:00:00:00:00:02', hostName: 'web-1' },
      labels: { role: '\u{1F600}' },
    },
    { idempotencyKey: 'once' },
  )
  expect(await ipam.utilization.ofSubnet(subnetId)).toEqual(held)
  await ipam.audit.seal()
  expect(await ipam.audit.verify()).toMatchObject({ ok: true, unsealed: { events: 0 } })
  expect((await ipam.check()).problems).toEqual([])
}

describe('a copy is refused', () => {
  it.each([
    ['a subnet', (ipam: Ipam) => ipam.subnets.create({ cidr: '10.0.0.0/24' }), 'subnet'],
    [
      'a document',
      (ipam: Ipam) =>
        ipam.documents.create({ collection: 'a', name: 'b', body: {} }, { recordAs: null }),
      'document',
    ],
    [
      'the memory of a record that is gone',
      async (ipam: Ipam) => {
        const { id } = await ipam.addressScopes.create({ name: 'a', ipVersion: 4 })
        await ipam.addressScopes.delete(id)
      },
      'event',
    ],
  ])('where the target has %s, and changes nothing', async (_what, use, table) => {
    const from = openSqlite('from')
    await fill(await openIpam(from))
    const to = await openPostgres()
    await use(await openIpam(to))
    const before = await rowsOf(to)
    await expect(copyStore(from, to)).rejects.toMatchObject({
      code: 'STORE_NOT_EMPTY',
      kind: 'conflict',
      details: { store: 'target', table },
    })
    expect(await rowsOf(to)).toEqual(before)
  })

  it('into itself', async () => {
    const store = openSqlite('same')
    await expect(copyStore(store, store)).rejects.toMatchObject({ code: 'INVALID_REQUEST' })
  })

  it('from a file without a schema, which stays without one', async () => {
    const from = openSqlite('from')
    await expect(copyStore(from, openSqlite('to'))).rejects.toMatchObject({
      code: 'SCHEMA_MISMATCH',
      details: { store: 'source' },
    })
  })
})

it('an event that was taken out of the source is missing from the copy too, for good', async () => {
  const from = openSqlite('from')
  const source = await openIpam(from)
  await fill(source)
  await source.audit.seal()
  await inTransaction(from, 'write', (session) =>
    session.run('DELETE FROM event WHERE id = (SELECT last_event_id FROM event_seal_head)'),
  )
  const to = await openPostgres()
  await copyStore(from, to)
  const ipam = await openIpam(to)
  await ipam.addressScopes.create({ name: 'takes the next id', ipVersion: 4 })
  expect((await ipam.audit.verify()).firstBroken).toMatchObject({ kind: 'missing' })
})

describe('a copy that ends early', () => {
  const servers: [string, () => Promise<Store>][] = [
    ['SQLite', async () => openSqlite('to')],
    ['PostgreSQL', openPostgres],
  ]
  if (mariadb !== undefined) servers.push(['MariaDB', () => openMariadb(mariadb)])

  it.each(servers)('leaves nothing behind on %s, and can be made again', async (_name, open) => {
    const from = openSqlite('from')
    await fill(await openIpam(from))
    const to = await open()
    const stop = new AbortController()
    const reason = new Error('stopped')
    const stopped = copyStore(from, to, {
      signal: stop.signal,
      onProgress: (_phase, done) => {
        if (done > 1000) stop.abort(reason)
      },
    })
    await expect(stopped).rejects.toBe(reason)
    const left = await rowsOf(to)
    expect(Object.keys(left).filter((name) => left[name]?.length !== 0)).toEqual([
      'event_seal_head',
    ])
    expect((await copyStore(from, to)).check.ok).toBe(true)
    expect(await rowsOf(to)).toEqual(await rowsOf(from))
  })
})

/** The same store; `before` is awaited before each of its lists is read. */
function reading(store: Store, before: (sql: string) => Promise<void>): Store {
  const slowed = (session: Session): Session => ({
    capabilities: session.capabilities,
    era: session.era,
    all: async (sql, values) => {
      await before(sql)
      return session.all(sql, values)
    },
    get: (sql, values) => session.get(sql, values),
    run: (sql, values) => session.run(sql, values),
    finish: (statements) => session.finish(statements),
    savepoint: (work) => session.savepoint(work),
  })
  return {
    capabilities: store.capabilities,
    counters: store.counters,
    migrate: () => store.migrate(),
    assertSchema: () => store.assertSchema(),
    transaction: (work, options) => store.transaction((session) => work(slowed(session)), options),
    join: (handle) => store.join(handle),
    close: () => store.close(),
  }
}

it('a row that somebody else adds to the target meanwhile undoes the copy', async () => {
  const from = openSqlite('from')
  await fill(await openIpam(from))
  const to = await openPostgres()
  const row = `INSERT INTO idempotency VALUES ('other', 'k', 'f', 'r', 1)`
  const writing = reading(from, async (sql) => {
    if (sql.includes('FROM document') && !sql.includes('WHERE'))
      await inTransaction(to, 'write', (other) => other.run(row))
  })
  await expect(copyStore(writing, to)).rejects.toMatchObject({
    code: 'COPY_INCOMPLETE',
    details: { table: 'idempotency', expected: 1, found: 2 },
  })
  const left = await rowsOf(to)
  expect(left['idempotency']).toHaveLength(1)
  expect(left['subnet']).toEqual([])
})

it('what is written to the source meanwhile is not copied, not even in part', async () => {
  const from = openSqlite('from')
  const source = await openIpam(from)
  const { subnetId } = await fill(source)
  const before = await rowsOf(from)
  const to = await openPostgres()
  let written: Promise<unknown> | undefined
  const { check } = await copyStore(from, to, {
    onProgress: (phase) => {
      if (phase === 'copy')
        written ??= source.allocations.allocate(subnetId, { kind: 'bulk', count: 50 })
    },
  })
  await written
  expect(check.ok).toBe(true)
  expect(await rowsOf(to)).toEqual(before)
  expect(await rowsOf(from)).not.toEqual(before)
})

describe('the list of stored tables', () => {
  const folder = (database: string) =>
    new URL(`../src/store/${database}/migrations/`, import.meta.url)

  it.each(['sqlite', 'postgres', 'mariadb'])('has every table that %s makes', (database) => {
    const made = loadMigrations(folder(database)).flatMap(({ sql }) =>
      [...sql.matchAll(/^CREATE TABLE (?:IF NOT EXISTS )?(\w+)/gm)].map(([, name = '']) => name),
    )
    // The index of the history, which a trigger fills.
    const facts = made.filter((name) => !name.startsWith('event_address'))
    expect(new Set(facts)).toEqual(new Set(storedTables.map(({ name }) => name)))
    expect(facts).toHaveLength(storedTables.length)
  })

  it('has every column of every table, its key, and parents before children', async () => {
    const store = openSqlite('empty')
    await store.migrate()
    const earlier = new Set<string>()
    for (const { name, columns, key, generatedKey } of storedTables) {
      earlier.add(name)
      const { found, parents } = await inTransaction(store, 'read', async (session) => ({
        found: await session.all<{ name: string; pk: number; type: string }>(
          'SELECT name, pk, type FROM pragma_table_info(?) ORDER BY cid',
          [name],
        ),
        parents: await session.all<{ parent: string }>(
          'SELECT "table" AS parent FROM pragma_foreign_key_list(?)',
          [name],
        ),
      }))
      expect(columns, name).toEqual(found.map((column) => column.name))
      const keys = found.filter(({ pk }) => pk > 0).sort((a, b) => a.pk - b.pk)
      expect(key, name).toEqual(keys.map((column) => column.name))
      for (const { parent } of parents) expect(earlier, `${name} → ${parent}`).toContain(parent)
      expect(generatedKey?.[0] ?? null).toEqual(
        name === 'event' || columns.includes('id') ? { table: name, column: key[0] } : null,
      )
    }
  })
})
