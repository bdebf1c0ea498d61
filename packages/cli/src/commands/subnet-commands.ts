import { dataOf, type FreeholdClient } from '@freehold/client'
import { allPages } from '../api-pages.ts'
import type { Subnet } from '../api-records.ts'
import type { CommandContext } from '../command-context.ts'
import { usageError } from '../command-error.ts'
import type { ConfirmationOptions } from '../confirmation.ts'
import { subnetColumns } from '../output/record-columns.ts'
import { printRecord, printRecords } from '../output/record-output.ts'
import { deleteRecords } from '../record-deletion.ts'
import { poolBy, scopeBy, subnetBy } from '../record-resolution.ts'
import { givenFields, type LabelOptions, labelChanges, labelFilter } from '../request-fields.ts'
import { idempotencyHeader, ifUnchanged } from '../request-headers.ts'
import { scopeNames } from '../scope-names.ts'

interface SubnetFieldOptions extends LabelOptions {
  readonly name?: string
  readonly gateway?: string
  readonly onLink?: boolean
  readonly allocationPool?: readonly { first: string; last: string }[]
  /** False: --no-allocation-pools. */
  readonly allocationPools?: boolean
  readonly cooling?: number
  readonly shared?: boolean
}

export interface SubnetCreateOptions extends SubnetFieldOptions {
  readonly pool?: string
  readonly prefixLength?: number
  readonly scope?: string
  readonly idempotencyKey?: string
}

export async function createSubnet(
  context: CommandContext,
  cidr: string | undefined,
  options: SubnetCreateOptions,
): Promise<void> {
  if (cidr === undefined && options.pool === undefined)
    throw usageError(
      'The subnet needs a CIDR, or a pool to be cut from.',
      'Use for example: freehold subnet create 10.0.0.0/24, or --pool office --prefix-length 26.',
    )
  if (cidr !== undefined && options.prefixLength !== undefined)
    throw usageError('A CIDR says how long it is.', 'Leave out the CIDR, or --prefix-length.')
  const { client } = await context.connect()
  const pool = options.pool === undefined ? undefined : await poolBy(client, options.pool)
  const ipVersion = cidr === undefined ? undefined : cidr.includes(':') ? 6 : 4
  const scope =
    options.scope === undefined ? undefined : await scopeBy(client, options.scope, ipVersion)
  const { prefixLength, label: labels } = options
  const subnet = await dataOf(
    client.POST('/v1/subnets', {
      ...idempotencyHeader(options.idempotencyKey),
      body: {
        ...givenFields({
          cidr,
          prefixLength,
          labels,
          subnetPoolId: pool?.id,
          addressScopeId: scope?.id,
        }),
        ...subnetFields(options),
      },
    }),
  )
  printRecord(context, subnet, await columnsFor(context, client))
}

export interface SubnetListOptions {
  readonly name?: string
  readonly scope?: string
  readonly pool?: string
  readonly contains?: string
  readonly label?: Readonly<Record<string, string>>
  readonly sort?: 'createdAt' | '-createdAt' | 'name' | '-name' | 'cidr' | '-cidr'
  readonly limit?: number
  readonly ipVersion?: 4 | 6
}

export async function listSubnets(
  context: CommandContext,
  options: SubnetListOptions,
): Promise<void> {
  const { client } = await context.connect()
  const { name, sort, ipVersion, contains } = options
  const pool = options.pool === undefined ? undefined : await poolBy(client, options.pool)
  const scope =
    options.scope === undefined ? undefined : await scopeBy(client, options.scope, ipVersion)
  const filter = {
    ...givenFields({
      name,
      sort,
      ipVersion,
      contains,
      addressScopeId: scope?.id,
      subnetPoolId: pool?.id,
    }),
    ...labelFilter(options.label),
  }
  const list = await allPages<Subnet>(options.limit, (page) =>
    dataOf(client.GET('/v1/subnets', { params: { query: { ...filter, ...page } } })),
  )
  printRecords(context, list, await columnsFor(context, client), 'subnets')
}

export async function showSubnet(context: CommandContext, text: string): Promise<void> {
  const { client } = await context.connect()
  printRecord(context, await subnetBy(client, text), await columnsFor(context, client))
}

export async function updateSubnet(
  context: CommandContext,
  text: string,
  options: SubnetFieldOptions,
): Promise<void> {
  const { client } = await context.connect()
  const subnet = await subnetBy(client, text)
  const changed = await dataOf(
    client.PATCH('/v1/subnets/{id}', {
      ...ifUnchanged(subnet),
      body: { ...subnetFields(options), ...labelChanges(subnet.labels, options) },
    }),
  )
  printRecord(context, changed, await columnsFor(context, client))
  if (changed.heldOutsidePools > 0)
    context.remark(
      `${changed.heldOutsidePools} held addresses lie outside the allocation pools now; they stay held.`,
    )
}

function subnetFields(options: SubnetFieldOptions) {
  const { name, gateway, onLink, allocationPool, allocationPools, cooling, shared } = options
  if (allocationPool !== undefined && allocationPools === false)
    throw usageError(
      '--allocation-pool and --no-allocation-pools exclude each other.',
      'Give one of them.',
    )
  return givenFields({
    name,
    gateway: gateway === 'none' ? null : gateway,
    onLink,
    allocationPools:
      allocationPools === false ? [] : allocationPool?.map((range) => ({ ...range })),
    coolingSeconds: cooling,
    shared,
  })
}

export async function deleteSubnets(
  context: CommandContext,
  texts: readonly string[],
  options: ConfirmationOptions & { readonly cascade?: boolean },
): Promise<void> {
  const { client } = await context.connect()
  const subnets: Subnet[] = []
  for (const text of texts) subnets.push(await subnetBy(client, text))
  const query = givenFields({ cascade: options.cascade })
  const describe = ({ cidr }: Subnet) =>
    options.cascade ? `${cidr} with all addresses held in it` : cidr
  await deleteRecords(context, 'delete', 'subnet', subnets, describe, options, (subnet) => {
    const { params, headers } = ifUnchanged(subnet)
    return dataOf(client.DELETE('/v1/subnets/{id}', { params: { ...params, query }, headers }))
  })
}

async function columnsFor(context: CommandContext, client: FreeholdClient) {
  return subnetColumns(context.options.output === 'table' ? await scopeNames(client) : undefined)
}
