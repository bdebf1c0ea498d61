import { randomBytes } from 'node:crypto'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { openIpam, type Store } from '@freehold/engine'
import { mariadbStore } from '@freehold/engine/mariadb'
import { postgresStore } from '@freehold/engine/postgres'
import { hasMariadb, type TestServer, testMariadb, testPostgres } from '@freehold/test-support'
import mysql from 'mysql2/promise'
import pg from 'pg'
import { expect, test } from 'vitest'
import { type RunningServer, requestLog, startServer } from '../src/index.ts'
import { patient } from './app-fixture.ts'

const page = readFileSync(join(import.meta.dirname, '../../../docs/reference/audit.md'), 'utf8')

/** The statements that the documentation gives for a database, for another user and schema. */
function documentedGrants(database: string, user: string, schema: string): string[] {
  const [, block = ''] = new RegExp(`\`\`\`sql ${database}\n(.*?)\`\`\``, 's').exec(page) ?? []
  const statements = block.split(';').map((statement) => statement.trim())
  return statements
    .filter((statement) => statement !== '')
    .map((statement) =>
      statement.replaceAll('freehold_server', user).replaceAll('freehold.', `${schema}.`),
    )
}

const newUser = () => `freehold_${randomBytes(6).toString('hex')}`

function asUser(url: string, user: string): string {
  const changed = new URL(url)
  changed.username = user
  changed.password = 'secret'
  return changed.href
}

/** Everything that a server does, through its API; throws at the first thing that it may not do. */
async function useServer(store: Store): Promise<void> {
  const ipam = await openIpam(store, { migrate: false })
  const server: RunningServer = await startServer({
    ipam,
    listen: { host: '127.0.0.1', port: 0 },
    log: requestLog('silent'),
    ...patient,
  })
  try {
    const call = async (method: string, path: string, body?: object) => {
      const response = await fetch(`${server.url}${path}`, {
        method,
        headers: { 'content-type': 'application/json', 'idempotency-key': path + method },
        ...(body === undefined ? {} : { body: JSON.stringify(body) }),
      })
      const text = await response.text()
      expect(response.status, text).toBeLessThan(300)
      return text === '' ? undefined : JSON.parse(text)
    }
    const scope = await call('POST', '/v1/address-scopes', { ipVersion: 4, name: 's' })
    const pool = await call('POST', '/v1/subnet-pools', {
      addressScopeId: scope.id,
      prefixes: ['10.0.0.0/16'],
    })
    const subnet = await call('POST', '/v1/subnets', { subnetPoolId: pool.id, prefixLength: 24 })
    const path = `/v1/subnets/${subnet.id}`
    const { allocations } = await call('POST', `${path}/allocations`, { request: { kind: 'any' } })
    await call('DELETE', `${path}/allocations/${allocations[0].address}`)
    await call('PATCH', path, { name: 'renamed' })
    const { network } = await call('POST', '/v2.0/networks', { network: { name: 'n' } })
    await call('POST', '/v2.0/ports', { port: { network_id: network.id } })
    await ipam.reap()
    await ipam.audit.seal()
    const report = await call('POST', '/v1/audit/verify', {})
    expect(report).toMatchObject({ ok: true, head: { seq: 8 }, unsealed: { events: 0 } })
    await call('DELETE', path)
    expect(await call('POST', '/v1/check')).toMatchObject({ ok: true })
  } finally {
    await server.stop()
  }
}

const forbidden = [
  "UPDATE event SET project_id = 'somebody-else'",
  'DELETE FROM event',
  'UPDATE event_seal SET hash = hash WHERE seq = 1',
  'DELETE FROM event_seal',
  'DELETE FROM event_seal_head',
]

test('with the documented rights on PostgreSQL the server works and cannot change an event', async () => {
  const databases = await testPostgres()
  const url = await databases.createDatabase()
  await (await openIpam(postgresStore({ url }))).close()
  const user = newUser()
  const owner = new pg.Client({ connectionString: url })
  await owner.connect()
  const role = new pg.Client({ connectionString: asUser(url, user) })
  try {
    await owner.query(`CREATE ROLE ${user} LOGIN PASSWORD 'secret'`)
    for (const statement of documentedGrants('postgres', user, 'public'))
      await owner.query(statement)
    await useServer(postgresStore({ url: asUser(url, user) }))
    await role.connect()
    for (const statement of [...forbidden, 'TRUNCATE event', 'TRUNCATE event_seal'])
      await expect(role.query(statement), statement).rejects.toMatchObject({ code: '42501' })
  } finally {
    await role.end()
    await owner.query(`DROP OWNED BY ${user}`)
    await owner.query(`DROP ROLE ${user}`)
    await owner.end()
    await databases.dropDatabase(url)
  }
})

test.runIf(hasMariadb())(
  'with the documented rights on MariaDB the server works and cannot change an event',
  async () => {
    const databases = (await testMariadb()) as TestServer
    const url = await databases.createDatabase()
    await (await openIpam(mariadbStore({ url }))).close()
    const user = newUser()
    const schema = new URL(url).pathname.slice(1)
    const owner = await mysql.createConnection({ uri: url })
    let role: mysql.Connection | undefined
    try {
      await owner.query(`CREATE USER ${user} IDENTIFIED BY 'secret'`)
      for (const statement of documentedGrants('mariadb', user, schema))
        await owner.query(statement)
      await useServer(mariadbStore({ url: asUser(url, user) }))
      role = await mysql.createConnection({ uri: asUser(url, user) })
      for (const statement of [...forbidden, 'TRUNCATE event', 'TRUNCATE event_seal'])
        await expect(role.query(statement), statement).rejects.toMatchObject({
          // ER_TABLEACCESS_DENIED_ERROR
          errno: 1142,
        })
    } finally {
      await role?.end()
      await owner.query(`DROP USER ${user}`)
      await owner.end()
      await databases.dropDatabase(url)
    }
  },
)
