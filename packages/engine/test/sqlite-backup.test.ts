import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { DatabaseSync } from 'node:sqlite'
import { fileURLToPath } from 'node:url'
import { temporaryDirectory } from '@freehold/test-support'
import { expect, it } from 'vitest'
import { openIpam } from '../src/ipam.ts'
import { sqliteStore } from '../src/store/sqlite/sqlite-store.ts'

const workerFile = fileURLToPath(new URL('./sqlite-worker.ts', import.meta.url))

/** A process that allocates and releases, and the addresses of which it said that they were given to it. */
class Load implements AsyncDisposable {
  readonly held: string[] = []
  readonly #child: ChildProcess

  constructor(path: string, subnetId: string, name: string) {
    const conditions = ['--conditions=source', '--disable-warning=ExperimentalWarning']
    this.#child = spawn(process.execPath, [...conditions, workerFile, path, subnetId, name], {
      stdio: ['ignore', 'pipe', 'inherit'],
    })
    createInterface({ input: this.#child.stdout as NodeJS.ReadableStream }).on('line', (line) => {
      const [verb, address = ''] = line.split(' ')
      if (verb === 'held') this.held.push(address)
    })
  }

  async hasBeenGiven(count: number): Promise<void> {
    while (this.held.length < count) {
      expect(this.#child.exitCode, 'the process ended by itself').toBeNull()
      await new Promise((resolve) => setTimeout(resolve, 5))
    }
  }

  async [Symbol.asyncDispose](): Promise<void> {
    const ended = once(this.#child, 'close')
    this.#child.kill('SIGKILL')
    await ended
  }
}

it('a backup taken under load is a prefix of the history, with all that was acknowledged before', {
  timeout: 120_000,
}, async () => {
  using directory = temporaryDirectory()
  const path = join(directory.path, 'freehold.sqlite')
  const copy = join(directory.path, 'backup.sqlite')
  const ipam = await openIpam(sqliteStore({ path }))
  const subnet = await ipam.subnets.create({ cidr: '10.0.0.0/16' })
  const kept = await ipam.allocations.allocate(subnet.id, { kind: 'bulk', count: 1000 })
  let acknowledged: string[]
  {
    await using one = new Load(path, subnet.id, 'one')
    await using two = new Load(path, subnet.id, 'two')
    await Promise.all([one.hasBeenGiven(100), two.hasBeenGiven(100)])
    acknowledged = [...one.held, ...two.held]
    const connection = new DatabaseSync(path)
    connection.prepare('VACUUM INTO ?').run(copy)
    connection.close()
    // The load went on meanwhile: what follows is missing from the backup.
    await Promise.all([
      one.hasBeenGiven(one.held.length + 50),
      two.hasBeenGiven(two.held.length + 50),
    ])
  }

  const restored = await openIpam(sqliteStore({ path: copy }))
  expect(await restored.check()).toMatchObject({ ok: true, problems: [] })
  for (const { address } of kept)
    expect((await restored.allocations.get(subnet.id, address)).state).toBe('allocated')
  const events = (file: string) => {
    const database = new DatabaseSync(file, { readOnly: true })
    const rows = database
      .prepare('SELECT id, at, action, hex(address) AS address, state_after FROM event ORDER BY id')
      .all()
    database.close()
    return rows
  }
  const [found, all] = [events(copy), events(path)]
  expect(found.length).toBeLessThan(all.length)
  expect(found).toEqual(all.slice(0, found.length))
  const given = new Map<string, number>()
  for (const row of found)
    if (row['action'] === 'allocated') {
      const key = String(row['address'])
      given.set(key, (given.get(key) ?? 0) + 1)
    }
  for (const address of acknowledged) {
    const key = address
      .split('.')
      .map((part) => Number(part).toString(16).padStart(2, '0'))
      .join('')
      .toUpperCase()
      .padStart(32, '0')
    given.set(key, (given.get(key) ?? 0) - 1)
  }
  expect([...given].filter(([, count]) => count < 0)).toEqual([])

  const [next] = await restored.allocations.allocate(subnet.id, { kind: 'any' })
  expect(next?.state).toBe('allocated')
  await restored.audit.seal()
  expect((await restored.audit.verify()).ok).toBe(true)
  expect((await restored.check()).problems).toEqual([])
  await restored.close()
  await ipam.close()
})
