import { dataOf, type FreeholdClient } from '@freehold/client'
import { allPages } from './api-pages.ts'
import type { AddressScope } from './api-records.ts'

/** What people call a scope, by its id. */
export type ScopeNames = (id: string) => string

/** Reads the names of all scopes, once; a scope without a name, or unseen, is called by its id. */
export async function scopeNames(client: FreeholdClient): Promise<ScopeNames> {
  const { items } = await allPages<AddressScope>(undefined, (page) =>
    dataOf(client.GET('/v1/address-scopes', { params: { query: page } })),
  )
  const names = new Map(items.map(({ id, name }) => [id, name]))
  return (id) => names.get(id) || id
}
