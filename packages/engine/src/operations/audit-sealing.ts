import { type EventRow, listEventsAfter } from '../store/sql/event-queries.ts'
import {
  deleteEventGap,
  type EventGapRow,
  findSealHead,
  hasEventsAfterHead,
  insertEventGap,
  insertSeals,
  listEventGaps,
  listUnsealedEvents,
  type SealHeadRow,
  updateSealHead,
} from '../store/sql/event-seal-queries.ts'
import type { Session } from '../store/store.ts'
import type { OperationContext } from './context.ts'
import { linkHash } from './event-chain.ts'
import { dueGaps, gapAmong, isOver, thinnedGaps } from './event-gaps.ts'
import { read, write } from './transaction.ts'

const eventsAtOnce = 5000

/**
 * Seals the events that were committed since the last time, at most 10,000 of them, and returns how many. Not done in the
 * transaction that makes an event: a chain has one end, and every write in the database would wait for it.
 *
 * Event ids are given out before their transactions commit, so an id can turn up after higher ones were sealed. Where ids
 * are not there yet, the range is kept as a gap and looked through again.
 */
export async function sealEvents(context: OperationContext): Promise<number> {
  const now = context.clock()
  // An idle database is not written to.
  if (!(await read(context, (session) => hasEventsToSeal(session, now)))) return 0
  return write(context, 'seal events', {}, {}, async (session) => {
    const head = await findSealHead(session, true)
    const gaps = await listEventGaps(session)
    const late = await lateEvents(session, gaps, now)
    const fresh = await listEventsAfter(session, head.last_event_id, eventsAtOnce)
    // What there was no room for now must be found the next time.
    const open = late.length < eventsAtOnce ? gaps.filter((gap) => !isOver(gap, now)) : gaps
    const ids = fresh.map(({ id }) => id)
    const added = gapAmong(head.last_event_id, ids, now)
    await keepGaps(session, gaps, thinnedGaps(added === undefined ? open : [...open, added], now))
    return extendChain(session, head, [...late, ...fresh])
  })
}

async function hasEventsToSeal(session: Session, now: number): Promise<boolean> {
  if (await hasEventsAfterHead(session)) return true
  for (const gap of dueGaps(await listEventGaps(session), now))
    if ((await listUnsealedEvents(session, gap, 1)).length > 0) return true
  return false
}

async function lateEvents(
  session: Session,
  gaps: readonly EventGapRow[],
  now: number,
): Promise<EventRow[]> {
  const late: EventRow[] = []
  for (const gap of dueGaps(gaps, now)) {
    if (late.length === eventsAtOnce) break
    late.push(...(await listUnsealedEvents(session, gap, eventsAtOnce - late.length)))
  }
  return late
}

async function keepGaps(
  session: Session,
  before: readonly EventGapRow[],
  after: readonly EventGapRow[],
): Promise<void> {
  for (const gap of before) if (!after.includes(gap)) await deleteEventGap(session, gap.first_id)
  for (const gap of after) if (!before.includes(gap)) await insertEventGap(session, gap)
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
