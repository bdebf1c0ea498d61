import type { Connection, ResultSetHeader, RowDataPacket } from 'mysql2/promise'
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
import { mariadbCapabilities } from './mariadb-capabilities.ts'
import {
  finishingFault,
  isCountRefusal,
  type MariadbPhase,
  mariadbFault,
} from './mariadb-errors.ts'

// With it, an UPDATE counts the rows it matched, and not only those whose values it changed.
const foundRows = 2

type Parameter = string | null | Buffer

/** The rows of one statement, its effect, or those of each statement in a compound one. */
type Answer = RowDataPacket[] | RowDataPacket[][] | ResultSetHeader

// Flags of the server's state, which comes with every answer.
const inTransaction = 1
const autocommit = 2

/** Runs statements on one connection that has an open transaction. */
class MariadbSession implements Session {
  readonly capabilities: StoreCapabilities = mariadbCapabilities
  readonly era = null
  readonly #connection: Connection
  #depth = 0

  constructor(connection: Connection) {
    this.#connection = connection
  }

  async all<Row>(sql: string, values: readonly SqlValue[] = []): Promise<Row[]> {
    return (await this.#faultless(this.read(sql, values))) as Row[]
  }

  async get<Row>(sql: string, values: readonly SqlValue[] = []): Promise<Row | undefined> {
    return (await this.#faultless(this.read(sql, values)))[0] as Row | undefined
  }

  async run(sql: string, values: readonly SqlValue[] = []): Promise<number> {
    return (await this.#faultless(this.send<ResultSetHeader>(sql, values))).affectedRows
  }

  async finish(statements: readonly FinalStatement[]): Promise<void> {
    await finishInTurn(this, statements)
  }

  async savepoint<T>(work: () => Promise<T>): Promise<T> {
    this.#depth += 1
    const name = `freehold_${this.#depth}`
    try {
      this.#assertInTransaction(await this.command(`SAVEPOINT ${name}`))
      const result = await this.#undoOnError(name, work)
      await this.command(`RELEASE SAVEPOINT ${name}`)
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
        await this.command(`ROLLBACK TO SAVEPOINT ${name}`)
        await this.command(`RELEASE SAVEPOINT ${name}`)
      } catch (undoing) {
        // The whole transaction is gone, as when another node of a cluster was faster, or the connection is. What was refused
        // for its own sake could be left out and the rest go on: to a commit of nothing. A first fault of the database says
        // the same and counts.
        throw error instanceof StoreFault ? error : transactionGone(undoing)
      }
      throw error
    }
  }

  // Outside a transaction a savepoint does nothing, silently, and every statement would be committed by itself.
  #assertInTransaction(header: ResultSetHeader): void {
    const state = header.serverStatus ?? inTransaction
    if ((state & inTransaction) === 0 && (state & autocommit) !== 0)
      throw new IpamError('INVALID_REQUEST', 'The connection has no open transaction to join.', {
        fix: 'Run START TRANSACTION first.',
      })
  }

  async #faultless<Result>(answer: Promise<Result>): Promise<Result> {
    try {
      return await answer
    } catch (error) {
      throw mariadbFault(error, 'work')
    }
  }

  /** Sends a statement that gives rows. */
  protected read(sql: string, values: readonly SqlValue[]): Promise<RowDataPacket[]> {
    return this.send<RowDataPacket[]>(sql, values)
  }

  protected async send<Result extends Answer>(
    sql: string,
    values: readonly SqlValue[],
  ): Promise<Result> {
    const [result] = await this.#connection.execute<Result>(sql, values.map(toParameter))
    return result
  }

  /** The same without a prepared statement. */
  protected async sendText<Result extends Answer>(
    sql: string,
    values: readonly SqlValue[],
  ): Promise<Result> {
    let next = 0
    const text = filledIn(sql, () => {
      next += 1
      return toLiteral(values[next - 1] as SqlValue)
    })
    const [result] = await this.#connection.query<Result>(text)
    return result
  }

  protected async command(text: string, phase: MariadbPhase = 'work'): Promise<ResultSetHeader> {
    try {
      const [header] = await this.#connection.query<ResultSetHeader>(text)
      return header
    } catch (error) {
      throw mariadbFault(error, phase)
    }
  }
}

// A wrong number of rows fails before the commit, with a code of our own.
const countRefusal = "SIGNAL SQLSTATE '45000' SET MYSQL_ERRNO = 31000"

