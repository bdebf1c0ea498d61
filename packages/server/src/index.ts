export { type AppOptions, createApp } from './app.ts'
export type { HeadExport } from './audit/head-export.ts'
export { acceptRestore, refuseRestored } from './audit/restore-guard.ts'
export {
  generateHeadKeys,
  KeptHeadError,
  keepHead,
  keptHeadText,
  readKeptHead,
  readPublicKey,
  readSignKey,
} from './audit/signed-head.ts'
export { type Authentication, type Identity, noAuthentication } from './authentication.ts'
export { type ProblemBody, statusOfCode, statusOfKind } from './error-responses.ts'
export { fetchThrough } from './fetch-through.ts'
export type { AppTimeouts } from './http-server.ts'
export { credentialAuthentication } from './identity/credential-authentication.ts'
export {
  type KeystoneCredentials,
  type KeystoneOptions,
  KeystoneVerifier,
} from './identity/keystone-verifier.ts'
export { type OidcOptions, oidcVerifier } from './identity/oidc-verifier.ts'
export type { CredentialVerifier, Principal, RoleMap } from './identity/principal.ts'
export {
  createFirstToken,
  createToken,
  hasToken,
  type NewToken,
  type Token,
  type TokenInput,
} from './identity/token-records.ts'
export { isTokenText, tokenPattern } from './identity/token-text.ts'
export { TokenVerifier, type TokenVerifierOptions } from './identity/token-verifier.ts'
export type { LoadLimits } from './load-shedding.ts'
export { guardAgainstCrashes } from './logging/crash-guard.ts'
export { rotateLogKey } from './logging/log-keys.ts'
export {
  plainIdentifiers,
  type RevealedIdentifier,
  revealPseudonym,
} from './logging/pseudonym-search.ts'
export { type OpenApiDocument, openApiDocument } from './openapi-document.ts'
export { type Pseudonymize, pseudonyms } from './pseudonyms.ts'
export type { RateLimits } from './rate-limits.ts'
export { type LogLevel, type RequestLog, requestLog } from './request-log.ts'
export type { RouteDefinition } from './route-definition.ts'
export { routeTable } from './route-table.ts'
export {
  type ListenAddress,
  listenBacklog,
  type RunningServer,
  type ServerOptions,
  startServer,
} from './start-server.ts'
export type { TlsFiles, TlsKeyPair } from './tls-key-pair.ts'
