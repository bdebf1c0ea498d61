import { type ChildProcess, execFile, spawn, spawnSync } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { freePort } from '@freehold/test-support'
import type { BenchDatabase } from './bench-database.ts'

export const installNeutron =
  'apt-get install -y --no-install-recommends python3-neutron neutron-server python3-pymysql'

const folder = join(import.meta.dirname, '../neutron-comparison')

// Debian's own Python: another one earlier on the PATH does not see its packages.
const python = '/usr/bin/python3'

/** The version of the installed Neutron, or undefined. */
export function neutronVersion(): string | undefined {
  const program = "import importlib.metadata as m, neutron; print(m.version('neutron'))"
  const { status, stdout } = spawnSync(python, ['-c', program], { encoding: 'utf8' })
  return status === 0 ? stdout.trim() : undefined
}

/** A new, empty database beside the product's on the same MariaDB, as SQLAlchemy names it. */
export async function neutronDatabase(database: BenchDatabase, name: string): Promise<string> {
  await database.execute(`CREATE DATABASE ${name} CHARACTER SET utf8mb3`)
  const { hostname, port, username } = new URL(database.url)
  return `mysql+pymysql://${username}@${hostname}:${port}/${name}?charset=utf8`
}

/** Milliseconds of single allocations in Neutron's own driver, for each number of addresses held. */
export async function neutronDriverCosts(
  url: string,
  held: readonly number[],
  seconds: number,
): Promise<Map<number, number[]>> {
  const { stdout } = await promisify(execFile)(python, [
    join(folder, 'driver_costs.py'),
    '--url',
    url,
    '--held',
    held.join(','),
    '--seconds',
    String(seconds),
  ])
  const lines = stdout
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line) as DriverLine)
  return new Map(lines.map((line) => [line.held, line.milliseconds]))
}

interface DriverLine {
  readonly held: number
  readonly milliseconds: number[]
}

export interface NeutronServer {
  readonly url: string
  stop(): Promise<void>
}

/** Neutron's API server on a database of its own; answers when it resolves, which takes about half a minute. */
export async function startNeutron(databaseUrl: string, scratch: string): Promise<NeutronServer> {
  const port = await freePort()
  const child = spawn(
    python,
    [
      join(folder, 'serve_neutron.py'),
      '--folder',
      scratch,
      '--url',
      databaseUrl,
      '--port',
      String(port),
    ],
    { stdio: 'ignore' },
  )
  const url = `http://127.0.0.1:${port}`
  await untilAnswering(child, `${url}/v2.0/networks`, join(scratch, 'server.log'))
  return {
    url,
    stop: async () => {
      const ended = new Promise((resolve) => child.once('exit', resolve))
      child.kill('SIGTERM')
      await ended
    },
  }
}

async function untilAnswering(child: ChildProcess, url: string, log: string): Promise<void> {
  const giveUpAt = performance.now() + 180_000
  while (performance.now() < giveUpAt) {
    if (child.exitCode !== null) throw new Error(`Neutron ended: ${readFileSync(log, 'utf8')}`)
    try {
      if ((await fetch(url)).ok) return
    } catch {
      // Not listening yet.
    }
    await new Promise((resolve) => setTimeout(resolve, 200))
  }
  throw new Error('Neutron did not answer within three minutes')
}
