import { IpamError } from '../errors.ts'
import type { AuditBreak, AuditHead, AuditReport } from '../model/audit.ts'
import { hexOf } from '../store/sql/address-bytes.ts'
import {
  countUnsealedEvents,
  findChainEnds,
  findSealAfterEvent,
  listSealedAfter,
  type SealedEventRow,
} from '../store/sql/event-seal-queries.ts'
import { toTime } from '../store/sql/row-mapping.ts'
import { auditHead, restoreIn } from './audit-restore.ts'
import type { OperationContext } from './context.ts'
import { linkHash } from './event-chain.ts'
import { read } from './transaction.ts'

const eventsAtOnce = 5000

/**
 * Works the whole chain out again and names the first place where it breaks. With a head that was kept elsewhere, also
 * finds a chain that was made anew from a bent event on, or whose end was cut off. Linear in the events.
 */
export async function verifyAudit(
  context: OperationContext,
  options: VerifyOptions = {},
): Promise<AuditReport> {
  if (!context.caller.isAdmin)
    throw new IpamError('INVALID_REQUEST', 'Only an administrator can verify the audit trail.')
  const restores: AcceptedRestore[] = []
  const ends = await read(context, findChainEnds)
  const head = ends.seq === null ? noHead : await auditHead(context)
  const firstBroken =
    ends.seq === null
      ? { ...unlinked(ends.lastSeal + 1), message: 'The record of where the chain ends is gone.' }
      : await firstBreak(context, head, restores, options)
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

const noHead: AuditHead = { epoch: 1, seq: 0, hash: hexOf(new Uint8Array(32)) }

interface VerifyOptions {
  readonly head?: AuditHead
  readonly onProgress?: (done: number, total: number) => void
}

type AcceptedRestore = AuditReport['restores'][number]

/** `restores` is filled with what the sealed events say of them. */
async function firstBreak(
  context: OperationContext,
  end: AuditHead,
  restores: AcceptedRestore[],
  options: VerifyOptions,
): Promise<AuditBreak | null> {
  let previous: { seq: number; hash: Uint8Array } = { seq: 0, hash: new Uint8Array(32) }
  while (previous.seq < end.seq) {
    const { seq } = previous
    const rows = await read(context, (session) => listSealedAfter(session, seq, eventsAtOnce))
    for (const row of rows) {
      const broken = breakAt(previous, row)
      if (broken !== null) return broken
      if (row.action === 'restored') {
        const restore = restoreOf(row)
        if (restore === undefined) return altered(row)
        restores.push(restore)
      }
      const loss = lossAt(row, restores, options.head)
      if (loss !== null) return loss
      previous = row
      if (row.seq === end.seq) break
    }
    options.onProgress?.(previous.seq, end.seq)
    if (rows.length === 0) return unlinked(previous.seq + 1)
  }
  if (hexOf(previous.hash) !== end.hash)
    return {
      ...unlinked(end.seq),
      message: `The chain has another hash at ${end.seq} than is on record for its end.`,
    }
  const misplaced = (await disorder(context)) ?? (await addition(context))
  if (misplaced !== null) return misplaced
  const kept = options.head
  if (kept === undefined || (kept.seq <= end.seq && kept.epoch <= end.epoch)) return null
  return cutBefore(kept, end, restores)
}

/**
 * Seals that the walk from the first to the recorded end does not come by, and a recorded end that would keep the events
 * after it from being sealed.
 */
async function disorder(context: OperationContext): Promise<AuditBreak | null> {
  const { seq, lastEventId, firstSeal, lastSeal, lastSealedEvent } = await read(
    context,
    findChainEnds,
  )
  const end = seq ?? 0
  const message =
    firstSeal < 1 && lastSeal !== 0
      ? `There is a seal at ${firstSeal}, before the first.`
      : lastSeal > end
        ? `There is a seal at ${lastSeal}, and the chain is on record as ending at ${end}.`
        : lastEventId !== lastSealedEvent
          ? `Event ${lastEventId} is on record as the last that was sealed, and it was event ${lastSealedEvent}.`
          : null
  return message === null ? null : { ...unlinked(end + 1), message }
}

/** An event among the sealed ones that was put there later. */
async function addition(context: OperationContext): Promise<AuditBreak | null> {
  return read(context, async (session) => {
    const { added } = await countUnsealedEvents(session)
    if (added === null) return null
    return {
      seq: await findSealAfterEvent(session, added),
      kind: 'added',
      eventId: added,
      message: `Event ${added} was never sealed, though later ones are: it was put in afterwards.`,
    }
  })
}

function breakAt(
  previous: { seq: number; hash: Uint8Array },
  row: SealedEventRow,
): AuditBreak | null {
  if (row.seq !== previous.seq + 1) return unlinked(previous.seq + 1)
  const { seq, event_id: eventId } = row
  if (row.id === null)
    return { seq, eventId, kind: 'missing', message: `Event ${eventId} at ${seq} is gone.` }
  const hash = linkHash(previous.hash, row.seq, { ...row, id: row.id })
  if (hexOf(hash) !== hexOf(row.hash)) return altered(row)
  return null
}

function altered({ seq, event_id: eventId }: SealedEventRow): AuditBreak {
  return { seq, eventId, kind: 'altered', message: `Event ${eventId} at ${seq} was altered.` }
}

/** Whether the chain is another one at the place of the kept head. */
function lossAt(
  row: SealedEventRow,
  restores: readonly AcceptedRestore[],
  kept: AuditHead | undefined,
): AuditBreak | null {
  if (kept === undefined || kept.seq !== row.seq || kept.hash === hexOf(row.hash)) return null
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

// Whoever writes a chain anew can seal any text as the record of a restore.
function restoreOf({ state_after, at, actor }: SealedEventRow): AcceptedRestore | undefined {
  const restore = restoreIn(state_after ?? '')
  return restore === undefined ? undefined : { ...restore, at: toTime(at), actor }
}

function unlinked(seq: number): AuditBreak {
  return { seq, kind: 'unlinked', eventId: null, message: `The seal at ${seq} is gone.` }
}
