import type { Ipam } from '@freehold/engine'
import type { RuleName } from '../access-rules.ts'
import type { AttributeMap, AttributeValues } from './attribute-map.ts'
import type { Matcher } from './list-answer.ts'
import type { FilterKinds, ListQuery, ListRules } from './list-query.ts'
import type { RequestMemory } from './request-memory.ts'
import type { View } from './view.ts'

/** Only if the record still has this `revision_number`. */
export interface RevisionCondition {
  readonly revisionNumber?: number
}

/** One kind of record of the API: its attributes, and what create, read, update and delete mean for it. */
export interface Resource<Map extends AttributeMap = AttributeMap> {
  /** The wrapper of one record in a body: `address_scope`. */
  readonly singular: string
  /** The wrapper of several: `address_scopes`. */
  readonly plural: string
  /** Its place in the path: `address-scopes`. */
  readonly collection: string
  readonly rules: { readonly read: RuleName; readonly write: RuleName }
  readonly attributes: Map
  /** What lists can be filtered by, besides tags. */
  readonly filters: FilterKinds
  /** What lists can be sorted by. */
  readonly sortKeys: readonly string[]
  /** How a filter matches where it is not plain equality. */
  readonly matchers?: Readonly<Record<string, Matcher>>
  readonly isTaggable: boolean
  /** How a record is shown by all requests but an update, where Neutron has two forms. */
  readonly shown?: (view: View) => View
  /** Throws the resource's not-found error. */
  get(ipam: Ipam, id: string): Promise<View>
  /** At least every record that the filters can match. */
  list(ipam: Ipam, query: ListQuery): Promise<readonly View[]>
  /** A page of all records by id, at the cost of its own length; without it pages are cut from `list`. */
  readonly page?: (ipam: Ipam, afterId: string | null, limit: number) => Promise<readonly View[]>
  /** Runs inside a transaction, as `update` and `delete` do. */
  create(ipam: Ipam, values: AttributeValues<Map>, memory: RequestMemory): Promise<View>
  update(
    ipam: Ipam,
    id: string,
    changes: AttributeValues<Map>,
    condition: RevisionCondition,
  ): Promise<View>
  delete(ipam: Ipam, id: string, condition: RevisionCondition): Promise<void>
}

/** Checks a resource's functions against its attribute map. */
export function defineResource<Map extends AttributeMap>(resource: Resource<Map>): Resource {
  return resource
}

/** What may be asked of the resource's lists. */
export function listRules({ filters, sortKeys, isTaggable }: Resource): ListRules {
  return { filters: isTaggable ? { ...filters, ...tagFilters } : filters, sortKeys }
}

const tagFilters = {
  description: 'text',
  revision_number: 'integer',
  tags: 'text',
  'tags-any': 'text',
  'not-tags': 'text',
  'not-tags-any': 'text',
  changed_since: 'time',
} as const
