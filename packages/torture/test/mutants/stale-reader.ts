import { DatabaseSync, type SQLInputValue } from 'node:sqlite'

/** Reads that are made outside the transaction: they see the database as it was up to some milliseconds ago. */
export class StaleReader {
  readonly #database: DatabaseSync
  readonly #ageMs: number
  #since = Number.NEGATIVE_INFINITY

  constructor(storeUrl: string, ageMs: number) {
    this.#database = new DatabaseSync(storeUrl.slice('sqlite:'.length), { timeout: 1000 })
    this.#ageMs = ageMs
  }

  all(sql: string, values: readonly unknown[]): unknown[] {
    const now = performance.now()
    if (now - this.#since > this.#ageMs) {
      if (this.#database.isTransaction) this.#database.exec('COMMIT')
      this.#database.exec('BEGIN')
      this.#since = now
    }
    return this.#database.prepare(sql).all(...(values as SQLInputValue[]))
  }
}
