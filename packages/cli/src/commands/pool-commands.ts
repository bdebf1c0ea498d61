import { dataOf } from '@freehold/client'
import { allPages } from '../api-pages.ts'
import type { SubnetPool } from '../api-records.ts'
import type { CommandContext } from '../command-context.ts'
import { usageError } from '../command-error.ts'
import { type ConfirmationOptions, confirmed } from '../confirmation.ts'
import { poolColumns } from '../output/record-columns.ts'
import { printRecord, printRecords } from '../output/record-output.ts'
import { deleteRecords } from '../record-deletion.ts'
import { poolBy, scopeBy } from '../record-resolution.ts'
import { givenFields, type LabelOptions, labelChanges, labelFilter } from '../request-fields.ts'
import { idempotencyHeader, ifUnchanged } from '../request-headers.ts'

interface PoolFieldOptions extends LabelOptions {
  readonly name?: string
  readonly scope?: string
  readonly prefix?: readonly string[]
  readonly minPrefixLength?: number
  readonly defaultPrefixLength?: number
  readonly maxPrefixLength?: number
  readonly quota?: string
  readonly shared?: boolean
  readonly default?: boolean
}

export interface PoolCreateOptions extends PoolFieldOptions {
  readonly prefix: readonly string[]
  readonly idempotencyKey?: string
}

export async function createPool(
  context: CommandContext,
  options: PoolCreateOptions,
): Promise<void> {
  const { client } = await context.connect()
  const ipVersion = options.prefix.every((prefix) => prefix.includes(':')) ? 6 : 4
  const scope =
    options.scope === undefined ? undefined : await scopeBy(client, options.scope, ipVersion)
  const pool = await dataOf(
    client.POST('/v1/subnet-pools', {
      ...idempotencyHeader(options.idempotencyKey),
      body: {
        prefixes: [...options.prefix],
        ...poolFields(options),
        ...givenFields({ labels: options.label, addressScopeId: scope?.id }),
      },
    }),
  )
  printRecord(context, pool, poolColumns)
}

export interface PoolListOptions {
  readonly name?: string
  readonly scope?: string
  readonly label?: Readonly<Record<string, string>>
  readonly sort?: 'createdAt' | '-createdAt' | 'name' | '-name'
  readonly limit?: number
  readonly ipVersion?: 4 | 6
}

export async function listPools(context: CommandContext, options: PoolListOptions): Promise<void> {
  const { client } = await context.connect()
  const { name, sort, ipVersion } = options
  const scope =
    options.scope === undefined ? undefined : await scopeBy(client, options.scope, ipVersion)
  const filter = {
    ...givenFields({ name, sort, ipVersion, addressScopeId: scope?.id }),
    ...labelFilter(options.label),
  }
  const list = await allPages<SubnetPool>(options.limit, (page) =>
    dataOf(client.GET('/v1/subnet-pools', { params: { query: { ...filter, ...page } } })),
  )
  printRecords(context, list, poolColumns, 'subnet pools')
}

export async function showPool(context: CommandContext, text: string): Promise<void> {
  const { client } = await context.connect()
  printRecord(context, await poolBy(client, text), poolColumns)
}

export async function updatePool(
  context: CommandContext,
  text: string,
  options: PoolFieldOptions,
): Promise<void> {
  const { client } = await context.connect()
  const pool = await poolBy(client, text)
  const scope =
    options.scope === undefined ? undefined : await scopeBy(client, options.scope, pool.ipVersion)
  const changed = await dataOf(
    client.PATCH('/v1/subnet-pools/{id}', {
      ...ifUnchanged(pool),
      body: {
        ...poolFields(options),
        ...labelChanges(pool.labels, options),
        ...givenFields({ addressScopeId: scope?.id }),
      },
    }),
  )
  printRecord(context, changed, poolColumns)
}

function poolFields(options: PoolFieldOptions) {
  const { name, minPrefixLength, defaultPrefixLength, maxPrefixLength, shared } = options
  return givenFields({
    name,
    minPrefixLength,
    defaultPrefixLength,
    maxPrefixLength,
    shared,
    isDefault: options.default,
    quota: readQuota(options.quota),
  })
}

function readQuota(text: string | undefined): string | null | undefined {
  if (text === undefined || /^\d{1,39}$/.test(text)) return text
  if (text === 'none') return null
  throw usageError('The quota is no whole number.', 'Give a number of /32 or /64, or "none".')
}

export async function deletePools(
  context: CommandContext,
  texts: readonly string[],
  options: ConfirmationOptions,
): Promise<void> {
  const { client } = await context.connect()
  const pools: SubnetPool[] = []
  for (const text of texts) pools.push(await poolBy(client, text))
  await deleteRecords(context, 'delete', 'subnet pool', pools, nameOf, options, (pool) =>
    dataOf(client.DELETE('/v1/subnet-pools/{id}', ifUnchanged(pool))),
  )
}

export async function addPrefixes(
  context: CommandContext,
  text: string,
  prefixes: readonly string[],
): Promise<void> {
  await changePrefixes(context, await poolOf(context, text), { add: [...prefixes] })
}

export async function removePrefixes(
  context: CommandContext,
  text: string,
  prefixes: readonly string[],
  options: ConfirmationOptions,
): Promise<void> {
  const pool = await poolOf(context, text)
  const deed = `remove ${prefixes.join(', ')} from subnet pool ${nameOf(pool)}`
  if (await confirmed(context, deed, options))
    await changePrefixes(context, pool, { remove: [...prefixes] })
}

async function poolOf(context: CommandContext, text: string): Promise<SubnetPool> {
  return poolBy((await context.connect()).client, text)
}

async function changePrefixes(
  context: CommandContext,
  { id }: SubnetPool,
  body: { add: string[] } | { remove: string[] },
): Promise<void> {
  const { client } = await context.connect()
  const changed = await dataOf(
    client.POST('/v1/subnet-pools/{id}/prefixes', { params: { path: { id } }, body }),
  )
  printRecord(context, changed, poolColumns)
}

function nameOf({ name, id }: SubnetPool): string {
  return name || id
}
