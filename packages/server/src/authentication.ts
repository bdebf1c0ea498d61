import type { IncomingHttpHeaders } from 'node:http'
import type { Caller } from '@freehold/engine'
import { allows, type Role, type RuleName } from './access-rules.ts'
import { ApiError } from './api-error.ts'
import { isProjectId } from './identity/principal.ts'
import { isLoopbackHostHeader, isLoopbackOrigin } from './loopback.ts'

/** Who sent a request, and what it may be. */
export interface Identity {
  readonly caller: Caller
  readonly role: Role
  /** The token that the caller showed, where it is one of ours. */
  readonly tokenId?: string
}

/** The one place where a request's headers become a caller. */
export interface Authentication {
  /** Nobody has to prove anything: the server then listens on loopback addresses only. */
  readonly loopbackOnly: boolean
  /** Throws ApiError UNAUTHENTICATED, FORBIDDEN, INVALID_HEADER, HOST_NOT_ALLOWED or AUTHENTICATION_UNAVAILABLE. */
  identify(headers: IncomingHttpHeaders, requestId: string): Identity | Promise<Identity>
  /** Waits for what is still under way, before the engine is closed. */
  close?(): Promise<void>
}

/** Who asks where nobody is asked who it is. Sees nothing that is not shared: no project can have such a name. */
export const nobody: Caller = { projectId: 'nobody at all', isAdmin: false }

/**
 * Everybody is admin, in the project that `X-Project-Id` names, else in `default`. `actor`: who that is, where it is known
 * without being proved.
 */
export function noAuthentication({ actor }: Pick<Caller, 'actor'> = {}): Authentication {
  return {
    loopbackOnly: true,
    identify(headers, requestId) {
      // A web page that makes its own host name point at 127.0.0.1 reaches us with that name as Host.
      if (headers.host !== undefined && !isLoopbackHostHeader(headers.host))
        throw new ApiError('HOST_NOT_ALLOWED', 'Without authentication, Host must be loopback.', {
          fix: 'Use localhost, 127.0.0.1 or [::1].',
        })
      // Under the true name it can send a POST without a body, which no browser asks about first.
      if (headers.origin !== undefined && !isLoopbackOrigin(headers.origin))
        throw new ApiError(
          'FORBIDDEN',
          'Without authentication, pages of other sites are refused.',
          {
            header: 'Origin',
          },
        )
      const projectId = readProjectId(headers['x-project-id'])
      const known = actor === undefined ? {} : { actor }
      return { caller: { projectId, isAdmin: true, requestId, ...known }, role: 'admin' }
    },
  }
}

function readProjectId(header: string | string[] | undefined): string {
  if (header === undefined) return 'default'
  if (isProjectId(header)) return header
  throw new ApiError(
    'INVALID_HEADER',
    'X-Project-Id must be 1 to 255 visible ASCII characters, and not freehold.',
    { header: 'X-Project-Id' },
  )
}

/** Throws ApiError FORBIDDEN unless the identity satisfies the rule. */
export function authorize(rule: RuleName, { role }: Identity): void {
  if (!allows(rule, role)) throw new ApiError('FORBIDDEN', 'The caller may not do this.', { rule })
}
