import type { DatabaseSync, SQLInputValue, StatementSync } from 'node:sqlite'
import { IpamError } from '../../errors.ts'
import {
  type FinalStatement,
  finishInTurn,
  type Session,
  type SqlValue,
  type StoreCapabilities,
} from '../store.ts'
import { sqliteCapabilities } from './sqlite-capabilities.ts'
import { sqliteFault } from './sqlite-errors.ts'

// A statement text holds no values, so their number is bounded by the program, apart from multi-row inserts.
const maxPrepared = 500

/** Runs statements on one connection. Its promises resolve without waiting: SQLite answers at once. */
export class SqliteSession implements Session {
  readonly capabilities: StoreCapabilities = sqliteCapabilities
  readonly #database: DatabaseSync
  readonly #era: () => number | null
  readonly #statements = new Map<string, StatementSync>()
  #depth = 0

  constructor(database: DatabaseSync, era: () => number | null = () => null) {
    this.#database = database
    this.#era = era
  }

  get era(): number | null {
    return this.#era()
  }

  async all<Row>(sql: string, values: readonly SqlValue[] = []): Promise<Row[]> {
    try {
      return this.#prepare(sql).all(...(values as SQLInputValue[])) as Row[]
    } catch (error) {
      throw sqliteFault(error)
    }
  }

  async get<Row>(sql: string, values: readonly SqlValue[] = []): Promise<Row | undefined> {
    try {
      return this.#prepare(sql).get(...(values as SQLInputValue[])) as Row | undefined
    } catch (error) {
      throw sqliteFault(error)
    }
  }

  async run(sql: string, values: readonly SqlValue[] = []): Promise<number> {
    try {
      return Number(this.#prepare(sql).run(...(values as SQLInputValue[])).changes)
    } catch (error) {
      throw sqliteFault(error)
    }
  }

  // The commit is the store's: it may have other callers' work to wait for.
  async finish(statements: readonly FinalStatement[]): Promise<void> {
    await finishInTurn(this, statements)
  }

  async savepoint<T>(work: () => Promise<T>): Promise<T> {
    // Outside a transaction a savepoint would begin one, and its release commit it.
    assertInTransaction(this.#database)
    this.#depth += 1
    const name = `freehold_${this.#depth}`
    try {
      await this.run(`SAVEPOINT ${name}`)
      const result = await work()
      await this.run(`RELEASE ${name}`)
      return result
    } catch (error) {
      // After SQLITE_FULL or an I/O error the whole transaction may be gone, and its savepoints with it.
      if (this.#database.isTransaction) {
        await this.run(`ROLLBACK TO ${name}`)
        await this.run(`RELEASE ${name}`)
      }
      throw error
    } finally {
      this.#depth -= 1
    }
  }

  #prepare(sql: string): StatementSync {
    let statement = this.#statements.get(sql)
    if (statement === undefined) {
      statement = this.#database.prepare(sql)
      if (this.#statements.size >= maxPrepared) this.#statements.clear()
      this.#statements.set(sql, statement)
    }
    return statement
  }
}

/** @throws IpamError INVALID_REQUEST for a connection that has no transaction open. */
export function assertInTransaction(database: DatabaseSync): void {
  if (!database.isTransaction)
    throw new IpamError('INVALID_REQUEST', 'The connection has no open transaction to join.', {
      fix: 'Run BEGIN IMMEDIATE first.',
    })
}
