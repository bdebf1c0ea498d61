import type { Allocation, AllocationAttributeValues } from '../model/allocation.ts'
import { changePages } from '../store/sql/address-page-queries.ts'
import { insertAllocations } from '../store/sql/allocation-queries.ts'
import { insertEvents, type NewEvent } from '../store/sql/event-queries.ts'
import { type AllocationRow, labelsText, toAllocation } from '../store/sql/row-mapping.ts'
import type { Session } from '../store/store.ts'
import { PageChanges } from './address-page-operations.ts'
import type { OperationContext } from './context.ts'
import { allocationEvent } from './event-recording.ts'
import { lostRace } from './lost-race.ts'
import { bytesAt, type SubnetLayout } from './subnet-layout.ts'

/**
 * Gives free addresses their holder: pages first (their locks keep writers in order), then the rows, then the events.
 * Throws StoreFault `retry` when another transaction was faster at one of the addresses.
 */
export async function recordAllocations(
  context: OperationContext,
  session: Session,
  layout: SubnetLayout,
  offsets: readonly bigint[],
  attributes: AllocationAttributeValues,
): Promise<Allocation[]> {
  const pages = new PageChanges()
  for (const offset of offsets) pages.occupy(layout, offset)
  await changePages(session, pages.all)
  const now = context.clock()
  const rows = offsets.map((offset) =>
    newRow(context, layout, bytesAt(layout, offset), attributes, now),
  )
  const lost = await insertAllocations(session, rows)
  if (lost.length > 0) throw lostRace()
  const allocations = rows.map((row) => toAllocation(row, layout))
  await insertEvents(
    session,
    rows.map((row, index) => allocatedEvent(context, row, allocations[index] as Allocation)),
  )
  return allocations
}

export function allocatedEvent(
  context: OperationContext,
  row: AllocationRow,
  allocation: Allocation,
): NewEvent {
  const { subnet_key: subnetKey, address, project_id: projectId } = row
  const after = eventState(allocation)
  return allocationEvent(context, 'allocated', subnetKey, address, { after, projectId })
}

/** What an event says of an allocation: all that its own columns do not. */
export function eventState(allocation: Allocation): Record<string, unknown> {
  const { state, holder, labels, expiresAt } = allocation
  return {
    ...(state !== 'allocated' && { state }),
    holder,
    ...(Object.keys(labels).length > 0 && { labels }),
    ...(expiresAt !== null && { expiresAt }),
  }
}

export function newRow(
  context: OperationContext,
  layout: SubnetLayout,
  address: Uint8Array,
  attributes: AllocationAttributeValues,
  now: number,
): AllocationRow {
  const { holder, labels, dueAt } = attributes
  return {
    subnet_key: layout.key,
    address,
    state: 0,
    due_at: dueAt,
    project_id: context.caller.projectId,
    holder_kind: holder?.kind ?? null,
    holder_id: holder?.id ?? null,
    holder_mac: holder?.mac ?? null,
    holder_host_name: holder?.hostName ?? null,
    labels: Object.keys(labels).length === 0 ? null : labelsText(labels),
    created_at: now,
  }
}
