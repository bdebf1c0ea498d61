import { ipPrefix } from './attribute-readers.ts'
import { httpBadRequest, NeutronError } from './neutron-error.ts'
import type { NeutronRoute } from './neutron-route.ts'
import { pythonText } from './python-text.ts'
import { isObject } from './request-body.ts'
import { getRecord } from './resource-routes.ts'
import { addPrefixes, removePrefixes, subnetpoolResource } from './subnetpool-resource.ts'

const mostPrefixes = 1000

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
      const wanted = readPrefixes(body)
      const prefixes = await ipam.transaction(async (transaction) => {
        const { id } = await getRecord(subnetpoolResource, transaction, params)
        return change(transaction, id, wanted)
      })
      return { status: 200, body: { prefixes } }
    },
  }),
)

function readPrefixes(body: unknown): string[] {
  const prefixes = isObject(body) ? body['prefixes'] : undefined
  if (!Array.isArray(prefixes) || prefixes.length === 0 || prefixes.length > mostPrefixes)
    throw httpBadRequest('Request body contains invalid data')
  return prefixes.map((prefix) => {
    try {
      return ipPrefix(prefix)
    } catch {
      throw new NeutronError(400, 'AddrFormatError', `invalid IPNetwork ${pythonText(prefix)}`)
    }
  })
}
