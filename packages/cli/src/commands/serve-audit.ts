import { readFile } from 'node:fs/promises'
import { type HeadExport, readSignKey } from '@freehold/server'
import { usageError } from '../command-error.ts'

export interface ServeAuditOptions {
  readonly auditHeads?: string
  readonly auditSignKey?: string
  /** Seconds. */
  readonly auditHeadInterval: number
}

/** Where the server keeps heads of the audit chain, if anywhere. Throws CommandError (invalid). */
export async function headExportOf({
  auditHeads,
  auditSignKey,
  auditHeadInterval,
}: ServeAuditOptions): Promise<HeadExport | undefined> {
  if (auditHeads === undefined) {
    if (auditSignKey === undefined) return undefined
    throw usageError(
      '--audit-sign-key signs heads, and none are kept.',
      'Add --audit-heads FOLDER.',
    )
  }
  const signKey = auditSignKey === undefined ? undefined : await signKeyAt(auditSignKey)
  return {
    directory: auditHeads,
    // A timer cannot wait longer than 24 days.
    intervalMs: Math.min(Math.max(auditHeadInterval, 1), 86_400) * 1000,
    ...(signKey === undefined ? {} : { signKey }),
  }
}

async function signKeyAt(path: string): Promise<HeadExport['signKey']> {
  const pem = await readFile(path, 'utf8')
  try {
    return readSignKey(pem)
  } catch (error) {
    throw usageError((error as Error).message, 'Make one with: freehold audit keygen FILE')
  }
}
