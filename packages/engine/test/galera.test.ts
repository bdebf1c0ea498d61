import { type GaleraCluster, hasGalera, startGalera } from '@freehold/test-support'
import type { RowDataPacket } from 'mysql2'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { type Ipam, openIpam } from '../src/ipam.ts'
import { mariadbStore } from '../src/store/mariadb/mariadb-store.ts'
import type { Store, StoreFault } from '../src/store/store.ts'
import { describeConcurrencyContract } from './contract/concurrency.contract.ts'
import { describeIdempotencyContract } from './contract/idempotency.contract.ts'
import { mariadbContractStore } from './contract/mariadb-contract-store.ts'
import { describeQuotaRaceContract } from './contract/quota-race.contract.ts'
import { describeStoreContracts } from './contract/store-contracts.ts'
import { type GaleraDatabases, galeraDatabases } from './galera/galera-databases.ts'
import { OwnTransaction } from './galera/own-transaction.ts'
import { pausedStore } from './galera/paused-store.ts'

const timeout = 180_000

describe.skipIf(!hasGalera())('a cluster of three nodes', () => {
  let cluster: GaleraCluster
  let databases: GaleraDatabases

  beforeAll(async () => {
    // No node fails here, however long a busy machine lets it wait.
    cluster = await startGalera({ settings: ['--wsrep-sync-wait=1'], suspectSeconds: 40 })
    databases = galeraDatabases(cluster)
  }, timeout)
  afterAll(() => cluster.stop())

  const create = () => databases.take()
  const drop = (url: string) => databases.giveBack(url)

  /** As is recommended for one writer (OFF) or needed by several (ON); for connections that are made from now on. */
  async function keysByNode(value: 'ON' | 'OFF'): Promise<void> {
    for (const node of cluster.nodes)
      await node.query(`SET GLOBAL wsrep_auto_increment_control = ${value}`)
  }

  describe('written to on one node', () => {
    beforeAll(() => keysByNode('OFF'))
    describeStoreContracts(mariadbContractStore({ name: 'Galera', create, drop }))
  })

  describe('written to on two nodes', () => {
    beforeAll(() => keysByNode('ON'))
    const elsewhere = (url: string) => databases.onNode(url, 1)
    const store = mariadbContractStore({ name: 'Galera', create, drop, elsewhere })
    describeConcurrencyContract(store)
    describeIdempotencyContract(store)
    describeQuotaRaceContract(store)

    it('makes its schema on all nodes at once', { timeout }, async () => {
      const [first] = cluster.nodes
      const name = 'freehold_test_migration'
      await first.query(`CREATE DATABASE ${name}`)
      const urls = await Promise.all(
        [0, 1, 2].map((index) => databases.onNode(first.databaseUrl(name), index)),
      )
      const stores = [...urls, ...urls].map((url) => mariadbStore({ url }))
      await Promise.all(stores.map((each) => each.migrate()))
      for (const each of stores) {
        await expect(each.assertSchema()).resolves.toBeUndefined()
        await each.close()
      }
      await first.query(`DROP DATABASE ${name}`)
    })
  })

  describe('a transaction that a node may have to end for another one', () => {
    const withStore = async (work: (store: Store, elsewhere: string) => Promise<void>) => {
      const url = await databases.take()
      const store = mariadbStore({ url })
      await work(store, await databases.onNode(url, 1))
      await store.close()
      await databases.giveBack(url)
    }
    const deadline = () => performance.now() + 60_000

    // MariaDB tells nobody when the end comes while it prepares a statement, and every statement here is a new one.
    it('is made as a whole or not at all', { timeout }, async () => {
      await withStore(async (store, elsewhere) => {
        await using other = await OwnTransaction.on(elsewhere)
        await other.connection.query("INSERT INTO setting VALUES ('contested', '0')")
        let [made, ended] = [0, 0]
        const ours = async (round: number) =>
          store.transaction(
            async (session) => {
              const insert = "INSERT INTO setting (name, value) VALUES (?, '')"
              await session.run(insert, [`first ${round}`])
              await session.all("SELECT value FROM setting WHERE name = 'contested' FOR UPDATE")
              for (let step = 0; step < 8; step += 1)
                await session.all(`SELECT value AS v${round}_${step} FROM setting WHERE name = ?`, [
                  'contested',
                ])
              await session.run(insert, [`second ${round}`])
            },
            { access: 'write', deadline: deadline() },
          )
        // Until it has happened: how the two meet is the machine's affair.
        for (let round = 0; round < 400 || (ended === 0 && round < 4000); round += 1) {
          const [own] = await Promise.allSettled([
            ours(round),
            other.connection
              .query(`UPDATE setting SET value = '${round}' WHERE name = 'contested'`)
              .catch(() => undefined),
          ])
          if (own.status === 'fulfilled') made += 1
          else if ((own.reason as StoreFault).fault === 'retry') ended += 1
          else throw own.reason
        }
        const count = async (names: string): Promise<number> => {
          const [rows] = await other.connection.query<RowDataPacket[]>(
            `SELECT count(*) AS count FROM setting WHERE name LIKE '${names} %'`,
          )
          return rows[0]?.['count']
        }
        expect(ended).toBeGreaterThan(0)
        expect([await count('first'), await count('second')]).toEqual([made, made])
      })
    })

    // A node passes over a transaction without a number, and both then wait for a time-out.
    it('has a number before it holds the first lock', async () => {
      await withStore(async (store) => {
        const number = await store.transaction(
          async (session) => {
            await session.all('SELECT id FROM subnet LOCK IN SHARE MODE')
            return session.get<{ trx_id: number }>(
              'SELECT trx_id FROM information_schema.innodb_trx WHERE trx_mysql_thread_id = CONNECTION_ID()',
            )
          },
          { access: 'write', deadline: deadline() },
        )
        expect(Number(number?.trx_id)).toBeGreaterThan(0)
      })
    })
  })

  it('has a primary key in every table', async () => {
    const url = await databases.take()
    const name = new URL(url).pathname.slice(1)
    const tables = await cluster.nodes[0].query(
      `SELECT t.table_name AS name, count(c.constraint_name) AS primary_keys FROM information_schema.tables t
      LEFT JOIN information_schema.table_constraints c ON c.table_schema = t.table_schema
        AND c.table_name = t.table_name AND c.constraint_type = 'PRIMARY KEY'
      WHERE t.table_schema = '${name}' GROUP BY t.table_name`,
    )
    expect(tables.length).toBeGreaterThan(10)
    expect(tables.filter((table) => table['primary_keys'] !== 1)).toEqual([])
    await databases.giveBack(url)
  })

  describe('a change of a subnet on one node', () => {
    const rounds = 12

    interface Race {
      readonly change: (ipam: Ipam, subnetId: string) => Promise<unknown>
      /** On the other node; the address to allocate by name, or what else is done. */
      readonly against: string | ((ipam: Ipam, subnetId: string) => Promise<unknown>)
      readonly held?: string
      readonly coolingSeconds?: number
      /** Goes on until both were made once. */
      readonly untilBoth?: boolean
    }

    /**
     * Changes a subnet and something of it in transactions on two nodes, and commits them at the same moment, when
     * neither node knows of the other's. Returns how often both were made.
     */
    async function raced({
      change,
      against,
      held,
      coolingSeconds = 0,
      untilBoth = false,
    }: Race): Promise<number> {
      const url = await databases.take()
      const elsewhere = await databases.onNode(url, 1)
      const ipam = await openIpam(mariadbStore({ url }))
      const other = await openIpam(mariadbStore({ url: elsewhere }))
      await using changing = await OwnTransaction.on(url)
      await using opposing = await OwnTransaction.on(elsewhere)
      let both = 0
      const most = untilBoth ? 10 * rounds : rounds
      for (let round = 0; round < rounds || (both === 0 && round < most); round += 1) {
        const { id } = await ipam.subnets.create({
          cidr: '10.0.0.0/23',
          allocationPools: [{ first: '10.0.0.2', last: '10.0.0.100' }],
          coolingSeconds,
        })
        if (held !== undefined)
          await ipam.allocations.allocate(id, { kind: 'specific', address: held })
        await other.subnets.get(id)
        await Promise.all([changing.begin(), opposing.begin()])
        const opponent = other.within(opposing.connection)
        await Promise.all([
          change(ipam.within(changing.connection), id),
          typeof against === 'string'
            ? opponent.allocations.allocate(id, { kind: 'specific', address: against })
            : against(opponent, id),
        ])
        const made = await Promise.all([changing.commit(), opposing.commit()])
        expect(made).toContain(true)
        if (made.every((isMade) => isMade)) both += 1
        expect((await ipam.check()).problems).toEqual([])
        await ipam.subnets.delete(id, { cascade: true })
      }
      await ipam.close()
      await other.close()
      await databases.giveBack(url)
      return both
    }

    it('to new pools excludes the first address of a page on another', { timeout }, async () => {
      const last = '10.0.0.254'
      const both = await raced({
        change: (ipam, id) =>
          ipam.subnets.update(id, { allocationPools: [{ first: '10.0.0.2', last }] }),
        against: '10.0.0.200',
      })
      expect(both).toBe(0)
    })

    it('to new pools lets addresses of other pages be taken on another', {
      timeout,
    }, async () => {
      const last = '10.0.0.254'
      const both = await raced({
        change: (ipam, id) =>
          ipam.subnets.update(id, { allocationPools: [{ first: '10.0.0.2', last }] }),
        against: '10.0.1.7',
        untilBoth: true,
      })
      expect(both).toBeGreaterThan(0)
    })

    it('to a new gateway excludes that address on another, in a page without rows', {
      timeout,
    }, async () => {
      const gateway = '10.0.0.200'
      const change = (ipam: Ipam, id: string) => ipam.subnets.update(id, { gateway })
      expect(await raced({ change, against: gateway })).toBe(0)
    })

    it('to a new gateway excludes that address on another, in a page with rows', {
      timeout,
    }, async () => {
      const gateway = '10.0.0.200'
      const change = (ipam: Ipam, id: string) => ipam.subnets.update(id, { gateway })
      expect(await raced({ change, against: gateway, held: '10.0.0.50' })).toBe(0)
    })

    it('to new pools excludes the release of an address outside them that cools, on another', {
      timeout,
    }, async () => {
      const last = '10.0.0.254'
      const both = await raced({
        change: (ipam, id) =>
          ipam.subnets.update(id, { allocationPools: [{ first: '10.0.0.2', last }] }),
        against: (ipam, id) => ipam.allocations.release(id, '10.0.0.200'),
        held: '10.0.0.200',
        coolingSeconds: 3600,
      })
      expect(both).toBe(0)
    })
  })

  // Such a group leaves the counts of the page as they are, and need not move the start of its search.
  describe('an address that is given back on one node while another one of its page is taken', () => {
    const rounds = 12

    /** Both in one group, whose commit meets that of the opponent on another node. Returns what `check` finds. */
    async function raced(
      against: (ipam: Ipam, subnetId: string) => Promise<unknown>,
    ): Promise<string[]> {
      const url = await databases.take()
      const paused = pausedStore(mariadbStore({ url: await databases.onNode(url, 1) }))
      const ipam = await openIpam(mariadbStore({ url }))
      const grouping = await openIpam(paused.store)
      await using opposing = await OwnTransaction.on(url)
      const problems: string[] = []
      for (let round = 0; round < rounds; round += 1) {
        const { id } = await ipam.subnets.create({ cidr: '10.0.0.0/24' })
        // By name, which leaves the start of the search where it is.
        for (let last = 2; last < 10; last += 1)
          await ipam.allocations.allocate(id, { kind: 'specific', address: `10.0.0.${last}` })
        await grouping.subnets.get(id)
        const take = (address: string) =>
          grouping.allocations.allocate(id, { kind: 'specific', address })
        paused.arm()
        // Half of what waits goes into the first of two groups.
        const grouped = Promise.all([
          grouping.allocations.release(id, '10.0.0.5'),
          take('10.0.0.20'),
          grouping.allocations.release(id, '10.0.0.6'),
          take('10.0.0.99'),
        ])
        await paused.reached()
        await opposing.begin()
        await against(ipam.within(opposing.connection), id)
        paused.goOn()
        await Promise.all([grouped, opposing.commit()])
        problems.push(...(await ipam.check()).problems.map(({ message }) => message))
        await ipam.subnets.delete(id, { cascade: true })
      }
      await ipam.close()
      await grouping.close()
      await databases.giveBack(url)
      return problems
    }

    it('is not passed over by a request of kind next on another', { timeout }, async () => {
      expect(await raced((ipam, id) => ipam.allocations.allocate(id, { kind: 'next' }))).toEqual([])
    })

    it('is counted by the new pools that another makes', { timeout }, async () => {
      const allocationPools = [{ first: '10.0.0.2', last: '10.0.0.15' }]
      expect(await raced((ipam, id) => ipam.subnets.update(id, { allocationPools }))).toEqual([])
    })
  })

  describe('a document that two transactions on two nodes hold', () => {
    type Lock = 'share' | 'exclusive'

    /** Holds it in both, and commits them at the same moment; returns how often both were made. */
    async function held(one: Lock, another: Lock, untilBoth = false): Promise<number> {
      const collection = 'thing'
      const url = await databases.take()
      const elsewhere = await databases.onNode(url, 1)
      const ipam = await openIpam(mariadbStore({ url }))
      const other = await openIpam(mariadbStore({ url: elsewhere }))
      await using first = await OwnTransaction.on(url)
      await using second = await OwnTransaction.on(elsewhere)
      const { id } = await ipam.documents.create({ collection, body: {} })
      const holdAndAdd = async (joined: Ipam, lock: Lock): Promise<void> => {
        await joined.documents.hold(collection, id, lock)
        await joined.documents.create({ collection, parentId: id, body: {} })
      }
      let both = 0
      for (let round = 0; round < 12 || (untilBoth && both === 0 && round < 300); round += 1) {
        await Promise.all([first.begin(), second.begin()])
        await Promise.all([
          holdAndAdd(ipam.within(first.connection), one),
          holdAndAdd(other.within(second.connection), another),
        ])
        const made = await Promise.all([first.commit(), second.commit()])
        expect(made).toContain(true)
        if (made.every((isMade) => isMade)) both += 1
      }
      await ipam.close()
      await other.close()
      await databases.giveBack(url)
      return both
    }

    it('alone excludes the other one', { timeout }, async () => {
      expect(await held('exclusive', 'exclusive')).toBe(0)
      expect(await held('exclusive', 'share')).toBe(0)
    })

    it('together lets both be made', { timeout }, async () => {
      expect(await held('share', 'share', true)).toBeGreaterThan(0)
    })
  })
})
