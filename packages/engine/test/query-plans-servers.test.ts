import { type TestServer, testMariadb, testPostgres } from '@freehold/test-support'
import mysql from 'mysql2/promise'
import pg from 'pg'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { mariadbStore } from '../src/store/mariadb/mariadb-store.ts'
import { postgresStore } from '../src/store/postgres/postgres-store.ts'
import { hotPaths, openWorld, plannable, type Work, type World } from './plans/hot-paths.ts'
import type { Statement } from './plans/recording-store.ts'

// As on SQLite, and what sorts or goes through the few address scopes there.
const paths: typeof hotPaths = [
  ...hotPaths,
  ['what several hold', ({ ipam }) => ipam.allocations.listByHolder('host', ['h', 'i'])],
  ['who has an address', ({ ipam }) => ipam.addresses.lookup('10.0.0.9')],
  [
    'records in their order, filtered too',
    async ({ ipam, poolId }) => {
      for (const sort of ['createdAt', 'name', '-name'])
        await ipam.subnets.list({}, { sort, limit: 5 })
      await ipam.subnets.list({ subnetPoolId: poolId }, { limit: 5 })
      await ipam.subnets.list({ name: 'x' }, { limit: 5 })
      await ipam.subnets.list({ cidr: '10.0.0.0/24' }, { limit: 5 })
      await ipam.subnetPools.list({}, { limit: 5 })
      await ipam.addressScopes.list({}, { limit: 5 })
    },
  ],
]

// A schema and hundreds of subnets, on a machine that may be busy.
const setUpMs = 300_000

describe('the plans of the statements on hot paths, on PostgreSQL', async () => {
  const server = await testPostgres()
  const { world, statements } = openedWorld(server, (url) => postgresStore({ url }))
  let client: pg.Client
  beforeAll(async () => {
    client = new pg.Client({ connectionString: world.url })
    await client.connect()
    // As the store sets it: then a table is read through only where no index serves.
    await client.query('SET enable_seqscan TO off')
    // Of a handful of subnets all are read in fewer steps than a join takes.
    const { ipam, poolId } = world
    await ipam.transaction(async (inside) => {
      for (let count = 0; count < 300; count += 1)
        await inside.subnets.create({ subnetPoolId: poolId, prefixLength: 28 })
    })
    await client.query('ANALYZE subnet')
  }, setUpMs)
  afterAll(() => client.end())

  it.each(paths)('read no table through: %s', async (_, work) => {
    for (const { sql, values } of await statementsOf(work, world, statements)) {
      let count = 0
      const text = `EXPLAIN (FORMAT JSON) ${sql.replaceAll('?', () => `$${(count += 1)}`)}`
      const bound = values.map((value) =>
        value instanceof Uint8Array ? Buffer.from(value) : value,
      )
      const { rows } = await client.query<{ 'QUERY PLAN': [{ Plan: PlanNode }] }>(text, bound)
      const [root] = rows[0]?.['QUERY PLAN'] ?? []
      expect(scansIn(root?.Plan as PlanNode), sql).toEqual([])
    }
  })
})

interface PlanNode {
  readonly 'Node Type': string
  readonly 'Relation Name'?: string
  readonly 'Index Cond'?: string
  readonly Plans?: readonly PlanNode[]
}

/** Tables that are read through, row by row or by an index from end to end. A LIMIT above stops that early. */
function scansIn(node: PlanNode): string[] {
  const type = node['Node Type']
  const table = node['Relation Name'] ?? ''
  if (type === 'Limit') return []
  const reads = type === 'Seq Scan' || (/^Index (Only )?Scan/.test(type) && !node['Index Cond'])
  const own = reads ? [`${type} on ${table}`] : []
  return [...own, ...(node.Plans ?? []).flatMap(scansIn)]
}

const mariadb = await testMariadb()
describe.skipIf(mariadb === undefined)(
  'the plans of the statements on hot paths, on MariaDB',
  () => {
    const { world, statements } = openedWorld(mariadb as TestServer, (url) => mariadbStore({ url }))
    let connection: mysql.Connection
    beforeAll(async () => {
      connection = await mysql.createConnection({ uri: world.url })
    })
    afterAll(() => connection.end())

    it.each(paths)('have an index to use: %s', async (_, work) => {
      for (const { sql, values } of await statementsOf(work, world, statements)) {
        const bound = values.map((value) =>
          value instanceof Uint8Array ? Buffer.from(value) : value,
        )
        const [steps] = await connection.query<mysql.RowDataPacket[]>(`EXPLAIN ${sql}`, bound)
        // A table of a few rows is read through whatever indexes it has; one without a usable index always would be.
        const scans = steps.filter(
          ({ select_type: kind, type, table, possible_keys: keys }) =>
            kind !== 'INSERT' &&
            keys === null &&
            (type === 'ALL' || (type === 'index' && !/ LIMIT /.test(sql))) &&
            !/^<|^(s|a|address_scope)$/.test(String(table)),
        )
        expect(scans, sql).toEqual([])
      }
    })
  },
)

/** One world for all tests of a database, made before them; the URL is that of its database. */
function openedWorld(
  server: TestServer,
  open: (url: string) => Parameters<typeof openWorld>[0],
): { world: World & { url: string }; statements: Statement[] } {
  const statements: Statement[] = []
  const world = {} as World & { url: string }
  beforeAll(async () => {
    const url = await server.createDatabase()
    Object.assign(world, { url }, await openWorld(open(url), statements))
  }, setUpMs)
  afterAll(async () => {
    await world.ipam.close()
    await server.dropDatabase(world.url)
  })
  return { world, statements }
}

async function statementsOf(
  work: Work,
  world: World,
  statements: Statement[],
): Promise<Statement[]> {
  // A subnet of each run's own, as the work expects it: nearly full.
  const subnet = await world.ipam.subnets.create({ subnetPoolId: world.poolId, prefixLength: 24 })
  await world.ipam.allocations.allocate(subnet.id, { kind: 'bulk', count: 252 })
  statements.length = 0
  await work({ ...world, subnetId: subnet.id })
  const found = plannable(statements)
  expect(found.length).toBeGreaterThan(0)
  for (const { id, cidr } of (await world.ipam.subnets.list({}, { sort: '-createdAt', limit: 10 }))
    .items)
    if (!cidr.startsWith('10.')) await world.ipam.subnets.delete(id, { cascade: true })
  return found
}