interface WaitingRead {
  readonly sql: string
  readonly values: readonly SqlValue[]
  readonly answer: PromiseWithResolvers<RowDataPacket[]>
}

/** A session in a transaction of the store's own. */
export class OwnMariadbSession extends MariadbSession {
  // What goes into the message that opens the transaction; absent when that is on its way or was never to be.
  #firstReads: WaitingRead[] | undefined
  // That message. When it fails, no statement may follow: it would run outside a transaction.
  #opening: Promise<void> | undefined
  #isFinished = false

  async begin(access: 'read' | 'write'): Promise<void> {
    if (access === 'write') {
      await this.command('START TRANSACTION READ WRITE', 'begin')
      return
    }
    // Only REPEATABLE READ keeps one snapshot for several statements.
    await this.command('SET TRANSACTION ISOLATION LEVEL REPEATABLE READ', 'begin')
    await this.command('START TRANSACTION WITH CONSISTENT SNAPSHOT, READ ONLY', 'begin')
  }

  /** Begins a write transaction with the first statements, which read, in one message: all that are asked for at once. */
  beginWithReads(): void {
    this.#firstReads = []
  }

  /** Does nothing when `finish` has committed. */
  async commit(access: 'read' | 'write'): Promise<void> {
    if (this.#isFinished) return
    // A read that was not committed has shown the same.
    await this.command('COMMIT', access === 'write' ? 'commit' : 'work')
  }

  protected override read(sql: string, values: readonly SqlValue[]): Promise<RowDataPacket[]> {
    if (this.#firstReads === undefined) return super.read(sql, values)
    const answer = Promise.withResolvers<RowDataPacket[]>()
    this.#firstReads.push({ sql, values, answer })
    this.#opened().catch(() => undefined)
    return answer.promise
  }

  protected override async send<Result extends Answer>(
    sql: string,
    values: readonly SqlValue[],
  ): Promise<Result> {
    await this.#opened()
    return super.send(sql, values)
  }

  protected override async command(text: string, phase?: MariadbPhase): Promise<ResultSetHeader> {
    await this.#opened()
    return super.command(text, phase)
  }

  async #opened(): Promise<void> {
    // A moment later, when everything that is asked for at once has been.
    if (this.#firstReads !== undefined) this.#opening ??= Promise.resolve().then(() => this.#open())
    await this.#opening
  }

  async #open(): Promise<void> {
    const reads = this.#firstReads ?? []
    this.#firstReads = undefined
    const body = reads.map(({ sql }) => `${sql}; `)
    const text = `BEGIN NOT ATOMIC START TRANSACTION READ WRITE; ${body.join('')}END`
    const values = reads.flatMap((read) => read.values)
    try {
      // The rows of each, and what the compound statement says for itself.
      const found = await super.send<RowDataPacket[][]>(text, values)
      for (const [index, { answer }] of reads.entries())
        answer.resolve(found[index] as RowDataPacket[])
    } catch (error) {
      for (const { answer } of reads) answer.reject(error)
      throw mariadbFault(error, 'work')
    }
  }

  /** One compound statement with the commit in it: locks are held for no round trip, and for no pause of this process. */
  override async finish(statements: readonly FinalStatement[]): Promise<void> {
    const body = statements.map(({ sql, changes }) =>
      changes === 'fails-of-itself'
        ? `${sql};`
        : `${sql}; IF ROW_COUNT() <> ${changes} THEN ${countRefusal}; END IF;`,
    )
    const values = statements.flatMap((statement) => statement.values)
    try {
      await this.send(`BEGIN NOT ATOMIC ${body.join(' ')} COMMIT; END`, values)
    } catch (error) {
      throw isCountRefusal(error) ? rowsMissing() : finishingFault(error)
    }
    this.#isFinished = true
  }
}

// Finds nothing and locks no row. Until a transaction has a number of its own, which reading and `LOCK IN SHARE MODE` do not
// give it, a node that has to end it for the sake of another's may miss it, and then waits for its locks while it waits
// for that other to be first.
const numberTransaction = "SELECT name FROM setting WHERE name = '' FOR UPDATE"

/**
 * A session in a transaction of the store's own on a node of a Galera cluster, where another node may end a transaction at
 * any moment. Its statements go as text and one by one: when the end comes while MariaDB prepares a statement, nobody is
 * told, and what follows is committed statement by statement. See decision 15.
 */
export class ClusterMariadbSession extends OwnMariadbSession {
  override async begin(access: 'read' | 'write'): Promise<void> {
    await super.begin(access)
    if (access === 'write') await this.command(numberTransaction)
  }

