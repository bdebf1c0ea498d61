import { join } from 'node:path'
import { openIpam } from '@freehold/engine'
import { mariadbStore } from '@freehold/engine/mariadb'
import { postgresStore } from '@freehold/engine/postgres'
import { sqliteStore } from '@freehold/engine/sqlite'
import {
  canMount,
  hasMariadb,
  type SmallDisk,
  smallDisk,
  startMariadb,
  startPostgres,
} from '@freehold/test-support'
import mysql from 'mysql2/promise'
import { describe, expect, it } from 'vitest'
import { requestLog } from '../src/request-log.ts'
import { startServer } from '../src/start-server.ts'
import { patient } from './app-fixture.ts'

type EngineStore = Parameters<typeof openIpam>[0]

interface DiskDatabase {
  readonly store: EngineStore
  /** Ends the database; the disk is no longer needed then. */
  stop(): Promise<void>
}

const databases = [
  {
    name: 'SQLite',
    canRun: canMount,
    mebibytes: 24,
    open: async (disk: SmallDisk): Promise<DiskDatabase> => ({
      store: sqliteStore({ path: join(disk.path, 'freehold.sqlite') }),
      stop: async () => undefined,
    }),
  },
  {
    name: 'PostgreSQL',
    canRun: canMount,
    mebibytes: 160,
    open: async (disk: SmallDisk): Promise<DiskDatabase> => {
      // A full disk of the log ends PostgreSQL, so that has another one.
      const log = smallDisk(64)
      const server = await startPostgres({ dataFolder: disk.path, logFolder: log.path })
      return {
        store: postgresStore({ url: server.url }),
        stop: async () => {
          await server.stop()
          log[Symbol.dispose]()
        },
      }
    },
  },
  {
    name: 'MariaDB',
    canRun: canMount && hasMariadb(),
    mebibytes: 256,
    open: async (disk: SmallDisk): Promise<DiskDatabase> => {
      const server = await startMariadb({ dataFolder: disk.path })
      const { hostname, port } = new URL(server.url)
      const connection = await mysql.createConnection({
        host: hostname,
        port: Number(port),
        user: 'root',
      })
      await connection.query('CREATE DATABASE freehold')
      await connection.end()
      return {
        store: mariadbStore({ url: `${server.url}freehold` }),
        stop: () => server.stop(),
      }
    },
  },
]

describe.each(databases)('a server whose $name has no room', ({ canRun, mebibytes, open }) => {
  it.runIf(canRun)(
    'answers 507 with a problem document, goes on reading, and works again when there is room',
    { timeout: 180_000 },
    async () => {
      using disk = smallDisk(mebibytes)
      const database = await open(disk)
      const ipam = await openIpam(database.store, { deadlineMs: 60_000 })
      const running = await startServer({
        ipam,
        listen: { host: '127.0.0.1', port: 0 },
        log: requestLog('silent'),
        ...patient,
      })
      try {
        const call = (path: string, body?: unknown): Promise<Response> =>
          fetch(`${running.url}/v1${path}`, {
            ...(body === undefined ? {} : { method: 'POST', body: JSON.stringify(body) }),
            headers: { 'content-type': 'application/json' },
          })
        const made = (await (await call('/subnets', { cidr: '172.16.0.0/12' })).json()) as {
          id: string
        }
        const path = `/subnets/${made.id}/allocations`
        const allocate = (request: unknown): Promise<Response> => call(path, { request })
        const first = '172.16.0.9'
        expect((await allocate({ kind: 'specific', address: first })).status).toBe(201)

        disk.fill()
        // What was there before has some room left in it.
        let answer: Response
        let acknowledged = 1
        for (;;) {
          answer = await allocate({ kind: 'bulk', count: 200 })
          if (answer.status !== 201) break
          acknowledged += 200
        }
        expect(answer.status).toBe(507)
        expect(answer.headers.get('content-type')).toContain('application/problem+json')
        expect(await answer.json()).toMatchObject({
          status: 507,
          code: 'STORAGE_FULL',
          kind: 'unavailable',
        })
        expect((await call(`${path}/${first}`)).status).toBe(200)
        const allocated = async (): Promise<unknown> => {
          const utilization = await call(`/subnets/${made.id}/utilization`)
          return ((await utilization.json()) as { allocated: string }).allocated
        }
        expect(await allocated()).toBe(String(acknowledged))

        disk.clear()
        await expect.poll(async () => (await allocate({ kind: 'any' })).status).toBe(201)
        expect(await allocated()).toBe(String(acknowledged + 1))
        expect((await ipam.check()).problems).toEqual([])
      } finally {
        disk.clear()
        await running.stop()
        await database.stop()
      }
    },
  )
})
