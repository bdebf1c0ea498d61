import { IpamError } from './errors.ts'
import type { Store } from './store/store.ts'

// Apart from the engine, which is given a store and knows no database: this is for programs that are told where one is.

/** Where a store is, as its URL names it. */
export type StoreLocation =
  | { readonly kind: 'sqlite'; readonly path: string }
  | { readonly kind: 'postgres' | 'mariadb'; readonly url: string }

const forms = 'Use sqlite:FILE, postgres://USER@HOST/DATABASE or mariadb://USER@HOST/DATABASE.'

/**
 * Reads `sqlite:FILE`, `postgres://…` (or `postgresql://…`) and `mariadb://…` (or `mysql://…`).
 * @throws IpamError INVALID_FIELD for anything else; a password in the URL is never repeated.
 */
export function parseStoreUrl(text: string): StoreLocation {
  const [, scheme = ''] = /^([a-z]+):/.exec(text) ?? []
  switch (scheme) {
    case 'sqlite': {
      const path = text.slice('sqlite:'.length).replace(/^\/\/(?=\/)/, '')
      if (path === '') throw invalidStore('The store sqlite: names no file.')
      return { kind: 'sqlite', path }
    }
    case 'postgres':
    case 'postgresql':
      return { kind: 'postgres', url: databaseUrl(text) }
    case 'mariadb':
    case 'mysql':
      return { kind: 'mariadb', url: databaseUrl(text) }
    case '':
      throw invalidStore('The store does not say which kind of database it is.')
    default:
      throw invalidStore(`There is no kind of store called ${scheme}.`)
  }
}

function databaseUrl(text: string): string {
  if (!URL.canParse(text) || new URL(text).host === '')
    throw invalidStore('The store is no URL with a host.')
  return text
}

function invalidStore(message: string): IpamError {
  return new IpamError('INVALID_FIELD', message, { pointer: '/store', fix: forms })
}

/** The URL of a location, such that `parseStoreUrl` reads the same location from it. */
export function storeUrlOf(location: StoreLocation): string {
  return location.kind === 'sqlite' ? `sqlite:${location.path}` : location.url
}

export interface StoreOpening {
  /** Of a database server; SQLite takes no notice. Default: the store's own. */
  readonly maxConnections?: number
}

/**
 * The store of a location or URL, not opened yet. Its client library is loaded when it is.
 * @throws IpamError INVALID_FIELD as `parseStoreUrl` does, and what making the store throws.
 */
export async function storeAt(
  where: StoreLocation | string,
  opening: StoreOpening = {},
): Promise<Store> {
  const location = typeof where === 'string' ? parseStoreUrl(where) : where
  if (location.kind === 'sqlite') {
    const { sqliteStore } = await import('./store/sqlite/sqlite-store.ts')
    return sqliteStore({ path: location.path })
  }
  if (location.kind === 'postgres') {
    const { postgresStore } = await import('./store/postgres/postgres-store.ts')
    return postgresStore({ url: location.url, ...opening })
  }
  const { mariadbStore } = await import('./store/mariadb/mariadb-store.ts')
  return mariadbStore({ url: location.url, ...opening })
}
