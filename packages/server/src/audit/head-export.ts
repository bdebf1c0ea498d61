import type { KeyObject } from 'node:crypto'
import { link, mkdir, readdir, readFile, rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import type { Ipam } from '@freehold/engine'
import { sealAll } from '../reaper.ts'
import type { RequestLog } from '../request-log.ts'
import { keepHead, keptHeadText, readKeptHead } from './signed-head.ts'

export interface HeadExport {
  /** Where heads are kept: out of reach of whoever administers the database. Made if it is not there. */
  readonly directory: string
  readonly signKey?: KeyObject
  /** Default 600,000: ten minutes. */
  readonly intervalMs?: number
}

/**
 * Writes the end of the chain into a file of its own, `head-000000000123.json`, unless it is where the last file says.
 * A file is never written over. A chain that ends before the newest file, or gives another hash for it, is told as a
 * warning: somebody cut or rewrote it.
 */
export async function exportHead(
  ipam: Ipam,
  { directory, signKey }: HeadExport,
  log: RequestLog,
): Promise<void> {
  await sealAll(ipam)
  const head = await ipam.audit.head()
  await mkdir(directory, { recursive: true })
  const newest = await newestHead(directory)
  if (newest !== undefined && newest.seq > head.seq)
    return log.warning('the audit chain ends before a kept head', {
      keptSeq: newest.seq,
      seq: head.seq,
    })
  if (newest?.seq === head.seq) {
    if (newest.hash !== head.hash)
      log.warning('the audit chain is not the one of a kept head', { seq: head.seq })
    return
  }
  const text = keptHeadText(keepHead(head, new Date().toISOString(), signKey))
  await writeOnce(directory, `head-${String(head.seq).padStart(12, '0')}.json`, text)
}

async function newestHead(
  directory: string,
): Promise<{ readonly seq: number; readonly hash: string } | undefined> {
  const names = (await readdir(directory)).filter((name) => /^head-\d{12,}\.json$/.test(name))
  const newest = names.sort().at(-1)
  return newest === undefined
    ? undefined
    : readKeptHead(await readFile(join(directory, newest), 'utf8'))
}

// A link appears whole or not at all, and never replaces a file.
async function writeOnce(directory: string, name: string, text: string): Promise<void> {
  const draft = join(directory, `.${name}.${process.pid}`)
  await writeFile(draft, text, { mode: 0o644 })
  try {
    await link(draft, join(directory, name))
  } catch (error) {
    // Another server on the same database was faster with the same head.
    if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error
  } finally {
    await rm(draft, { force: true })
  }
}
