import type { Ipam } from '@freehold/engine'
import { isProjectId } from '../identity/principal.ts'
import { optional } from './attribute-map.ts'
import { line, nullOr } from './attribute-readers.ts'
import { httpBadRequest } from './neutron-error.ts'

/** The two names of a record's project. Null is no wish: clients that know no project of their own send it. */
export const projectAttributes = {
  tenant_id: optional(nullOr(line(255)), false),
  project_id: optional(nullOr(line(255)), false),
}

/**
 * The engine in the name of the project that a create request names, else of the caller's own.
 * Throws NeutronError HTTPBadRequest when the caller may not act for it.
 */
export function asOwner(
  ipam: Ipam,
  values: { readonly tenant_id?: string | null; readonly project_id?: string | null },
): Ipam {
  const tenantId = values.tenant_id ?? null
  const projectId = values.project_id ?? null
  if (tenantId !== null && projectId !== null && tenantId !== projectId)
    throw httpBadRequest("'project_id' and 'tenant_id' do not match")
  const wanted = projectId ?? tenantId ?? ipam.caller.projectId
  if (wanted === ipam.caller.projectId) return ipam
  if (!ipam.caller.isAdmin)
    throw httpBadRequest(
      "Specifying 'project_id' or 'tenant_id' other than the authenticated project in request requires admin privileges",
    )
  // Nobody could ever be of such a project.
  if (!isProjectId(wanted)) throw httpBadRequest('The specified project cannot own anything')
  return ipam.as({ ...ipam.caller, projectId: wanted })
}
