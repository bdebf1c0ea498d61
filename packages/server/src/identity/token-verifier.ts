import { timingSafeEqual } from 'node:crypto'
import type { Ipam } from '@freehold/engine'
import { type CredentialVerifier, invalidCredential, type Principal } from './principal.ts'
import { findTokenByDigest, recordTokenUse, type Token, toToken } from './token-records.ts'
import { isTokenText, tokenDigest } from './token-text.ts'

export interface TokenVerifierOptions {
  /** The engine as the server itself. */
  readonly ipam: Ipam
  /** How long a token that was found is believed without asking again: 0 to 500 ms, so that revoking takes less than a second. */
  readonly cacheMs?: number
  /** Milliseconds since 1970. */
  readonly clock?: () => number
  /** Told when a last use could not be written down. */
  readonly onError?: (error: unknown) => void
}

const longestCacheMs = 500
const mostCached = 10_000
const useRecordedEveryMs = 60_000

interface CachedToken {
  readonly token: Token
  readonly readAt: number
}

/** Freehold's own tokens. A check costs a hash and, at most twice a second for each token, one index probe. */
export class TokenVerifier implements CredentialVerifier {
  readonly #ipam: Ipam
  readonly #cacheMs: number
  readonly #clock: () => number
  readonly #onError: (error: unknown) => void
  readonly #cache = new Map<string, CachedToken>()
  readonly #useRecordedAt = new Map<string, number>()
  readonly #writing = new Set<Promise<void>>()

  constructor({ ipam, cacheMs, clock, onError }: TokenVerifierOptions) {
    this.#ipam = ipam
    this.#cacheMs = Math.min(cacheMs ?? longestCacheMs, longestCacheMs)
    this.#clock = clock ?? Date.now
    this.#onError = onError ?? (() => {})
  }

  accepts(credential: string): boolean {
    return credential.startsWith('fh_')
  }

  async verify(credential: string): Promise<Principal> {
    if (!isTokenText(credential)) throw invalidCredential()
    const token = await this.#read(tokenDigest(credential))
    if (token === undefined) throw invalidCredential()
    if (token.expiresAt !== null && Date.parse(token.expiresAt) <= this.#clock())
      throw invalidCredential()
    this.#recordUse(token)
    const { id, projectId, role } = token
    return { projectId, role, actor: `token:${id}`, tokenId: id }
  }

  async close(): Promise<void> {
    await Promise.all(this.#writing)
  }

  // Only what was found is kept: unknown tokens must not take memory, and revoked ones are gone when they are asked for.
  async #read(digest: string): Promise<Token | undefined> {
    // By a clock that cannot be set back: a revoked token must not live on with it.
    const now = performance.now()
    const cached = this.#cache.get(digest)
    if (cached !== undefined && now - cached.readAt < this.#cacheMs) return cached.token
    this.#cache.delete(digest)
    const document = await findTokenByDigest(this.#ipam, digest)
    if (document === undefined) return undefined
    // The index found it by this very text; what lets a caller in is compared without telling how far it is right.
    const stored = Buffer.from(document.uniqueKey ?? '')
    if (stored.length !== digest.length || !timingSafeEqual(stored, Buffer.from(digest)))
      return undefined
    if (this.#cache.size >= mostCached) this.#cache.clear()
    const token = toToken(document)
    this.#cache.set(digest, { token, readAt: now })
    return token
  }

  // Off the request's path, and rarely: a busy token would otherwise turn every read into a write.
  #recordUse({ id, lastUsedAt }: Token): void {
    const now = this.#clock()
    const last = this.#useRecordedAt.get(id) ?? Date.parse(lastUsedAt ?? '1970-01-01')
    if (now - last < useRecordedEveryMs) return
    if (this.#useRecordedAt.size >= mostCached) this.#useRecordedAt.clear()
    this.#useRecordedAt.set(id, now)
    const writing = recordTokenUse(this.#ipam, id, now)
      .catch(this.#onError)
      .finally(() => this.#writing.delete(writing))
    this.#writing.add(writing)
  }
}
