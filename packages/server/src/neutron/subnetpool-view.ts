import type { SubnetpoolRecord } from './subnetpool-records.ts'
import { type View, viewTime } from './view.ts'

export function subnetpoolView({ pool, addressScopeId, body }: SubnetpoolRecord): View {
  return {
    id: pool.id,
    name: pool.name,
    tenant_id: pool.projectId,
    // Integers always; Neutron answers text on create and read, and integers on update.
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
