import { openIpam } from '@freehold/engine'
import { mariadbStore } from '@freehold/engine/mariadb'
import { postgresStore } from '@freehold/engine/postgres'
import { startTcpProxy, testMariadb, testPostgres } from '@freehold/test-support'
import { describe, expect, it } from 'vitest'
import { requestLog } from '../src/request-log.ts'
import { startServer } from '../src/start-server.ts'
import { patient } from './app-fixture.ts'

const databases = [
  { name: 'PostgreSQL', server: await testPostgres(), open: postgresStore },
  { name: 'MariaDB', server: await testMariadb(), open: mariadbStore },
].filter(({ server }) => server !== undefined)

const codes = ['DATABASE_UNAVAILABLE', 'OUTCOME_UNKNOWN', 'CONTENTION', 'OVERLOADED']

describe.each(databases)('a server that is cut off from its $name', ({ server, open }) => {
  it.each(['swallowing', 'refusing'] as const)(
    'answers everybody 503 with a code, and serves again when it is back (%s)',
    async (state) => {
      if (server === undefined) throw new Error('no database')
      const url = await server.createDatabase()
      const target = new URL(url)
      await using proxy = await startTcpProxy(target.hostname, Number(target.port))
      const through = new URL(url)
      through.port = String(proxy.port)
      const ipam = await openIpam(open({ url: through.href, connectTimeoutMs: 5000 }), {
        deadlineMs: 2000,
      })
      const running = await startServer({
        ipam,
        listen: { host: '127.0.0.1', port: 0 },
        log: requestLog('silent'),
        ...patient,
      })
      try {
        const post = (path: string, body: unknown) =>
          fetch(`${running.url}${path}`, {
            method: 'POST',
            headers: { 'content-type': 'application/json' },
            body: JSON.stringify(body),
          })
        const { id } = (await (await post('/v1/subnets', { cidr: '10.0.0.0/24' })).json()) as {
          id: string
        }
        const allocate = () => post(`/v1/subnets/${id}/allocations`, { request: { kind: 'any' } })
        expect((await allocate()).status).toBe(201)
        proxy.setLink(state)
        const calls = [
          ...Array.from({ length: 12 }, allocate),
          ...Array.from({ length: 12 }, () => fetch(`${running.url}/v1/subnets/${id}`)),
          fetch(`${running.url}/readyz`),
        ]
        // All are answered while it lasts.
        for (const answer of await Promise.all(calls)) {
          expect(answer.status).toBe(503)
          const { code } = (await answer.json()) as { code: string }
          expect(codes).toContain(code)
        }
        expect((await fetch(`${running.url}/healthz`)).status).toBe(200)
        proxy.setLink('open')
        await expect.poll(async () => (await allocate()).status).toBe(201)
        await expect.poll(async () => (await fetch(`${running.url}/readyz`)).status).toBe(200)
      } finally {
        proxy.setLink('open')
        await running.stop()
        await server.dropDatabase(url)
      }
    },
  )
})
