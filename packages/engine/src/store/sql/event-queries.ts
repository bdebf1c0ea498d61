import type { Session, SqlPart } from '../store.ts'
import { RowInsert } from './row-insert.ts'

export interface EventRow {
  id: number
  at: number
  action: string
  record_kind: string
  record_id: string | null
  subnet_key: number | null
  address: Uint8Array | null
  project_id: string
  actor: string | null
  request_id: string | null
  state_before: string | null
  state_after: string | null
}

/** An event before the database gives it its place. */
export type NewEvent = Omit<EventRow, 'id'>

const eventInsert = new RowInsert('event', {
  at: 'integer',
  action: 'text',
  record_kind: 'text',
  record_id: 'text',
  subnet_key: 'integer',
  address: 'bytes',
  project_id: 'text',
  actor: 'text',
  request_id: 'text',
  state_before: 'text',
  state_after: 'text',
})

const selectEvent = `SELECT id, ${eventInsert.columns.join(', ')} FROM event`

/** Appends events, in the order given. */
export async function insertEvents(session: Session, rows: readonly NewEvent[]): Promise<void> {
  for (let start = 0; start < rows.length; start += 500) {
    const { sql, values } = eventInserts(session, rows.slice(start, start + 500))
    await session.run(sql, values)
  }
}

/** The statement of `insertEvents`. */
export function eventInserts(session: Session, rows: readonly NewEvent[]): SqlPart {
  return eventInsert.of(
    session,
    rows.map((row) => [
      row.at,
      row.action,
      row.record_kind,
      row.record_id,
      row.subnet_key,
      row.address,
      row.project_id,
      row.actor,
      row.request_id,
      row.state_before,
      row.state_after,
    ]),
  )
}

/** Events after one, in order. One key range. */
export async function listEventsAfter(
  session: Session,
  after: number,
  limit: number,
): Promise<EventRow[]> {
  return session.all(`${selectEvent} WHERE id > ? ORDER BY id LIMIT ?`, [after, limit])
}

/** All events of an address in any subnet, in order. One index range, and some thousand events that are in no index yet. */
export async function listEventsOfAddress(
  session: Session,
  address: Uint8Array,
): Promise<EventRow[]> {
  const { from, address: indexed, id, end } = session.capabilities.eventIndex
  const select = `SELECT ${['id', ...eventInsert.columns].map((column) => `e.${column}`).join(', ')} FROM`
  const found = await session.all<EventRow>(
    `${select} ${from} WHERE ${indexed} = ? ORDER BY ${id}`,
    [address],
  )
  if (end === null) return found
  const later = await session.all<EventRow>(
    `${select} event e WHERE e.id > ${end} AND e.address = ? ORDER BY e.id`,
    [address],
  )
  return [...found, ...later]
}

/** The last thing said of a subnet itself; how a subnet that is gone is still known. One index probe. */
export async function findLastSubnetEvent(
  session: Session,
  subnetKey: number,
): Promise<EventRow | undefined> {
  return session.get(
    `${selectEvent} WHERE subnet_key = ? AND address IS NULL ORDER BY id DESC LIMIT 1`,
    [subnetKey],
  )
}

/** The latest event, 0 when there is none. One key probe. */
export async function findLastEventId(session: Session): Promise<number> {
  const row = await session.get<{ last_id: number | null }>('SELECT max(id) AS last_id FROM event')
  return Number(row?.last_id ?? 0)
}

/** How many events came after one, and the last of them. One key range. */
export async function countEventsAfter(
  session: Session,
  after: number,
): Promise<{ count: number; lastId: number | null }> {
  const row = await session.get<{ events: number; last_id: number | null }>(
    'SELECT count(*) AS events, max(id) AS last_id FROM event WHERE id > ?',
    [after],
  )
  const lastId = row?.last_id ?? null
  return { count: Number(row?.events ?? 0), lastId: lastId === null ? null : Number(lastId) }
}
