import { ApiError } from './api-error.ts'
import type { Identity } from './authentication.ts'
import { TokenBuckets } from './token-buckets.ts'

export interface RateLimits {
  /** Requests per second and caller (token, or user of an identity provider); twice as many may come at once. */
  readonly requestsPerSecond?: number
  /** Addresses per minute and project; as many may be asked for at once. */
  readonly allocationsPerMinute?: number
}

/**
 * Counts what callers ask for, in this server process alone: two processes let through twice as much. Every caller has
 * buckets of its own, so nobody's load can be seen in what another is answered.
 */
export class RateLimiter {
  readonly #requests: TokenBuckets | null
  readonly #allocations: TokenBuckets | null

  constructor({ requestsPerSecond, allocationsPerMinute }: RateLimits) {
    this.#requests =
      requestsPerSecond === undefined
        ? null
        : new TokenBuckets({ capacity: requestsPerSecond * 2, perSecond: requestsPerSecond })
    this.#allocations =
      allocationsPerMinute === undefined
        ? null
        : new TokenBuckets({
            capacity: allocationsPerMinute,
            perSecond: allocationsPerMinute / 60,
          })
  }

  /** Throws ApiError RATE_LIMITED. */
  countRequest({ caller }: Identity): void {
    refuseUnless(this.#requests?.take(caller.actor ?? `project:${caller.projectId}`) ?? 0)
  }

  /** Throws ApiError RATE_LIMITED. */
  countAllocations({ caller }: Identity, count: number): void {
    const wait = this.#allocations?.take(caller.projectId, count) ?? 0
    if (wait === Number.POSITIVE_INFINITY)
      throw new ApiError('RATE_LIMITED', 'More addresses than the project may get in a minute.', {
        fix: 'Ask for fewer addresses at once.',
      })
    refuseUnless(wait)
  }
}

function refuseUnless(waitSeconds: number): void {
  if (waitSeconds <= 0) return
  throw new ApiError(
    'RATE_LIMITED',
    'Too much was asked for in too short a time; nothing was changed.',
    { fix: 'Wait as long as Retry-After says.' },
    { 'retry-after': String(Math.ceil(waitSeconds)) },
  )
}

/** How many addresses a request asks for: whatever it says, before anything of it was checked. */
export function addressesAskedFor(body: unknown): number {
  const { request, port, ports } = (body ?? {}) as {
    request?: { kind?: unknown; count?: unknown } | null
    port?: unknown
    ports?: unknown
  }
  if (Array.isArray(ports))
    return ports.reduce((sum: number, one: unknown) => sum + fixedIps(one), 0)
  if (port !== undefined) return fixedIps(port)
  const count = request?.kind === 'bulk' ? request.count : 1
  return typeof count === 'number' && count >= 1 ? count : 1
}

function fixedIps(port: unknown): number {
  const list = (port as { fixed_ips?: unknown } | null | undefined)?.fixed_ips
  return Array.isArray(list) ? list.length : 1
}
