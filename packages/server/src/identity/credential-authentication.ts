import type { IncomingHttpHeaders } from 'node:http'
import { ApiError } from '../api-error.ts'
import type { Authentication, Identity } from '../authentication.ts'
import {
  type CredentialVerifier,
  invalidCredential,
  isProjectId,
  type Principal,
} from './principal.ts'

const longestCredential = 8192

/**
 * Every request proves who sends it: `Authorization: Bearer …`, or `X-Auth-Token` as OpenStack's clients do it. The
 * project is that of the credential; an administrator may act for another one that `X-Project-Id` names.
 */
export function credentialAuthentication(verifiers: readonly CredentialVerifier[]): Authentication {
  return {
    loopbackOnly: false,
    async identify(headers, requestId) {
      const credential = readCredential(headers)
      const verifier = verifiers.find((candidate) => candidate.accepts(credential))
      if (verifier === undefined) throw invalidCredential()
      return identityOf(await verifier.verify(credential), headers, requestId)
    },
    async close() {
      for (const verifier of verifiers) await verifier.close?.()
    },
  }
}

function readCredential(headers: IncomingHttpHeaders): string {
  const { authorization } = headers
  const bearer = /^Bearer +([\x21-\x7e]+)$/i.exec(authorization ?? '')?.[1]
  const own = headers['x-auth-token']
  if (authorization !== undefined && bearer === undefined) throw unauthenticated()
  const credential = bearer ?? own
  if (typeof credential !== 'string' || credential === '') throw unauthenticated()
  if (typeof own === 'string' && own !== credential)
    throw new ApiError('INVALID_HEADER', 'Authorization and X-Auth-Token name different tokens.', {
      header: 'X-Auth-Token',
      fix: 'Send one of them.',
    })
  if (credential.length > longestCredential) throw invalidCredential()
  return credential
}

function unauthenticated(): ApiError {
  return new ApiError(
    'UNAUTHENTICATED',
    'This request needs a token.',
    { fix: 'Send Authorization: Bearer with a token.' },
    { 'www-authenticate': 'Bearer' },
  )
}

function identityOf(
  principal: Principal,
  headers: IncomingHttpHeaders,
  requestId: string,
): Identity {
  const { role, actor, tokenId } = principal
  const projectId = projectOf(principal, headers['x-project-id'])
  return {
    caller: { projectId, isAdmin: role === 'admin', actor, requestId },
    role,
    ...(tokenId === undefined ? {} : { tokenId }),
  }
}

function projectOf({ projectId, role }: Principal, header: string | string[] | undefined): string {
  if (header === undefined || header === projectId) return projectId
  if (!isProjectId(header))
    throw new ApiError('INVALID_HEADER', 'X-Project-Id names no project.', {
      header: 'X-Project-Id',
    })
  if (role !== 'admin')
    throw new ApiError('FORBIDDEN', 'Only an administrator may act for another project.', {
      header: 'X-Project-Id',
    })
  return header
}
