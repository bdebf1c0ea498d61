import { mkdir } from 'node:fs/promises'
import { dirname } from 'node:path'
import type { Store } from '@freehold/engine'
import { CommandError, usageError } from './command-error.ts'

/** Where a store is, as `--store` and FREEHOLD_STORE name it. */
export type StoreLocation =
  | { readonly kind: 'sqlite'; readonly path: string }
  | { readonly kind: 'postgres' | 'mariadb'; readonly url: string }

const forms = 'Use sqlite:FILE, postgres://USER@HOST/DATABASE or mariadb://USER@HOST/DATABASE.'

/** Throws CommandError (invalid) for anything but the three forms; a password in the URL is never repeated. */
export function parseStoreUrl(text: string): StoreLocation {
  const [, scheme = ''] = /^([a-z]+):/.exec(text) ?? []
  switch (scheme) {
    case 'sqlite': {
      const path = text.slice('sqlite:'.length).replace(/^\/\/(?=\/)/, '')
      if (path === '') throw usageError('The store sqlite: names no file.', forms)
      return { kind: 'sqlite', path }
    }
    case 'postgres':
    case 'postgresql':
      return { kind: 'postgres', url: databaseUrl(text) }
    case 'mariadb':
    case 'mysql':
      return { kind: 'mariadb', url: databaseUrl(text) }
    case '':
      throw usageError('The store does not say which kind of database it is.', forms)
    default:
      throw usageError(`There is no kind of store called ${scheme}.`, forms)
  }
}

function databaseUrl(text: string): string {
  if (!URL.canParse(text) || new URL(text).host === '')
    throw usageError('The store is no URL with a host.', forms)
  return text
}

/**
 * The store, not opened yet. The folder of a SQLite file is made. Throws CommandError when the driver for the database is
 * not installed.
 */
export async function storeAt(location: StoreLocation): Promise<Store> {
  if (location.kind === 'sqlite') {
    const { sqliteStore } = await import('@freehold/engine/sqlite')
    if (location.path !== ':memory:') await mkdir(dirname(location.path), { recursive: true })
    return sqliteStore({ path: location.path })
  }
  return location.kind === 'postgres' ? postgresStoreAt(location.url) : mariadbStoreAt(location.url)
}

const postgresModule = '@freehold/engine/postgres'
const mariadbModule = '@freehold/engine/mariadb'

type OpenStore = (options: { url: string }) => Store

async function postgresStoreAt(url: string): Promise<Store> {
  const module = await orMissing<{ postgresStore: OpenStore }>('PostgreSQL', 'pg', postgresModule)
  return module.postgresStore({ url })
}

async function mariadbStoreAt(url: string): Promise<Store> {
  const module = await orMissing<{ mariadbStore: OpenStore }>('MariaDB', 'mysql2', mariadbModule)
  return module.mariadbStore({ url })
}

async function orMissing<Module>(
  database: string,
  driver: string,
  specifier: string,
): Promise<Module> {
  try {
    return (await import(specifier)) as Module
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException
    if (code !== 'ERR_MODULE_NOT_FOUND' && code !== 'MODULE_NOT_FOUND') throw error
    throw new CommandError(
      'invalid',
      'STORE_DRIVER_MISSING',
      `${database} stores need the package ${driver}, which is not installed here.`,
      { fix: `Run: npm install ${driver}` },
    )
  }
}
