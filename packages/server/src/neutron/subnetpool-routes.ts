import type { NeutronRoute } from './neutron-route.ts'
import { readList } from './request-body.ts'
import { getRecord } from './resource-routes.ts'
import { prefixList } from './subnetpool-attributes.ts'
import { addPrefixes, removePrefixes, subnetpoolResource } from './subnetpool-resource.ts'

/** Changes of a pool's prefixes that say what comes or goes, not what the whole list is. */
export const subnetpoolRoutes: readonly NeutronRoute[] = (
  [
    ['add_prefixes', addPrefixes],
    ['remove_prefixes', removePrefixes],
  ] as const
).map(
  ([action, change]): NeutronRoute => ({
    method: 'PUT',
    path: `/v2.0/subnetpools/{id}/${action}`,
    access: { rule: 'subnet-pool:write' },
    async handler({ ipam, params, body }) {
      const wanted = readList(body, 'prefixes', prefixList)
      const prefixes = await ipam.transaction(async (transaction) => {
        const { id } = await getRecord(subnetpoolResource, transaction, params)
        return change(transaction, id, wanted)
      })
      return { status: 200, body: { prefixes } }
    },
  }),
)
