import { chmod, readFile, rm, writeFile } from 'node:fs/promises'
import { dataOf } from '@freehold/client'
import type { AuditHead, AuditReport, AuditRestore } from '../api-records.ts'
import type { CommandContext } from '../command-context.ts'
import { CommandError, usageError } from '../command-error.ts'
import { type ConfirmationOptions, confirmed } from '../confirmation.ts'
import type { Column } from '../output/column.ts'
import { counted, countText } from '../output/count-text.ts'
import { printJson, printRecord } from '../output/record-output.ts'

// Loaded late: starting the command line must not wait for the server's modules.
const serverModules = () => import('@freehold/server')

export interface AuditVerifyOptions {
  readonly head?: string
  readonly publicKey?: string
}

/** Throws CommandError (internal) that names the first broken place, (invalid) for a kept head that is not to be trusted. */
export async function verifyAudit(
  context: CommandContext,
  options: AuditVerifyOptions,
): Promise<void> {
  const kept = await keptHead(context, options)
  const report = await reportOf(context, kept)
  if (context.options.output === 'json') printJson(context, report)
  if (context.options.output === 'csv') printRecord(context, report, reportColumns)
  if (report.firstBroken !== null) {
    const { kind, seq, eventId, message } = report.firstBroken
    throw new CommandError('internal', 'AUDIT_BROKEN', message, {
      fix: 'Keep a copy of the database before anything else is changed, and compare it with a backup.',
      break: kind,
      seq,
      eventId,
    })
  }
  if (context.options.output === 'table')
    context.print([
      holdsText(report),
      ...report.restores.map(restoreText),
      ...(kept === undefined ? [] : [keptText(kept)]),
    ])
}

const reportColumns: readonly Column<AuditReport>[] = [
  { key: 'ok', value: ({ ok }) => ok },
  { key: 'epoch', value: ({ head }) => head.epoch },
  { key: 'seq', value: ({ head }) => head.seq },
  { key: 'hash', value: ({ head }) => head.hash },
  { key: 'unsealedEvents', value: ({ unsealed }) => unsealed.events },
  { key: 'unsealedSince', value: ({ unsealed }) => unsealed.oldestAt },
  { key: 'brokenSeq', value: ({ firstBroken }) => firstBroken?.seq },
  { key: 'brokenKind', value: ({ firstBroken }) => firstBroken?.kind },
]

export interface AuditHeadOptions {
  readonly signKey?: string
  readonly out?: string
}

/** Prints the end of the chain as a file to be kept elsewhere, or writes it there. */
export async function showAuditHead(
  context: CommandContext,
  { signKey, out }: AuditHeadOptions,
): Promise<void> {
  const { keepHead, keptHeadText, readSignKey } = await serverModules()
  const key =
    signKey === undefined ? undefined : await trusted(async () => readSignKey(await text(signKey)))
  const { client } = await context.connect({ evenIfRestored: true })
  const head = await dataOf(client.GET('/v1/audit/head'))
  const kept = keptHeadText(keepHead(head, new Date().toISOString(), key))
  if (out === undefined) context.terminal.stdout.write(kept)
  else await writeNew(out, kept)
}

export interface AcceptRestoreOptions extends ConfirmationOptions {
  readonly heads?: string
  readonly signKey?: string
}

/**
 * Accepts a store that is older than the newest kept head, after asking, and keeps the first head of the epoch that begins. Throws
 * CommandError (invalid) without a folder of heads, or when nobody can be asked.
 */
export async function acceptRestoredStore(
  context: CommandContext,
  options: AcceptRestoreOptions,
): Promise<void> {
  const directory = options.heads ?? context.terminal.environment.FREEHOLD_AUDIT_HEADS
  if (directory === undefined || directory === '')
    throw usageError('The kept heads are not named.', 'Give --heads FOLDER.')
  const { acceptRestore, readSignKey } = await serverModules()
  const { signKey: keyPath } = options
  const signKey =
    keyPath === undefined ? undefined : await trusted(async () => readSignKey(await text(keyPath)))
  const { ipam } = await context.connect({ evenIfRestored: true })
  if (ipam === null)
    throw usageError(
      'A restored database is accepted on the store itself, before a server starts on it.',
      'Use --store in place of --server.',
    )
  const deed = `accept that changes up to the newest head in ${directory} may be lost`
  if (!(await confirmed(context, deed, options))) return
  const restore = await trusted(() =>
    acceptRestore(ipam, { directory, ...(signKey === undefined ? {} : { signKey }) }),
  )
  if (context.options.output === 'json') printJson(context, restore)
  else if (restore === null) context.print(['Nothing was lost that a kept head shows.'])
  else context.print([`Epoch ${restore.epoch} has begun: ${lossText(restore)}.`])
}

