import { type ChildProcess, spawn } from 'node:child_process'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { DatabaseSync } from 'node:sqlite'
import { fileURLToPath } from 'node:url'
import { temporaryDirectory } from '@freehold/test-support'
import { expect, it } from 'vitest'
import { type Ipam, openIpam } from '../src/ipam.ts'
import { sqliteStore } from '../src/store/sqlite/sqlite-store.ts'

const workerFile = fileURLToPath(new URL('./sqlite-worker.ts', import.meta.url))

/** One process, and what it said that it was told. */
class Worker {
  readonly name: string
  readonly held = new Set<string>()
  /** Announced and not acknowledged: may be held or not. */
  releasing: string | null = null
  lines = 0
  readonly #child: ChildProcess
  readonly #ended: Promise<void>
  #errors = ''

  constructor(name: string, path: string, subnetId: string) {
    this.name = name
    const conditions = ['--conditions=source', '--disable-warning=ExperimentalWarning']
    this.#child = spawn(process.execPath, [...conditions, workerFile, path, subnetId, name], {
      stdio: ['ignore', 'pipe', 'pipe'],
    })
    const output = createInterface({ input: this.#child.stdout as NodeJS.ReadableStream })
    output.on('line', (line) => this.#hear(line))
    this.#child.stderr?.on('data', (chunk) => {
      this.#errors += String(chunk)
    })
    const closed = new Promise<void>((resolve) => output.on('close', resolve))
    const exited = new Promise<void>((resolve) => this.#child.on('exit', () => resolve()))
    this.#ended = Promise.all([closed, exited]).then(() => undefined)
  }

  /** Kills the process without warning, and waits for its last words. */
  async kill(): Promise<void> {
    expect(this.#child.exitCode, this.#errors).toBeNull()
    this.#child.kill('SIGKILL')
    await this.#ended
  }

  async hasSaid(lines: number): Promise<void> {
    while (this.lines < lines) {
      if (this.#child.exitCode !== null) throw new Error(`${this.name} ended: ${this.#errors}`)
      await new Promise((resolve) => setImmediate(resolve))
    }
  }

  #hear(line: string): void {
    this.lines += 1
    const [verb, address = ''] = line.split(' ')
    if (verb === 'held') this.held.add(address)
    else {
      this.held.delete(address)
      this.releasing = verb === 'releasing' ? address : null
    }
  }
}

async function holders(ipam: Ipam, subnetId: string): Promise<Map<string, string | undefined>> {
  const found = new Map<string, string | undefined>()
  for (let cursor: string | null | undefined; cursor !== null; ) {
    const options = cursor === undefined ? { limit: 1000 } : { limit: 1000, cursor }
    const page = await ipam.allocations.list(subnetId, {}, options)
    for (const { address, holder } of page.items) found.set(address, holder?.id)
    cursor = page.nextCursor
  }
  return found
}

it('keeps what was acknowledged when processes are killed in the middle of their work', {
  timeout: 120_000,
}, async () => {
  using directory = temporaryDirectory()
  const path = join(directory.path, 'freehold.sqlite')
  const ipam = await openIpam(sqliteStore({ path }))
  const { id } = await ipam.subnets.create({ cidr: '10.0.0.0/20' })
  const dead: Worker[] = []
  const alive = Array.from({ length: 8 }, (_, index) => new Worker(`w${index}`, path, id))
  try {
    for (let kills = 0; kills < 6; kills += 1) {
      const victim = alive.splice(kills % alive.length, 1)[0] as Worker
      await victim.hasSaid(5 + ((kills * 37) % 60))
      await victim.kill()
      dead.push(victim)
      alive.push(new Worker(`w${8 + kills}`, path, id))
    }
    for (const worker of alive) await worker.hasSaid(30)
  } finally {
    for (const worker of alive) await worker.kill()
  }
  const workers = [...dead, ...alive]
  const stored = await holders(ipam, id)
  const acknowledged = workers.flatMap(({ held }) => [...held])
  expect(new Set(acknowledged).size).toBe(acknowledged.length)
  for (const worker of workers)
    for (const address of worker.held)
      expect(stored.get(address), `${address} was given to ${worker.name}`).toBe(worker.name)
  // What is stored besides was on its way when its process was killed: one change each at most.
  for (const worker of workers) {
    const rows = [...stored].filter(([, holder]) => holder === worker.name)
    const unsure = rows.filter(([address]) => !worker.held.has(address))
    expect(unsure.length, worker.name).toBeLessThanOrEqual(1)
  }
  expect((await ipam.check()).problems).toEqual([])
  await ipam.close()
  using database = new DatabaseSync(path)
  expect(database.prepare('PRAGMA integrity_check').all()).toEqual([{ integrity_check: 'ok' }])
  expect(database.prepare('PRAGMA foreign_key_check').all()).toEqual([])
})
