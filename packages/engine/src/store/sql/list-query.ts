import type { SqlValue, StoreCapabilities } from '../store.ts'

/** Where a page of a list begins: after the row with this sort value and key. */
export interface ListPosition {
  readonly value: SqlValue
  readonly key: SqlValue
}

export interface ListOrder {
  /** A column of the query; only ever one that the program names. */
  readonly column: string
  /** The column that makes the order total. */
  readonly keyColumn: string
  readonly descending: boolean
}

/**
 * Collects the conditions of a list query. Every value is bound; the texts come from the program. A page costs its own
 * length when the order has an index, whatever came before it: it starts at a position, not at a count.
 */
export class ListQuery {
  readonly #conditions: string[] = []
  readonly #values: SqlValue[] = []
  readonly #capabilities: StoreCapabilities

  constructor(capabilities: StoreCapabilities) {
    this.#capabilities = capabilities
  }

  where(condition: string, ...values: SqlValue[]): this {
    this.#conditions.push(condition)
    this.#values.push(...values)
    return this
  }

  whereEqual(column: string, value: SqlValue | undefined): this {
    return value === undefined ? this : this.where(`${column} = ?`, value)
  }

  /** Matches any of the values; none when there are none. */
  whereIn(column: string, values: readonly SqlValue[] | undefined): this {
    if (values === undefined) return this
    if (values.length === 0) return this.where('0 = 1')
    return this.where(`${column} IN (${values.map(() => '?').join(', ')})`, ...values)
  }

  /** Labels are stored as JSON without blanks, in which `"key":"value"` can stand for nothing else. */
  whereLabels(column: string, labels: Readonly<Record<string, string>> | undefined): this {
    for (const [key, value] of Object.entries(labels ?? {}))
      this.where(
        this.#capabilities.textContains(column, '?'),
        `${JSON.stringify(key)}:${JSON.stringify(value)}`,
      )
    return this
  }

  count(table: string): { sql: string; values: SqlValue[] } {
    const where = this.#conditions.length === 0 ? '' : ` WHERE ${this.#conditions.join(' AND ')}`
    return { sql: `SELECT COUNT(*) AS count FROM ${table}${where}`, values: [...this.#values] }
  }

  page(
    select: string,
    order: ListOrder,
    after: ListPosition | undefined,
    limit: number,
  ): { sql: string; values: SqlValue[] } {
    const { column, keyColumn, descending } = order
    const beyond = descending ? '<' : '>'
    const conditions = [...this.#conditions]
    const values = [...this.#values]
    if (after !== undefined && column === keyColumn) {
      conditions.push(`${column} ${beyond} ?`)
      values.push(after.key)
    } else if (after !== undefined) {
      // The first half is what an index can seek to; the second drops what the last page already had.
      conditions.push(
        `${column} ${beyond}= ? AND (${column} ${beyond} ? OR ${keyColumn} ${beyond} ?)`,
      )
      values.push(after.value, after.value, after.key)
    }
    const where = conditions.length === 0 ? '' : ` WHERE ${conditions.join(' AND ')}`
    const direction = descending ? ' DESC' : ''
    const orderBy =
      column === keyColumn
        ? `${column}${direction}`
        : `${column}${direction}, ${keyColumn}${direction}`
    return { sql: `${select}${where} ORDER BY ${orderBy} LIMIT ?`, values: [...values, limit] }
  }
}
