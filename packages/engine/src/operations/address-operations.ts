import { type IpAddress, isReservedAddress } from '@freehold/address'
import { parseAddress } from '../model/address-input.ts'
import type { AddressKnowledge, AddressRole } from '../model/address-knowledge.ts'
import type { Allocation } from '../model/allocation.ts'
import { canSee } from '../model/caller.ts'
import type { AddressTenure } from '../model/event.ts'
import type { Subnet } from '../model/subnet.ts'
import { parseTime } from '../model/time-input.ts'
import { findAllocation } from '../store/sql/allocation-queries.ts'
import {
  type EventRow,
  findLastSubnetEvent,
  listEventsOfAddress,
} from '../store/sql/event-queries.ts'
import {
  type SubnetRow,
  toAllocation,
  toSubnet,
  toSubnetPool,
  toTime,
} from '../store/sql/row-mapping.ts'
import { listPoolsWithAddress } from '../store/sql/subnet-pool-queries.ts'
import { listSubnetsWithAddress } from '../store/sql/subnet-queries.ts'
import type { Session } from '../store/store.ts'
import type { OperationContext } from './context.ts'
import { prefixesOfPool } from './pool-layout.ts'
import type { SubnetLayout } from './subnet-layout.ts'
import { read } from './transaction.ts'

/** What is known of an address now. One index probe for each address scope. */
export async function lookUpAddress(
  context: OperationContext,
  text: string,
): Promise<AddressKnowledge> {
  const address = parseAddress(text, '/address')
  return read(context, async (session) => {
    const subnets: AddressKnowledge['subnets'][number][] = []
    for (const row of await listSubnetsWithAddress(session, address))
      if (canSee(context.caller, { projectId: row.project_id, shared: row.shared === 1 }))
        subnets.push(await knowledgeIn(context, session, row, address))
    const subnetPools = []
    for (const row of await listPoolsWithAddress(session, address))
      if (canSee(context.caller, { projectId: row.project_id, shared: row.shared === 1 }))
        subnetPools.push(
          toSubnetPool(row, await prefixesOfPool(session, row.row_key, row.ip_version)),
        )
    return { address: address.toString(), ipVersion: address.version, subnets, subnetPools }
  })
}

/**
 * Who held the address in which subnet, oldest first; with `at` (RFC 3339), only those who held it at that instant.
 * Linear in the events of the address.
 */
export async function addressHistory(
  context: OperationContext,
  text: string,
  options: { at?: string },
): Promise<readonly AddressTenure[]> {
  const address = parseAddress(text, '/address')
  const at = options.at === undefined ? null : toTime(parseTime(options.at, '/at'))
  return read(context, async (session) => {
    const events = await listEventsOfAddress(session, address.toBytes())
    const tenures: AddressTenure[] = []
    for (const [subnetKey, own] of Map.groupBy(events, (event) => event.subnet_key)) {
      if (subnetKey === null) continue
      const subnet = await subnetOfEvents(session, subnetKey)
      if (subnet === null || subnet.ipVersion !== address.version) continue
      const ownsSubnet = context.caller.isAdmin || subnet.projectId === context.caller.projectId
      for (const tenure of tenuresOf(address, subnet, own))
        if (ownsSubnet || tenure.projectId === context.caller.projectId) tenures.push(tenure)
    }
    tenures.sort((a, b) => (a.from < b.from ? -1 : 1))
    return at === null ? tenures : tenures.filter((tenure) => heldAt(tenure, at))
  })
}

async function knowledgeIn(
  context: OperationContext,
  session: Session,
  row: SubnetRow,
  address: IpAddress,
): Promise<AddressKnowledge['subnets'][number]> {
  const layout = context.layouts.layoutOf(row)
  const found = await findAllocation(session, layout.key, address.toBytes())
  const mayKnow =
    context.caller.isAdmin ||
    row.project_id === context.caller.projectId ||
    found?.project_id === context.caller.projectId
  // Of another project's allocation not even that there is one: the role would say it of every address, at no cost.
  const allocation = found === undefined || !mayKnow ? null : toAllocation(found, layout)
  return { subnet: toSubnet(row), role: roleOf(layout, address, allocation), allocation }
}

function roleOf(
  layout: SubnetLayout,
  address: IpAddress,
  allocation: Allocation | null,
): AddressRole {
  if (allocation !== null) return allocation.state
  const offset = address.value - layout.base
  if (offset === layout.gateway) return 'gateway'
  if (isReservedAddress(layout.prefix, address)) return 'reserved'
  return layout.space.contains(offset) ? 'in-pool' : 'outside-pools'
}

// A subnet that is gone is known from its own last event.
async function subnetOfEvents(session: Session, subnetKey: number): Promise<Subnet | null> {
  const event = await findLastSubnetEvent(session, subnetKey)
  const text = event?.state_after ?? event?.state_before
  return text === undefined || text === null ? null : (JSON.parse(text) as Subnet)
}

function tenuresOf(
  address: IpAddress,
  subnet: Subnet,
  events: readonly EventRow[],
): AddressTenure[] {
  const tenures: AddressTenure[] = []
  let open: { event: EventRow; holder: unknown } | null = null
  const close = (until: number | null): void => {
    if (open === null) return
    tenures.push({
      address: address.toString(),
      subnetId: subnet.id,
      projectId: open.event.project_id,
      holder: open.holder,
      from: toTime(open.event.at),
      until: until === null ? null : toTime(until),
    })
    open = null
  }
  for (const event of events) {
    if (event.action === 'allocated') {
      close(event.at)
      open = { event, holder: holderIn(event.state_after) }
    } else if (event.action === 'released' || event.action === 'expired') close(event.at)
  }
  close(null)
  return tenures
}

function holderIn(state: string | null): unknown {
  return state === null ? null : ((JSON.parse(state) as { holder?: unknown }).holder ?? null)
}

function heldAt(tenure: AddressTenure, at: string): boolean {
  return tenure.from <= at && (tenure.until === null || at < tenure.until)
}
