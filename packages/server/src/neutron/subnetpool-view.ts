import type { SubnetpoolRecord } from './subnetpool-records.ts'
import { type View, viewTime } from './view.ts'

export function subnetpoolView({ pool, addressScopeId, body }: SubnetpoolRecord): View {
  return {
    id: pool.id,
    name: pool.name,
    tenant_id: pool.projectId,
    default_prefixlen: pool.defaultPrefixLength,
    min_prefixlen: pool.minPrefixLength,
    max_prefixlen: pool.maxPrefixLength,
    is_default: pool.isDefault,
    shared: pool.shared,
    prefixes: pool.prefixes,
    ip_version: pool.ipVersion,
    default_quota: pool.quota,
    address_scope_id: addressScopeId,
    description: body.description,
    tags: body.tags,
    created_at: viewTime(pool.createdAt),
    updated_at: viewTime(pool.updatedAt),
    // The engine counts from 1, Neutron from 0.
    revision_number: pool.revision - 1,
    project_id: pool.projectId,
  }
}

/** Prefix lengths are text everywhere but in the answer to an update, as Neutron has it and its own tests expect it. */
export function withLengthsAsText(view: View): View {
  return {
    ...view,
    default_prefixlen: String(view['default_prefixlen']),
    min_prefixlen: String(view['min_prefixlen']),
    max_prefixlen: String(view['max_prefixlen']),
  }
}
