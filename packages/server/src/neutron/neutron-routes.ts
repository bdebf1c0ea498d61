import { addressScopeResource } from './address-scope-resource.ts'
import { availabilityRoutes } from './availability-routes.ts'
import { extensionRoutes } from './extension-routes.ts'
import { networkResource } from './network-resource.ts'
import type { NeutronRoute } from './neutron-route.ts'
import { portResource } from './port-resource.ts'
import { quotaRoutes } from './quota-routes.ts'
import type { Resource } from './resource.ts'
import { resourceRoutes } from './resource-routes.ts'
import { subnetResource } from './subnet-resource.ts'
import { subnetpoolResource } from './subnetpool-resource.ts'
import { subnetpoolRoutes } from './subnetpool-routes.ts'
import { tagRoutes } from './tag-routes.ts'
import { versionRoutes } from './version-routes.ts'

/** The records of the API. */
export const neutronResources: readonly Resource[] = [
  networkResource,
  subnetResource,
  portResource,
  subnetpoolResource,
  addressScopeResource,
]

/** Every route of the API. */
export const neutronRoutes: readonly NeutronRoute[] = [
  ...versionRoutes([
    ...neutronResources.map(({ collection }) => collection),
    'network-ip-availabilities',
    'extensions',
    'quotas',
  ]),
  ...neutronResources.flatMap(resourceRoutes),
  ...neutronResources.filter(({ isTaggable }) => isTaggable).flatMap(tagRoutes),
  ...subnetpoolRoutes,
  ...availabilityRoutes,
  ...extensionRoutes,
  ...quotaRoutes,
]
