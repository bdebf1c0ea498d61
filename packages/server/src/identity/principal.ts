import type { Role } from '../access-rules.ts'
import { ApiError } from '../api-error.ts'

/** Whom a credential stands for. */
export interface Principal {
  readonly projectId: string
  readonly role: Exclude<Role, 'anyone'>
  /** Who acts, for the events: `token:…`, `oidc:…` or `keystone:…`. */
  readonly actor: string
  /** Only for Freehold's own tokens. */
  readonly tokenId?: string
}

/** Knows one kind of credential. */
export interface CredentialVerifier {
  /** Whether a credential looks like one of its own; the first that says so decides. */
  accepts(credential: string): boolean
  /** Throws ApiError UNAUTHENTICATED, FORBIDDEN or AUTHENTICATION_UNAVAILABLE. */
  verify(credential: string): Promise<Principal>
  /** Waits for what is still under way. */
  close?(): Promise<void>
}

/** One answer for whatever is wrong with a credential: a guesser learns nothing from it. */
export function invalidCredential(): ApiError {
  return new ApiError(
    'UNAUTHENTICATED',
    'The token is unknown, expired or revoked.',
    { fix: 'Send a valid token as Authorization: Bearer or X-Auth-Token.' },
    { 'www-authenticate': 'Bearer error="invalid_token"' },
  )
}

// Owns the built-in scopes; no caller may have it.
const reservedProjectId = 'freehold'

/** Whether a text can name a calling project: 1 to 255 visible ASCII characters, and not the server's own. */
export function isProjectId(text: unknown): text is string {
  return typeof text === 'string' && /^[\x21-\x7e]{1,255}$/.test(text) && text !== reservedProjectId
}

/** Names of roles elsewhere, and what they are here. */
export type RoleMap = Readonly<Record<string, Principal['role']>>

const byRank = ['admin', 'operator', 'reader'] as const

/** The highest role that the names stand for. Throws ApiError FORBIDDEN when they stand for none. */
export function roleOf(names: readonly string[], map: RoleMap): Principal['role'] {
  const roles = new Set(names.map((name) => (Object.hasOwn(map, name) ? map[name] : undefined)))
  const role = byRank.find((candidate) => roles.has(candidate))
  if (role === undefined)
    throw new ApiError('FORBIDDEN', 'The caller has no role here.', {
      fix: 'Give the caller a role that the server maps to admin, operator or reader.',
    })
  return role
}
