import { type Ipam, openIpam } from '@freehold/engine'
import { mariadbStore } from '@freehold/engine/mariadb'
import { postgresStore } from '@freehold/engine/postgres'
import { type TestServer, testMariadb, testPostgres } from '@freehold/test-support'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { createToken, listTokens, revokeToken, rotateToken } from '../src/identity/token-records.ts'
import { openStore as openSqlite } from './app-fixture.ts'

const mariadb = await testMariadb()
const servers: [string, TestServer | undefined, (url: string) => Parameters<typeof openIpam>[0]][] =
  [
    ['PostgreSQL', await testPostgres(), (url) => postgresStore({ url })],
    ['MariaDB', mariadb, (url) => mariadbStore({ url })],
  ]

const rounds = 25

describe.each(servers)('on %s', (_name, server, openStore) => {
  let ipam: Ipam
  let url: string

  beforeAll(async () => {
    if (server === undefined) return
    url = await server.createDatabase()
    ipam = await openIpam(openStore(url))
  })
  afterAll(async () => {
    if (server === undefined) return
    await ipam.close()
    await server.dropDatabase(url)
  })

  test.runIf(server !== undefined)(
    'a family that is revoked while its token is rotated leaves nobody behind',
    async () => {
      let rotations = 0
      for (let round = 0; round < rounds; round += 1) {
        const { token } = await createToken(ipam, { role: 'operator', projectId: 'north' }, {})
        const [rotated, revoked] = await Promise.allSettled([
          rotateToken(ipam, undefined, token.id, {}),
          revokeToken(ipam, token.id, true),
        ])
        if (rotated.status === 'fulfilled') rotations += 1
        expect(revoked).toMatchObject({ status: 'fulfilled' })
        const left = await listTokens(ipam, undefined, { familyId: token.familyId }, {})
        expect(left.items).toEqual([])
      }
      // Otherwise nothing was raced.
      expect(rotations).toBeGreaterThan(0)
    },
  )
})

test('a family that many have left by age still has two alive at most', async () => {
  const store = await openSqlite()
  const { ipam } = store
  const first = await createToken(ipam, { role: 'reader', projectId: 'north' }, {})
  // A page of them between the two living, in the order in which tokens are listed.
  await ipam.transaction(async ({ documents }) => {
    for (let count = 0; count < 1001; count += 1)
      await documents.create({
        collection: 'token',
        name: '',
        reference: first.token.familyId,
        uniqueKey: `digest ${count}`,
        body: {
          role: 'reader',
          expiresAt: '2020-01-01T00:00:00.000Z',
          lastUsedAt: null,
          createdBy: null,
        },
      })
  })
  const second = await rotateToken(ipam, undefined, first.token.id, {})
  await expect(rotateToken(ipam, undefined, second.token.id, {})).rejects.toMatchObject({
    code: 'TOKEN_ROTATION_OPEN',
  })
  await revokeToken(ipam, first.token.id, true)
  expect((await listTokens(ipam, undefined, {}, {})).items).toEqual([])
  await store.close()
}, 60_000)
