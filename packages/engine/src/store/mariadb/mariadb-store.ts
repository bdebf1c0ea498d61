import { isIP } from 'node:net'
import type { ConnectionOptions } from 'node:tls'
import type {
  Connection,
  Pool,
  PoolConnection,
  ResultSetHeader,
  RowDataPacket,
} from 'mysql2/promise'
import { IpamError } from '../../errors.ts'
import { authorityOf } from '../authority-file.ts'
import { graceMs, openedInTime } from '../connection-opening.ts'
import { ConnectionQueue } from '../connection-queue.ts'
import {
  type AppliedMigration,
  loadMigrations,
  pendingMigrations,
  statementsOf,
} from '../migration.ts'
import { repeated } from '../retry.ts'
import { type Session, type Store, StoreFault, type TransactionOptions } from '../store.ts'
import { mariadbCapabilities } from './mariadb-capabilities.ts'
import { type MariadbPhase, mariadbFault } from './mariadb-errors.ts'
import {
  assertFoundRows,
  ClusterMariadbSession,
  JoinedMariadbSession,
  OwnMariadbSession,
} from './mariadb-session.ts'

export interface MariadbStoreOptions {
  /** `mariadb://USER:PASSWORD@HOST:PORT/DATABASE`; also `?sslmode=verify-full&sslrootcert=FILE` and `?socket=FILE`. */
  url: string
  /** Default 10. */
  maxConnections?: number
  /** Encryption, instead of the URL's `sslmode`: `true` verifies the server's certificate. */
  tls?: boolean | ConnectionOptions
  /** How long opening one connection may take. Default 5,000. */
  connectTimeoutMs?: number
}

const oldestVersion = [10, 6] as const
const strictMode = 'STRICT_ALL_TABLES,NO_ENGINE_SUBSTITUTION,ERROR_FOR_DIVISION_BY_ZERO'

/**
 * A store in a MariaDB database, for any number of machines. Writers run at READ COMMITTED, every read in one snapshot.
 * Needs the package `mysql2`. Connects when it is first used.
 */
export function mariadbStore(options: MariadbStoreOptions): Store {
  return new MariadbStore(options)
}

class MariadbStore implements Store {
  readonly capabilities = mariadbCapabilities
  readonly counters = { transactions: 0, sharedTransactions: 0, retries: 0 }
  readonly #options: MariadbStoreOptions
  readonly #queue: ConnectionQueue
  readonly #target: Record<string, unknown>
  // Connections to a node of a Galera cluster.
  readonly #clustered = new WeakSet<object>()
  // The timeout in seconds that each prepared connection has.
  readonly #timeouts = new WeakMap<object, number>()
  #pool: Promise<Pool> | undefined
  #closed = false

  constructor(options: MariadbStoreOptions) {
    this.#target = targetOf(options)
    this.#options = options
    this.#queue = new ConnectionQueue(options.maxConnections ?? 10)
  }

