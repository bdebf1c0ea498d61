import type { RuleName } from './access-rules.ts'
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
    if (count === 0) return
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

/** For a project that has its whole share of something under way. */
export function tooMuchAtOnce(): ApiError {
  return new ApiError(
    'RATE_LIMITED',
    'The project has as much under way as one project may have; nothing was changed.',
    { fix: 'Wait for the answers to earlier requests.' },
    { 'retry-after': '1' },
  )
}

/**
 * How many addresses a request may take, for a route that takes some: what it says, before anything of it was checked.
 * A plan that an administrator imports is none of a project's doing.
 */
export function addressesAskedFor(
  rule: RuleName,
  { method, body, isAdmin }: { method: string; body: unknown; isAdmin: boolean },
): number {
  const { request, port, ports, allocations } = (body ?? {}) as {
    request?: { kind?: unknown; count?: unknown } | null
    port?: unknown
    ports?: unknown
    allocations?: unknown
  }
  if (rule === 'plan:import') return isAdmin ? 0 : lengthOf(allocations, 0)
  if (rule === 'port:write' && method === 'PUT') return addressesOfUpdate(port)
  if (method !== 'POST') return 0
  if (rule === 'port:write')
    return Array.isArray(ports)
      ? ports.reduce((sum: number, one: unknown) => sum + addressesOf(unwrapped(one)), 0)
      : addressesOf(port)
  if (rule !== 'allocation:allocate') return 0
  const count = request?.kind === 'bulk' ? request.count : 1
  return typeof count === 'number' && count >= 1 ? count : 1
}

interface PortBody {
  readonly fixed_ips?: unknown
  readonly mac_address?: unknown
}

// Each port of a list may stand in a wrapper of its own.
function unwrapped(item: unknown): unknown {
  return typeof item === 'object' && item !== null && 'port' in item ? item.port : item
}

function addressesOf(port: unknown): number {
  return lengthOf((port as PortBody | null | undefined)?.fixed_ips, 1)
}

// With another MAC address a port takes its addresses anew.
function addressesOfUpdate(port: unknown): number {
  const { fixed_ips: list, mac_address: mac } = (port ?? {}) as PortBody
  return lengthOf(list, mac === undefined ? 0 : 1)
}

function lengthOf(list: unknown, otherwise: number): number {
  return Array.isArray(list) ? list.length : otherwise
}
