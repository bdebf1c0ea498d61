import type { ConnectionOptions } from 'node:tls'
import type { ClientBase, Pool, PoolClient, QueryResult } from 'pg'
import { IpamError } from '../../errors.ts'
import { authorityOf } from '../authority-file.ts'
import { graceMs, openedInTime } from '../connection-opening.ts'
import { ConnectionQueue } from '../connection-queue.ts'
import { type AppliedMigration, loadMigrations, pendingMigrations } from '../migration.ts'
import {
  type Session,
  type SqlValue,
  type Store,
  StoreFault,
  type TransactionOptions,
} from '../store.ts'
import { postgresCapabilities } from './postgres-capabilities.ts'
import { type PostgresPhase, postgresFault } from './postgres-errors.ts'
import { OwnPostgresSession, PostgresSession, PostgresStatements } from './postgres-session.ts'

export interface PostgresStoreOptions {
  /** `postgres://USER:PASSWORD@HOST:PORT/DATABASE`; also `?sslmode=verify-full&sslrootcert=FILE`. */
  url: string
  /** Default 10. */
  maxConnections?: number
  /** Encryption, instead of the URL's `sslmode`: `true` verifies the server's certificate. */
  tls?: boolean | ConnectionOptions
  /** Whether connections keep statements prepared. Turn it off behind a pooler that hands out connections by transaction. */
  prepareStatements?: boolean
  /** How long opening one connection may take. Default 5,000. */
  connectTimeoutMs?: number
}

const oldestVersion = 140000
const defaultConnectTimeoutMs = 5000
// Any number, as long as every Freehold takes the same.
const migrationLock = '7306370981'

// A database of one schema version, in any state of its statistics, must use its indexes: a plan made while a table was
// small would otherwise read all of it until the next ANALYZE, long after it grew. All statements are short, and starting
// parallel workers or a compiler for one takes ten times as long as the statement.
const prepareConnection = `SET client_encoding TO 'UTF8'; SET bytea_output TO hex; SET enable_seqscan TO off;
  SET max_parallel_workers_per_gather TO 0; SET jit TO off; SET plan_cache_mode TO force_generic_plan;
  SELECT current_setting('server_version_num')::int AS version, current_setting('server_encoding') AS encoding,
    current_setting('synchronous_commit') AS synchronous_commit`

/**
 * A store in a PostgreSQL database, for any number of machines. Writers run at READ COMMITTED, every read in one
 * snapshot. Needs the package `pg`. Connects when it is first used.
 */
export function postgresStore(options: PostgresStoreOptions): Store {
  return new PostgresStore(options)
}

type ClientWork<T> = (
  client: PoolClient,
  begun: Promise<unknown>,
) => Promise<{ value: T; isCommitted: boolean }>

class PostgresStore implements Store {
  readonly capabilities = postgresCapabilities
  readonly counters = { transactions: 0, sharedTransactions: 0, retries: 0 }
  readonly #options: PostgresStoreOptions
  readonly #statements: PostgresStatements
  readonly #queue: ConnectionQueue
  readonly #timeouts = new WeakMap<PoolClient, number>()
  #pool: Promise<Pool> | undefined
  #closed = false

  constructor(options: PostgresStoreOptions) {
    this.#options = { ...options, url: checkedUrl(options) }
    this.#statements = new PostgresStatements(options.prepareStatements !== false)
    this.#queue = new ConnectionQueue(options.maxConnections ?? 10)
  }