  /** MariaDB commits every change of a schema by itself, so each statement of a step can be run again. */
  async migrate(): Promise<void> {
    const migrations = loadMigrations(new URL('./migrations/', import.meta.url))
    const deadline = performance.now() + 120_000
    await this.#withConnection(deadline, async (connection) => {
      await untilDone(
        connection,
        deadline,
        `CREATE TABLE IF NOT EXISTS migration (version integer PRIMARY KEY, name varchar(255) NOT NULL,
          checksum varchar(255) NOT NULL, applied_at bigint NOT NULL) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4`,
      )
      for (const step of pendingMigrations(migrations, await appliedMigrations(connection))) {
        for (const statement of statementsOf(step.sql))
          await untilDone(connection, deadline, statement)
        // Another process may have done the same in the meantime, with the same result.
        const record = connection.format(
          'INSERT INTO migration VALUES (?, ?, ?, ?) ON DUPLICATE KEY UPDATE version = migration.version',
          [step.version, step.name, step.checksum, Date.now()],
        )
        await untilDone(connection, deadline, record)
      }
    })
  }

  async assertSchema(): Promise<void> {
    const migrations = loadMigrations(new URL('./migrations/', import.meta.url))
    const applied = await this.#withConnection(performance.now() + 30_000, async (connection) => {
      const found = await rows(connection, "SHOW TABLES LIKE 'migration'")
      return found.length === 0 ? [] : appliedMigrations(connection)
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
    return this.#withConnection(options.deadline, async (connection) => {
      const onCluster = this.#clustered.has(connection.connection)
      const session = onCluster
        ? new ClusterMariadbSession(connection)
        : new OwnMariadbSession(connection)
      if (options.readsFirst === true && !onCluster) session.beginWithReads()
      else await session.begin(options.access)
      const value = await work(session)
      await session.commit(options.access)
      this.counters.transactions += 1
      return value
    })
  }

  join(handle: unknown): Session {
    const connection = promised(handle)
    if (connection === undefined)
      throw new IpamError(
        'INVALID_REQUEST',
        'A transaction on MariaDB is joined through a connection of the package mysql2.',
      )
    assertFoundRows(connection)
    return new JoinedMariadbSession(connection)
  }

  async close(): Promise<void> {
    if (this.#closed) return
    this.#closed = true
    await this.#queue.drained()
    const pool = await this.#pool?.catch(() => undefined)
    await pool?.end()
  }

  async #withConnection<T>(
    deadline: number,
    work: (connection: PoolConnection) => Promise<T>,
  ): Promise<T> {
    if (this.#closed) throw new StoreFault('unavailable', new Error('the store is closed'))
    const done = await this.#queue.take(deadline)
    try {
      const connection = await this.#connect(deadline)
      return await this.#guarded(connection, deadline, work)
    } finally {
      done()
    }
  }

  /** Rolls back what the work leaves open when it throws, and gives the connection back or up. */
  async #guarded<T>(
    connection: PoolConnection,
    deadline: number,
    work: (connection: PoolConnection) => Promise<T>,
  ): Promise<T> {
    // A network that swallows everything gives no error; without this its callers would wait for ever.
    const watchdog = setTimeout(
      () => cut(connection),
      Math.max(deadline - performance.now(), 0) + graceMs,
    )
    let usable = true
    try {
      await this.#prepare(connection, deadline)
      return await work(connection)
    } catch (error) {
      usable = await rolledBack(connection)
      throw error
    } finally {
      clearTimeout(watchdog)
      if (usable) connection.release()
      else connection.destroy()
    }
  }

  async #connect(deadline: number): Promise<PoolConnection> {
    this.#pool ??= openPool(this.#options, this.#target)
    const pool = await this.#pool
    try {
      return await openedInTime(pool.getConnection(), deadline, (late) => late.release())
    } catch (error) {
      throw mariadbFault(error, 'connect')
    }
  }

  /** Settings and their proof once for each connection; timeouts that fit the deadline whenever they differ. */
  async #prepare(connection: PoolConnection, deadline: number): Promise<void> {
    const key = connection.connection
    const known = this.#timeouts.get(key)
    if (known === undefined) {
      await assertConnection(connection)
      if (await isClustered(connection)) this.#clustered.add(key)
    }
    const seconds = Math.max(Math.ceil((deadline - performance.now()) / 1000), 1)
    if (known === seconds) return
    await command(
      connection,
      // Who says nothing for longer stands still, or is cut off: otherwise its own watchdog would have ended it.
      `SET SESSION max_statement_time = ${seconds}, SESSION innodb_lock_wait_timeout = ${seconds}, SESSION idle_transaction_timeout = ${seconds + graceMs / 1000}`,
      'begin',
    )
    this.#timeouts.set(key, seconds)
  }
}

async function openPool(
  options: MariadbStoreOptions,
  target: Record<string, unknown>,
): Promise<Pool> {
  const mysql = await loadDriver()
  return mysql.createPool({
    ...target,
    connectionLimit: options.maxConnections ?? 10,
    connectTimeout: options.connectTimeoutMs ?? 5000,
    enableKeepAlive: true,
    flags: ['+FOUND_ROWS'],
    charset: 'UTF8MB4_BIN',
    maxPreparedStatements: 256,
    // Else the place of every call is noted for the case of an error. A StoreFault has one of its own.
    trace: false,
    // Integers beyond 2^53 arrive as decimal text instead of as another number.
    supportBigNumbers: true,
  })
}

async function loadDriver(): Promise<Pick<typeof import('mysql2/promise'), 'createPool'>> {
  try {
    return await import('mysql2/promise')
  } catch (error) {
    throw new IpamError(
      'STORE_UNSUPPORTED',
      'The MariaDB client library is not installed.',
      { fix: 'Install it next to Freehold: npm install mysql2' },
      error,
    )
  }
}

/** Sets what a session relies on, and refuses a server on which that cannot be. */
async function assertConnection(connection: PoolConnection): Promise<void> {
  assertFoundRows(connection)
  const [server] = await rows(connection, 'SELECT VERSION() AS version', 'begin')
  assertVersion(String(server?.['version']))
  // GROUP_CONCAT cuts its answer short at a megabyte otherwise, with no more than a warning.
  await command(
    connection,
    `SET SESSION sql_mode = '${strictMode}', SESSION autocommit = 1, SESSION group_concat_max_len = 1073741824`,
    'begin',
  )
  await command(connection, 'SET SESSION TRANSACTION ISOLATION LEVEL READ COMMITTED', 'begin')
  // `transaction_isolation` is unknown before MariaDB 11.1.
  const [found] = await rows(
    connection,
    'SELECT @@SESSION.sql_mode AS mode, @@SESSION.tx_isolation AS isolation',
    'begin',
  )
  if (!String(found?.['mode']).includes('STRICT_ALL_TABLES'))
    throw unsupported('The server does not keep a strict sql_mode.')
  if (found?.['isolation'] !== 'READ-COMMITTED')
    throw unsupported('The server does not keep the isolation level READ COMMITTED.')
}

