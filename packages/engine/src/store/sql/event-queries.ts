import { insertRows, type Session } from '../store.ts'

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

const columns = [
  'at',
  'action',
  'record_kind',
  'record_id',
  'subnet_key',
  'address',
  'project_id',
  'actor',
  'request_id',
  'state_before',
  'state_after',
] as const

const selectEvent = `SELECT id, ${columns.join(', ')} FROM event`

/** Appends events, in the order given. */
export async function insertEvents(
  session: Session,
  rows: readonly Omit<EventRow, 'id'>[],
): Promise<void> {
  const shape = { head: `INSERT INTO event (${columns.join(', ')}) VALUES`, tail: '' }
  for (let start = 0; start < rows.length; start += 500) {
    const part = rows.slice(start, start + 500)
    await session.run(
      insertRows(shape, columns.length, part.length),
      part.flatMap((row) => columns.map((column) => row[column])),
    )
  }
}

/** Events after one, in order. One key range. */
export async function listEventsAfter(
  session: Session,
  after: number,
  limit: number,
): Promise<EventRow[]> {
  return session.all(`${selectEvent} WHERE id > ? ORDER BY id LIMIT ?`, [after, limit])
}

/** All events of an address in any subnet, in order. One index range. */
export async function listEventsOfAddress(
  session: Session,
  address: Uint8Array,
): Promise<EventRow[]> {
  return session.all(`${selectEvent} WHERE address = ? ORDER BY id`, [address])
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
