import { mkdtempSync, rmSync } from 'node:fs'
import { Agent, request } from 'node:http'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { type Ipam, openIpam } from '@freehold/engine'
import { sqliteStore } from '@freehold/engine/sqlite'
import { requestLog, startServer } from '../src/index.ts'

export interface StalledAnswer {
  readonly status: number
  readonly retryAfter: string | undefined
}

export interface StalledServer {
  readonly url: string
  readonly ipam: Ipam
  readonly subnetId: string
  /** Asks for any address. */
  allocate(): Promise<StalledAnswer>
  /** Lets the database go on. */
  release(): void
  close(): Promise<void>
}

/**
 * A server whose database is locked by somebody else, as by a backup: nothing that writes can be answered, and all of it
 * waits.
 */
export async function stalledServer(maxInFlight: number): Promise<StalledServer> {
  const folder = mkdtempSync(join(tmpdir(), 'freehold-stalled-'))
  const path = join(folder, 'test.sqlite')
  const ipam = await openIpam(sqliteStore({ path }), { deadlineMs: 300_000 })
  const { id } = await ipam.subnets.create({ cidr: '10.0.0.0/16' })
  const server = await startServer({
    ipam,
    listen: { host: '127.0.0.1', port: 0 },
    log: requestLog('silent'),
    loadLimits: { maxInFlight, maxEventLoopDelayMs: Number.POSITIVE_INFINITY },
    reapIntervalMs: 3_600_000,
  })
  const agent = new Agent({ keepAlive: true })
  const other = new DatabaseSync(path)
  other.exec('BEGIN IMMEDIATE')
  return {
    url: server.url,
    ipam,
    subnetId: id,
    allocate: () => post(`${server.url}/v1/subnets/${id}/allocations`, agent),
    release() {
      other.exec('ROLLBACK')
      other.close()
    },
    async close() {
      agent.destroy()
      await server.stop()
      rmSync(folder, { recursive: true })
    },
  }
}

function post(url: string, agent: Agent): Promise<StalledAnswer> {
  const headers = { 'content-type': 'application/json' }
  return new Promise((resolve, reject) => {
    request(url, { method: 'POST', agent, headers }, (response) => {
      const status = response.statusCode ?? 0
      const retryAfter = response.headers['retry-after']
      response.resume().once('end', () => resolve({ status, retryAfter }))
    })
      .once('error', reject)
      .end('{"request":{"kind":"any"}}')
  })
}
