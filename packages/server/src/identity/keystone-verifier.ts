import { createHash } from 'node:crypto'
import { ApiError } from '../api-error.ts'
import { isSafeUrl } from './oidc-verifier.ts'
import {
  type CredentialVerifier,
  invalidCredential,
  isProjectId,
  type Principal,
  type RoleMap,
  roleOf,
} from './principal.ts'

/** With what the server itself asks Keystone: a user's password, or an application credential. */
export type KeystoneCredentials =
  | {
      readonly username: string
      readonly password: string
      readonly userDomain: string
      readonly project: string
      readonly projectDomain: string
    }
  | { readonly applicationCredentialId: string; readonly applicationCredentialSecret: string }

export interface KeystoneOptions {
  /** Of the Identity API, with or without `/v3`: `https://keystone.example.net:5000`. https, or http on loopback. */
  readonly url: string
  readonly credentials: KeystoneCredentials
  /** Default: admin, member as operator, reader. */
  readonly roles?: RoleMap
  /** How long Keystone's word is believed, 0 to 60,000. Default 5,000: a revoked token lives on for as long. */
  readonly cacheMs?: number
}

const answerTimeoutMs = 5000
const usualCacheMs = 5000
const longestCacheMs = 60_000
const mostCached = 10_000
const defaultRoles: RoleMap = { admin: 'admin', member: 'operator', reader: 'reader' }

interface CachedPrincipal {
  readonly principal: Promise<Principal>
  readonly until: number
}

/**
 * Tokens of OpenStack's Keystone, which is asked about each (Identity API v3, "Validate and show information for token").
 * Requests with one token at one time share one question. Throws Error when the URL is not https (http on loopback is).
 */
export class KeystoneVerifier implements CredentialVerifier {
  readonly #tokensUrl: string
  readonly #credentials: KeystoneCredentials
  readonly #roles: RoleMap
  readonly #cacheMs: number
  readonly #cache = new Map<string, CachedPrincipal>()
  #serviceToken: Promise<string> | undefined

  constructor({ url, credentials, roles, cacheMs }: KeystoneOptions) {
    if (!isSafeUrl(url))
      throw new Error('The Keystone URL must be an https URL; http is for loopback only.')
    this.#tokensUrl = `${url.replace(/\/+$/, '').replace(/\/v3$/, '')}/v3/auth/tokens`
    this.#credentials = credentials
    this.#roles = roles ?? defaultRoles
    this.#cacheMs = Math.min(cacheMs ?? usualCacheMs, longestCacheMs)
  }

  accepts(credential: string): boolean {
    return !credential.startsWith('fh_')
  }

  verify(credential: string): Promise<Principal> {
    // Keys of the cache are digests: a copy of this process's memory should not hold more tokens than it has to.
    const key = createHash('sha256').update(credential).digest('base64')
    const now = performance.now()
    const cached = this.#cache.get(key)
    if (cached !== undefined && now < cached.until) return cached.principal
    if (this.#cache.size >= mostCached) this.#cache.clear()
    const principal = this.#ask(credential)
    this.#cache.set(key, { principal, until: now + this.#cacheMs })
    principal.catch(() => this.#cache.delete(key))
    return principal
  }

  async #ask(credential: string): Promise<Principal> {
    let response = await this.#validate(credential)
    // Our own token has expired, or Keystone has forgotten it.
    if (response.status === 401) {
      this.#serviceToken = undefined
      response = await this.#validate(credential)
    }
    if (response.status === 404) throw invalidCredential()
    if (response.status !== 200) throw keystoneUnavailable()
    const body = (await response.json().catch(() => null)) as { token?: KeystoneToken } | null
    if (body?.token === undefined) throw keystoneUnavailable()
    return principalOf(body.token, this.#roles)
  }

  async #validate(credential: string): Promise<Response> {
    this.#serviceToken ??= this.#logIn().catch((error: unknown) => {
      this.#serviceToken = undefined
      throw error
    })
    const serviceToken = await this.#serviceToken
    return send(`${this.#tokensUrl}?nocatalog`, {
      headers: { 'x-auth-token': serviceToken, 'x-subject-token': credential },
    })
  }

  async #logIn(): Promise<string> {
    const response = await send(this.#tokensUrl, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ auth: loginOf(this.#credentials) }),
    })
    const token = response.headers.get('x-subject-token')
    if (response.status !== 201 || token === null) throw keystoneUnavailable()
    return token
  }
}

interface KeystoneToken {
  readonly expires_at?: string
  readonly user?: { readonly id?: string }
  readonly project?: { readonly id?: string }
  readonly roles?: readonly { readonly name?: string }[]
}

function principalOf(token: KeystoneToken, map: RoleMap): Principal {
  if (!(Date.parse(token.expires_at ?? '') > Date.now())) throw invalidCredential()
  const names = (token.roles ?? []).flatMap(({ name }) => name ?? [])
  const role = roleOf(names, map)
  const projectId = token.project?.id
  if (!isProjectId(projectId))
    throw new ApiError('FORBIDDEN', 'The token is scoped to no project.', {
      fix: 'Ask Keystone for a token that is scoped to a project.',
    })
  return { projectId, role, actor: `keystone:${String(token.user?.id ?? '').slice(0, 200)}` }
}

function loginOf(credentials: KeystoneCredentials): object {
  if ('applicationCredentialId' in credentials) {
    const { applicationCredentialId: id, applicationCredentialSecret: secret } = credentials
    return {
      identity: { methods: ['application_credential'], application_credential: { id, secret } },
    }
  }
  const { username, password, userDomain, project, projectDomain } = credentials
  return {
    identity: {
      methods: ['password'],
      password: { user: { name: username, password, domain: { name: userDomain } } },
    },
    scope: { project: { name: project, domain: { name: projectDomain } } },
  }
}

async function send(url: string, init: RequestInit): Promise<Response> {
  try {
    return await fetch(url, {
      ...init,
      redirect: 'error',
      signal: AbortSignal.timeout(answerTimeoutMs),
    })
  } catch {
    throw keystoneUnavailable()
  }
}

function keystoneUnavailable(): ApiError {
  return new ApiError('AUTHENTICATION_UNAVAILABLE', 'Keystone does not answer as it should.')
}
