import { Prefix } from '@freehold/address'
import { dataOf, type FreeholdClient } from '@freehold/client'
import { allPages } from '../api-pages.ts'
import type {
  Subnet,
  SubnetPoolUtilization,
  SubnetUtilization,
  TotalUtilization,
} from '../api-records.ts'
import type { CommandContext } from '../command-context.ts'
import type { Column } from '../output/column.ts'
import { counted, countText } from '../output/count-text.ts'
import { printJson, printRecords } from '../output/record-output.ts'
import { colouredByRatio, percentText, utilizationBar } from '../output/utilization-bar.ts'
import { poolBy, subnetBy } from '../record-resolution.ts'
import { givenFields } from '../request-fields.ts'
import { type ScopeNames, scopeNames } from '../scope-names.ts'

export interface UtilizationOptions {
  readonly pool?: string
  readonly subnet?: string
  readonly limit?: number
}

export async function showUtilization(
  context: CommandContext,
  options: UtilizationOptions,
): Promise<void> {
  const { client } = await context.connect()
  if (options.subnet !== undefined) return showOneSubnet(context, client, options.subnet)
  const pool = options.pool === undefined ? undefined : await poolBy(client, options.pool)
  const total: Total =
    pool === undefined
      ? await dataOf(client.GET('/v1/utilization'))
      : await dataOf(
          client.GET('/v1/subnet-pools/{id}/utilization', { params: { path: { id: pool.id } } }),
        )
  const all = await subnetRows(client, givenFields({ subnetPoolId: pool?.id }))
  const columns = utilizationColumns(await scopeNames(client))
  const rows = all.toSorted(fullestFirst).slice(0, options.limit)
  if (context.options.output === 'json')
    return printJson(context, { total, subnets: rows.map(({ utilization }) => utilization) })
  printRecords(context, { items: rows }, columns, 'subnets')
  if (context.options.output !== 'table') return
  context.print([
    '',
    totalLine(context, pool === undefined ? 'All subnets' : 'Cut from the pool', total),
  ])
  if (rows.length < all.length)
    context.remark(`${counted(all.length - rows.length, 'more subnet')}; raise --limit.`)
}

async function showOneSubnet(
  context: CommandContext,
  client: FreeholdClient,
  text: string,
): Promise<void> {
  const subnet = await subnetBy(client, text)
  const utilization = await dataOf(
    client.GET('/v1/subnets/{id}/utilization', { params: { path: { id: subnet.id } } }),
  )
  if (context.options.output === 'json') printJson(context, utilization)
  else
    printRecords(
      context,
      { items: [{ subnet, utilization }] },
      utilizationColumns(await scopeNames(client)),
      'subnets',
    )
}

type Total = TotalUtilization | SubnetPoolUtilization

interface Row {
  readonly subnet: Subnet
  readonly utilization: SubnetUtilization
}

async function subnetRows(
  client: FreeholdClient,
  filter: { subnetPoolId?: string },
): Promise<Row[]> {
  const [subnets, utilization] = await Promise.all([
    allPages<Subnet>(undefined, (page) =>
      dataOf(client.GET('/v1/subnets', { params: { query: { ...filter, ...page } } })),
    ),
    allPages<SubnetUtilization>(undefined, (page) =>
      dataOf(client.GET('/v1/utilization/subnets', { params: { query: { ...filter, ...page } } })),
    ),
  ])
  const byId = new Map(subnets.items.map((subnet) => [subnet.id, subnet]))
  return utilization.items.flatMap((one) => {
    // Made between the two readings: it will be there the next time.
    const subnet = byId.get(one.subnetId)
    return subnet === undefined ? [] : [{ subnet, utilization: one }]
  })
}

// The fullest need attention; among equally full ones the widest weigh most.
function fullestFirst(a: Row, b: Row): number {
  if (a.utilization.ratio !== b.utilization.ratio) return b.utilization.ratio - a.utilization.ratio
  const [sizeA, sizeB] = [BigInt(a.utilization.capacity), BigInt(b.utilization.capacity)]
  if (sizeA !== sizeB) return sizeA > sizeB ? -1 : 1
  return Prefix.parse(a.subnet.cidr).compare(Prefix.parse(b.subnet.cidr))
}

const barWidth = 20

function utilizationColumns(scopeNameOf: ScopeNames): readonly Column<Row>[] {
  return [
    { key: 'subnetId', value: ({ utilization }) => utilization.subnetId },
    { key: 'cidr', title: 'Subnet', value: ({ subnet }) => subnet.cidr },
    { key: 'scope', title: 'Scope', value: ({ subnet }) => scopeNameOf(subnet.addressScopeId) },
    { key: 'name', title: 'Name', value: ({ subnet }) => subnet.name },
    {
      key: 'bar',
      title: '',
      isTableOnly: true,
      value: ({ utilization }) => utilizationBar(utilization.ratio, barWidth),
      paint: (text, { utilization }, style) => colouredByRatio(text, utilization.ratio, style),
    },
    {
      key: 'ratio',
      title: 'Used',
      align: 'right',
      value: ({ utilization }) => utilization.ratio,
      display: ({ utilization }) => percentText(utilization.ratio),
    },
    countColumn('allocated', 'Allocated'),
    countColumn('cooling', 'Cooling'),
    countColumn('available', 'Available'),
    countColumn('capacity', 'Capacity'),
    { key: 'outsidePools', value: ({ utilization }) => utilization.outsidePools },
  ]
}

function countColumn(
  key: 'allocated' | 'cooling' | 'available' | 'capacity',
  title: string,
): Column<Row> {
  return {
    key,
    title,
    align: 'right',
    value: ({ utilization }) => utilization[key],
    display: ({ utilization }) => countText(utilization[key]),
  }
}

function totalLine({ style }: CommandContext, what: string, total: Total): string {
  const { ratio, allocated, capacity, available, subnets } = total
  const bar = colouredByRatio(utilizationBar(ratio, barWidth), ratio, style)
  const counts = `${countText(allocated)} of ${counted(capacity, 'address')}, ${countText(available)} available`
  return `${style.bold(what)}  ${bar}  ${percentText(ratio)}  ${counts}, ${counted(subnets, 'subnet')}`
}
