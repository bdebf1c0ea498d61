import { execFile } from 'node:child_process'
import { existsSync, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { type Ipam, openIpam } from '@freehold/engine'
import { sqliteStore } from '@freehold/engine/sqlite'
import { requestLog, startServer } from '@freehold/server'

export interface FreeholdServer {
  readonly url: string
  readonly ipam: Ipam
  /** A folder for the test's own files. */
  readonly folder: string
  stop(): Promise<void>
}

/** A server on a free port over a fresh SQLite file, for clients that are processes of their own. */
export async function startFreehold(): Promise<FreeholdServer> {
  const folder = mkdtempSync(join(tmpdir(), 'freehold-client-'))
  const ipam = await openIpam(sqliteStore({ path: join(folder, 'freehold.sqlite') }))
  const server = await startServer({
    ipam,
    log: requestLog('silent'),
    listen: { host: '127.0.0.1', port: 0 },
  })
  return {
    url: server.url,
    ipam,
    folder,
    async stop() {
      await server.stop()
      rmSync(folder, { recursive: true })
    },
  }
}

export interface ClientRun {
  readonly exitCode: number
  readonly stdout: string
  readonly stderr: string
}

/** Where the distribution keeps its clients; a Python put before it in the PATH would not find their modules. */
const systemPath = '/usr/bin:/bin'

export function hasProgram(path: string): boolean {
  return existsSync(path)
}

/** Runs a program of the distribution that is told of the server as one without authentication. */
export function runClient(
  server: FreeholdServer,
  program: string,
  args: readonly string[],
  environment: Readonly<Record<string, string>> = {},
): Promise<ClientRun> {
  const env = {
    PATH: systemPath,
    HOME: server.folder,
    LC_ALL: 'C.UTF-8',
    OS_AUTH_TYPE: 'none',
    OS_ENDPOINT: server.url,
    ...environment,
  }
  return new Promise((resolve) => {
    const options = { env, cwd: server.folder, timeout: 300_000, maxBuffer: 16 * 1024 * 1024 }
    execFile(program, args, options, (error, stdout, stderr) => {
      const code = error === null ? 0 : typeof error.code === 'number' ? error.code : 1
      resolve({ exitCode: code, stdout, stderr })
    })
  })
}
