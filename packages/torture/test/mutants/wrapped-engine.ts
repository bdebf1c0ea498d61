import { type Ipam, openIpam } from '@freehold/engine'
import { sqliteStore } from '@freehold/engine/sqlite'

/** Replaces operations of an engine, for whatever caller it is bound to. */
export function engineWithDefect(inner: Ipam, replace: (real: Ipam) => Partial<Ipam>): Ipam {
  return {
    ...inner,
    ...replace(inner),
    as: (caller) => engineWithDefect(inner.as(caller), replace),
  }
}

export async function openSqlite(storeUrl: string): Promise<Ipam> {
  return openIpam(sqliteStore({ path: storeUrl.slice('sqlite:'.length) }))
}