  override async finish(statements: readonly FinalStatement[]): Promise<void> {
    await finishInTurn(this, statements)
  }

  protected override send<Result extends Answer>(
    sql: string,
    values: readonly SqlValue[],
  ): Promise<Result> {
    return this.sendText(sql, values)
  }
}

// Of the connections that were joined before.
const clustered = new WeakMap<object, boolean>()

/** Runs statements in a transaction that the caller opened with settings of its own, which are looked at first. */
export class JoinedMariadbSession extends MariadbSession {
  readonly #key: object
  #checked: Promise<void> | undefined
  #isNumbered = false

  constructor(connection: Connection) {
    super(connection)
    // What is the same for a connection's promises and its callbacks.
    this.#key = (connection as unknown as { connection?: object }).connection ?? connection
  }

  override async all<Row>(sql: string, values: readonly SqlValue[] = []): Promise<Row[]> {
    await this.#check()
    return super.all(sql, values)
  }

  override async get<Row>(sql: string, values: readonly SqlValue[] = []): Promise<Row | undefined> {
    await this.#check()
    return super.get(sql, values)
  }

  override async run(sql: string, values: readonly SqlValue[] = []): Promise<number> {
    await this.#check()
    return super.run(sql, values)
  }

  override async savepoint<T>(work: () => Promise<T>): Promise<T> {
    await this.#check()
    return super.savepoint(async () => {
      if (clustered.get(this.#key) === true && !this.#isNumbered)
        await this.command(numberTransaction)
      this.#isNumbered = true
      return work()
    })
  }

  /** On a node of a cluster as text, for the reason that the store's own sessions have. */
  protected override send<Result extends Answer>(
    sql: string,
    values: readonly SqlValue[],
  ): Promise<Result> {
    return clustered.get(this.#key) === false ? super.send(sql, values) : this.sendText(sql, values)
  }

  async #check(): Promise<void> {
    this.#checked ??= this.#look()
    await this.#checked
  }

  async #look(): Promise<void> {
    if (!clustered.has(this.#key)) {
      const found = await super.get<{ Value: string }>("SHOW VARIABLES LIKE 'wsrep_on'")
      clustered.set(this.#key, found?.Value === 'ON')
    }
    const found = await super.get<{ mode: string }>('SELECT @@sql_mode AS mode')
    if (!/STRICT_(TRANS|ALL)_TABLES/.test(found?.mode ?? ''))
      throw new IpamError(
        'INVALID_REQUEST',
        'The joined connection has no strict sql_mode, so values could be changed silently.',
        { fix: "Run SET SESSION sql_mode = 'STRICT_ALL_TABLES' on it." },
      )
  }
}

/** @throws IpamError INVALID_REQUEST for a connection that counts changed rows. */
export function assertFoundRows(connection: Connection): void {
  const flags = (connection as unknown as { connection: { config?: { clientFlags?: number } } })
    .connection.config?.clientFlags
  if (flags !== undefined && (flags & foundRows) === 0)
    throw new IpamError(
      'INVALID_REQUEST',
      'The connection counts changed rows instead of matched ones.',
      { fix: 'Open it with the flag FOUND_ROWS, which mysql2 sets by itself.' },
    )
}

// The client would send a number as a double; as decimal text an integer of any size stays what it is, and MariaDB turns
// it into the type of the column before it looks into an index.
function toParameter(value: SqlValue): Parameter {
  if (typeof value === 'number' || typeof value === 'bigint') return String(value)
  if (value instanceof Uint8Array && !Buffer.isBuffer(value))
    return Buffer.from(value.buffer, value.byteOffset, value.byteLength)
  return value
}

// Digits alone, so that no text can end its literal, whatever the sql_mode and the connection's character set are.
function toLiteral(value: SqlValue): string {
  if (value === null) return 'NULL'
  if (typeof value === 'number' || typeof value === 'bigint') return String(value)
  return typeof value === 'string'
    ? `_utf8mb4 X'${Buffer.from(value).toString('hex')}'`
    : `X'${Buffer.from(value.buffer, value.byteOffset, value.byteLength).toString('hex')}'`
}