/** Writes a new pair of keys: FILE, for its owner alone, and FILE.pub. Throws CommandError when there is one already. */
export async function createAuditKeys(context: CommandContext, path: string): Promise<void> {
  const { generateHeadKeys } = await serverModules()
  const { privateKey, publicKey } = generateHeadKeys()
  await writeNew(path, privateKey, 0o600)
  try {
    await writeNew(`${path}.pub`, publicKey)
  } catch (error) {
    // Half a pair would be in the way of the next try.
    await rm(path)
    throw error
  }
  context.remark(`The private key is in ${path}, the public one in ${path}.pub.`)
}

interface KeptHead extends AuditHead {
  readonly at: string
}

async function keptHead(
  context: CommandContext,
  { head, publicKey }: AuditVerifyOptions,
): Promise<KeptHead | undefined> {
  if (head === undefined) {
    if (publicKey === undefined) return undefined
    throw usageError('--public-key checks a kept head, and none is named.', 'Add --head FILE.')
  }
  const { readKeptHead, readPublicKey } = await serverModules()
  return trusted(async () => {
    const key = publicKey === undefined ? undefined : readPublicKey(await text(publicKey))
    const kept = readKeptHead(await text(head), key)
    if (key === undefined && kept.signature !== null)
      context.remark('The signature of the kept head was not checked; add --public-key FILE.')
    return kept
  })
}

// Over HTTP nothing is heard of the work until it is done; on a store of our own it tells how far it is.
async function reportOf(context: CommandContext, kept: KeptHead | undefined): Promise<AuditReport> {
  const head =
    kept === undefined ? {} : { head: { epoch: kept.epoch, seq: kept.seq, hash: kept.hash } }
  const { client, ipam } = await context.connect({ evenIfRestored: true })
  if (ipam === null) return dataOf(client.POST('/v1/audit/verify', { body: head }))
  const progress = context.progress('Verifying')
  try {
    const report = await ipam.audit.verify({
      ...head,
      onProgress: (done, total) => progress.update(done, total),
    })
    return { ...report, restores: [...report.restores] }
  } finally {
    progress.finish()
  }
}

function holdsText({ head, unsealed }: AuditReport): string {
  const tail =
    unsealed.oldestAt === null
      ? 'none is waiting to be sealed'
      : `${countText(String(unsealed.events))} ${unsealed.events === 1 ? 'is' : 'are'} not sealed yet, the oldest since ${unsealed.oldestAt}`
  return `The audit chain holds: ${counted(head.seq, 'event')} ${head.seq === 1 ? 'is' : 'are'} sealed, ${tail}.`
}

function restoreText({ at, actor, end, kept }: AuditReport['restores'][number]): string {
  const who = actor === null ? '' : ` by ${actor}`
  return `A restored backup was accepted at ${at}${who}: ${lossText({ end, kept })}.`
}

function lossText({ end, kept }: Pick<AuditRestore, 'end' | 'kept'>): string {
  return `the chain of epoch ${kept.epoch} goes on from ${countText(String(end.seq))}, the newest head that was kept is at ${countText(String(kept.seq))}`
}

function keptText({ seq, at }: KeptHead): string {
  return `It still contains the head kept at ${at}, of ${counted(seq, 'event')}.`
}

async function trusted<T>(read: () => Promise<T>): Promise<T> {
  try {
    return await read()
  } catch (error) {
    if (!(error instanceof Error) || error.name !== 'KeptHeadError') throw error
    throw new CommandError('invalid', 'AUDIT_HEAD_INVALID', error.message)
  }
}

async function text(path: string): Promise<string> {
  return readFile(path, 'utf8')
}

async function writeNew(path: string, content: string, mode = 0o644): Promise<void> {
  try {
    await writeFile(path, content, { flag: 'wx', mode })
    // Whatever the umask says.
    await chmod(path, mode)
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error
    throw new CommandError('conflict', 'FILE_EXISTS', `${path} is there already.`, {
      fix: 'Choose another name; nothing was written over.',
    })
  }
}
