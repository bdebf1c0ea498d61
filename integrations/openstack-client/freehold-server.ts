import { execFile } from 'node:child_process'
import { existsSync, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { type Ipam, openIpam } from '@freehold/engine'
import { sqliteStore } from '@freehold/engine/sqlite'
import {
  createToken,
  credentialAuthentication,
  requestLog,
  startServer,
  TokenVerifier,
} from '@freehold/server'

export interface FreeholdServer {
  readonly url: string
  readonly ipam: Ipam
  /** A folder for the test's own files. */
  readonly folder: string
  /** What clients are told of it by their environment. */
  readonly clientEnvironment: Readonly<Record<string, string>>
  stop(): Promise<void>
}

/** Whom a server lets in: everybody, or bearers of its tokens. */
export type Admission = 'everybody' | 'bearers'

/** A server on a free port over a fresh SQLite file, for clients that are processes of their own. */
export async function startFreehold(
  admission: Admission = 'everybody',
  options: Partial<Parameters<typeof startServer>[0]> = {},
): Promise<FreeholdServer> {
  const folder = mkdtempSync(join(tmpdir(), 'freehold-client-'))
  const ipam = await openIpam(sqliteStore({ path: join(folder, 'freehold.sqlite') }))
  const server = await startServer({
    ipam,
    ...(admission === 'everybody'
      ? {}
      : { authentication: credentialAuthentication([new TokenVerifier({ ipam })]) }),
    log: requestLog('silent'),
    listen: { host: '127.0.0.1', port: 0 },
    // The clients may keep the machine busy.
    loadLimits: { maxEventLoopDelayMs: Number.POSITIVE_INFINITY },
    ...options,
  })
  return {
    url: server.url,
    ipam,
    folder,
    clientEnvironment: {
      OS_AUTH_TYPE: admission === 'everybody' ? 'none' : 'admin_token',
      OS_ENDPOINT: server.url,
    },
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

/** The environment of a client with a new token of the server's. */
export async function bearerOf(
  { ipam }: FreeholdServer,
  role: 'operator' | 'reader',
  projectId: string,
): Promise<Readonly<Record<string, string>>> {
  return { OS_TOKEN: (await createToken(ipam, { role, projectId }, {})).secret }
}

/** Runs a program of the distribution that is told of the server by its environment. */
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
    ...server.clientEnvironment,
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
