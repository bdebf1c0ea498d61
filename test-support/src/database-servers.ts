import { createServer, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import type { TestProject } from 'vitest/node'
import { hasMariadb, startMariadb } from './mariadb-server.ts'
import { startPostgres } from './postgres-server.ts'
import type { DatabaseServer } from './server-process.ts'

// Vitest runs test files in processes of their own; they ask its main process for the servers, which starts each when it
// is first wanted, once for the whole run.

declare module 'vitest' {
  interface ProvidedContext {
    databaseServers: string
  }
}

export type DatabaseKind = 'postgres' | 'mariadb'

/** Vitest calls this before the first test file, and what it returns after the last. */
export async function setup(project: TestProject): Promise<() => Promise<void>> {
  const started = new Map<string, Promise<DatabaseServer | undefined>>()
  const server = createServer((request, response) => {
    const kind = request.url?.slice(1) ?? ''
    const known = started.get(kind) ?? start(kind)
    started.set(kind, known)
    known.then(
      (database) => response.end(JSON.stringify({ url: database?.url ?? null })),
      (error: unknown) => response.end(JSON.stringify({ error: String(error) })),
    )
  })
  await listening(server)
  project.provide('databaseServers', `http://127.0.0.1:${(server.address() as AddressInfo).port}`)
  return async () => {
    server.close()
    for (const database of started.values()) await (await database.catch(() => undefined))?.stop()
  }
}

async function start(kind: string): Promise<DatabaseServer | undefined> {
  if (kind === 'postgres') return ofEnvironment('FREEHOLD_TEST_POSTGRES') ?? startPostgres()
  const given = ofEnvironment('FREEHOLD_TEST_MARIADB')
  if (given !== undefined) return given
  return hasMariadb() ? startMariadb() : undefined
}

function ofEnvironment(name: string): DatabaseServer | undefined {
  const url = process.env[name]
  return url === undefined || url === '' ? undefined : { url, stop: async () => undefined }
}

async function listening(server: Server): Promise<void> {
  return new Promise((resolve) => server.listen(0, '127.0.0.1', () => resolve()))
}
