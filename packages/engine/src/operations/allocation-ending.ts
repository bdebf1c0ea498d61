import type { EventAction } from '../model/event.ts'
import {
  coolAllocation,
  deleteAllocation,
  listDueAllocations,
} from '../store/sql/allocation-queries.ts'
import { type AllocationRow, toAllocation } from '../store/sql/row-mapping.ts'
import { holdSubnetByKey } from '../store/sql/subnet-queries.ts'
import type { Session } from '../store/store.ts'
import { coolInPage, vacatePage } from './address-page-operations.ts'
import { eventState } from './address-recording.ts'
import type { OperationContext } from './context.ts'
import { recordChanges } from './event-recording.ts'
import { lostRace } from './lost-race.ts'
import type { SubnetLayout } from './subnet-layout.ts'
import { write } from './transaction.ts'

const rowsAtOnce = 500

/**
 * Ends a held allocation; the address is free, or cools if its subnet says so: from now, or from the end of its lease
 * whenever that is noticed. Constant cost.
 */
export async function endAllocation(
  context: OperationContext,
  session: Session,
  layout: SubnetLayout,
  row: AllocationRow,
  action: 'released' | 'expired',
): Promise<void> {
  if (layout.coolingSeconds === 0) return removeRow(context, session, layout, row, action)
  const endedAt = action === 'expired' && row.due_at !== null ? row.due_at : context.clock()
  const dueAt = endedAt + layout.coolingSeconds * 1000
  if (dueAt <= context.clock()) return removeRow(context, session, layout, row, action)
  await coolInPage(session, layout, row.address)
  if (!(await coolAllocation(session, row, dueAt))) throw lostRace()
  await recordEnd(context, session, layout, row, action, { ...row, state: 1, due_at: dueAt })
}

/** Ends an allocation whose address passes straight on to another holder. */
export async function endForSuccessor(
  context: OperationContext,
  session: Session,
  layout: SubnetLayout,
  row: AllocationRow,
): Promise<void> {
  await removeRow(context, session, layout, row, row.state === 1 ? 'freed' : 'expired')
}

/** Ends what is due in one subnet: leases that ran out, cooling times that are over. Returns how many rows changed. */
export async function endDue(
  context: OperationContext,
  session: Session,
  layout: SubnetLayout,
): Promise<number> {
  const due = await listDueAllocations(session, context.clock(), rowsAtOnce, layout.key)
  // In the order of every other writer, for the pages' locks.
  due.sort((a, b) => Buffer.compare(a.address, b.address))
  for (const row of due) await endRow(context, session, layout, row)
  return due.length
}

/**
 * Ends what is due in all subnets, oldest first, at most `limit` allocations; returns how many. Linear in that number and
 * not in what is held.
 */
export async function reap(context: OperationContext, limit: number): Promise<number> {
  let ended = 0
  while (ended < limit) {
    const count = await write(context, 'reap', {}, {}, async (session) => {
      const wanted = Math.min(rowsAtOnce, limit - ended)
      const due = await listDueAllocations(session, context.clock(), wanted)
      // The same order as every other writer's: by subnet, then by address.
      due.sort((a, b) => a.subnet_key - b.subnet_key || Buffer.compare(a.address, b.address))
      for (const row of due) {
        const subnet = await holdSubnetByKey(session, row.subnet_key)
        if (subnet === undefined) throw lostRace()
        await endRow(context, session, context.layouts.layoutOf(subnet), row)
      }
      return due.length
    })
    ended += count
    if (count < rowsAtOnce) break
  }
  return ended
}

async function endRow(
  context: OperationContext,
  session: Session,
  layout: SubnetLayout,
  row: AllocationRow,
): Promise<void> {
  if (row.state === 0) await endAllocation(context, session, layout, row, 'expired')
  else await removeRow(context, session, layout, row, 'freed')
}

async function removeRow(
  context: OperationContext,
  session: Session,
  layout: SubnetLayout,
  row: AllocationRow,
  action: EventAction,
): Promise<void> {
  await vacatePage(session, layout, row.address, row.state === 1)
  if (!(await deleteAllocation(session, row))) throw lostRace()
  await recordEnd(context, session, layout, row, action, null)
}

async function recordEnd(
  context: OperationContext,
  session: Session,
  layout: SubnetLayout,
  row: AllocationRow,
  action: EventAction,
  after: AllocationRow | null,
): Promise<void> {
  await recordChanges(context, session, [
    {
      action,
      recordKind: 'allocation',
      recordId: null,
      subnetKey: layout.key,
      address: row.address,
      before: eventState(toAllocation(row, layout)),
      ...(after === null ? {} : { after: eventState(toAllocation(after, layout)) }),
      projectId: row.project_id,
    },
  ])
}
