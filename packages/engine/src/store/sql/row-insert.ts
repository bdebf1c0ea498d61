import {
  insertRows,
  type Session,
  type SqlColumn,
  type SqlPart,
  type SqlValue,
  type StoreCapabilities,
} from '../store.ts'

/**
 * An INSERT of any number of rows for hot paths: its text is made once, for each database and, where a database has no other
 * way, for each number of rows.
 */
export class RowInsert<Name extends string = string> {
  readonly columns: readonly Name[]
  readonly #types: readonly SqlColumn['type'][]
  readonly #head: string
  readonly #tailOf: (capabilities: StoreCapabilities) => string
  readonly #texts = new Map<StoreCapabilities, string[]>()

  /** `tailOf`: what stands after the rows, such as what to do about rows that are there. */
  constructor(
    table: string,
    types: Readonly<Record<Name, SqlColumn['type']>>,
    tailOf: (capabilities: StoreCapabilities, columns: readonly Name[]) => string = () => '',
  ) {
    this.columns = Object.keys(types) as Name[]
    this.#types = Object.values(types)
    this.#head = `INSERT INTO ${table} (${this.columns.join(', ')})`
    this.#tailOf = (capabilities) => tailOf(capabilities, this.columns)
  }

  /** `rows`: the values of each row, in the order of the columns. There is at least one. */
  of({ capabilities }: Session, rows: readonly (readonly SqlValue[])[]): SqlPart {
    const texts = this.#textsOf(capabilities)
    if (capabilities.rowsFrom === null)
      return {
        sql: (texts[rows.length] ??= this.#valuesText(capabilities, rows.length)),
        values: rows.flat(),
      }
    const from = capabilities.rowsFrom(
      'incoming',
      this.columns.map((name, index) => ({
        name,
        type: this.#types[index] as SqlColumn['type'],
        values: rows.map((row) => row[index] as SqlValue),
      })),
    )
    texts[0] ??= `${this.#head} SELECT ${this.columns.join(', ')} FROM ${from.sql} ${this.#tailOf(capabilities)}`
    return { sql: texts[0], values: from.values }
  }

  #textsOf(capabilities: StoreCapabilities): string[] {
    const known = this.#texts.get(capabilities)
    if (known !== undefined) return known
    const texts: string[] = []
    this.#texts.set(capabilities, texts)
    return texts
  }

  #valuesText(capabilities: StoreCapabilities, count: number): string {
    const shape = { head: `${this.#head} VALUES`, tail: this.#tailOf(capabilities) }
    return insertRows(shape, this.columns.length, count)
  }
}
