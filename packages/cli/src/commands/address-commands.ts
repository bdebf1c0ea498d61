import { dataOf } from '@freehold/client'
import type { AddressKnowledge, AddressTenure } from '../api-records.ts'
import type { CommandContext } from '../command-context.ts'
import type { Column } from '../output/column.ts'
import { holderText, labelsText } from '../output/record-columns.ts'
import { printJson, printRecords } from '../output/record-output.ts'
import { visibleText } from '../output/terminal-text.ts'
import { givenFields } from '../request-fields.ts'
import { scopeNames } from '../scope-names.ts'

export interface ShowAddressOptions {
  readonly history?: boolean
  /** RFC 3339. */
  readonly at?: string
}

export async function showAddress(
  context: CommandContext,
  address: string,
  options: ShowAddressOptions,
): Promise<void> {
  if (options.history || options.at !== undefined) return showHistory(context, address, options.at)
  const { client } = await context.connect()
  const knowledge = await dataOf(
    client.GET('/v1/addresses/{address}', { params: { path: { address } } }),
  )
  if (context.options.output === 'json') return printJson(context, knowledge)
  const nameOf = await scopeNames(client)
  const places = knowledge.subnets.map((known) => ({
    address: knowledge.address,
    scope: nameOf(known.subnet.addressScopeId),
    known,
  }))
  printRecords(context, { items: places }, placeColumns, 'subnet holds this address')
  if (context.options.output === 'table')
    for (const pool of knowledge.subnetPools)
      context.print([`In subnet pool ${visibleText(pool.name || pool.id)}.`])
}

async function showHistory(
  context: CommandContext,
  address: string,
  at: string | undefined,
): Promise<void> {
  const { client } = await context.connect()
  const history = await dataOf(
    client.GET('/v1/addresses/{address}/history', {
      params: { path: { address }, query: givenFields({ at }) },
    }),
  )
  if (context.options.output === 'json') return printJson(context, history)
  printRecords(context, history, tenureColumns, 'holder is known')
}

interface Place {
  readonly address: string
  /** Name of the scope, or its id where it has none. */
  readonly scope: string
  readonly known: AddressKnowledge['subnets'][number]
}

const placeColumns: readonly Column<Place>[] = [
  { key: 'address', title: 'Address', value: ({ address }) => address },
  { key: 'role', title: 'Role', value: ({ known }) => known.role },
  { key: 'subnetId', value: ({ known }) => known.subnet.id },
  { key: 'cidr', title: 'Subnet', value: ({ known }) => known.subnet.cidr },
  { key: 'subnetName', title: 'Name', value: ({ known }) => known.subnet.name },
  { key: 'addressScopeId', value: ({ known }) => known.subnet.addressScopeId },
  { key: 'scope', title: 'Scope', value: ({ scope }) => scope },
  { key: 'holder', title: 'Holder', value: ({ known }) => holderText(known.allocation?.holder) },
  {
    key: 'labels',
    title: 'Labels',
    value: ({ known }) => (known.allocation === null ? '' : labelsText(known.allocation)),
  },
  { key: 'since', title: 'Since', value: ({ known }) => known.allocation?.createdAt },
  { key: 'expiresAt', value: ({ known }) => known.allocation?.expiresAt },
]

const tenureColumns: readonly Column<AddressTenure>[] = [
  { key: 'address', title: 'Address', value: ({ address }) => address },
  { key: 'holder', title: 'Holder', value: ({ holder }) => holderText(holder) },
  { key: 'from', title: 'From', value: ({ from }) => from },
  {
    key: 'until',
    title: 'Until',
    value: ({ until }) => until,
    display: ({ until }) => until ?? 'still held',
  },
  { key: 'subnetId', title: 'Subnet', value: ({ subnetId }) => subnetId },
  { key: 'projectId', title: 'Project', value: ({ projectId }) => projectId },
]
