import { mkdirSync } from 'node:fs'
import { dirname } from 'node:path'
import { DatabaseSync, type StatementSync } from 'node:sqlite'
import { IpamError } from '../../errors.ts'
import { ConnectionQueue, longestTimer } from '../connection-queue.ts'
import { type AppliedMigration, loadMigrations, pendingMigrations } from '../migration.ts'
import { type Session, type Store, StoreFault, type TransactionOptions } from '../store.ts'
import { assertSafeVersion, sqliteCapabilities } from './sqlite-capabilities.ts'
import { isBusy, sqliteCommitFault, sqliteFault } from './sqlite-errors.ts'
import { assertInTransaction, SqliteSession } from './sqlite-session.ts'

export interface SqliteStoreOptions {
  /** A file, whose folder is made when it is missing, or `:memory:`. */
  path: string
  /** Callers whose work may share one commit. Default 128. */
  maxSharedCommit?: number
}

/**
 * A store in one SQLite file, for one machine and any number of its processes. Commits survive a power cut (WAL,
 * `synchronous=FULL`, set and read back).
 * @throws IpamError STORE_UNSUPPORTED when the built-in SQLite is older than 3.51.3 or does not take a durable setting;
 *   DATABASE_UNAVAILABLE when the file cannot be opened.
 */
export function sqliteStore(options: SqliteStoreOptions): Store {
  return new SqliteStore(options)
}

interface Waiting {
  readonly work: (session: Session) => Promise<unknown>
  readonly options: TransactionOptions
  readonly resolve: (value: unknown) => void
  readonly reject: (error: unknown) => void
  readonly timer: NodeJS.Timeout
}

/**
 * One connection writes, one reads. Waiting writers are run one after the other inside one transaction, each behind its
 * own savepoint, and answered together after its commit: the price of making a change durable is paid once for all of
 * them. Between two transactions other processes get their turn.
 */
class SqliteStore implements Store {
  readonly capabilities = sqliteCapabilities
  readonly counters = { transactions: 0, sharedTransactions: 0, retries: 0 }
  readonly #writer: DatabaseSync
  readonly #reader: DatabaseSync
  readonly #writeSession: SqliteSession
  readonly #readSession: SqliteSession
  readonly #maxShared: number
  // Changes when another connection, of whatever process, has committed something.
  readonly #dataVersion: StatementSync
  readonly #totalChanges: StatementSync
  #lastDataVersion: unknown
  #era = 0
  #keeper: object | undefined
  readonly #writers: Waiting[] = []
  #isWriting = false
  #allWritten: Promise<void> = Promise.resolve()
  // Who may use which connection: one caller, one migration or one group of writers.
  readonly #readTurns = new ConnectionQueue(1)
  readonly #writeTurns = new ConnectionQueue(1)
  #closed = false

