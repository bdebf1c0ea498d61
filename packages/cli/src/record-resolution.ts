import { type AddressError, Prefix } from '@freehold/address'
import { dataOf, type FreeholdClient } from '@freehold/client'
import { allPages } from './api-pages.ts'
import type { AddressScope, Subnet, SubnetPool } from './api-records.ts'
import { CommandError, usageError } from './command-error.ts'

const uuid = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i

/** The subnet that a person means by an id, a CIDR or a name. Throws CommandError when none or several fit. */
export async function subnetBy(client: FreeholdClient, text: string): Promise<Subnet> {
  if (uuid.test(text))
    return dataOf(client.GET('/v1/subnets/{id}', { params: { path: { id: text } } }))
  const filter = text.includes('/') ? { cidr: canonicalPrefix(text) } : { name: text }
  const { items } = await allPages<Subnet>(candidateLimit, (page) =>
    dataOf(client.GET('/v1/subnets', { params: { query: { ...filter, ...page } } })),
  )
  return onlyOne(items, text, 'subnet', ({ cidr, name }) => `${cidr} ${name}`)
}

/** The subnet pool that a person means by an id, a name, or one of its prefixes. */
export async function poolBy(client: FreeholdClient, text: string): Promise<SubnetPool> {
  if (uuid.test(text))
    return dataOf(client.GET('/v1/subnet-pools/{id}', { params: { path: { id: text } } }))
  const filter = text.includes('/') ? {} : { name: text }
  const limit = text.includes('/') ? undefined : candidateLimit
  const { items } = await allPages<SubnetPool>(limit, (page) =>
    dataOf(client.GET('/v1/subnet-pools', { params: { query: { ...filter, ...page } } })),
  )
  const found = text.includes('/') ? poolsWith(items, canonicalPrefix(text)) : items
  return onlyOne(found, text, 'pool', ({ name, prefixes }) => `${name} ${prefixes.join(', ')}`)
}

/**
 * The address scope that a person means by an id or a name. Where both IP versions have a scope of a name, as the built-in
 * `default` does, `name-4` and `name-6` tell them apart.
 */
export async function scopeBy(
  client: FreeholdClient,
  text: string,
  ipVersion?: 4 | 6,
): Promise<AddressScope> {
  if (uuid.test(text))
    return dataOf(client.GET('/v1/address-scopes/{id}', { params: { path: { id: text } } }))
  let found = await scopesNamed(client, text, ipVersion)
  const [, name = '', version] = /^(.+)-([46])$/.exec(text) ?? []
  if (found.length === 0 && name !== '')
    found = await scopesNamed(client, name, version === '4' ? 4 : 6)
  return onlyOne(found, text, 'scope', (scope) => `${scope.name} (IPv${scope.ipVersion})`)
}

async function scopesNamed(
  client: FreeholdClient,
  name: string,
  ipVersion: 4 | 6 | undefined,
): Promise<readonly AddressScope[]> {
  const query = { name, limit: candidateLimit, ...(ipVersion === undefined ? {} : { ipVersion }) }
  return (await dataOf(client.GET('/v1/address-scopes', { params: { query } }))).items
}

const candidateLimit = 20

function poolsWith(pools: readonly SubnetPool[], prefix: string): readonly SubnetPool[] {
  const exact = pools.filter((pool) => pool.prefixes.includes(prefix))
  if (exact.length > 0) return exact
  const wanted = Prefix.parse(prefix)
  return pools.filter((pool) => pool.prefixes.some((text) => Prefix.parse(text).contains(wanted)))
}

function canonicalPrefix(text: string): string {
  try {
    return Prefix.parse(text).toString()
  } catch (error) {
    // Nothing else is thrown there.
    const { reason, suggestion } = error as AddressError
    throw usageError(
      `This is no prefix: ${reason}.`,
      suggestion === undefined ? 'Name it by id, CIDR or name.' : `Use ${suggestion}.`,
    )
  }
}

function onlyOne<T extends { id: string; projectId: string }>(
  found: readonly T[],
  text: string,
  noun: 'subnet' | 'pool' | 'scope',
  describe: (record: T) => string,
): T {
  const [first, ...others] = found
  if (first === undefined)
    throw new CommandError('not-found', notFoundCodes[noun], `There is no ${noun} "${text}".`, {
      fix: `See what there is: freehold ${noun} list`,
    })
  if (others.length === 0) return first
  const candidates = found.map((record) => `${record.id} ${describe(record).trim()}`)
  throw new CommandError('invalid', 'AMBIGUOUS_NAME', `"${text}" fits ${found.length} ${noun}s.`, {
    fix: `Name one by its id: ${candidates.join('; ')}`,
    candidates,
  })
}

const notFoundCodes = {
  subnet: 'SUBNET_NOT_FOUND',
  pool: 'SUBNET_POOL_NOT_FOUND',
  scope: 'ADDRESS_SCOPE_NOT_FOUND',
}
