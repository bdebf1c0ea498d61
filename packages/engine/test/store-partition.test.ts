import {
  databaseSessions,
  startTcpProxy,
  type TcpProxy,
  type TestServer,
  testMariadb,
  testPostgres,
} from '@freehold/test-support'
import { describe, expect, it } from 'vitest'
import { isIpamError } from '../src/errors.ts'
import { type Ipam, openIpam } from '../src/ipam.ts'
import { mariadbStore } from '../src/store/mariadb/mariadb-store.ts'
import { postgresStore } from '../src/store/postgres/postgres-store.ts'
import type { Store } from '../src/store/store.ts'

interface Networked {
  readonly name: string
  readonly server: TestServer
  readonly open: (url: string) => Store
}

const databases: Networked[] = [
  {
    name: 'PostgreSQL',
    server: await testPostgres(),
    open: (url) => postgresStore({ url, maxConnections, connectTimeoutMs }),
  },
]
const mariadb = await testMariadb()
if (mariadb !== undefined)
  databases.push({
    name: 'MariaDB',
    server: mariadb,
    open: (url) => mariadbStore({ url, maxConnections, connectTimeoutMs }),
  })

const maxConnections = 4
const connectTimeoutMs = 5000
const deadlineMs = 500

const openCodes = ['DATABASE_UNAVAILABLE', 'OUTCOME_UNKNOWN', 'CONTENTION', 'OVERLOADED']

interface Divided {
  /** Its connections go through the proxy. */
  readonly ipam: Ipam
  /** Its own do not. */
  readonly observer: Ipam
  readonly proxy: TcpProxy
  readonly subnetId: string
  readonly url: string
}

for (const { name, server, open } of databases)
  describe(`a network between Freehold and ${name}`, () => {
    async function withProxy(work: (divided: Divided) => Promise<void>): Promise<void> {
      const url = await server.createDatabase()
      const target = new URL(url)
      await using proxy = await startTcpProxy(target.hostname, Number(target.port))
      const through = new URL(url)
      through.port = String(proxy.port)
      const observer = await openIpam(open(url))
      const ipam = await openIpam(open(through.href), { deadlineMs })
      try {
        const { id } = await observer.subnets.create({ cidr: '10.0.0.0/22' })
        await work({ ipam, observer, proxy, subnetId: id, url })
      } finally {
        await ipam.close()
        await observer.close()
        await server.dropDatabase(url)
      }
    }

    /** Callers one after another, some at a time, until told to stop; gives addresses, and the codes of errors. */
    function load({ ipam, subnetId }: Divided) {
      const addresses: string[] = []
      const codes: string[] = []
      let isOver = false
      const callers = Array.from({ length: 12 }, async () => {
        while (!isOver)
          try {
            const given = await ipam.allocations.allocate(subnetId, { kind: 'any' })
            addresses.push(...given.map(({ address }) => address))
            await ipam.subnets.get(subnetId)
          } catch (error) {
            if (!isIpamError(error)) throw error
            codes.push(error.code)
          }
      })
      return {
        addresses,
        codes,
        async end(): Promise<void> {
          isOver = true
          await Promise.all(callers)
        },
      }
    }

    async function recovered({ ipam, observer, subnetId, url }: Divided, known: string[]) {
      await expect
        .poll(() => ipam.allocations.allocate(subnetId, { kind: 'any' }).catch(() => []))
        .toHaveLength(1)
      await expect.poll(async () => (await databaseSessions(url)).idleInTransaction).toBe(0)
      // Its own, and those of the observer.
      await expect
        .poll(async () => (await databaseSessions(url)).all)
        .toBeLessThanOrEqual(2 * maxConnections)
      expect((await observer.check()).problems).toEqual([])
      const held = new Set<string>()
      for (let cursor: string | null | undefined; cursor !== null; ) {
        const page = await observer.allocations.list(
          subnetId,
          {},
          cursor === undefined ? { limit: 500 } : { limit: 500, cursor },
        )
        for (const { address } of page.items) held.add(address)
        cursor = page.nextCursor
      }
      expect(known.filter((address) => !held.has(address))).toEqual([])
    }

    it.each(['swallowing', 'refusing'] as const)(
      'that is %s leaves no caller waiting, and is forgotten when it heals',
      async (state) => {
        await withProxy(async (divided) => {
          const running = load(divided)
          await expect.poll(() => running.addresses.length).toBeGreaterThan(40)
          divided.proxy.setLink(state)
          // Each has to hear of it while it lasts: those that were under way, and those that have to connect first.
          await expect.poll(() => running.codes.length).toBeGreaterThanOrEqual(12)
          await running.end()
          await expect(divided.ipam.ping()).rejects.toMatchObject({ kind: 'unavailable' })
          divided.proxy.setLink('open')
          expect(new Set(running.codes).difference(new Set(openCodes))).toEqual(new Set())
          await recovered(divided, running.addresses)
        })
      },
    )

    it('that swallows what a new connection says leaves no caller waiting', async () => {
      await withProxy(async (divided) => {
        const { proxy, subnetId, ipam } = divided
        // Each message is slow enough for the network to break in the middle of an opening.
        for (const delayMs of [15, 35, 55]) {
          proxy.setLink('refusing')
          await expect(ipam.ping()).rejects.toMatchObject({ code: 'DATABASE_UNAVAILABLE' })
          proxy.setLink({ delayMs: 10 })
          const calls = Promise.allSettled(
            Array.from({ length: 4 }, () => ipam.subnets.get(subnetId)),
          )
          await new Promise((resolve) => setTimeout(resolve, delayMs))
          proxy.setLink('swallowing')
          await calls
          proxy.setLink('open')
        }
        await recovered(divided, [])
      })
    })

    it('that is slow makes answers late and nothing else', async () => {
      await withProxy(async (divided) => {
        divided.proxy.setLink({ delayMs: 20 })
        const running = load(divided)
        await expect.poll(() => running.addresses.length).toBeGreaterThan(40)
        divided.proxy.setLink({ delayMs: 700 })
        await expect.poll(() => running.codes.length).toBeGreaterThanOrEqual(12)
        divided.proxy.setLink('open')
        await running.end()
        expect(new Set(running.codes).difference(new Set(openCodes))).toEqual(new Set())
        await recovered(divided, running.addresses)
      })
    })
  })
