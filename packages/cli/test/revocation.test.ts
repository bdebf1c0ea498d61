import { readyUrl, testMariadb, testPostgres } from '@freehold/test-support'
import { describe, expect, test } from 'vitest'
import { FreeholdFolder } from './freehold-process.ts'

const mariadb = await testMariadb()
const databases = [
  { name: 'SQLite', server: undefined, isThere: true },
  { name: 'PostgreSQL', server: await testPostgres(), isThere: true },
  { name: 'MariaDB', server: mariadb, isThere: mariadb !== undefined },
]

interface Answer {
  readonly status: number
  readonly startedAt: number
}

/** What is promised: from the acknowledged end of a token on, no request that is begun later than this gets in. */
const promisedMs = 1000

describe.each(databases)('on $name, with two servers', ({ server, isThere }) => {
  test.runIf(isThere)(
    'a token that one revokes is refused by the other within a second, under load',
    async () => {
      await using folder = new FreeholdFolder()
      const url = await server?.createDatabase()
      if (url !== undefined) folder.use({ FREEHOLD_STORE: url })
      const admin = (await folder.run('init')).stdout.trim()
      const [here, elsewhere] = [await serve(folder), await serve(folder)]
      const { id, secret } = await makeToken(here, admin)

      const load = new Load(elsewhere, secret)
      await load.until((answers) => answers.length > 50)
      const revoked = await fetch(`${here}/v1/tokens/${id}`, {
        method: 'DELETE',
        headers: { authorization: `Bearer ${admin}` },
      })
      const revokedAt = performance.now()
      expect(revoked.status).toBe(204)
      await load.until((answers) => answers.slice(-50).every(({ status }) => status === 401))
      await load.stop()

      const statuses = new Set(load.answers.map(({ status }) => status))
      expect(statuses).toEqual(new Set([200, 401]))
      const lastSuccess = load.answers.findLast(({ status }) => status === 200)
      expect(lastSuccess && lastSuccess.startedAt - revokedAt).toBeLessThan(promisedMs)
      if (url !== undefined) await server?.dropDatabase(url)
    },
  )
})

async function serve(folder: FreeholdFolder): Promise<string> {
  const child = folder.start('serve', '--listen', '127.0.0.1:0', '--log-level', 'silent')
  return readyUrl(child)
}

async function makeToken(url: string, admin: string): Promise<{ id: string; secret: string }> {
  const response = await fetch(`${url}/v1/tokens`, {
    method: 'POST',
    headers: { authorization: `Bearer ${admin}`, 'content-type': 'application/json' },
    body: JSON.stringify({ role: 'operator', projectId: 'north' }),
  })
  expect(response.status).toBe(201)
  return (await response.json()) as { id: string; secret: string }
}

/** Bearers of one token who ask without a pause, until they are stopped. */
class Load {
  readonly answers: Answer[] = []
  readonly #callers: Promise<void>[]
  #isOver = false

  constructor(url: string, secret: string) {
    const ask = async () => {
      const startedAt = performance.now()
      const response = await fetch(`${url}/v1/subnets`, {
        headers: { authorization: `Bearer ${secret}` },
      })
      await response.arrayBuffer()
      this.answers.push({ status: response.status, startedAt })
    }
    this.#callers = Array.from({ length: 4 }, async () => {
      while (!this.#isOver) await ask()
    })
  }

  async until(isEnough: (answers: readonly Answer[]) => boolean): Promise<void> {
    await expect.poll(() => isEnough(this.answers), { timeout: 60_000 }).toBe(true)
  }

  async stop(): Promise<void> {
    this.#isOver = true
    await Promise.all(this.#callers)
  }
}
