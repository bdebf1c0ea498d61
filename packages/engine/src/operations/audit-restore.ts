import { IpamError } from '../errors.ts'
import type { AuditComparison, AuditHead, AuditRestore } from '../model/audit.ts'
import { hexOf } from '../store/sql/address-bytes.ts'
import { findSealHash, findSealHead, type SealHeadRow } from '../store/sql/event-seal-queries.ts'
import { insertSetting, listSettings } from '../store/sql/setting-queries.ts'
import type { Session } from '../store/store.ts'
import type { OperationContext } from './context.ts'
import { recordChanges } from './event-recording.ts'
import { read, write } from './transaction.ts'

const settingBeginning = 'audit-restore-'

export async function auditHead(context: OperationContext): Promise<AuditHead> {
  return read(context, async (session) =>
    headOf(await findSealHead(session, false), await listRestores(session)),
  )
}

/** Looks whether the chain still holds a head that was kept elsewhere, without working it out. Constant cost. */
export async function compareHead(
  context: OperationContext,
  kept: AuditHead,
): Promise<AuditComparison> {
  return read(context, async (session) =>
    comparison(session, await findSealHead(session, false), kept),
  )
}

/**
 * Accepts that the database has lost what a kept head shows: writes an event that says so for ever, and begins a new epoch.
 * Returns null and changes nothing when the chain holds the head, or its loss was accepted before. For administrators.
 */
export async function acceptRestore(
  context: OperationContext,
  kept: AuditHead,
): Promise<AuditRestore | null> {
  if (!context.caller.isAdmin)
    throw new IpamError('INVALID_REQUEST', 'Only an administrator can accept a restored database.')
  return write(context, 'accept restore', kept, {}, async (session) => {
    const { standing, head: end } = await comparison(
      session,
      await findSealHead(session, true),
      kept,
    )
    if (standing === 'contained' || standing === 'accepted') return null
    const restore = { epoch: Math.max(end.epoch, kept.epoch) + 1, end, kept }
    await insertSetting(session, settingName(restore.epoch), settingText(restore))
    await recordChanges(context, session, [
      {
        action: 'restored',
        recordKind: 'database',
        recordId: 'database',
        after: restore,
        // It is no project's, and how many events there are is for none of them to know.
        projectId: '',
      },
    ])
    return restore
  })
}

async function comparison(
  session: Session,
  row: SealHeadRow,
  kept: AuditHead,
): Promise<AuditComparison> {
  const restores = await listRestores(session)
  const head = headOf(row, restores)
  if (kept.epoch > head.epoch) return { standing: 'cut', head }
  const hash = kept.seq === 0 ? new Uint8Array(32) : await findSealHash(session, kept.seq)
  if (hash !== undefined && hexOf(hash) === kept.hash) return { standing: 'contained', head }
  const isAccepted = restores.some(
    (restore) => restore.keptEpoch === kept.epoch && restore.keptSeq >= kept.seq,
  )
  if (isAccepted) return { standing: 'accepted', head }
  return { standing: kept.seq > head.seq ? 'cut' : 'rewritten', head }
}

function headOf({ seq, hash }: SealHeadRow, restores: readonly Restore[]): AuditHead {
  return {
    epoch: Math.max(1, ...restores.map(({ epoch }) => epoch)),
    seq,
    hash: hexOf(hash),
  }
}

/** What a comparison needs of an accepted restore: its event could not be found without reading all of them. */
interface Restore {
  readonly epoch: number
  readonly keptEpoch: number
  readonly keptSeq: number
}

// A text that is no record of a restore begins no epoch: whoever wrote it there is shown by the heads that were kept.
async function listRestores(session: Session): Promise<Restore[]> {
  const texts = await listSettings(session, settingBeginning)
  return texts.map(jsonObject).filter(isRestore)
}

function isRestore(value: Partial<Restore>): value is Restore {
  return [value.epoch, value.keptEpoch, value.keptSeq].every(Number.isSafeInteger)
}

/** What the event of an accepted restore says of it; undefined for any other text. */
export function restoreIn(text: string): AuditRestore | undefined {
  const { epoch, end, kept } = jsonObject(text) as Partial<AuditRestore>
  const isWhole = [epoch, end?.epoch, end?.seq, kept?.epoch, kept?.seq].every(Number.isSafeInteger)
  return isWhole ? ({ epoch, end, kept } as AuditRestore) : undefined
}

function jsonObject(text: string): object {
  try {
    return (JSON.parse(text) as object | null) ?? {}
  } catch {
    return {}
  }
}

function settingName(epoch: number): string {
  return `${settingBeginning}${epoch}`
}

function settingText({ epoch, kept }: AuditRestore): string {
  return JSON.stringify({ epoch, keptEpoch: kept.epoch, keptSeq: kept.seq } satisfies Restore)
}
