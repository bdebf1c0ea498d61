import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { openIpam, type RandomSource } from '@freehold/engine'
import { sqliteStore } from '@freehold/engine/sqlite'
import { createToken } from '../src/identity/token-records.ts'
import { createApp, credentialAuthentication, TokenVerifier } from '../src/index.ts'
import { type Answer, callerOf, patient } from './app-fixture.ts'

export type Call = (
  method: string,
  path: string,
  body?: unknown,
  headers?: Record<string, string>,
) => Promise<Answer>

/** A server with two tenants on it. The one who looks is always there; the other one's records may be. */
export interface World {
  readonly admin: Call
  /** Looks. */
  readonly south: Call
  readonly southReader: Call
  /** Has, or has not, records of its own. */
  readonly north: Call
  /** Starts the engine's draws over, so that two worlds draw the same. */
  restartRandom(): void
  close(): Promise<void>
}

export async function openWorld(): Promise<World> {
  const folder = mkdtempSync(join(tmpdir(), 'freehold-world-'))
  const random = new RestartableRandom()
  const ipam = await openIpam(sqliteStore({ path: join(folder, 'test.sqlite') }), { random })
  const authentication = credentialAuthentication([new TokenVerifier({ ipam })])
  const app = createApp({ ipam, authentication, ...patient })
  const call = callerOf(app)
  const as = async (role: 'admin' | 'operator' | 'reader', projectId: string): Promise<Call> => {
    const { secret } = await createToken(ipam, { role, projectId }, {})
    return (method, path, body, headers) =>
      call(method, path, body, { ...headers, authorization: `Bearer ${secret}` })
  }
  return {
    admin: await as('admin', 'default'),
    south: await as('operator', 'south'),
    southReader: await as('reader', 'south'),
    north: await as('operator', 'north'),
    restartRandom: () => random.restart(),
    async close() {
      await app.close()
      await authentication.close?.()
      await ipam.close()
      rmSync(folder, { recursive: true })
    },
  }
}

// Not a good generator; the same one twice is all that is asked of it here.
class RestartableRandom implements RandomSource {
  #state = 1n

  restart(): void {
    this.#state = 1n
  }

  below(bound: bigint): bigint {
    let drawn = 0n
    for (let bits = 0n; bits < 192n; bits += 32n) {
      this.#state = (this.#state * 6_364_136_223_846_793_005n + 1n) & 0xffff_ffff_ffff_ffffn
      drawn = (drawn << 32n) | (this.#state >> 32n)
    }
    return drawn % bound
  }
}

/**
 * What a tenant was answered, with all that differs between any two servers replaced: ids by the order in which they come,
 * and times, secrets, MAC addresses and cursors by their form.
 */
export class Transcript {
  readonly lines: string[] = []
  readonly #ids = new Map<string, string>()

  /** `about` says what was asked, in words that are the same in every world. */
  add(about: string, { status, headers, body }: Answer): void {
    const told = JSON.stringify({ status, headers, body })
    this.lines.push(`${about} → ${this.#masked(told)}`)
  }

  #masked(text: string): string {
    return text
      .replace(/[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}/g, (id) => {
        const name = this.#ids.get(id) ?? `<id ${this.#ids.size}>`
        this.#ids.set(id, name)
        return name
      })
      .replace(/fh_[0-9A-Za-z]{49}/g, '<secret>')
      .replace(/\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?Z/g, '<time>')
      .replace(/[A-Z][a-z]{2}, \d\d [A-Z][a-z]{2} \d{4} [\d:]{8} GMT/g, '<date>')
      .replace(/fa:16:3e(:[0-9a-f]{2}){3}/g, '<mac>')
      .replace(/[\w-]{60,}/g, (cursor) => `<${cursor.length} opaque characters>`)
  }
}
