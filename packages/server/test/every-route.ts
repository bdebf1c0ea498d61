import { neutronRoutes } from '../src/neutron/neutron-routes.ts'
import type { AccessDefinition } from '../src/route-definition.ts'
import { routeTable } from '../src/route-table.ts'

export interface AnyRoute {
  readonly method: string
  readonly path: string
  readonly access: AccessDefinition
  readonly takesBody: boolean
}

/** Every route of both APIs. */
export const everyRoute: readonly AnyRoute[] = [
  ...routeTable.map(({ method, path, access, body }) => ({
    method,
    path,
    access,
    takesBody: body !== undefined,
  })),
  ...neutronRoutes.map(({ method, path, access }) => ({
    method,
    path,
    access,
    takesBody: method === 'POST' || method === 'PUT',
  })),
]
