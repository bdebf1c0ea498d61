import { createHash } from 'node:crypto'
import type { ClientBase, QueryResult } from 'pg'
import { IpamError } from '../../errors.ts'
import {
  type FinalStatement,
  filledIn,
  finishInTurn,
  rowsMissing,
  type Session,
  type SqlValue,
  type StoreCapabilities,
  StoreFault,
  transactionGone,
} from '../store.ts'
import { postgresCapabilities } from './postgres-capabilities.ts'
import { isCountRefusal, isOutsideTransaction, postgresFault } from './postgres-errors.ts'

// Object identifiers of the built-in types.
const readers: Readonly<Record<number, (text: string) => unknown>> = {
  16: (text) => text === 't',
  17: readBytes,
  20: readInteger,
  21: Number,
  23: Number,
  26: Number,
}

/**
 * How columns become values, given with each query instead of set in the client: a caller's own connection keeps its own
 * ways. An int8 beyond 2^53 stays decimal text.
 */
const types = {
  getTypeParser: (oid: number) => readers[oid] ?? ((text: string) => text),
}

/** Runs statements on one connection that has an open transaction. */
export class PostgresSession implements Session {
  readonly capabilities: StoreCapabilities = postgresCapabilities
  readonly era = null
  readonly #client: ClientBase
  readonly #statements: PostgresStatements
  #depth = 0

  constructor(client: ClientBase, statements: PostgresStatements) {
    this.#client = client
    this.#statements = statements
  }

  async all<Row>(sql: string, values: readonly SqlValue[] = []): Promise<Row[]> {
    return (await this.#query(sql, values)).rows as Row[]
  }

  async get<Row>(sql: string, values: readonly SqlValue[] = []): Promise<Row | undefined> {
    return (await this.#query(sql, values)).rows[0] as Row | undefined
  }

  async run(sql: string, values: readonly SqlValue[] = []): Promise<number> {
    return (await this.#query(sql, values)).rowCount ?? 0
  }

  async finish(statements: readonly FinalStatement[]): Promise<void> {
    await finishInTurn(this, statements)
  }

  async savepoint<T>(work: () => Promise<T>): Promise<T> {
    this.#depth += 1
    const name = `freehold_${this.#depth}`
    try {
      await this.#command(`SAVEPOINT ${name}`)
      const result = await this.#undoOnError(name, work)
      await this.#command(`RELEASE SAVEPOINT ${name}`)
      return result
    } finally {
      this.#depth -= 1
    }
  }

  async #undoOnError<T>(name: string, work: () => Promise<T>): Promise<T> {
    try {
      return await work()
    } catch (error) {
      try {
        await this.#command(`ROLLBACK TO SAVEPOINT ${name}; RELEASE SAVEPOINT ${name}`)
      } catch (undoing) {
        // The whole transaction is gone with the connection; a caller that goes on without this work has to hear of it. A
        // first fault of the database says the same and counts.
        throw error instanceof StoreFault ? error : transactionGone(undoing)
      }
      throw error
    }
  }

  /** Sends a statement now, whatever else is under way. */
  protected send(sql: string, values: readonly SqlValue[]): Promise<QueryResult> {
    const statement = this.#statements.of(sql, values.length)
    return this.#client.query({ ...statement, values: values.map(toParameter), types })
  }

  async #query(sql: string, values: readonly SqlValue[]): Promise<QueryResult> {
    try {
      return await this.answered(this.send(sql, values))
    } catch (error) {
      throw postgresFault(error, 'work')
    }
  }

  protected answered(answer: Promise<QueryResult>): Promise<QueryResult> {
    return answer
  }

  async #command(text: string): Promise<void> {
    try {
      await this.#client.query(text)
    } catch (error) {
      if (isOutsideTransaction(error))
        throw new IpamError(
          'INVALID_REQUEST',
          'The connection has no open transaction to join.',
          { fix: 'Run BEGIN first.' },
          error,
        )
      throw postgresFault(error, 'work')
    }
  }
}

/**
 * A session in a transaction of the store's own, on a connection that sends without waiting for earlier answers. The server
 * answers in order, and refuses what comes after a statement that failed.
 */
export class OwnPostgresSession extends PostgresSession {
  readonly #client: ClientBase
  #begun: Promise<unknown> | undefined
  #isFinished = false

