import type { EventRow } from '../store/sql/event-queries.ts'
import {
  deleteEventGap,
  type EventGapRow,
  findSealHead,
  hasEventsToSeal,
  insertEventGap,
  insertSeals,
  listEventGaps,
  listEventsBetween,
  type SealHeadRow,
  updateSealHead,
} from '../store/sql/event-seal-queries.ts'
import type { Session } from '../store/store.ts'
import type { OperationContext } from './context.ts'
import { linkHash } from './event-chain.ts'
import { read, write } from './transaction.ts'

const eventsAtOnce = 5000
const gapsAtOnce = 500
// No transaction of the engine lives this long, and a caller's own should not.
const gapLifetimeMs = 24 * 3600 * 1000

/**
 * Seals the events that were committed since the last time, at most 5,000 of them, and returns how many. Not done in the
 * transaction that makes an event: a chain has one end, and every write in the database would wait for it.
 *
 * Event ids are given out before their transactions commit, so an id can turn up after higher ones were sealed. Ids that
 * are not there yet are kept as gaps and looked for again.
 */
export async function sealEvents(context: OperationContext): Promise<number> {
  // An idle database is not written to.
  if (!(await read(context, hasEventsToSeal))) return 0
  return write(context, 'seal events', {}, {}, async (session) => {
    const head = await findSealHead(session, true)
    const late = await lateEvents(context, session)
    const fresh = await listEventsBetween(
      session,
      head.last_event_id + 1,
      Number.MAX_SAFE_INTEGER,
      eventsAtOnce,
    )
    await noteGaps(context, session, head, fresh)
    return extendChain(session, head, [...late, ...fresh])
  })
}

async function lateEvents(context: OperationContext, session: Session): Promise<EventRow[]> {
  const late: EventRow[] = []
  for (const gap of await listEventGaps(session, gapsAtOnce)) {
    const found = await listEventsBetween(session, gap.first_id, gap.last_id, eventsAtOnce)
    const isOld = context.clock() - gap.seen_at > gapLifetimeMs
    if (found.length === 0 && !isOld) continue
    await deleteEventGap(session, gap.first_id)
    if (!isOld)
      for (const rest of gapsBetween(gap.first_id - 1, found, gap.last_id + 1, gap.seen_at))
        await insertEventGap(session, rest)
    late.push(...found)
  }
  return late
}

async function noteGaps(
  context: OperationContext,
  session: Session,
  head: SealHeadRow,
  fresh: readonly EventRow[],
): Promise<void> {
  const end = fresh.at(-1)
  if (end === undefined) return
  for (const gap of gapsBetween(head.last_event_id, fresh, end.id, context.clock()))
    await insertEventGap(session, gap)
}

/** The ids between `after` and `before`, both excluded, that are not among the events. */
function gapsBetween(
  after: number,
  events: readonly EventRow[],
  before: number,
  seenAt: number,
): EventGapRow[] {
  const gaps: EventGapRow[] = []
  let last = after
  for (const id of [...events.map((event) => event.id), before]) {
    if (id > last + 1) gaps.push({ first_id: last + 1, last_id: id - 1, seen_at: seenAt })
    last = Math.max(last, id)
  }
  return gaps
}

async function extendChain(
  session: Session,
  head: SealHeadRow,
  events: readonly EventRow[],
): Promise<number> {
  if (events.length === 0) return 0
  let { seq, hash, last_event_id: lastEventId } = head
  const seals = events.map((event) => {
    seq += 1
    hash = linkHash(hash, seq, event)
    lastEventId = Math.max(lastEventId, event.id)
    return { seq, event_id: event.id, hash }
  })
  await insertSeals(session, seals)
  await updateSealHead(session, { seq, hash, last_event_id: lastEventId })
  return events.length
}
