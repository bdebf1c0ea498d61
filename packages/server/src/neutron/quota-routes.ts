import type { Ipam } from '@freehold/engine'
import { type AttributeMap, optional, readUpdate } from './attribute-map.ts'
import { AttributeReason, integerFrom, line } from './attribute-readers.ts'
import { forbidden, invalidAttribute, NeutronError } from './neutron-error.ts'
import type { NeutronRequest, NeutronRoute } from './neutron-route.ts'
import { pythonText } from './python-text.ts'
import {
  defaultQuotas,
  deleteQuotas,
  findQuotas,
  listQuotas,
  type QuotaResource,
  type Quotas,
  quotaCollections,
  quotaUsage,
  setQuotas,
} from './quota-records.ts'
import { readItem } from './request-body.ts'

const path = '/v2.0/quotas'
const read = { rule: 'quota:read' } as const
const write = { rule: 'quota:write' } as const
const resources = Object.keys(quotaCollections) as QuotaResource[]
const limit = optional(integerFrom(-1, 2_147_483_647))
const attributes: AttributeMap = Object.fromEntries(resources.map((name) => [name, limit]))

export const quotaRoutes: readonly NeutronRoute[] = [
  {
    method: 'GET',
    path,
    access: write,
    async handler({ ipam }) {
      const quotas = await listQuotas(ipam)
      return {
        status: 200,
        body: { quotas: quotas.map((one) => ({ ...one.quotas, ...projectOf(one.projectId) })) },
      }
    },
  },
  {
    method: 'GET',
    path: `${path}/{project}`,
    access: read,
    async handler(request) {
      const projectId = visibleProject(request)
      return { status: 200, body: { quota: await quotasFor(request.ipam, projectId) } }
    },
  },
  {
    method: 'GET',
    path: `${path}/{project}/default`,
    access: read,
    handler(request) {
      visibleProject(request)
      return { status: 200, body: { quota: defaultQuotas } }
    },
  },
  {
    method: 'GET',
    path: `${path}/{project}/details.json`,
    access: read,
    handler: showDetails,
  },
  { method: 'GET', path: `${path}/{project}/details`, access: read, handler: showDetails },
  {
    method: 'PUT',
    path: `${path}/{project}`,
    access: write,
    async handler(request) {
      const projectId = visibleProject(request)
      const changes = readUpdate(attributes, readItem(request.body, 'quota')) as Partial<Quotas>
      const quota = await request.ipam.transaction((transaction) =>
        setQuotas(transaction, projectId, changes),
      )
      return { status: 200, body: { quota } }
    },
  },
  {
    method: 'DELETE',
    path: `${path}/{project}`,
    access: write,
    async handler(request) {
      const projectId = visibleProject(request)
      if (!(await deleteQuotas(request.ipam, projectId)))
        throw new NeutronError(
          404,
          'TenantQuotaNotFound',
          `Quota for tenant ${pythonText(projectId)} could not be found.`,
        )
      return { status: 204 }
    },
  },
]

async function showDetails(request: NeutronRequest) {
  const projectId = visibleProject(request)
  const { ipam } = request
  const quotas = await quotasFor(ipam, projectId)
  const details: [string, unknown][] = []
  for (const name of resources) {
    const used = await quotaUsage(ipam, projectId, name)
    details.push([name, { limit: quotas[name], used, reserved: 0 }])
  }
  return { status: 200 as const, body: { quota: Object.fromEntries(details) } }
}

async function quotasFor(ipam: Ipam, projectId: string): Promise<Quotas> {
  return (await findQuotas(ipam, projectId)) ?? defaultQuotas
}

const readProject = line(255)

function visibleProject({ ipam, params }: NeutronRequest): string {
  const projectId = params['project'] ?? ''
  if (!ipam.caller.isAdmin && projectId !== ipam.caller.projectId)
    throw forbidden('rule:get_quota is disallowed by policy')
  try {
    return readProject(projectId)
  } catch (error) {
    if (error instanceof AttributeReason) throw invalidAttribute('tenant_id', error.message)
    throw error
  }
}

function projectOf(projectId: string) {
  return { tenant_id: projectId, project_id: projectId }
}