  constructor(options: SqliteStoreOptions) {
    const inMemory = options.path === ':memory:'
    this.#maxShared = options.maxSharedCommit ?? 128
    try {
      if (!inMemory) mkdirSync(dirname(options.path), { recursive: true })
      this.#writer = openConnection(options.path, inMemory)
      keepTemporaryData(this.#writer, 'MEMORY')
      this.#reader = inMemory ? this.#writer : openConnection(options.path, inMemory)
    } catch (error) {
      if (error instanceof IpamError) throw error
      throw new IpamError(
        'DATABASE_UNAVAILABLE',
        `The SQLite file ${options.path} cannot be opened.`,
        { fix: 'Check that its folder exists and can be written, and that it is a SQLite file.' },
        error,
      )
    }
    this.#writeSession = new SqliteSession(this.#writer, () => this.#era)
    this.#dataVersion = this.#writer.prepare('PRAGMA data_version')
    this.#totalChanges = this.#writer.prepare('SELECT total_changes() AS changes')
    this.#readSession = inMemory ? this.#writeSession : new SqliteSession(this.#reader)
  }

  async migrate(): Promise<void> {
    const deadline = performance.now() + 60_000
    const done = await this.#writeTurns.take(deadline)
    try {
      // A step may sort millions of rows for an index.
      keepTemporaryData(this.#writer, 'FILE')
      await this.#applyMigrations(deadline)
      this.#era += 1
    } finally {
      keepTemporaryData(this.#writer, 'MEMORY')
      done()
    }
  }

  async #applyMigrations(deadline: number): Promise<void> {
    const migrations = loadMigrations(new URL('./migrations/', import.meta.url))
    await beginWhenFree(this.#writer, deadline)
    try {
      this.#writer.exec(
        'CREATE TABLE IF NOT EXISTS migration (version INTEGER PRIMARY KEY, name TEXT NOT NULL, checksum TEXT NOT NULL, applied_at INTEGER NOT NULL) STRICT',
      )
      const record = this.#writer.prepare('INSERT INTO migration VALUES (?, ?, ?, ?)')
      for (const step of pendingMigrations(migrations, appliedMigrations(this.#writer))) {
        this.#writer.exec(step.sql)
        record.run(step.version, step.name, step.checksum, Date.now())
      }
      this.#writer.exec('COMMIT')
    } catch (error) {
      if (this.#writer.isTransaction) this.#writer.exec('ROLLBACK')
      throw sqliteFault(error)
    }
  }

  async assertSchema(): Promise<void> {
    const migrations = loadMigrations(new URL('./migrations/', import.meta.url))
    const known = this.#reader
      .prepare("SELECT 1 FROM sqlite_schema WHERE type = 'table' AND name = 'migration'")
      .get()
    const pending = pendingMigrations(
      migrations,
      known === undefined ? [] : appliedMigrations(this.#reader),
    )
    if (pending.length > 0)
      throw new IpamError('SCHEMA_MISMATCH', 'The database schema is older than this Freehold.', {
        fix: 'Open it once with migration on, as `freehold serve` does.',
      })
  }

  async transaction<T>(
    work: (session: Session) => Promise<T>,
    options: TransactionOptions,
  ): Promise<T> {
    if (this.#closed) throw new StoreFault('unavailable', new Error('the store is closed'))
    if (options.access === 'read' && this.#reader !== this.#writer) return this.#read(work, options)
    return new Promise<T>((resolve, reject) => {
      this.#wait({ work, options, resolve: resolve as (value: unknown) => void, reject })
      if (this.#isWriting) return
      this.#isWriting = true
      // A turn of the event loop later, so that requests that arrived together share one commit.
      this.#allWritten = nextTurn().then(() => this.#drain())
    })
  }

  #wait(waiting: Omit<Waiting, 'timer'>): void {
    const giveUp = (): void => {
      this.#writers.splice(this.#writers.indexOf(writer), 1)
      waiting.reject(new StoreFault('retry', new Error('other writers were not done in time')))
    }
    const left = Math.max(waiting.options.deadline - performance.now(), 0)
    const writer = { ...waiting, timer: setTimeout(giveUp, Math.min(left, longestTimer)) }
    this.#writers.push(writer)
  }

  join(handle: unknown): Session {
    if (!(handle instanceof DatabaseSync))
      throw new IpamError(
        'INVALID_REQUEST',
        'A transaction on SQLite is joined through its DatabaseSync connection.',
      )
    assertInTransaction(handle)
    return new SqliteSession(handle)
  }

  async close(): Promise<void> {
    if (this.#closed) return
    this.#closed = true
    await this.#allWritten
    await this.#writeTurns.drained()
    await this.#readTurns.drained()
    if (this.#reader !== this.#writer && this.#reader.isOpen) this.#reader.close()
    if (this.#writer.isOpen) this.#writer.close()
  }

  async #read<T>(
    work: (session: Session) => Promise<T>,
    { deadline }: TransactionOptions,
  ): Promise<T> {
    const done = await this.#readTurns.take(deadline)
    try {
      return await runTransaction(this.#reader, 'BEGIN', () => work(this.#readSession))
    } finally {
      done()
    }
  }

  async #drain(): Promise<void> {
    while (this.#writers.length > 0) {
      const done = await this.#writeTurns.take(Number.MAX_SAFE_INTEGER)
      await this.#commitTogether(this.#takeBatch())
      done()
      // In the first turn answers leave, and callers who were quick ask again; in the second the others do. A turn accepts
      // one connection, so one turn for each commit would also keep new callers out while there is much to do.
      await nextTurn()
      await nextTurn()
    }
    this.#isWriting = false
  }

  #takeBatch(): Waiting[] {
    const end = this.#writers.findIndex((waiting) => waiting.options.alone === true)
    const together = end === -1 ? this.#writers.length : end
    const batch = this.#writers.splice(0, end === 0 ? 1 : Math.min(together, this.#maxShared))
    for (const { timer } of batch) clearTimeout(timer)
    return batch
  }

  async #commitTogether(batch: Waiting[]): Promise<void> {
    // All may have given up.
    if (batch.length === 0) return
    const answers: (() => void)[] = []
    try {
      await beginWhenFree(this.#writer, Math.min(...batch.map(({ options }) => options.deadline)))
      this.#endEraIfOthersWrote()
      for (const waiting of batch) {
        answers.push(await this.#runOne(waiting, batch.length === 1))
        if (!this.#writer.isTransaction)
          throw new StoreFault('retry', new Error('the database rolled the transaction back'))
      }
      commit(this.#writer)
      this.counters.transactions += 1
      if (batch.length > 1) this.counters.sharedTransactions += 1
    } catch (error) {
      if (this.#writer.isTransaction) this.#writer.exec('ROLLBACK')
      if (batch.some(({ options }) => options.keepsEra !== undefined)) this.#era += 1
      // One answer for all: what is true of the batch is true of each, whoever's statement it was that failed.
      const fault = batch.length > 1 ? sharedFault(error) : sqliteFault(error)
      for (const waiting of batch) waiting.reject(fault)
      return
    }
    for (const answer of answers) answer()
  }

  #endEraIfOthersWrote(): void {
    const version = this.#dataVersion.get()?.['data_version']
    if (version !== this.#lastDataVersion) this.#era += 1
    this.#lastDataVersion = version
  }

  async #runOne(waiting: Waiting, alone: boolean): Promise<() => void> {
    const { keepsEra } = waiting.options
    if (keepsEra !== undefined && keepsEra !== this.#keeper) {
      this.#keeper = keepsEra
      this.#era += 1
    }
    const before = keepsEra === undefined ? this.#changes() : undefined
    try {
      const value = alone
        ? await waiting.work(this.#writeSession)
        : await this.#writeSession.savepoint(() => waiting.work(this.#writeSession))
      return () => waiting.resolve(value)
    } catch (error) {
      if (alone || !this.#writer.isTransaction) throw error
      // What it noted of its changes is undone as well.
      if (keepsEra !== undefined) this.#era += 1
      return () => waiting.reject(error)
    } finally {
      if (keepsEra === undefined && this.#changes() !== before) this.#era += 1
    }
  }

  /** Rows that this connection has ever changed, also those of what was undone. */
  #changes(): unknown {
    return this.#totalChanges.get()?.['changes']
  }
}

function nextTurn(): Promise<void> {
  return new Promise((resolve) => setImmediate(resolve))
}

function commit(database: DatabaseSync): void {
  try {
    database.exec('COMMIT')
  } catch (error) {
    throw sqliteCommitFault(error)
  }
}

/** A fault of one caller's statement is no fault of its neighbours': they are free to try again. */
function sharedFault(error: unknown): unknown {
  const fault = sqliteFault(error)
  return fault instanceof StoreFault && fault.fault !== 'internal'
    ? fault
    : new StoreFault('retry', fault)
}

function openConnection(path: string, inMemory: boolean): DatabaseSync {
  const database = new DatabaseSync(path, { timeout: 0 })
  whenNotBusy(() => configure(database, inMemory))
  return database
}

function configure(database: DatabaseSync, inMemory: boolean): void {
  assertSafeVersion(String(database.prepare('SELECT sqlite_version() AS v').get()?.['v']))
  // Of a new file only. A commit writes whole pages, and random addresses change few bytes of many: half the usual size
  // makes allocations a third faster.
  database.exec('PRAGMA page_size = 2048')
  if (!inMemory) setAndVerify(database, 'journal_mode', 'wal')
  setAndVerify(database, 'synchronous', 2)
  setAndVerify(database, 'foreign_keys', 1)
  // KiB for each of the two connections. The file's hot pages are in the system's memory anyway.
  database.exec('PRAGMA cache_size = -16384')
  // 48 MiB of log, so that a page that changes often is copied into the database once and not for every change: a third
  // more requests a second than with 4 MiB, and fewer of them wait for a copy.
  database.exec('PRAGMA wal_autocheckpoint = 24000')
}

// What SQLite keeps to undo one statement of a group is more than the 64 KiB that it holds in memory by itself: nearly every
// group made, wrote and deleted a file, which were 6 of 90 µs for each allocation. Sorts of the reader stay on disk.
function keepTemporaryData(database: DatabaseSync, where: 'MEMORY' | 'FILE'): void {
  database.exec(`PRAGMA temp_store = ${where}`)
}

// Any of these statements reads the file, the first one its schema. It is locked for a moment while another process
// switches it to WAL, recovers it after a process was killed, or closes it as the last one.
function whenNotBusy(work: () => void): void {
  for (let attempt = 0; ; attempt += 1) {
    try {
      work()
      return
    } catch (error) {
      if (!isBusy(error) || attempt >= 1000) throw error
      Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 10)
    }
  }
}

// Some builds and file systems silently keep a weaker setting, so what was set is read back.
function setAndVerify(database: DatabaseSync, pragma: string, value: string | number): void {
  database.exec(`PRAGMA ${pragma} = ${value}`)
  const found = Object.values(database.prepare(`PRAGMA ${pragma}`).get() ?? {})[0]
  if (found !== value)
    throw new IpamError(
      'STORE_UNSUPPORTED',
      `SQLite keeps ${pragma} at ${String(found)} where ${value} is needed to keep acknowledged changes.`,
      { fix: 'Put the database on a local file system.' },
    )
}

function appliedMigrations(database: DatabaseSync): AppliedMigration[] {
  return database.prepare('SELECT version, checksum FROM migration ORDER BY version').all() as never
}

async function runTransaction<T>(
  database: DatabaseSync,
  begin: string,
  work: () => Promise<T>,
): Promise<T> {
  try {
    database.exec(begin)
    const result = await work()
    database.exec('COMMIT')
    return result
  } catch (error) {
    if (database.isTransaction) database.exec('ROLLBACK')
    throw sqliteFault(error)
  }
}

/**
 * Takes the write lock before the first read: a transaction that reads first and then writes fails at once when another
 * process wrote in between. Waits with short random pauses from the event loop instead of in SQLite's own busy handler,
 * whose growing waits starve some of several processes and block the loop.
 */
async function beginWhenFree(database: DatabaseSync, deadline: number): Promise<void> {
  for (;;) {
    try {
      database.exec('BEGIN IMMEDIATE')
      return
    } catch (error) {
      if (!isBusy(error) || performance.now() > deadline) throw sqliteFault(error)
    }
    await pause(0.3 + (crypto.getRandomValues(new Uint8Array(1))[0] ?? 0) / 150)
  }
}

async function pause(milliseconds: number): Promise<void> {
  if (milliseconds < 1) return new Promise((resolve) => setImmediate(resolve))
  return new Promise((resolve) => setTimeout(resolve, milliseconds))
}
