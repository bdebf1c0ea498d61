import { readFile, stat } from 'node:fs/promises'
import { join } from 'node:path'
import { CommandError } from '../command-error.ts'
import { type CsvTable, readCsv } from './csv-reader.ts'

/** The files that are read from a folder of NetBox exports, and the columns that each must have. */
export const netboxFileNames = {
  vrfs: 'vrfs.csv',
  aggregates: 'aggregates.csv',
  prefixes: 'prefixes.csv',
  ipRanges: 'ip-ranges.csv',
  ipAddresses: 'ip-addresses.csv',
} as const

export type NetboxFileKind = keyof typeof netboxFileNames

/** A file that the folder does not have is absent; only `prefixes` is always there. */
export type NetboxTables = Partial<Record<NetboxFileKind, CsvTable>> & { prefixes: CsvTable }

/** Reads the folder. Throws CommandError (invalid) when it is none, has no prefixes.csv, or a file is not UTF-8 CSV. */
export async function readNetboxFolder(folder: string): Promise<NetboxTables> {
  const info = await stat(folder).catch(() => undefined)
  if (info?.isDirectory() !== true)
    throw new CommandError('invalid', 'INVALID_USAGE', `${folder} is not a folder.`, {
      fix: `Name the folder that holds NetBox's CSV exports: ${Object.values(netboxFileNames).join(', ')}.`,
    })
  const tables: Partial<Record<NetboxFileKind, CsvTable>> = {}
  for (const [kind, name] of Object.entries(netboxFileNames)) {
    const table = await readTable(folder, name)
    if (table !== undefined) tables[kind as NetboxFileKind] = table
  }
  const { prefixes } = tables
  if (prefixes === undefined)
    throw new CommandError('invalid', 'INVALID_USAGE', `${folder} has no prefixes.csv.`, {
      fix: 'Export the prefixes from NetBox as CSV and save them under that name; the other files may be missing.',
    })
  return { ...tables, prefixes }
}

async function readTable(folder: string, name: string): Promise<CsvTable | undefined> {
  let bytes: Uint8Array
  try {
    bytes = await readFile(join(folder, name))
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined
    throw new CommandError('invalid', 'UNREADABLE_FILE', `${join(folder, name)} cannot be read.`)
  }
  let text: string
  try {
    text = new TextDecoder('utf-8', { fatal: true }).decode(bytes)
  } catch {
    throw new CommandError('invalid', 'INVALID_CSV', `${name} is not UTF-8 text.`)
  }
  return readCsv(name, text)
}
