import { dataOf } from '@freehold/client'
import { allPages } from '../api-pages.ts'
import type { AddressScope } from '../api-records.ts'
import type { CommandContext } from '../command-context.ts'
import type { ConfirmationOptions } from '../confirmation.ts'
import { scopeColumns } from '../output/record-columns.ts'
import { printRecord, printRecords } from '../output/record-output.ts'
import { deleteRecords } from '../record-deletion.ts'
import { scopeBy } from '../record-resolution.ts'
import { givenFields, type LabelOptions, labelChanges, labelFilter } from '../request-fields.ts'
import { idempotencyHeader, ifUnchanged } from '../request-headers.ts'

export interface ScopeCreateOptions extends LabelOptions {
  readonly ipVersion: 4 | 6
  readonly name?: string
  readonly shared?: boolean
  readonly idempotencyKey?: string
}

export async function createScope(
  context: CommandContext,
  options: ScopeCreateOptions,
): Promise<void> {
  const { ipVersion, name, shared, label: labels } = options
  const { client } = await context.connect()
  const scope = await dataOf(
    client.POST('/v1/address-scopes', {
      ...idempotencyHeader(options.idempotencyKey),
      body: { ipVersion, ...givenFields({ name, shared, labels }) },
    }),
  )
  printRecord(context, scope, scopeColumns)
}

export interface ScopeListOptions {
  readonly name?: string
  readonly label?: Readonly<Record<string, string>>
  readonly sort?: 'createdAt' | '-createdAt' | 'name' | '-name'
  readonly limit?: number
  readonly ipVersion?: 4 | 6
}

export async function listScopes(
  context: CommandContext,
  options: ScopeListOptions,
): Promise<void> {
  const { name, sort, ipVersion } = options
  const { client } = await context.connect()
  const filter = { ...givenFields({ name, sort, ipVersion }), ...labelFilter(options.label) }
  const list = await allPages<AddressScope>(options.limit, (page) =>
    dataOf(client.GET('/v1/address-scopes', { params: { query: { ...filter, ...page } } })),
  )
  printRecords(context, list, scopeColumns, 'address scopes')
}

export async function showScope(context: CommandContext, text: string): Promise<void> {
  const { client } = await context.connect()
  printRecord(context, await scopeBy(client, text), scopeColumns)
}

export interface ScopeUpdateOptions extends LabelOptions {
  readonly name?: string
  readonly shared?: boolean
}

export async function updateScope(
  context: CommandContext,
  text: string,
  options: ScopeUpdateOptions,
): Promise<void> {
  const { client } = await context.connect()
  const scope = await scopeBy(client, text)
  const { name, shared } = options
  const changed = await dataOf(
    client.PATCH('/v1/address-scopes/{id}', {
      ...ifUnchanged(scope),
      body: { ...givenFields({ name, shared }), ...labelChanges(scope.labels, options) },
    }),
  )
  printRecord(context, changed, scopeColumns)
}

export async function deleteScopes(
  context: CommandContext,
  texts: readonly string[],
  options: ConfirmationOptions,
): Promise<void> {
  const { client } = await context.connect()
  const scopes: AddressScope[] = []
  for (const text of texts) scopes.push(await scopeBy(client, text))
  await deleteRecords(context, 'delete', 'address scope', scopes, nameOf, options, (scope) =>
    dataOf(client.DELETE('/v1/address-scopes/{id}', ifUnchanged(scope))),
  )
}

function nameOf({ name, id }: AddressScope): string {
  return name || id
}
