import { execFileSync } from 'node:child_process'
import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import type { ConnectionOptions } from 'node:tls'
import {
  hasMariadb,
  type ServerStart,
  type StartedServer,
  startMariadb,
  startPostgres,
  temporaryDirectory,
  testMariadb,
  testPostgres,
} from '@freehold/test-support'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { mariadbStore } from '../src/store/mariadb/mariadb-store.ts'
import { postgresStore } from '../src/store/postgres/postgres-store.ts'
import { errorOfFault } from '../src/store/retry.ts'
import { type Store, StoreFault } from '../src/store/store.ts'

interface TlsDatabase {
  readonly name: string
  readonly start: (options: ServerStart) => Promise<StartedServer>
  readonly open: (options: { url: string; tls?: boolean | ConnectionOptions }) => Store
  /** A database that is always there. */
  readonly database: string
  /** A server that does not speak TLS. */
  readonly plain: () => Promise<string | undefined>
  readonly cipher: string
}

const databases: TlsDatabase[] = [
  {
    name: 'PostgreSQL',
    start: startPostgres,
    open: postgresStore,
    database: 'postgres',
    plain: async () => (await testPostgres()).url,
    cipher: 'SELECT cipher FROM pg_stat_ssl WHERE pid = pg_backend_pid()',
  },
]
if (hasMariadb())
  databases.push({
    name: 'MariaDB',
    start: startMariadb,
    open: mariadbStore,
    database: 'mysql',
    plain: async () => (await testMariadb())?.url,
    cipher:
      "SELECT variable_value AS cipher FROM information_schema.session_status WHERE variable_name = 'Ssl_cipher'",
  })

const folder = temporaryDirectory()
const file = (name: string): string => join(folder.path, name)

function openssl(words: string): void {
  execFileSync('openssl', words.split(' '), { cwd: folder.path, stdio: 'ignore' })
}

const newKey = '-newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes'

function makeAuthority(name: string): void {
  openssl(`req -x509 ${newKey} -days 2 -subj /CN=${name} -keyout ${name}.key -out ${name}.crt`)
}

/** A certificate for one name, signed by our authority. */
function makeCertificate(name: string): void {
  openssl(`req ${newKey} -subj /CN=${name} -keyout ${name}.key -out ${name}.csr`)
  writeFileSync(file('names'), `subjectAltName=DNS:${name}\n`)
  const signed = '-CA ours.crt -CAkey ours.key -CAcreateserial -extfile names'
  openssl(`x509 -req -days 2 -in ${name}.csr ${signed} -out ${name}.crt`)
}

beforeAll(() => {
  makeAuthority('ours')
  makeAuthority('theirs')
  makeCertificate('localhost')
  makeCertificate('db.example.net')
})

afterAll(() => folder[Symbol.dispose]())

for (const { name, start, open, database, plain, cipher } of databases)
  describe(`TLS to ${name}`, { timeout: 120_000 }, () => {
    const servers = new Map<string, StartedServer>()

    beforeAll(async () => {
      for (const host of ['localhost', 'db.example.net']) {
        const tls = { certFile: file(`${host}.crt`), keyFile: file(`${host}.key`) }
        servers.set(host, await start({ tls }))
      }
    }, 240_000)

    afterAll(async () => {
      for (const server of servers.values()) await server.stop()
    })

    /** The server whose certificate is for `certified`, asked for as localhost. */
    function urlOf(certified: string, parameters: Record<string, string> = {}): string {
      const url = new URL(servers.get(certified)?.url ?? '')
      url.hostname = 'localhost'
      url.pathname = `/${database}`
      for (const [key, value] of Object.entries(parameters)) url.searchParams.set(key, value)
      return url.href
    }

    async function cipherOf(store: Store): Promise<string | null | undefined> {
      try {
        const deadline = performance.now() + 30_000
        const found = await store.transaction(
          (session) => session.get<{ cipher: string | null }>(cipher),
          { access: 'read', deadline },
        )
        return found?.cipher
      } finally {
        await store.close()
      }
    }

    async function refusal(store: Store): Promise<unknown> {
      try {
        await cipherOf(store)
      } catch (error) {
        return error instanceof StoreFault ? errorOfFault(error) : error
      }
      throw new Error('the server was let in')
    }

    const full = { sslmode: 'verify-full', sslrootcert: file('ours.crt') }

    it('is used when the URL asks for it, with the authority that it names', async () => {
      expect(await cipherOf(open({ url: urlOf('localhost', full) }))).toMatch(/-|_/)
      const url = urlOf('localhost')
      expect(await cipherOf(open({ url, tls: { ca: ours() } }))).toMatch(/-|_/)
    })

    it('is not used when neither asks for it', async () => {
      expect(await cipherOf(open({ url: urlOf('localhost') }))).toBeFalsy()
    })

    it('is used as the option says, whatever the URL says', async () => {
      const url = urlOf('localhost', { sslmode: 'disable' })
      expect(await cipherOf(open({ url, tls: { ca: ours() } }))).toMatch(/-|_/)
      expect(await cipherOf(open({ url: urlOf('localhost', full), tls: false }))).toBeFalsy()
    })

    const wrong = { code: 'DATABASE_UNAVAILABLE', message: expect.stringContaining('certificate') }

    it.each([
      ['that is for another name', 'db.example.net', () => full],
      [
        'that another authority signed',
        'localhost',
        () => ({ ...full, sslrootcert: file('theirs.crt') }),
      ],
      ['that nobody known signed', 'localhost', () => ({ sslmode: 'verify-full' })],
    ])('refuses a certificate %s', async (_, host, parameters) => {
      expect(await refusal(open({ url: urlOf(host, parameters()) }))).toMatchObject(wrong)
    })

    it.each([
      ['that is for another name', 'db.example.net', () => ({ ca: ours() })],
      ['that nobody known signed', 'localhost', () => true],
    ])('refuses by the option a certificate %s', async (_, host, tls) => {
      expect(await refusal(open({ url: urlOf(host), tls: tls() }))).toMatchObject(wrong)
    })

    it('does not fall back to plain text where the server has no TLS', async () => {
      const url = new URL((await plain()) ?? '')
      url.pathname = `/${database}`
      url.hostname = 'localhost'
      for (const sslmode of ['require', 'verify-full']) {
        url.searchParams.set('sslmode', sslmode)
        expect(await refusal(open({ url: url.href }))).toMatchObject({
          code: 'DATABASE_UNAVAILABLE',
        })
      }
    })

    it('names an authority that is a file', () => {
      const url = urlOf('localhost', { ...full, sslrootcert: file('missing.crt') })
      expect(() => open({ url })).toThrow(expect.objectContaining({ code: 'INVALID_FIELD' }))
    })

    it('does not take an address for the name in a certificate', async () => {
      const url = new URL(urlOf('localhost', full))
      url.hostname = '127.0.0.1'
      const refused = async (): Promise<unknown> => {
        try {
          return await refusal(open({ url: url.href }))
        } catch (error) {
          return error
        }
      }
      expect((await refused()) as Error).toMatchObject({
        code: expect.stringMatching(/^(DATABASE_UNAVAILABLE|INVALID_FIELD)$/),
      })
    })
  })

function ours(): Buffer {
  return readFileSync(file('ours.crt'))
}
