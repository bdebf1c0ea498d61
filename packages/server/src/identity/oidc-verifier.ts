import { createRemoteJWKSet, errors, type JWTPayload, jwtVerify } from 'jose'
import { ApiError } from '../api-error.ts'
import { isLoopbackHostHeader } from '../loopback.ts'
import {
  type CredentialVerifier,
  invalidCredential,
  isProjectId,
  type Principal,
  type RoleMap,
  roleOf,
} from './principal.ts'

export interface OidcOptions {
  /** As in the tokens' `iss`; its `/.well-known/openid-configuration` names the keys. https, or http on loopback. */
  readonly issuer: string
  /** What the tokens' `aud` must hold. */
  readonly audience: string
  /** The claim that holds the project; dots lead into nested claims. Default `project`. */
  readonly projectClaim?: string
  /** The claim that holds a role or a list of them. Default `roles`. */
  readonly roleClaim?: string
  /** Default: admin, operator and reader are what they say. */
  readonly roles?: RoleMap
}

const answerTimeoutMs = 5000
const clockToleranceSeconds = 30
// Signatures that a public key checks. With HS256 a leaked public key would make tokens; `none` needs no key at all.
const algorithms = ['RS256', 'RS384', 'RS512', 'PS256', 'PS384', 'PS512', 'ES256', 'ES384', 'ES512']
const sameRoles: RoleMap = { admin: 'admin', operator: 'operator', reader: 'reader' }

type KeySet = ReturnType<typeof createRemoteJWKSet>

/**
 * Bearer tokens of an OpenID Connect provider: signature, issuer, audience and times are checked here, with the
 * provider's published keys; the provider is asked for those only (RFC 8725, sections 3.1 to 3.9).
 * Throws Error when the issuer is no https URL (http on loopback is let through).
 */
export function oidcVerifier(options: OidcOptions): CredentialVerifier {
  assertIssuer(options.issuer)
  let keys: Promise<KeySet> | undefined
  const keySet = () => {
    keys ??= discoverKeys(options.issuer).catch((error: unknown) => {
      keys = undefined
      throw error
    })
    return keys
  }
  return {
    accepts: (credential) => /^eyJ[\w-]*\.[\w-]+\.[\w-]+$/.test(credential),
    async verify(credential) {
      const claims = await verifiedClaims(credential, await keySet(), options)
      const { sub } = claims
      if (!isSubject(sub)) throw invalidCredential()
      return principalOf(sub, claims, options)
    },
  }
}

async function verifiedClaims(
  credential: string,
  keys: KeySet,
  { issuer, audience }: OidcOptions,
): Promise<JWTPayload> {
  try {
    const { payload } = await jwtVerify(credential, keys, {
      issuer,
      audience,
      algorithms,
      requiredClaims: ['exp', 'sub'],
      clockTolerance: clockToleranceSeconds,
    })
    return payload
  } catch (error) {
    if (error instanceof errors.JOSEError && !isProvidersFault(error)) throw invalidCredential()
    throw providerUnavailable()
  }
}

// OpenID Connect Core 1.0, section 2: at most 255 ASCII characters. Events have room for 250 beside `oidc:`; what is longer
// is not cut off, since two users must never become one.
function isSubject(subject: unknown): subject is string {
  return typeof subject === 'string' && /^[\x20-\x7e]{1,250}$/.test(subject)
}

function isProvidersFault(error: errors.JOSEError): boolean {
  // A JWKSInvalid is an answer that is no set of keys, and a plain JOSEError jose's way of saying that the keys were not answered with 200 and JSON.
  return (
    error instanceof errors.JWKSTimeout ||
    error instanceof errors.JWKSInvalid ||
    error.code === 'ERR_JOSE_GENERIC'
  )
}

function principalOf(
  subject: string,
  claims: JWTPayload,
  { projectClaim = 'project', roleClaim = 'roles', roles = sameRoles }: OidcOptions,
): Principal {
  const role = roleOf(textsOf(claimAt(claims, roleClaim)), roles)
  const projectId = claimAt(claims, projectClaim) ?? (role === 'admin' ? 'default' : undefined)
  if (!isProjectId(projectId))
    throw new ApiError('FORBIDDEN', 'The token names no project.', {
      fix: 'Let the provider put the project into its tokens, in the claim that the server is told of.',
    })
  return { projectId, role, actor: `oidc:${subject}` }
}

// A claim may have dots in its own name, as those of some providers are URLs.
function claimAt(claims: JWTPayload, path: string): unknown {
  if (Object.hasOwn(claims, path)) return claims[path]
  return path
    .split('.')
    .reduce<unknown>(
      (value, name) =>
        typeof value === 'object' && value !== null && Object.hasOwn(value, name)
          ? (value as Record<string, unknown>)[name]
          : undefined,
      claims,
    )
}

function textsOf(value: unknown): string[] {
  if (typeof value === 'string') return value.split(' ')
  return Array.isArray(value) ? value.filter((one) => typeof one === 'string') : []
}

// OpenID Connect Discovery 1.0, section 4: the document must name the issuer that it was asked of.
async function discoverKeys(issuer: string): Promise<KeySet> {
  const url = `${issuer.replace(/\/$/, '')}/.well-known/openid-configuration`
  let document: { issuer?: unknown; jwks_uri?: unknown }
  try {
    const response = await fetch(url, {
      redirect: 'error',
      signal: AbortSignal.timeout(answerTimeoutMs),
    })
    if (!response.ok) throw providerUnavailable()
    document = (await response.json()) as typeof document
  } catch {
    throw providerUnavailable()
  }
  const { jwks_uri: keysUrl } = document
  if (document.issuer !== issuer || typeof keysUrl !== 'string' || !isSafeUrl(keysUrl))
    throw providerUnavailable()
  return createRemoteJWKSet(new URL(keysUrl), { timeoutDuration: answerTimeoutMs })
}

function assertIssuer(issuer: string): void {
  if (!isSafeUrl(issuer))
    throw new Error('The OIDC issuer must be an https URL; http is for loopback only.')
}

// Keys that came over a line that anybody can write to prove nothing.
export function isSafeUrl(text: string): boolean {
  if (!URL.canParse(text)) return false
  const { protocol, host } = new URL(text)
  return protocol === 'https:' || (protocol === 'http:' && isLoopbackHostHeader(host))
}

function providerUnavailable(): ApiError {
  return new ApiError('AUTHENTICATION_UNAVAILABLE', 'The identity provider does not answer.')
}
