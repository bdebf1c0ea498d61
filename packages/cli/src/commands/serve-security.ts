import type { Ipam } from '@freehold/engine'
import {
  type Authentication,
  type CredentialVerifier,
  credentialAuthentication,
  hasToken,
  type KeystoneCredentials,
  KeystoneVerifier,
  noAuthentication,
  oidcVerifier,
  type RequestLog,
  type RoleMap,
  type ServerOptions,
  TokenVerifier,
} from '@freehold/server'
import type { CommandContext } from '../command-context.ts'
import { usageError } from '../command-error.ts'

export interface ServeSecurityOptions {
  /** False: --no-auth. */
  readonly auth: boolean
  readonly tlsCert?: string
  readonly tlsKey?: string
  readonly trustedProxy?: readonly string[]
  readonly rateLimit?: number
  readonly allocationLimit?: number
  readonly maxInFlight?: number
  readonly oidcIssuer?: string
  readonly oidcAudience?: string
  readonly oidcProjectClaim?: string
  readonly oidcRoleClaim?: string
  readonly oidcRole?: RoleMap
  readonly keystoneUrl?: string
  readonly keystoneRole?: RoleMap
}

/** What the server is told of who may call it. Throws CommandError (invalid) for options that do not fit together. */
export function securityOf(
  context: CommandContext,
  ipam: Ipam,
  log: RequestLog,
  options: ServeSecurityOptions,
): Partial<ServerOptions> {
  const { tlsCert, tlsKey, rateLimit, allocationLimit, maxInFlight, trustedProxy } = options
  if ((tlsCert === undefined) !== (tlsKey === undefined))
    throw usageError('HTTPS needs a certificate and its key.', 'Give --tls-cert and --tls-key.')
  return {
    authentication: authenticationOf(context, ipam, log, options),
    rateLimits: {
      ...(rateLimit === undefined ? {} : { requestsPerSecond: rateLimit }),
      ...(allocationLimit === undefined ? {} : { allocationsPerMinute: allocationLimit }),
    },
    ...(maxInFlight === undefined ? {} : { loadLimits: { maxInFlight } }),
    ...(trustedProxy === undefined ? {} : { trustedProxies: trustedProxy }),
    ...(tlsCert === undefined || tlsKey === undefined
      ? {}
      : { tlsFiles: { certPath: tlsCert, keyPath: tlsKey } }),
  }
}

/** Says how to get in where nobody could. */
export async function warnIfNobodyCanCall(
  context: CommandContext,
  ipam: Ipam,
  { auth, oidcIssuer, keystoneUrl }: ServeSecurityOptions,
): Promise<void> {
  if (!auth || oidcIssuer !== undefined || keystoneUrl !== undefined) return
  if (await hasToken(ipam)) return
  context.terminal.stderr.write(
    'freehold: there is no token yet, so nobody can call this server.\n' +
      '  fix:  Run freehold init with the same --store; it prints the first admin token.\n',
  )
}

function authenticationOf(
  context: CommandContext,
  ipam: Ipam,
  log: RequestLog,
  options: ServeSecurityOptions,
): Authentication {
  const { oidcIssuer, oidcAudience, keystoneUrl } = options
  if (!options.auth) {
    if (oidcIssuer !== undefined || keystoneUrl !== undefined)
      throw usageError('With --no-auth nobody is asked who it is.', 'Leave --no-auth out.')
    return noAuthentication()
  }
  const verifiers: CredentialVerifier[] = [
    new TokenVerifier({ ipam, onError: (error) => log.failure('token-use', error) }),
  ]
  if (oidcIssuer !== undefined) {
    if (oidcAudience === undefined)
      throw usageError(
        'Tokens that the issuer made for others must not count here.',
        'Give --oidc-audience.',
      )
    verifiers.push(refusedAsUsage(() => oidcOf(oidcIssuer, oidcAudience, options)))
  }
  if (keystoneUrl !== undefined)
    verifiers.push(refusedAsUsage(() => keystoneOf(context, keystoneUrl, options)))
  return credentialAuthentication(verifiers)
}

function oidcOf(
  issuer: string,
  audience: string,
  { oidcProjectClaim, oidcRoleClaim, oidcRole }: ServeSecurityOptions,
): CredentialVerifier {
  return oidcVerifier({
    issuer,
    audience,
    ...(oidcProjectClaim === undefined ? {} : { projectClaim: oidcProjectClaim }),
    ...(oidcRoleClaim === undefined ? {} : { roleClaim: oidcRoleClaim }),
    ...(oidcRole === undefined ? {} : { roles: oidcRole }),
  })
}

function keystoneOf(
  { terminal: { environment } }: CommandContext,
  url: string,
  { keystoneRole }: ServeSecurityOptions,
): CredentialVerifier {
  return new KeystoneVerifier({
    url,
    credentials: keystoneCredentials(environment),
    ...(keystoneRole === undefined ? {} : { roles: keystoneRole }),
  })
}

type Environment = CommandContext['terminal']['environment']

/** From the variables that OpenStack's own clients read, so that no password is on a command line. */
function keystoneCredentials(environment: Environment): KeystoneCredentials {
  const {
    OS_APPLICATION_CREDENTIAL_ID: applicationCredentialId,
    OS_APPLICATION_CREDENTIAL_SECRET: applicationCredentialSecret,
    OS_USERNAME: username,
    OS_PASSWORD: password,
    OS_PROJECT_NAME: project,
    OS_USER_DOMAIN_NAME: userDomain = 'Default',
    OS_PROJECT_DOMAIN_NAME: projectDomain = 'Default',
  } = environment
  if (applicationCredentialId && applicationCredentialSecret)
    return { applicationCredentialId, applicationCredentialSecret }
  if (username && password && project)
    return { username, password, userDomain, project, projectDomain }
  throw usageError(
    'Keystone tells about tokens only to those who can log in.',
    'Set OS_USERNAME, OS_PASSWORD and OS_PROJECT_NAME, or OS_APPLICATION_CREDENTIAL_ID and OS_APPLICATION_CREDENTIAL_SECRET.',
  )
}

function refusedAsUsage<T>(make: () => T): T {
  try {
    return make()
  } catch (error) {
    if (error instanceof Error && error.constructor === Error)
      throw usageError(error.message, 'Use an https URL.')
    throw error
  }
}
