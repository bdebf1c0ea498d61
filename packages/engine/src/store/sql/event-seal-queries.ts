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

/** A range of ids, both ends included, in which events may still turn up. What is sealed in it is none of its matter. */
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

/** Whether there are events after the last that was sealed. One index probe. */
export async function hasEventsAfterHead(session: Session): Promise<boolean> {
  const row = await session.get(
    'SELECT e.id FROM event e JOIN event_seal_head h ON e.id > h.last_event_id LIMIT 1',
  )
  return row !== undefined
}

/** Events of a gap that no seal names, in order. One key range, and an index probe for each event in it. */
export async function listUnsealedEvents(
  session: Session,
  gap: EventGapRow,
  limit: number,
): Promise<EventRow[]> {
  return session.all(
    `SELECT ${eventColumns} FROM event e WHERE e.id >= ? AND e.id <= ?
      AND NOT EXISTS (SELECT 1 FROM event_seal s WHERE s.event_id = e.id) ORDER BY e.id LIMIT ?`,
    [gap.first_id, gap.last_id, limit],
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

/** All of them, in order; sealing keeps them to some hundred. */
export async function listEventGaps(session: Session): Promise<EventGapRow[]> {
  return session.all('SELECT first_id, last_id, seen_at FROM event_gap ORDER BY first_id')
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

/**
 * Committed events that no seal names, the time of the oldest, and the first of them that stands before the end of the chain and
 * in no gap. One pass over the events.
 */
export async function countUnsealedEvents(
  session: Session,
): Promise<{ events: number; oldest: number | null; added: number | null }> {
  const row = await session.get<{ events: number; oldest: number | null; added: number | null }>(
    `SELECT count(*) AS events, min(e.at) AS oldest,
        min(CASE WHEN e.id <= (SELECT max(h.last_event_id) FROM event_seal_head h)
          AND NOT EXISTS (SELECT 1 FROM event_gap g WHERE g.first_id <= e.id AND g.last_id >= e.id) THEN e.id END) AS added
      FROM event e LEFT JOIN event_seal s ON s.event_id = e.id WHERE s.event_id IS NULL`,
  )
  const { events = 0, oldest = null, added = null } = row ?? {}
  return { events: Number(events), oldest, added }
}

/** What is on record for the end of the chain, and what the seals say of its ends. */
export interface ChainEnds {
  /** null: there is no record. */
  readonly seq: number | null
  readonly lastEventId: number
  /** 0: there are no seals. */
  readonly firstSeal: number
  readonly lastSeal: number
  readonly lastSealedEvent: number
}

interface ChainEndsRow {
  seq: number | null
  last_event_id: number | null
  first_seal: number | null
  last_seal: number | null
  last_sealed_event: number | null
}

/** One statement, so that nothing is sealed in between. An index probe for each number. */
export async function findChainEnds(session: Session): Promise<ChainEnds> {
  const row = await session.get<ChainEndsRow>(
    `SELECT (SELECT seq FROM event_seal_head WHERE row_key = 1) AS seq,
      (SELECT last_event_id FROM event_seal_head WHERE row_key = 1) AS last_event_id,
      (SELECT min(seq) FROM event_seal) AS first_seal, (SELECT max(seq) FROM event_seal) AS last_seal,
      (SELECT max(event_id) FROM event_seal) AS last_sealed_event`,
  )
  return {
    seq: row?.seq ?? null,
    lastEventId: row?.last_event_id ?? 0,
    firstSeal: row?.first_seal ?? 0,
    lastSeal: row?.last_seal ?? 0,
    lastSealedEvent: row?.last_sealed_event ?? 0,
  }
}

/** Where in the chain the first event after one is, 1 after the last seal when there is none. Two index probes. */
export async function findSealAfterEvent(session: Session, eventId: number): Promise<number> {
  const row = await session.get<{ seq: number }>(
    'SELECT seq FROM event_seal WHERE event_id > ? ORDER BY event_id LIMIT 1',
    [eventId],
  )
  return row?.seq ?? (await findChainEnds(session)).lastSeal + 1
}
