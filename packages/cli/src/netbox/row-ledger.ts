import type { PlanReportEntry } from '@freehold/engine'

/** What a row is about; what happens to it is the ledger's. */
export interface NetboxRow {
  readonly file: string
  readonly line: number
  /** `file:line`, by which plan entries name the row that they came from. */
  readonly source: string
  readonly recordKind: PlanReportEntry['recordKind'] | 'range'
  /** The prefix, range, address or name in the row, as it stands there. */
  readonly subject: string
}

/**
 * `planned`: the plan has entries with the row's source. `merged`: it became part of another row's record.
 * `skipped`: nothing is made of it.
 */
export type RowFate = 'planned' | 'merged' | 'skipped'

export interface SettledRow extends NetboxRow {
  readonly fate: RowFate
  /** Rows whose records a merged row became part of. */
  readonly mergedInto: readonly string[]
  /** Why; also given for planned rows of which something changed on the way. */
  readonly reason?: string
}

/** Sees to it that every row of every file is accounted for exactly once. */
export class RowLedger {
  readonly #open = new Map<string, NetboxRow>()
  readonly #settled = new Map<string, SettledRow>()
  readonly #notes = new Map<string, string[]>()

  enter(row: NetboxRow): void {
    this.#open.set(row.source, row)
  }

  settle(source: string, fate: RowFate, reason?: string, mergedInto: readonly string[] = []): void {
    const row = this.#open.get(source)
    if (row === undefined) throw new Error(`${source} was settled twice or never entered`)
    this.#open.delete(source)
    this.#settled.set(source, {
      ...row,
      fate,
      mergedInto,
      ...(reason === undefined ? {} : { reason }),
    })
  }

  /** Adds something worth knowing to a row, whatever its fate is or will be. */
  note(source: string, text: string): void {
    const notes = this.#notes.get(source) ?? []
    if (!notes.includes(text)) notes.push(text)
    this.#notes.set(source, notes)
  }

  /** All rows in the order of files and lines. Throws when a row has no fate: a reader forgot it. */
  close(): readonly SettledRow[] {
    const [forgotten] = this.#open.keys()
    if (forgotten !== undefined) throw new Error(`${forgotten} was forgotten`)
    return [...this.#settled.values()]
      .map((row) => this.#withNotes(row))
      .sort((a, b) => (a.file === b.file ? a.line - b.line : a.file < b.file ? -1 : 1))
  }

  #withNotes(row: SettledRow): SettledRow {
    const notes = this.#notes.get(row.source) ?? []
    const reason = [...(row.reason === undefined ? [] : [row.reason]), ...notes].join('; ')
    return reason === '' ? row : { ...row, reason }
  }
}
