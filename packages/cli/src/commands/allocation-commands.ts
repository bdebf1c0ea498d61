import { dataOf } from '@freehold/client'
import { allPages } from '../api-pages.ts'
import type { Allocation } from '../api-records.ts'
import type { CommandContext } from '../command-context.ts'
import { usageError } from '../command-error.ts'
import { type ConfirmationOptions, confirmed } from '../confirmation.ts'
import { allocationColumns } from '../output/record-columns.ts'
import { printJson, printRecord, printRecords } from '../output/record-output.ts'
import { visibleText } from '../output/terminal-text.ts'
import { subnetBy } from '../record-resolution.ts'
import { givenFields, labelFilter } from '../request-fields.ts'
import { idempotencyHeader } from '../request-headers.ts'

export interface AllocateOptions {
  readonly next?: boolean
  readonly address?: string
  readonly count?: number
  readonly mac?: string
  readonly holder?: { readonly kind: string; readonly id: string }
  readonly hostName?: string
  readonly holderMac?: string
  readonly label?: Readonly<Record<string, string>>
  readonly ttl?: number
  readonly idempotencyKey?: string
}

export async function allocateAddresses(
  context: CommandContext,
  subnets: readonly string[],
  options: AllocateOptions,
): Promise<void> {
  const { client } = await context.connect()
  const subnetIds: string[] = []
  for (const text of subnets) subnetIds.push((await subnetBy(client, text)).id)
  const body = {
    request: requestOf(options),
    ...givenFields({
      holder: holderOf(options),
      labels: options.label,
      ttlSeconds: options.ttl,
    }),
  }
  const headers = idempotencyHeader(options.idempotencyKey)
  const [onlyId, secondId] = subnetIds
  const answer =
    onlyId !== undefined && secondId === undefined
      ? await dataOf(
          client.POST('/v1/subnets/{id}/allocations', {
            ...headers,
            params: { path: { id: onlyId } },
            body,
          }),
        )
      : await dataOf(client.POST('/v1/allocations', { ...headers, body: { subnetIds, ...body } }))
  if (context.options.output === 'json') printJson(context, answer)
  else printRecords(context, { items: answer.allocations }, allocationColumns, 'addresses')
}

function requestOf({ next, address, count, mac }: AllocateOptions) {
  if (next) return { kind: 'next' as const }
  if (address !== undefined) return { kind: 'specific' as const, address }
  if (count !== undefined) return { kind: 'bulk' as const, count }
  if (mac !== undefined) return { kind: 'eui64' as const, mac }
  return { kind: 'any' as const }
}

function holderOf({ holder, hostName, holderMac, mac }: AllocateOptions) {
  if (holder === undefined) {
    if (hostName === undefined && holderMac === undefined) return undefined
    throw usageError(
      '--host-name and --holder-mac tell more about a holder, and none is named.',
      'Add --holder kind:id, such as --holder host:web1.',
    )
  }
  return { ...holder, ...givenFields({ hostName, mac: holderMac ?? mac }) }
}

export async function releaseAddresses(
  context: CommandContext,
  subnetText: string,
  addresses: readonly string[],
  options: ConfirmationOptions,
): Promise<void> {
  const { client } = await context.connect()
  const { id, cidr } = await subnetBy(client, subnetText)
  const deed = `release ${addresses.map(visibleText).join(', ')} in subnet ${cidr}`
  const isHarmless = addresses.length === 1 && options.dryRun !== true
  if (!isHarmless && !(await confirmed(context, deed, options))) return
  for (const address of addresses) {
    await dataOf(
      client.DELETE('/v1/subnets/{id}/allocations/{address}', {
        params: { path: { id, address } },
      }),
    )
    context.remark(`Released ${visibleText(address)}.`)
  }
}

export interface AllocationListOptions {
  readonly state?: 'allocated' | 'cooling'
  readonly holder?: { readonly kind: string; readonly id: string }
  readonly label?: Readonly<Record<string, string>>
  readonly sort?: 'address' | '-address'
  readonly limit?: number
}

export async function listAllocations(
  context: CommandContext,
  subnetText: string,
  options: AllocationListOptions,
): Promise<void> {
  const { client } = await context.connect()
  const { id } = await subnetBy(client, subnetText)
  const { state, holder, sort } = options
  const filter = {
    ...givenFields({ state, sort, holderKind: holder?.kind, holderId: holder?.id }),
    ...labelFilter(options.label),
  }
  const list = await allPages<Allocation>(options.limit, (page) =>
    dataOf(
      client.GET('/v1/subnets/{id}/allocations', {
        params: { path: { id }, query: { ...filter, ...page } },
      }),
    ),
  )
  printRecords(context, list, allocationColumns, 'addresses are held')
}

export async function showAllocation(
  context: CommandContext,
  subnetText: string,
  address: string,
): Promise<void> {
  const { client } = await context.connect()
  const { id } = await subnetBy(client, subnetText)
  const allocation = await dataOf(
    client.GET('/v1/subnets/{id}/allocations/{address}', { params: { path: { id, address } } }),
  )
  printRecord(context, allocation, allocationColumns)
}