  /** `begun`: the answer to what opened the transaction, when that is still awaited. */
  constructor(client: ClientBase, statements: PostgresStatements, begun?: Promise<unknown>) {
    super(client, statements)
    this.#client = client
    this.#begun = begun
  }

  /** Whether the transaction is committed already. */
  get isFinished(): boolean {
    return this.#isFinished
  }

  /** All statements and the commit in one go: locks are held for no round trip, and for no pause of this process. */
  override async finish(statements: readonly FinalStatement[]): Promise<void> {
    const sent = statements.map((statement) => this.send(countedText(statement), statement.values))
    sent.push(this.#client.query('COMMIT'))
    const answers = await Promise.allSettled(sent)
    const refused = answers.find((answer) => answer.status === 'rejected')
    if (refused !== undefined) throw finishingFault(refused.reason)
    const commit = answers.at(-1)
    if (commit?.status !== 'fulfilled' || commit.value.command !== 'COMMIT')
      throw new StoreFault('internal', new Error('a statement failed and its error was lost'))
    this.#isFinished = true
  }

  // The first answer says nothing unless the transaction was opened before it.
  protected override async answered(answer: Promise<QueryResult>): Promise<QueryResult> {
    if (this.#begun === undefined) return answer
    const [, result] = await Promise.all([this.#begun, answer])
    this.#begun = undefined
    return result
  }
}

// A wrong number of rows has to fail on the server: the commit is right behind.
function countedText({ sql, changes }: FinalStatement): string {
  if (changes === 'fails-of-itself') return sql
  return `WITH changed AS (${sql} RETURNING 1) SELECT 1 / CASE WHEN count(*) = ${changes} THEN 1 ELSE 0 END FROM changed`
}

function finishingFault(error: unknown): unknown {
  if (isCountRefusal(error)) return rowsMissing()
  const fault = postgresFault(error, 'commit')
  return fault instanceof StoreFault && fault.fault === 'unique'
    ? new StoreFault('retry', error)
    : fault
}

// PostgreSQL refuses text with a NUL. No stored text has one, nor the control character that stands in for it here, so a
// search for such a text finds nothing, as on every other database.
function toParameter(value: SqlValue): SqlValue {
  return typeof value === 'string' && value.includes('\0')
    ? value.replaceAll('\0', '\u0001')
    : value
}

function readInteger(text: string): number | string {
  const number = Number(text)
  return Number.isSafeInteger(number) ? number : text
}

function readBytes(text: string): Uint8Array {
  if (!text.startsWith('\\x'))
    throw new TypeError('bytea arrived in another form than hex; set bytea_output to hex')
  return Buffer.from(text.slice(2), 'hex')
}

interface PostgresStatement {
  readonly text: string
  /** The name under which each connection keeps it prepared; absent for statements that are rare or very long. */
  readonly name?: string
}

// A connection keeps a prepared statement until it is closed, so their number is bounded twice: by the values that one
// may have (longer ones are multi-row inserts, each length a text of its own), and outright.
const mostValuesPrepared = 256
const mostPrepared = 400
const mostKnown = 2000

/** Turns statements with `?` into PostgreSQL's spelling, once for each text. */
export class PostgresStatements {
  readonly #statements = new Map<string, PostgresStatement>()
  readonly #prepare: boolean
  #prepared = 0

  constructor(prepare: boolean) {
    this.#prepare = prepare
  }

  of(sql: string, valueCount: number): PostgresStatement {
    const known = this.#statements.get(sql)
    if (known !== undefined) return known
    const statement = this.#make(sql, valueCount)
    // Long texts are not worth remembering once there are many; the named ones are, and are few.
    if (this.#statements.size < mostKnown || statement.name !== undefined)
      this.#statements.set(sql, statement)
    return statement
  }

  #make(sql: string, valueCount: number): PostgresStatement {
    const text = numbered(sql)
    const nameable =
      this.#prepare && valueCount <= mostValuesPrepared && this.#prepared < mostPrepared
    if (!nameable) return { text }
    this.#prepared += 1
    return {
      text,
      name: `freehold_${createHash('sha256').update(text).digest('hex').slice(0, 24)}`,
    }
  }
}

/** `?` → `$1`, `$2`, …, but for those inside quotes. */
function numbered(sql: string): string {
  let count = 0
  return filledIn(sql, () => {
    count += 1
    return `$${count}`
  })
}
