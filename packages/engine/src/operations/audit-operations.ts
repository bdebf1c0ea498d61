import { createHash } from 'node:crypto'
import { IpamError } from '../errors.ts'
import type { AuditBreak, AuditHead, AuditReport, AuditRestore } from '../model/audit.ts'
import type { EventRow } from '../store/sql/event-queries.ts'
import {
  countUnsealedEvents,
  deleteEventGap,
  type EventGapRow,
  findSealHead,
  hasEventsToSeal,
  insertEventGap,
  insertSeals,
  listEventGaps,
  listEventsBetween,
  listSealedAfter,
  type SealedEventRow,
  type SealHeadRow,
  updateSealHead,
} from '../store/sql/event-seal-queries.ts'
import { toTime } from '../store/sql/row-mapping.ts'
import type { Session } from '../store/store.ts'
import { auditHead } from './audit-restore.ts'
import type { OperationContext } from './context.ts'
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

/**
 * Works the whole chain out again and names the first place where it breaks. With a head that was kept elsewhere, also
 * finds a chain that was made anew from a bent event on, or whose end was cut off. Linear in the events.
 */
export async function verifyAudit(
  context: OperationContext,
  options: { head?: AuditHead; onProgress?: (done: number, total: number) => void } = {},
): Promise<AuditReport> {
  if (!context.caller.isAdmin)
    throw new IpamError('INVALID_REQUEST', 'Only an administrator can verify the audit trail.')
  const head = await auditHead(context)
  const restores: AcceptedRestore[] = []
  const firstBroken = await firstBreak(context, head, restores, options)
  const unsealed = await read(context, countUnsealedEvents)
  return {
    ok: firstBroken === null,
    head,
    unsealed: {
      events: unsealed.events,
      oldestAt: unsealed.oldest === null ? null : toTime(unsealed.oldest),
    },
    restores,
    firstBroken,
  }
}

type AcceptedRestore = AuditReport['restores'][number]

/** `restores` is filled with what the sealed events say of them. */
async function firstBreak(
  context: OperationContext,
  end: AuditHead,
  restores: AcceptedRestore[],
  options: { head?: AuditHead; onProgress?: (done: number, total: number) => void },
): Promise<AuditBreak | null> {
  let previous: { seq: number; hash: Uint8Array } = { seq: 0, hash: new Uint8Array(32) }
  while (previous.seq < end.seq) {
    const { seq } = previous
    const rows = await read(context, (session) => listSealedAfter(session, seq, eventsAtOnce))
    for (const row of rows) {
      const broken = breakAt(previous, row)
      if (broken !== null) return broken
      if (row.action === 'restored') restores.push(restoreOf(row))
      const loss = lossAt(row, restores, options.head)
      if (loss !== null) return loss
      previous = row
      if (row.seq === end.seq) break
    }
    options.onProgress?.(previous.seq, end.seq)
    if (rows.length === 0) return unlinked(previous.seq + 1)
  }
  if (hex(previous.hash) !== end.hash) return unlinked(end.seq)
  const kept = options.head
  if (kept === undefined || (kept.seq <= end.seq && kept.epoch <= end.epoch)) return null
  return cutBefore(kept, end, restores)
}

function breakAt(
  previous: { seq: number; hash: Uint8Array },
  row: SealedEventRow,
): AuditBreak | null {
  if (row.seq !== previous.seq + 1) return unlinked(previous.seq + 1)
  const at = { seq: row.seq, eventId: row.event_id }
  if (row.id === null)
    return { ...at, kind: 'missing', message: `Event ${row.event_id} at ${row.seq} is gone.` }
  const hash = linkHash(previous.hash, row.seq, { ...row, id: row.id })
  if (hex(hash) !== hex(row.hash))
    return { ...at, kind: 'altered', message: `Event ${row.event_id} at ${row.seq} was altered.` }
  return null
}

/** Whether the chain is another one at the place of the kept head. */
function lossAt(
  row: SealedEventRow,
  restores: readonly AcceptedRestore[],
  kept: AuditHead | undefined,
): AuditBreak | null {
  if (kept === undefined || kept.seq !== row.seq || kept.hash === hex(row.hash)) return null
  const restore = restoreAgainst(kept, restores)
  if (restore !== undefined) return cutByRestore(kept, restore)
  return {
    seq: row.seq,
    eventId: row.event_id,
    kind: 'rewritten',
    message: `The chain up to ${row.seq} is not the one of the kept head.`,
  }
}

/** The accepted restore at which the history of the kept head was left before it. */
function restoreAgainst(
  kept: AuditHead,
  restores: readonly AcceptedRestore[],
): AcceptedRestore | undefined {
  return restores.find(({ epoch, end }) => epoch > kept.epoch && end.seq < kept.seq)
}

function cutByRestore(kept: AuditHead, { at, end }: AcceptedRestore): AuditBreak {
  return {
    seq: end.seq + 1,
    kind: 'cut',
    eventId: null,
    message: `A backup was put back, and accepted at ${at}: the chain of epoch ${kept.epoch} ends at ${end.seq}; the kept head is at ${kept.seq}.`,
  }
}

function cutBefore(
  kept: AuditHead,
  end: AuditHead,
  restores: readonly AcceptedRestore[],
): AuditBreak {
  const restore = restoreAgainst(kept, restores)
  if (restore !== undefined) return cutByRestore(kept, restore)
  const message =
    kept.epoch > end.epoch
      ? `The chain ends at ${end.seq} of epoch ${end.epoch}; the kept head is of epoch ${kept.epoch}.`
      : `The chain ends at ${end.seq}; the kept head is at ${kept.seq}.`
  return { seq: end.seq + 1, kind: 'cut', eventId: null, message }
}

function restoreOf({ state_after, at, actor }: SealedEventRow): AcceptedRestore {
  return { ...(JSON.parse(state_after ?? '{}') as AuditRestore), at: toTime(at), actor }
}

function unlinked(seq: number): AuditBreak {
  return { seq, kind: 'unlinked', eventId: null, message: `The seal at ${seq} is gone.` }
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

/** SHA-256 over the hash before, and the event as a JSON list of its columns in a fixed order. */
function linkHash(previous: Uint8Array, seq: number, event: EventRow): Uint8Array {
  const text = JSON.stringify([
    seq,
    event.id,
    event.at,
    event.action,
    event.record_kind,
    event.record_id,
    event.subnet_key,
    event.address === null ? null : hex(event.address),
    event.project_id,
    event.actor,
    event.request_id,
    event.state_before,
    event.state_after,
  ])
  return createHash('sha256').update(previous).update(text).digest()
}

function hex(bytes: Uint8Array): string {
  return Buffer.from(bytes).toString('hex')
}
