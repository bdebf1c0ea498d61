import { IpamError } from '@freehold/engine'
import { ApiError } from './api-error.ts'
import { matchesTemplate, noSuch } from './path-parameters.ts'
import type { RouteDefinition } from './route-definition.ts'

/** Why no route took a request: the path is unknown, its method is, or a parameter in it can't be decoded. */
export function unroutable(
  routes: readonly RouteDefinition[],
  method: string,
  url: string | undefined,
): ApiError | IpamError {
  const path = (url ?? '').split('?')[0] ?? ''
  const onPath = routes.filter((route) => matchesTemplate(route.path, path))
  const route = onPath.find((candidate) => candidate.method === method)
  if (route !== undefined) return undecodable(route, path)
  if (onPath.length === 0) return new ApiError('ROUTE_NOT_FOUND', 'Nothing has this path.')
  const methods = onPath.flatMap((known) =>
    known.method === 'GET' ? ['GET', 'HEAD'] : known.method,
  )
  const allow = [...new Set(methods)].join(', ')
  return new ApiError('METHOD_NOT_ALLOWED', `This path takes ${allow}.`, { allow }, { allow })
}

// The router refuses a broken percent escape before any route runs.
function undecodable(route: RouteDefinition, path: string): ApiError | IpamError {
  const idIsBroken = path.split('/')[route.path.split('/').indexOf('{id}')]?.includes('%') === true
  if (route.noun !== undefined && idIsBroken) return noSuch(route.noun)
  if (route.path.includes('{address}'))
    return new IpamError('INVALID_ADDRESS', 'The path holds no IP address.', {
      pointer: '/address',
    })
  return new ApiError('ROUTE_NOT_FOUND', 'Nothing has this path.')
}
