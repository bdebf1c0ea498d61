import { type ErrorCode, IpamError } from '@freehold/engine'
import type { ApiError } from './api-error.ts'
import { tokenNotFound } from './identity/token-records.ts'
import type { PathNoun, RouteDefinition } from './route-definition.ts'

const uuidPattern = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/

const missing: Readonly<Record<Exclude<PathNoun, 'token'>, { code: ErrorCode; message: string }>> =
  {
    'address-scope': {
      code: 'ADDRESS_SCOPE_NOT_FOUND',
      message: 'There is no such address scope.',
    },
    'subnet-pool': { code: 'SUBNET_POOL_NOT_FOUND', message: 'There is no such subnet pool.' },
    subnet: { code: 'SUBNET_NOT_FOUND', message: 'There is no such subnet.' },
  }

/**
 * Returns the parameters with ids in lower case. What cannot be an id names nothing, so it is missing, not invalid.
 * Throws IpamError or ApiError with the noun's not-found code.
 */
export function readPathParameters(
  route: Pick<RouteDefinition, 'noun'>,
  raw: Readonly<Record<string, string>>,
): Record<string, string> {
  if (route.noun === undefined || raw['id'] === undefined) return raw
  if (uuidPattern.test(raw['id'])) return raw
  const id = raw['id'].toLowerCase()
  if (!uuidPattern.test(id)) throw noSuch(route.noun)
  return { ...raw, id }
}

export function noSuch(noun: PathNoun): IpamError | ApiError {
  if (noun === 'token') return tokenNotFound()
  const { code, message } = missing[noun]
  return new IpamError(code, message)
}

/** Whether a raw path has the form of a template such as `/v1/subnets/{id}`. */
export function matchesTemplate(template: string, path: string): boolean {
  const wanted = template.split('/')
  const given = path.split('/')
  return (
    wanted.length === given.length &&
    wanted.every((part, index) =>
      part.startsWith('{') ? given[index] !== '' : part === given[index],
    )
  )
}