// A server that was built without Galera does not know the variable, and says so with an empty answer.
async function isClustered(connection: PoolConnection): Promise<boolean> {
  const [found] = await rows(connection, "SHOW VARIABLES LIKE 'wsrep_on'", 'begin')
  return found?.['Value'] === 'ON'
}

function assertVersion(version: string): void {
  const [major = 0, minor = 0] = version.split('.').map((part) => Number.parseInt(part, 10))
  const [oldestMajor, oldestMinor] = oldestVersion
  const isOld = major < oldestMajor || (major === oldestMajor && minor < oldestMinor)
  if (!/mariadb/i.test(version) || isOld)
    throw unsupported(`The server is no MariaDB of version ${oldestVersion.join('.')} or newer.`)
}

function unsupported(message: string): IpamError {
  return new IpamError('STORE_UNSUPPORTED', message)
}

async function command(
  connection: Connection,
  sql: string,
  phase: MariadbPhase = 'work',
): Promise<ResultSetHeader> {
  try {
    return (await connection.query<ResultSetHeader>(sql))[0]
  } catch (error) {
    throw mariadbFault(error, phase)
  }
}

// Where two nodes of a cluster do the same at once, one of them is refused.
function untilDone(connection: Connection, deadline: number, sql: string): Promise<unknown> {
  return repeated(() => command(connection, sql), deadline)
}

async function rows(
  connection: Connection,
  sql: string,
  phase: MariadbPhase = 'work',
): Promise<RowDataPacket[]> {
  try {
    return (await connection.query<RowDataPacket[]>(sql))[0]
  } catch (error) {
    throw mariadbFault(error, phase)
  }
}

async function appliedMigrations(connection: Connection): Promise<AppliedMigration[]> {
  const found = await rows(connection, 'SELECT version, checksum FROM migration ORDER BY version')
  return found as AppliedMigration[]
}

async function rolledBack(connection: Connection): Promise<boolean> {
  try {
    await connection.query('ROLLBACK')
    return true
  } catch {
    return false
  }
}

function cut(connection: PoolConnection): void {
  const { stream } = connection.connection as unknown as {
    stream: { destroy(error: Error): void }
  }
  stream.destroy(new Error('no answer before the deadline'))
}

// Both faces of mysql2: its promises, and its callbacks, which know the way to the promises.
function promised(handle: unknown): Connection | undefined {
  if (typeof handle !== 'object' || handle === null) return undefined
  if ('promise' in handle && typeof handle.promise === 'function')
    return handle.promise() as Connection
  return 'execute' in handle && 'query' in handle ? (handle as Connection) : undefined
}

// The URL holds a password, so no message repeats it.
function targetOf(options: MariadbStoreOptions): Record<string, unknown> {
  const url = URL.parse(options.url)
  if (url === null || (url.protocol !== 'mariadb:' && url.protocol !== 'mysql:'))
    throw invalidUrl('is not one of a MariaDB database')
  const database = decodeURIComponent(url.pathname.slice(1))
  if (database === '') throw invalidUrl('names no database')
  for (const name of url.searchParams.keys())
    if (!['sslmode', 'sslrootcert', 'socket'].includes(name))
      throw invalidUrl('has a parameter that is not known')
  const socket = url.searchParams.get('socket')
  const ssl = tlsOf(url, options.tls)
  const host = url.hostname.replace(/^\[|\]$/g, '')
  if (ssl?.verifyIdentity === true && isIP(host) !== 0)
    throw invalidUrl('names an address, where only a name can be compared with the certificate')
  return {
    ...(socket === null ? { host, port: Number(url.port || 3306) } : { socketPath: socket }),
    user: decodeURIComponent(url.username),
    password: decodeURIComponent(url.password),
    database,
    ...(ssl === undefined ? {} : { ssl }),
  }
}

// mysql2 compares the name in the certificate only when told to, and knows no address to compare.
type MysqlTls = ConnectionOptions & { verifyIdentity?: boolean }

/** The words of PostgreSQL: `disable`, `require` (encrypted, whoever answers), `verify-full`. */
function tlsOf(url: URL, tls: boolean | ConnectionOptions | undefined): MysqlTls | undefined {
  if (typeof tls === 'object') return { verifyIdentity: tls.rejectUnauthorized !== false, ...tls }
  const mode = url.searchParams.get('sslmode') ?? 'disable'
  switch (tls === undefined ? mode : tls ? 'verify-full' : 'disable') {
    case 'disable':
      return undefined
    case 'require':
      return { rejectUnauthorized: false }
    case 'verify-full':
      return { rejectUnauthorized: true, verifyIdentity: true, ca: authorityOf(url) }
    default:
      throw invalidUrl('has an sslmode that is not disable, require or verify-full')
  }
}

function invalidUrl(what: string): IpamError {
  return new IpamError('INVALID_FIELD', `The URL ${what}.`, {
    pointer: '/url',
    fix: 'Use mariadb://USER:PASSWORD@HOST:PORT/DATABASE.',
  })
}
