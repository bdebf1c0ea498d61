import { closeSync, existsSync, openSync, readdirSync, readFileSync, writeSync } from 'node:fs'
import { join } from 'node:path'
import type { HistoryRecord } from './history-record.ts'

/** Appends records to one file, each with one system call: what was written survives the death of the process. */
export class HistoryFile {
  readonly #descriptor: number

  constructor(path: string) {
    this.#descriptor = openSync(path, 'a')
  }

  write(record: HistoryRecord): void {
    writeSync(this.#descriptor, `${JSON.stringify(record)}\n`)
  }

  close(): void {
    closeSync(this.#descriptor)
  }
}

const ending = '.jsonl'

/** Whether the folder is there and has histories in it. */
export function holdsHistories(folder: string): boolean {
  return existsSync(folder) && readdirSync(folder).some((name) => name.endsWith(ending))
}

/** All records of a run's folder, in no order between files. A last line that a killed process left unfinished is dropped. */
export function readHistories(folder: string): HistoryRecord[] {
  const records: HistoryRecord[] = []
  for (const name of readdirSync(folder).sort()) {
    if (!name.endsWith(ending)) continue
    const lines = readFileSync(join(folder, name), 'utf8').split('\n')
    lines.pop()
    for (const line of lines) records.push(JSON.parse(line) as HistoryRecord)
  }
  return records
}
