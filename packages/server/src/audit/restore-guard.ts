import { type AuditRestore, type Ipam, IpamError } from '@freehold/engine'
import { sealAll } from '../reaper.ts'
import type { HeadExport } from './head-export.ts'
import { type FiledHead, fileHead, newestHead } from './head-folder.ts'
import { KeptHeadError, keepHead } from './signed-head.ts'

/**
 * Refuses a database that no longer holds the newest head of a folder, as after an old backup was put back: addresses that are
 * in use would be given out again. Constant cost. Throws IpamError DATABASE_RESTORED, and INVALID_REQUEST for a file that holds
 * no head.
 */
export async function refuseRestored(ipam: Ipam, directory: string): Promise<void> {
  const newest = await readableHead(directory)
  if (newest === undefined) return
  // A backup may have been taken between a commit and its seal, and have lost nothing.
  if ((await ipam.audit.compare(newest)).standing === 'cut') await sealAll(ipam)
  const { standing, head } = await ipam.audit.compare(newest)
  if (standing === 'contained' || standing === 'accepted') return
  const where =
    standing === 'cut'
      ? `its audit chain ends at ${head.seq} of epoch ${head.epoch}`
      : `its audit chain has another hash there, and ends at ${head.seq} of epoch ${head.epoch}`
  throw new IpamError(
    'DATABASE_RESTORED',
    `The database has lost what a kept head shows, as after an old backup was put back: ${newest.path} is at ${newest.seq} of epoch ${newest.epoch}, kept at ${newest.at}; ${where}.`,
    {
      fix: `Put a newer backup back; or compare what is in use, and accept the loss: freehold audit accept-restore --heads ${directory}`,
      kept: { epoch: newest.epoch, seq: newest.seq },
      head: { epoch: head.epoch, seq: head.seq },
    },
  )
}

/**
 * Accepts a database that has lost what the newest head of a folder shows, and keeps the first head of the epoch that begins.
 * Returns null when nothing is lost, or that was accepted before. For administrators.
 */
export async function acceptRestore(
  ipam: Ipam,
  { directory, signKey }: HeadExport,
): Promise<AuditRestore | null> {
  const newest = await readableHead(directory)
  if (newest === undefined) return null
  await sealAll(ipam)
  const { epoch, seq, hash } = newest
  const restore = await ipam.audit.acceptRestore({ epoch, seq, hash })
  await sealAll(ipam)
  await fileHead(directory, keepHead(await ipam.audit.head(), new Date().toISOString(), signKey))
  return restore
}

async function readableHead(directory: string): Promise<FiledHead | undefined> {
  try {
    return await newestHead(directory)
  } catch (error) {
    if (!(error instanceof KeptHeadError)) throw error
    throw new IpamError('INVALID_REQUEST', error.message, {
      fix: 'Put the file back as it was written: it cannot be told what it would show.',
    })
  }
}
