import { execFile } from 'node:child_process'
import { join } from 'node:path'
import { promisify } from 'node:util'
import {
  hasMariadb,
  postgresProgram,
  type StartedServer,
  startMariadb,
  startPostgres,
  temporaryDirectory,
} from '@freehold/test-support'
import mysql from 'mysql2/promise'
import pg from 'pg'
import { describe, expect, it } from 'vitest'
import { openIpam } from '../src/ipam.ts'
import { mariadbStore } from '../src/store/mariadb/mariadb-store.ts'
import { postgresStore } from '../src/store/postgres/postgres-store.ts'
import type { Store } from '../src/store/store.ts'

interface BackedUp {
  readonly name: string
  readonly isPossible: boolean
  readonly start: () => Promise<StartedServer>
  readonly open: (options: { url: string }) => Store
  readonly execute: (url: string, sql: string) => Promise<void>
  readonly backup: (url: URL, file: string) => Promise<unknown>
  readonly restore: (url: URL, file: string) => Promise<unknown>
}

const run = promisify(execFile)

/** A command of MariaDB's as the manual has it, with where the server is; `$1` is the file. */
function onMariadb(url: URL, command: string, file: string): Promise<unknown> {
  const where = `--protocol=tcp --host=${url.hostname} --port=${url.port} --user=${url.username}`
  const [program = '', ...words] = command.split(' ')
  return run('sh', ['-c', [program, '--no-defaults', where, ...words].join(' '), 'sh', file])
}

// The commands of docs/reference/databases.md.
const databases: readonly BackedUp[] = [
  {
    name: 'PostgreSQL',
    isPossible: postgresProgram('pg_dump') !== undefined,
    start: () => startPostgres(),
    open: postgresStore,
    async execute(url, sql) {
      const client = new pg.Client({ connectionString: url })
      await client.connect()
      await client.query(sql)
      await client.end()
    },
    backup: (url, file) =>
      run(postgresProgram('pg_dump') ?? '', ['--format=custom', `--file=${file}`, url.href]),
    restore: (url, file) =>
      run(postgresProgram('pg_restore') ?? '', ['--no-owner', `--dbname=${url.href}`, file]),
  },
  {
    name: 'MariaDB',
    isPossible: hasMariadb(),
    start: () => startMariadb(),
    open: mariadbStore,
    async execute(url, sql) {
      const connection = await mysql.createConnection({ uri: url })
      await connection.query(sql)
      await connection.end()
    },
    backup: (url, file) =>
      onMariadb(
        url,
        `mariadb-dump --single-transaction --hex-blob ${url.pathname.slice(1)} > "$1"`,
        file,
      ),
    restore: (url, file) => onMariadb(url, `mariadb ${url.pathname.slice(1)} < "$1"`, file),
  },
]

for (const database of databases)
  describe.runIf(database.isPossible)(`a backup of ${database.name}`, { timeout: 180_000 }, () => {
    it('taken under load has all that was acknowledged before, and agrees with itself', async () => {
      using directory = temporaryDirectory()
      const server = await database.start()
      const urlOf = (name: string): URL => Object.assign(new URL(server.url), { pathname: name })
      const [source, target] = [urlOf('source'), urlOf('target')]
      for (const name of ['source', 'target'])
        await database.execute(server.url, `CREATE DATABASE ${name}`)
      const ipam = await openIpam(database.open({ url: source.href }), { deadlineMs: 60_000 })
      const { id } = await ipam.subnets.create({ cidr: '10.0.0.0/16', name: 'ä\\x00"\'😀' })
      const given: string[] = []
      let isOver = false
      const load = Array.from({ length: 4 }, async () => {
        while (!isOver) {
          const [allocation] = await ipam.allocations.allocate(id, { kind: 'any' })
          given.push(allocation?.address ?? '')
        }
      })
      const more = async (count: number): Promise<void> => {
        const enough = given.length + count
        while (given.length < enough) await new Promise((resolve) => setTimeout(resolve, 5))
      }
      await more(200)
      await ipam.audit.seal()
      const head = await ipam.audit.head()
      const before = [...given]
      const file = join(directory.path, 'backup')
      await database.backup(source, file)
      await more(50)
      isOver = true
      await Promise.all(load)
      await ipam.close()
      await database.restore(target, file)

      const restored = await openIpam(database.open({ url: target.href }), { deadlineMs: 60_000 })
      expect(await restored.check()).toMatchObject({ ok: true, problems: [] })
      expect(await restored.subnets.get(id)).toMatchObject({ name: 'ä\\x00"\'😀' })
      for (const address of before)
        expect(await restored.allocations.get(id, address)).toMatchObject({ state: 'allocated' })
      const { allocated } = await restored.utilization.ofSubnet(id)
      expect(allocated).toBeLessThan(BigInt(given.length))
      await restored.allocations.allocate(id, { kind: 'bulk', count: 10 })
      await restored.audit.seal()
      expect(await restored.audit.verify({ head })).toMatchObject({ ok: true })
      expect((await restored.check()).problems).toEqual([])
      await restored.close()
      await server.stop()
    })
  })
