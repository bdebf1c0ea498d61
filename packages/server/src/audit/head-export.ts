import type { KeyObject } from 'node:crypto'
import type { Ipam } from '@freehold/engine'
import { sealAll } from '../reaper.ts'
import type { RequestLog } from '../request-log.ts'
import { fileHead, newestHead } from './head-folder.ts'
import { keepHead } from './signed-head.ts'

export interface HeadExport {
  /** Where heads are kept: out of reach of whoever administers the database. Made if it is not there. */
  readonly directory: string
  readonly signKey?: KeyObject
  /** Default 600,000: ten minutes. */
  readonly intervalMs?: number
}

/**
 * Writes the end of the chain into a file of its own, unless it is where the last file says. A chain that ends before the newest
 * file, or gives another hash for it, is told as a warning: somebody cut or rewrote it.
 */
export async function exportHead(
  ipam: Ipam,
  { directory, signKey }: HeadExport,
  log: RequestLog,
): Promise<void> {
  await sealAll(ipam)
  const newest = await newestHead(directory)
  if (newest !== undefined) {
    const { standing, head } = await ipam.audit.compare(newest)
    if (standing === 'cut')
      return log.warning('the audit chain ends before a kept head', {
        keptSeq: newest.seq,
        seq: head.seq,
      })
    if (standing === 'rewritten')
      return log.warning('the audit chain is not the one of a kept head', { seq: newest.seq })
    if (newest.epoch === head.epoch && newest.seq === head.seq) return
  }
  await fileHead(directory, keepHead(await ipam.audit.head(), new Date().toISOString(), signKey))
}
