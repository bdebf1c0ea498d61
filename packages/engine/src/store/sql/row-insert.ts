import {
  type Session,
  type SqlColumn,
  type SqlPart,
  type SqlValue,
  type StoreCapabilities,
} from '../store.ts'

type Row = readonly SqlValue[]

/**
 * An INSERT of any number of rows for hot paths: its text is made once, for each database and, where a database has no other
 * way, for each number of rows and for each set of columns that have one value in all of them. Such a value is handed over once, or if
 * it is NULL stands in the text: to hand over values is most of what such a statement costs its sender.
 */
export class RowInsert<Name extends string = string> {
  readonly columns: readonly Name[]
  readonly #types: readonly SqlColumn['type'][]
  readonly #head: string
  readonly #tailOf: (capabilities: StoreCapabilities, columns: readonly Name[]) => string
  readonly #texts = new Map<StoreCapabilities, Map<number, string>>()

  /** `tailOf`: what stands after the rows, such as what to do about rows that are there. At most 20 columns. */
  constructor(
    table: string,
    types: Readonly<Record<Name, SqlColumn['type']>>,
    tailOf: (capabilities: StoreCapabilities, columns: readonly Name[]) => string = () => '',
  ) {
    this.columns = Object.keys(types) as Name[]
    this.#types = Object.values(types)
    this.#head = `INSERT INTO ${table} (${this.columns.join(', ')})`
    this.#tailOf = tailOf
  }

  /** `rows`: the values of each row, in the order of the columns. There is at least one. */
  of({ capabilities }: Session, rows: readonly Row[]): SqlPart {
    if (capabilities.rowsFrom !== null) return this.#fromArrays(capabilities, rows)
    const isBeside = capabilities.rowsBeside !== null
    const shared = isBeside ? sharedColumns(rows) : sharedNulls(rows)
    const sql = this.#text(capabilities, rows.length * 2 ** this.columns.length + shared, () =>
      isBeside && shared !== 0
        ? this.#besideText(capabilities, rows.length, shared)
        : this.#valuesText(capabilities, rows.length, shared),
    )
    const first = isBeside ? (rows[0] as Row).filter((_, index) => isIn(shared, index)) : []
    return { sql, values: withOwnValues(first, rows, shared) }
  }

  #fromArrays(capabilities: StoreCapabilities, rows: readonly Row[]): SqlPart {
    const from = (capabilities.rowsFrom as NonNullable<StoreCapabilities['rowsFrom']>)(
      'incoming',
      this.columns.map((name, index) => ({
        name,
        type: this.#types[index] as SqlColumn['type'],
        values: rows.map((row) => row[index] as SqlValue),
      })),
    )
    const sql = this.#text(capabilities, 0, () => this.#selectText(capabilities, from.sql))
    return { sql, values: from.values }
  }

  #text(capabilities: StoreCapabilities, key: number, make: () => string): string {
    let texts = this.#texts.get(capabilities)
    if (texts === undefined) this.#texts.set(capabilities, (texts = new Map()))
    let text = texts.get(key)
    if (text === undefined) texts.set(key, (text = make()))
    return text
  }

  #valuesText(capabilities: StoreCapabilities, count: number, nulls: number): string {
    const row = `(${this.columns.map((_, index) => (isIn(nulls, index) ? 'NULL' : '?')).join(', ')})`
    const rows = Array(count).fill(row).join(', ')
    return `${this.#head} VALUES ${rows} ${this.#tailOf(capabilities, this.columns)}`
  }

  #besideText(capabilities: StoreCapabilities, count: number, shared: number): string {
    const from = (capabilities.rowsBeside as NonNullable<StoreCapabilities['rowsBeside']>)(
      this.columns.filter((_, index) => isIn(shared, index)),
      this.columns.filter((_, index) => !isIn(shared, index)),
      count,
    )
    return this.#selectText(capabilities, from)
  }

  #selectText(capabilities: StoreCapabilities, from: string): string {
    const tail = this.#tailOf(capabilities, this.columns)
    return `${this.#head} SELECT ${this.columns.join(', ')} FROM ${from} ${tail}`
  }
}

// A set of columns is a number with their bits. Addresses are compared as objects: none is shared.

/** The columns that have one value in all rows; none for one row, and never all of them. */
function sharedColumns(rows: readonly Row[]): number {
  const first = rows[0] as Row
  if (rows.length === 1) return 0
  let shared = 2 ** first.length - 1
  for (const row of rows)
    for (let index = 0; index < first.length; index += 1)
      if (row[index] !== first[index]) shared &= ~(1 << index)
  return shared === 2 ** first.length - 1 ? shared & ~1 : shared
}

/** The columns that are NULL in all rows. */
function sharedNulls(rows: readonly Row[]): number {
  const first = rows[0] as Row
  let nulls = 0
  for (let index = 0; index < first.length; index += 1)
    if (first[index] === null) nulls |= 1 << index
  for (const row of rows)
    for (let index = 0; index < row.length; index += 1)
      if (row[index] !== null) nulls &= ~(1 << index)
  return nulls
}

function isIn(shared: number, index: number): boolean {
  return (shared & (1 << index)) !== 0
}

// Loops: this runs for every value of every row that is written.
function withOwnValues(values: SqlValue[], rows: readonly Row[], shared: number): SqlValue[] {
  for (const row of rows)
    for (let index = 0; index < row.length; index += 1)
      if (!isIn(shared, index)) values.push(row[index] as SqlValue)
  return values
}
