import type { Ipam } from '@freehold/engine'
import { readCreate, readUpdate } from './attribute-map.ts'
import { isUuid } from './attribute-readers.ts'
import { filterViews, pageLinks, pageOf } from './list-answer.ts'
import { type ListQuery, readListQuery } from './list-query.ts'
import { badRequest, httpBadRequest } from './neutron-error.ts'
import type { NeutronRequest, NeutronRoute } from './neutron-route.ts'
import { isObject, readItem, readItems } from './request-body.ts'
import { RequestMemory } from './request-memory.ts'
import { listRules, type Resource, type RevisionCondition } from './resource.ts'
import { pickFields, type View } from './view.ts'

/** The five routes that every resource has. */
export function resourceRoutes(resource: Resource): NeutronRoute[] {
  const collectionPath = `/v2.0/${resource.collection}`
  const recordPath = `${collectionPath}/{id}`
  const read = { rule: resource.rules.read }
  const write = { rule: resource.rules.write }
  return [
    { method: 'GET', path: collectionPath, access: read, handler: (r) => listRecords(resource, r) },
    {
      method: 'POST',
      path: collectionPath,
      access: write,
      handler: (r) => createRecords(resource, r),
    },
    { method: 'GET', path: recordPath, access: read, handler: (r) => showRecord(resource, r) },
    { method: 'PUT', path: recordPath, access: write, handler: (r) => updateRecord(resource, r) },
    {
      method: 'DELETE',
      path: recordPath,
      access: write,
      handler: (r) => deleteRecord(resource, r),
    },
  ]
}

async function listRecords(resource: Resource, { ipam, query: raw, origin }: NeutronRequest) {
  const query = readListQuery(raw, listRules(resource))
  const listUrl = `${origin}/v2.0/${resource.collection}`
  const { items, links } = await ipam.snapshot(async (snapshot) => {
    const { marker, limit } = query
    const start =
      marker === null || limit === 0 ? null : await getRecord(resource, snapshot, { id: marker })
    if (resource.page !== undefined && isPlainPage(query)) {
      const page = await resource.page(snapshot, start?.id ?? null, limit)
      return { items: page, links: pageLinks(page, query, listUrl) }
    }
    const views = await resource.list(snapshot, query)
    return pageOf(filterViews(views, query.filters, resource.matchers ?? {}), query, start, listUrl)
  })
  const { plural } = resource
  return {
    status: 200 as const,
    body: {
      [plural]: items.map((view) => pickFields(shownBy(resource, view), query.fields)),
      ...(links === null || links.length === 0 ? {} : { [`${plural}_links`]: links }),
    },
  }
}

/** A page of everything in the order of ids: what a client reads when it goes through all of a long list. */
function isPlainPage({ filters, sort, limit, isReverse }: ListQuery): boolean {
  return filters.size === 0 && sort.length === 0 && limit > 0 && limit <= 1000 && !isReverse
}

/** One record, or several: all are made in one transaction, or none. */
async function createRecords(resource: Resource, { ipam, body }: NeutronRequest) {
  const { items, isBulk } = readItems(body, resource)
  const values = items.map((item) => readCreate(resource.attributes, item))
  const views = await ipam.transaction(async (transaction) => {
    const made: View[] = []
    const memory = new RequestMemory()
    for (const one of values) made.push(await resource.create(transaction, one, memory))
    return made
  })
  const { singular, plural } = resource
  const shown = views.map((view) => shownBy(resource, view))
  return { status: 201 as const, body: isBulk ? { [plural]: shown } : { [singular]: shown[0] } }
}

async function showRecord(resource: Resource, { ipam, params, query: raw }: NeutronRequest) {
  const { fields } = readListQuery(raw, listRules(resource))
  const view = await ipam.snapshot((snapshot) => getRecord(resource, snapshot, params))
  return {
    status: 200 as const,
    body: { [resource.singular]: pickFields(shownBy(resource, view), fields) },
  }
}

function shownBy({ shown }: Resource, view: View): View {
  return shown === undefined ? view : shown(view)
}

async function updateRecord(resource: Resource, request: NeutronRequest) {
  const { ipam, params, body } = request
  if (isObject(body) && Object.hasOwn(body, resource.plural))
    throw httpBadRequest('Bulk operation not supported')
  const changes = readUpdate(resource.attributes, readItem(body, resource.singular))
  const condition = readRevisionCondition(request)
  const view = await ipam.transaction(async (transaction) => {
    const before = await getRecord(resource, transaction, params)
    // No change is no new revision either.
    if (Object.keys(changes).length === 0) return before
    return resource.update(transaction, before.id, changes, condition)
  })
  return { status: 200 as const, body: { [resource.singular]: view } }
}

async function deleteRecord(resource: Resource, request: NeutronRequest) {
  const { ipam, params } = request
  const condition = readRevisionCondition(request)
  await ipam.transaction(async (transaction) => {
    const { id } = await getRecord(resource, transaction, params)
    await resource.delete(transaction, id, condition)
  })
  return { status: 204 as const }
}

/**
 * The record that a path names. What cannot be an id names nothing, and is missing: clients look for a name in the place
 * of the id first.
 */
export async function getRecord(
  resource: Resource,
  ipam: Ipam,
  { id = '' }: Readonly<Record<string, string>>,
): Promise<View> {
  return resource.get(ipam, isUuid(id) ? id.toLowerCase() : id.slice(0, 255).replaceAll('\0', '?'))
}

/** `If-Match: revision_number=3`. What speaks of no revision number is passed over. Throws NeutronError BadRequest. */
export function readRevisionCondition({ headers }: NeutronRequest): RevisionCondition {
  const header = headers['if-match'] ?? ''
  if (!header.includes('revision_number')) return {}
  const match = /^"?revision_number=(\d{1,15})"?$/.exec(header.trim())
  if (match?.[1] === undefined)
    throw badRequest(
      'if-match',
      'Revision number etag must be in the format of revision_number=<int>',
    )
  return { revisionNumber: Number(match[1]) }
}
