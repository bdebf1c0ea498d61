import { availabilities } from './availability-records.ts'
import { filterViews, pageOf } from './list-answer.ts'
import { type ListRules, readListQuery } from './list-query.ts'
import { getNetwork } from './network-records.ts'
import { candidates } from './network-resource.ts'
import type { NeutronRoute } from './neutron-route.ts'
import { pickFields } from './view.ts'

const path = '/v2.0/network-ip-availabilities'
const access = { rule: 'utilization:read' } as const

const rules: ListRules = {
  filters: {
    network_id: 'text',
    network_name: 'text',
    tenant_id: 'text',
    project_id: 'text',
    ip_version: 'text',
  },
  sortKeys: ['network_id'],
}

const answered = [
  'network_id',
  'network_name',
  'tenant_id',
  'project_id',
  'subnet_ip_availability',
  'used_ips',
  'total_ips',
]

export const availabilityRoutes: readonly NeutronRoute[] = [
  {
    method: 'GET',
    path,
    access,
    async handler({ ipam, query: raw, origin }) {
      const query = readListQuery(raw, rules)
      const { filters, fields, marker, limit } = query
      const { ip_version: ipVersions, ...others } = Object.fromEntries(filters)
      const found = await ipam.snapshot(async (snapshot) =>
        availabilities(
          snapshot,
          await candidates(snapshot, { filters: networkFilters(others) }),
          ipVersions,
        ),
      )
      const views = found.map((one) => ({ ...one, id: one.network_id }))
      const matching = filterViews(views, new Map(Object.entries(others)), {})
      const start =
        marker === null || limit === 0
          ? null
          : { id: (await getNetwork(ipam, marker)).id, network_id: marker }
      const { items, links } = pageOf(matching, query, start, `${origin}${path}`)
      const names = fields.length === 0 ? answered : fields
      return {
        status: 200,
        body: {
          network_ip_availabilities: items.map((view) => pickFields(view, names)),
          ...(links === null || links.length === 0
            ? {}
            : { network_ip_availabilities_links: links }),
        },
      }
    },
  },
  {
    method: 'GET',
    path: `${path}/{id}`,
    access,
    async handler({ ipam, params, query: raw }) {
      const { fields } = readListQuery(raw, rules)
      const [found] = await ipam.snapshot(async (snapshot) =>
        availabilities(snapshot, [await getNetwork(snapshot, params['id'] ?? '')], undefined),
      )
      return { status: 200, body: { network_ip_availability: pickFields({ ...found }, fields) } }
    },
  },
]

function networkFilters(filters: Readonly<Record<string, readonly string[]>>) {
  const names: Readonly<Record<string, string>> = { network_id: 'id', network_name: 'name' }
  return new Map(Object.entries(filters).map(([name, values]) => [names[name] ?? name, values]))
}
