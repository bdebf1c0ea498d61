import type { RouteDefinition } from './route-definition.ts'
import { addressRoutes } from './routes/address-routes.ts'
import { addressScopeRoutes } from './routes/address-scope-routes.ts'
import { allocationRoutes } from './routes/allocation-routes.ts'
import { auditRoutes } from './routes/audit-routes.ts'
import { checkRoutes } from './routes/check-routes.ts'
import { eventRoutes } from './routes/event-routes.ts'
import { planRoutes } from './routes/plan-routes.ts'
import { serviceRoutes } from './routes/service-routes.ts'
import { subnetPoolRoutes } from './routes/subnet-pool-routes.ts'
import { subnetRoutes } from './routes/subnet-routes.ts'
import { tokenRoutes } from './routes/token-routes.ts'
import { utilizationRoutes } from './routes/utilization-routes.ts'

/** Every route there is: what is registered, what the OpenAPI document describes. */
export const routeTable: readonly RouteDefinition[] = [
  ...addressScopeRoutes,
  ...subnetPoolRoutes,
  ...subnetRoutes,
  ...allocationRoutes,
  ...utilizationRoutes,
  ...addressRoutes,
  ...eventRoutes,
  ...planRoutes,
  ...checkRoutes,
  ...auditRoutes,
  ...tokenRoutes,
  ...serviceRoutes,
]
