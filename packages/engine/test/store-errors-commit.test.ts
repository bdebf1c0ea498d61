import {
  startTcpProxy,
  type TcpProxy,
  type TestServer,
  testMariadb,
  testPostgres,
} from '@freehold/test-support'
import { describe, expect, it } from 'vitest'
import { type Ipam, openIpam } from '../src/ipam.ts'
import { mariadbStore } from '../src/store/mariadb/mariadb-store.ts'
import { postgresStore } from '../src/store/postgres/postgres-store.ts'
import type { Store } from '../src/store/store.ts'

interface Networked {
  readonly name: string
  readonly server: TestServer
  readonly open: (url: string) => Store
  /** How a commit looks on the wire, and nothing else does. */
  readonly commit: string
  /** The same of the last statements of a group, which are sent with their commit, and of the commit's own answer. */
  readonly groupCommit: string
  readonly groupAnswer: string
}

const databases: Networked[] = [
  {
    name: 'PostgreSQL',
    server: await testPostgres(),
    open: (url) => postgresStore({ url, maxConnections: 4 }),
    commit: 'COMMIT\0',
    groupCommit: 'COMMIT\0',
    groupAnswer: 'COMMIT\0',
  },
]
const mariadb = await testMariadb()
if (mariadb !== undefined)
  databases.push({
    name: 'MariaDB',
    server: mariadb,
    open: (url) => mariadbStore({ url, maxConnections: 4 }),
    commit: '\u0003COMMIT',
    // A prepared statement is executed by its number; this is a value of its event.
    groupCommit: 'allocated',
    groupAnswer: '',
  })

// For what ends at the deadline and not before.
const soon = 3000

interface Broken {
  /** Its connections go through the proxy. */
  readonly ipam: Ipam
  /** Its own do not. */
  readonly observer: Ipam
  readonly proxy: TcpProxy
  readonly subnetId: string
}

for (const { name, server, open, commit, groupCommit, groupAnswer } of databases)
  describe(`a connection to ${name} that breaks`, () => {
    async function withProxy(
      work: (broken: Broken) => Promise<void>,
      deadlineMs = 30_000,
    ): Promise<void> {
      const url = await server.createDatabase()
      const target = new URL(url)
      await using proxy = await startTcpProxy(target.hostname, Number(target.port))
      const through = new URL(url)
      through.port = String(proxy.port)
      const observer = await openIpam(open(url))
      const ipam = await openIpam(open(through.href), { deadlineMs })
      try {
        const { id } = await observer.subnets.create({ cidr: '10.0.0.0/24' })
        await work({ ipam, observer, proxy, subnetId: id })
      } finally {
        await ipam.close()
        await observer.close()
        await server.dropDatabase(url)
      }
    }

    async function held({ observer, subnetId }: Broken): Promise<string[]> {
      const page = await observer.allocations.list(subnetId)
      expect((await observer.check()).problems).toEqual([])
      return page.items.map(({ address }) => address)
    }

    for (const fault of ['lose-request', 'lose-reply'] as const) {
      it(`at the commit (${fault}) is resolved by the idempotency key`, async () => {
        await withProxy(async (broken) => {
          const { ipam, proxy, subnetId } = broken
          const allocate = () =>
            ipam.allocations.allocate(subnetId, { kind: 'any' }, {}, { idempotencyKey: 'one' })
          proxy.breakAt(commit, fault)
          const first = await allocate()
          expect(await held(broken)).toEqual(first.map(({ address }) => address))
          expect(await allocate()).toEqual(first)
          expect(await held(broken)).toHaveLength(1)
        })
      })

      it(`at the commit (${fault}) is admitted and not repeated without a key`, async () => {
        await withProxy(async (broken) => {
          const { ipam, proxy, subnetId } = broken
          proxy.breakAt(groupCommit, fault, groupAnswer)
          const work = ipam.allocations.allocate(subnetId, { kind: 'any' })
          await expect(work).rejects.toMatchObject({ code: 'OUTCOME_UNKNOWN', kind: 'unavailable' })
          expect(await held(broken)).toHaveLength(fault === 'lose-reply' ? 1 : 0)
          const scope = { name: 'once', ipVersion: 4 } as const
          proxy.breakAt(commit, fault)
          await expect(ipam.addressScopes.create(scope)).rejects.toMatchObject({
            code: 'OUTCOME_UNKNOWN',
          })
          const { items } = await broken.observer.addressScopes.list({ name: 'once' })
          expect(items).toHaveLength(fault === 'lose-reply' ? 1 : 0)
        })
      })
    }

    it('at the commit, and does not come back, leaves the outcome open also with a key', async () => {
      await withProxy(async (broken) => {
        const { ipam, proxy, subnetId } = broken
        proxy.breakAt(commit, 'lose-server')
        const work = ipam.allocations.allocate(
          subnetId,
          { kind: 'any' },
          {},
          { idempotencyKey: 'one' },
        )
        await expect(work).rejects.toMatchObject({ code: 'OUTCOME_UNKNOWN' })
        expect(await held(broken)).toHaveLength(1)
      }, soon)
    })

    it('before the commit is not noticed', async () => {
      await withProxy(async (broken) => {
        const { ipam, proxy, subnetId } = broken
        proxy.breakAt('address_page', 'lose-reply')
        expect(await ipam.allocations.allocate(subnetId, { kind: 'next' })).toHaveLength(1)
        expect(await held(broken)).toHaveLength(1)
      })
    })

    it('without a word is given up after the deadline', async () => {
      await withProxy(async (broken) => {
        const { ipam, proxy, subnetId } = broken
        proxy.breakAt(groupCommit, 'swallow')
        const work = ipam.allocations.allocate(subnetId, { kind: 'any' })
        await expect(work).rejects.toMatchObject({ code: 'OUTCOME_UNKNOWN' })
        expect(await held(broken)).toHaveLength(0)
      }, soon)
    })

    it('while only reading is not noticed', async () => {
      await withProxy(async (broken) => {
        const { ipam, proxy, subnetId } = broken
        proxy.breakAt(commit, 'lose-reply')
        expect(await ipam.subnets.get(subnetId)).toMatchObject({ id: subnetId })
      })
    })
  })