  async migrate(): Promise<void> {
    const migrations = loadMigrations(new URL('./migrations/', import.meta.url))
    await this.#withClient(
      { access: 'write', deadline: performance.now() + 120_000 },
      async (client) => {
        // Only so that two processes do not do the same work; each step is part of this transaction either way.
        await query(client, `SELECT pg_advisory_xact_lock(${migrationLock})`)
        await query(
          client,
          'CREATE TABLE IF NOT EXISTS migration (version integer PRIMARY KEY, name text NOT NULL, checksum text NOT NULL, applied_at bigint NOT NULL)',
        )
        for (const step of pendingMigrations(migrations, await appliedMigrations(client))) {
          await query(client, step.sql)
          await query(client, 'INSERT INTO migration VALUES ($1, $2, $3, $4)', 'work', [
            step.version,
            step.name,
            step.checksum,
            Date.now(),
          ])
        }
        return { value: undefined, isCommitted: false }
      },
    )
  }

  async assertSchema(): Promise<void> {
    const migrations = loadMigrations(new URL('./migrations/', import.meta.url))
    const options: TransactionOptions = { access: 'read', deadline: performance.now() + 30_000 }
    const applied = await this.#withClient(options, async (client) => {
      const table = await query(client, "SELECT to_regclass('migration') IS NOT NULL AS found")
      const value = table.rows[0].found === true ? await appliedMigrations(client) : []
      return { value, isCommitted: false }
    })
    if (pendingMigrations(migrations, applied).length > 0)
      throw new IpamError('SCHEMA_MISMATCH', 'The database schema is older than this Freehold.', {
        fix: 'Open it once with migration on, as `freehold serve` does.',
      })
  }

  async transaction<T>(
    work: (session: Session) => Promise<T>,
    options: TransactionOptions,
  ): Promise<T> {
    return this.#withClient(options, async (client, begun) => {
      const session = new OwnPostgresSession(client, this.#statements, begun)
      const value = await work(session)
      return { value, isCommitted: session.isFinished }
    })
  }

  join(handle: unknown): Session {
    if (typeof handle !== 'object' || handle === null || !('query' in handle))
      throw new IpamError(
        'INVALID_REQUEST',
        'A transaction on PostgreSQL is joined through a client of the package pg.',
      )
    return new PostgresSession(handle as ClientBase, new PostgresStatements(false))
  }

  async close(): Promise<void> {
    if (this.#closed) return
    this.#closed = true
    await this.#queue.drained()
    const pool = await this.#pool?.catch(() => undefined)
    await pool?.end()
  }

  /** A transaction from its first statement to its commit, unless the work commits itself. */
  async #withClient<T>(options: TransactionOptions, work: ClientWork<T>): Promise<T> {
    if (this.#closed) throw new StoreFault('unavailable', new Error('the store is closed'))
    const done = await this.#queue.take(options.deadline)
    try {
      const client = await this.#connect(options.deadline)
      return await this.#inTransaction(client, options, work)
    } finally {
      done()
    }
  }

  async #inTransaction<T>(
    client: PoolClient,
    options: TransactionOptions,
    work: ClientWork<T>,
  ): Promise<T> {
    // A network that swallows everything gives no error; without this its callers would wait for ever.
    const watchdog = setTimeout(
      () => destroy(client),
      Math.max(options.deadline - performance.now(), 0) + graceMs,
    )
    let usable = true
    try {
      const begun = query(client, this.#beginText(client, options))
      if (options.readsFirst !== true) await begun
      const { value, isCommitted } = await work(client, begun)
      await begun
      if (!isCommitted) await commit(client, options)
      this.counters.transactions += 1
      return value
    } catch (error) {
      usable = await rolledBack(client)
      // What was set in an undone transaction is undone with it.
      this.#timeouts.delete(client)
      throw error
    } finally {
      clearTimeout(watchdog)
      client.release(!usable)
    }
  }

  /** With timeouts that fit the deadline, in one message; they stay set, so most transactions need not send them. */
  #beginText(client: PoolClient, options: TransactionOptions): string {
    const left = Math.max(options.deadline - performance.now(), 1)
    const timeout = Math.ceil(left / 500) * 500
    const begin =
      options.access === 'read'
        ? 'BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY'
        : 'BEGIN ISOLATION LEVEL READ COMMITTED READ WRITE'
    if (this.#timeouts.get(client) === timeout) return begin
    this.#timeouts.set(client, timeout)
    // Who says nothing for so long stands still, or is cut off: otherwise its own watchdog would have ended it.
    const idle = `SET idle_in_transaction_session_timeout TO ${timeout + graceMs}`
    return `SET statement_timeout TO ${timeout}; SET lock_timeout TO ${timeout}; ${idle}; ${begin}`
  }

  async #connect(deadline: number): Promise<PoolClient> {
    const pool = await this.#opened()
    try {
      return await openedInTime(pool.connect(), deadline, (late) => late.release())
    } catch (error) {
      throw postgresFault(error, 'connect')
    }
  }

  async #opened(): Promise<Pool> {
    this.#pool ??= openPool(this.#options)
    return this.#pool
  }
}

async function openPool(options: PostgresStoreOptions): Promise<Pool> {
  const pg = await loadDriver()
  const connectTimeoutMs = options.connectTimeoutMs ?? defaultConnectTimeoutMs
  const pool = new pg.Pool({
    connectionString: options.url,
    ...(options.tls === undefined ? {} : { ssl: options.tls }),
    max: options.maxConnections ?? 10,
    // Statements are sent without waiting for the answers to earlier ones, where a session does not wait itself.
    pipeline: true,
    connectionTimeoutMillis: connectTimeoutMs,
    idleTimeoutMillis: 30_000,
    keepAlive: true,
    application_name: 'freehold',
    onConnect: (client): unknown => assertConnection(client, connectTimeoutMs),
  })
  // An idle connection that breaks is replaced when the next one is needed; there is nobody to tell.
  pool.on('error', () => undefined)
  return pool
}

