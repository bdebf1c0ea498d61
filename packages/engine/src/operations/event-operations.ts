import { IpAddress } from '@freehold/address'
import type { ChangeEvent, EventAction, RecordKind } from '../model/event.ts'
import { checkInteger } from '../model/record.ts'
import { type EventRow, findLastSubnetEvent, listEventsAfter } from '../store/sql/event-queries.ts'
import { toTime } from '../store/sql/row-mapping.ts'
import type { Session } from '../store/store.ts'
import type { OperationContext } from './context.ts'
import { maxPageSize } from './record-list.ts'
import { read } from './transaction.ts'

// How far one call looks for events of the caller's project among others'.
const mostRead = 10_000
// How far the clocks of two servers on one database may differ.
const clockDifferenceMs = 5000

export interface EventPage {
  readonly items: readonly ChangeEvent[]
  /** Where to read on; always there, since more events will come. */
  readonly nextCursor: string
}

/**
 * Events in order, from after a cursor or from the first. A page may be short or empty though more follow: go on with its
 * cursor until the events are recent enough. Throws INVALID_CURSOR.
 */
export async function listEvents(
  context: OperationContext,
  options: { after?: string; limit?: number },
): Promise<EventPage> {
  const limit = checkInteger(options.limit ?? 100, '/limit', 1, maxPageSize)
  const start = options.after === undefined ? 0 : context.cursors.openEvent(options.after)
  return read(context, async (session) => {
    const names = new Map<number, SubnetName | null>()
    const items: ChangeEvent[] = []
    let last = start
    for (let seen = 0; seen < mostRead && items.length < limit; ) {
      const rows = await listEventsAfter(session, last, limit)
      for (const row of rows) {
        if (mayComeLater(context, last, row))
          return { items, nextCursor: positionAfter(context, last) }
        last = row.id
        if (context.caller.isAdmin || row.project_id === context.caller.projectId)
          items.push(await toEvent(context, session, row, names))
        if (items.length === limit) break
      }
      seen += rows.length
      if (rows.length < limit) break
    }
    return { items, nextCursor: positionAfter(context, last) }
  })
}

// Ids are given out before their transactions commit. Where ids are missing, they were undone or will still come, and a
// reader who went past them would never see them; past the longest time that a transaction may take, they were undone.
function mayComeLater(context: OperationContext, last: number, row: EventRow): boolean {
  const isRecent = context.clock() - row.at < context.deadlineMs + clockDifferenceMs
  return row.id > last + 1 && isRecent
}

interface SubnetName {
  readonly id: string
  readonly ipVersion: 4 | 6
}

async function toEvent(
  context: OperationContext,
  session: Session,
  row: EventRow,
  names: Map<number, SubnetName | null>,
): Promise<ChangeEvent> {
  const subnet = row.address === null ? null : await nameOf(session, row.subnet_key, names)
  return {
    cursor: context.cursors.sealEvent(row.id),
    at: toTime(row.at),
    action: row.action as EventAction,
    recordKind: row.record_kind as RecordKind,
    recordId: row.record_id ?? subnet?.id ?? '',
    address:
      row.address === null || subnet === null
        ? null
        : IpAddress.fromBytes(subnet.ipVersion, row.address).toString(),
    projectId: row.project_id,
    actor: row.actor,
    requestId: row.request_id,
    before: row.state_before === null ? null : JSON.parse(row.state_before),
    after: row.state_after === null ? null : JSON.parse(row.state_after),
  }
}

async function nameOf(
  session: Session,
  subnetKey: number | null,
  names: Map<number, SubnetName | null>,
): Promise<SubnetName | null> {
  if (subnetKey === null) return null
  const known = names.get(subnetKey)
  if (known !== undefined) return known
  const event = await findLastSubnetEvent(session, subnetKey)
  const text = event?.state_after ?? event?.state_before ?? null
  const name = text === null ? null : (JSON.parse(text) as SubnetName)
  names.set(subnetKey, name)
  return name
}

// Who sees every event learns nothing from the position, and can compare it.
function positionAfter({ caller, cursors }: OperationContext, id: number): string {
  return caller.isAdmin ? cursors.sealEvent(id) : cursors.sealEventPosition(id)
}
