import { insertRows, type Session } from '../store.ts'
import type { EventRow } from './event-queries.ts'

export interface SealHeadRow {
  seq: number
  hash: Uint8Array
  last_event_id: number
}

export interface SealedEventRow extends Omit<EventRow, 'id'> {
  seq: number
  event_id: number
  hash: Uint8Array
  /** null: the event is gone. */
  id: number | null
}

export interface EventGapRow {
  first_id: number
  last_id: number
  seen_at: number
}

const eventColumns = `e.id, e.at, e.action, e.record_kind, e.record_id, e.subnet_key, e.address, e.project_id, e.actor,
  e.request_id, e.state_before, e.state_after`

/** The end of the chain. With `lock`, nobody else can seal until the transaction ends. */
export async function findSealHead(session: Session, lock: boolean): Promise<SealHeadRow> {
  if (lock) await session.run('UPDATE event_seal_head SET runs = runs + 1 WHERE row_key = 1')
  const row = await session.get<SealHeadRow>(
    'SELECT seq, hash, last_event_id FROM event_seal_head WHERE row_key = 1',
  )
  if (row === undefined) throw new Error('the row of event_seal_head is missing')
  return row
}

/** The hash at a place of the chain, or undefined. One key probe. */
export async function findSealHash(session: Session, seq: number): Promise<Uint8Array | undefined> {
  const row = await session.get<{ hash: Uint8Array }>('SELECT hash FROM event_seal WHERE seq = ?', [
    seq,
  ])
  return row?.hash
}

export async function updateSealHead(session: Session, head: SealHeadRow): Promise<void> {
  await session.run(
    'UPDATE event_seal_head SET seq = ?, hash = ?, last_event_id = ? WHERE row_key = 1',
    [head.seq, head.hash, head.last_event_id],
  )
}

/** Whether there is anything to seal. An index probe, and one for each gap. */
export async function hasEventsToSeal(session: Session): Promise<boolean> {
  const row = await session.get(
    `SELECT e.id FROM event e JOIN event_seal_head h ON e.id > h.last_event_id
      UNION ALL SELECT e.id FROM event_gap g JOIN event e ON e.id >= g.first_id AND e.id <= g.last_id LIMIT 1`,
  )
  return row !== undefined
}

/** Events of a range of ids, both ends included, in order. One key range. */
export async function listEventsBetween(
  session: Session,
  firstId: number,
  lastId: number,
  limit: number,
): Promise<EventRow[]> {
  return session.all(
    `SELECT ${eventColumns} FROM event e WHERE e.id >= ? AND e.id <= ? ORDER BY e.id LIMIT ?`,
    [firstId, lastId, limit],
  )
}

export async function insertSeals(
  session: Session,
  seals: readonly { seq: number; event_id: number; hash: Uint8Array }[],
): Promise<void> {
  const shape = { head: 'INSERT INTO event_seal (seq, event_id, hash) VALUES', tail: '' }
  for (let start = 0; start < seals.length; start += 1000) {
    const part = seals.slice(start, start + 1000)
    await session.run(
      insertRows(shape, 3, part.length),
      part.flatMap((seal) => [seal.seq, seal.event_id, seal.hash]),
    )
  }
}

/** Sealed events after one, in the order of the chain, each with its event if that is still there. One key range. */
export async function listSealedAfter(
  session: Session,
  seq: number,
  limit: number,
): Promise<SealedEventRow[]> {
  return session.all(
    `SELECT s.seq, s.event_id, s.hash, ${eventColumns} FROM event_seal s LEFT JOIN event e ON e.id = s.event_id
      WHERE s.seq > ? ORDER BY s.seq LIMIT ?`,
    [seq, limit],
  )
}

export async function listEventGaps(session: Session, limit: number): Promise<EventGapRow[]> {
  return session.all(
    'SELECT first_id, last_id, seen_at FROM event_gap ORDER BY seen_at, first_id LIMIT ?',
    [limit],
  )
}

export async function insertEventGap(session: Session, gap: EventGapRow): Promise<void> {
  await session.run('INSERT INTO event_gap (first_id, last_id, seen_at) VALUES (?, ?, ?)', [
    gap.first_id,
    gap.last_id,
    gap.seen_at,
  ])
}

export async function deleteEventGap(session: Session, firstId: number): Promise<void> {
  await session.run('DELETE FROM event_gap WHERE first_id = ?', [firstId])
}

/** Committed events that no seal names, and the time of the oldest. One pass over the events. */
export async function countUnsealedEvents(
  session: Session,
): Promise<{ events: number; oldest: number | null }> {
  const row = await session.get<{ events: number; oldest: number | null }>(
    `SELECT count(*) AS events, min(e.at) AS oldest FROM event e LEFT JOIN event_seal s ON s.event_id = e.id
      WHERE s.event_id IS NULL`,
  )
  return { events: Number(row?.events ?? 0), oldest: row?.oldest ?? null }
}
