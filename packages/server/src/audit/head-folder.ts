import { link, mkdir, readdir, readFile, rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { type KeptHead, KeptHeadError, keptHeadText, readKeptHead } from './signed-head.ts'

/** A head with the name of its file. */
export interface FiledHead extends KeptHead {
  readonly path: string
}

/**
 * The newest head of a folder: of the latest epoch, and in it the furthest. undefined: the folder has none, or is not there.
 * Throws KeptHeadError for a file that holds none.
 */
export async function newestHead(directory: string): Promise<FiledHead | undefined> {
  const places = (await namesIn(directory)).flatMap((name) => {
    const [, epoch, seq] = /^head-(\d{4,})-(\d{12,})\.json$/.exec(name) ?? []
    return epoch === undefined ? [] : [{ name, epoch: Number(epoch), seq: Number(seq) }]
  })
  const newest = places.sort((a, b) => a.epoch - b.epoch || a.seq - b.seq).at(-1)
  if (newest === undefined) return undefined
  const path = join(directory, newest.name)
  const text = await readFile(path, 'utf8')
  try {
    const head = readKeptHead(text)
    // An older head under the name of the newest would let a database pass that has lost what came after it.
    if (head.epoch !== newest.epoch || head.seq !== newest.seq)
      throw new KeptHeadError(`The kept head is of ${nameOf(head)}.`)
    return { ...head, path }
  } catch (error) {
    throw new KeptHeadError(`${path}: ${(error as Error).message}`)
  }
}

/** Writes a head into a file of its own, `head-0001-000000000123.json`; a file is never written over. Makes the folder. */
export async function fileHead(directory: string, head: KeptHead): Promise<void> {
  await mkdir(directory, { recursive: true })
  const name = nameOf(head)
  const draft = join(directory, `.${name}.${process.pid}`)
  try {
    // On the disk before it has its name: after a power cut, half a head would keep the server from starting.
    await writeFile(draft, keptHeadText(head), { mode: 0o644, flush: true })
    // A link appears whole or not at all, and never replaces a file.
    await link(draft, join(directory, name))
  } catch (error) {
    // Another server on the same database was faster with the same head.
    if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error
  } finally {
    await rm(draft, { force: true })
  }
}

function nameOf({ epoch, seq }: Pick<KeptHead, 'epoch' | 'seq'>): string {
  return `head-${String(epoch).padStart(4, '0')}-${String(seq).padStart(12, '0')}.json`
}

async function namesIn(directory: string): Promise<string[]> {
  try {
    return await readdir(directory)
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ENOENT') throw error
    return []
  }
}