async function loadDriver(): Promise<Pick<typeof import('pg'), 'Pool'>> {
  try {
    return await import('pg')
  } catch (error) {
    throw new IpamError(
      'STORE_UNSUPPORTED',
      'The PostgreSQL client library is not installed.',
      { fix: 'Install it next to Freehold: npm install pg' },
      error,
    )
  }
}

/** Sets what a session relies on, and refuses a server on which that cannot be. */
async function assertConnection(client: ClientBase, timeoutMs: number): Promise<void> {
  // While a connection is in use, the pool listens to nothing; an error without a listener would end the process.
  client.on('error', () => undefined)
  // The pool's own time for opening a connection is over for it when the server has let it in.
  const watchdog = setTimeout(() => destroy(client), timeoutMs)
  try {
    await prepared(client)
  } finally {
    clearTimeout(watchdog)
  }
}

async function prepared(client: ClientBase): Promise<void> {
  const results = (await client.query(prepareConnection)) as unknown as QueryResult[]
  const found = results.at(-1)?.rows[0] as {
    version: number
    encoding: string
    synchronous_commit: string
  }
  if (found.version < oldestVersion)
    throw new IpamError('STORE_UNSUPPORTED', 'PostgreSQL 14 or newer is needed.', {
      found: found.version,
    })
  if (found.encoding !== 'UTF8')
    throw new IpamError('STORE_UNSUPPORTED', `The database has encoding ${found.encoding}.`, {
      fix: 'Create it with ENCODING UTF8.',
    })
  if (found.synchronous_commit === 'off') await client.query('SET synchronous_commit TO on')
}

async function commit(client: PoolClient, { access }: TransactionOptions): Promise<void> {
  // A read that was not committed has shown the same.
  const answer = await query(client, 'COMMIT', access === 'write' ? 'commit' : 'work')
  if (answer.command !== 'COMMIT')
    throw new StoreFault('internal', new Error('a statement failed and its error was lost'))
}

async function query(
  client: PoolClient,
  text: string,
  phase: PostgresPhase = 'work',
  values?: readonly SqlValue[],
): Promise<QueryResult> {
  try {
    return await client.query(text, values as unknown[] | undefined)
  } catch (error) {
    throw postgresFault(error, phase)
  }
}

async function appliedMigrations(client: PoolClient): Promise<AppliedMigration[]> {
  const found = await query(client, 'SELECT version, checksum FROM migration ORDER BY version')
  return found.rows as AppliedMigration[]
}

async function rolledBack(client: PoolClient): Promise<boolean> {
  try {
    await client.query('ROLLBACK')
    return true
  } catch {
    return false
  }
}

function destroy(client: ClientBase): void {
  const { connection } = client as unknown as {
    connection: { stream: { destroy(error: Error): void } }
  }
  connection.stream.destroy(new Error('no answer before the deadline'))
}

// What `pg` takes as `verify-full`, after a warning that this will change.
const verifying = ['prefer', 'require', 'verify-ca', 'verify-full']

/** The URL as `pg` is to read it. It holds a password, so no message repeats it. */
function checkedUrl({ url, tls }: PostgresStoreOptions): string {
  const parsed = URL.parse(url)
  if (parsed?.protocol !== 'postgres:' && parsed?.protocol !== 'postgresql:')
    throw invalidUrl('is not one of a PostgreSQL database')
  const parameters = parsed.searchParams
  if (tls !== undefined) {
    // They would count for more than the option.
    for (const name of ['ssl', 'sslmode', 'sslrootcert', 'sslcert', 'sslkey'])
      parameters.delete(name)
    return parsed.href
  }
  const mode = parameters.get('sslmode')
  if (mode !== null && !['disable', 'no-verify', ...verifying].includes(mode))
    throw invalidUrl('has an sslmode that is not disable, no-verify, require or verify-full')
  authorityOf(parsed)
  if (mode === null || !verifying.includes(mode) || parameters.has('uselibpqcompat')) return url
  parameters.set('sslmode', 'verify-full')
  return parsed.href
}

function invalidUrl(what: string): IpamError {
  return new IpamError('INVALID_FIELD', `The URL ${what}.`, {
    pointer: '/url',
    fix: 'Use postgres://USER:PASSWORD@HOST:PORT/DATABASE.',
  })
}
