/**
 * What an engine needs of a database. A store opens transactions; a session runs statements inside one. Operations see
 * these interfaces and `store/sql`, never a database folder.
 */

export type SqlValue = null | number | bigint | string | Uint8Array

/** Statements use `?` for values everywhere; a session turns that into its database's own spelling. */
export interface Session {
  readonly capabilities: StoreCapabilities
  /**
   * The same number in two transactions means that in between nobody, in any process, has changed anything but by work
   * that names the same `keepsEra`; null where the database does not tell.
   */
  readonly era: number | null
  all<Row>(sql: string, values?: readonly SqlValue[]): Promise<Row[]>
  get<Row>(sql: string, values?: readonly SqlValue[]): Promise<Row | undefined>
  /** Returns how many rows the statement changed. */
  run(sql: string, values?: readonly SqlValue[]): Promise<number>
  /**
   * The last statements of a transaction that a store opened: it may send them in one message with the commit behind them.
   * Nothing may run after them, and the transaction's work must return. Each has to change as many rows as it says; else all
   * is undone and StoreFault `retry` is thrown, as for any row that is there already.
   */
  finish(statements: readonly FinalStatement[]): Promise<void>
  /** Runs the work so that it can be undone alone: when it throws, its changes are taken back and the rest stays. */
  savepoint<T>(work: () => Promise<T>): Promise<T>
}

/** How a database differs, where that is not only spelling in its own folder. */
export interface StoreCapabilities {
  readonly database: 'sqlite' | 'postgres' | 'mariadb'
  /** Appended to a SELECT: the row can't be deleted or exclusively locked by others until the transaction ends. */
  readonly shareLock: string
  /** Appended to a SELECT: nobody else gets a lock on the row until the transaction ends. */
  readonly exclusiveLock: string
  /** Whether `RETURNING` after `insertUnlessPresent` gives the new rows only; else it cannot be used. */
  readonly returnsOnlyInserted: boolean
  /** An INSERT that leaves existing rows alone, and hides no other error. */
  insertUnlessPresent(
    table: string,
    columns: readonly string[],
    keys: readonly string[],
  ): InsertShape
  /** An INSERT that changes the row that is there. `assign` gets the spelling for "the value that was to be inserted". */
  upsert(
    table: string,
    columns: readonly string[],
    keys: readonly string[],
    assign: (incoming: (column: string) => string) => string,
  ): InsertShape
  /** An INSERT that also gives the keys which the database would make itself. */
  insertWithKeys(table: string, columns: readonly string[]): InsertShape
  /** Statements after which the keys that the database makes for the table are above this one. */
  reserveKeys(table: string, column: string, highest: number): readonly string[]
  /** Condition: the column has one of these values; there is at least one, and all are of one type. */
  oneOf(column: string, values: readonly SqlValue[]): SqlPart
  /**
   * For FROM: rows made of columns of values, by which a statement has the same text for any number of them; null where the
   * database has no such thing.
   */
  readonly rowsFrom: ((alias: string, columns: readonly SqlColumn[]) => SqlPart) | null
  /**
   * For FROM: a row of values that all rows of an INSERT share, beside rows of values of their own, in their order; null
   * where every row has to say all of its values.
   */
  readonly rowsBeside:
    | ((shared: readonly string[], own: readonly string[], count: number) => string)
    | null
  /** Aggregate expression: the bytes of all rows in one value, in no order. */
  joinedBytes(bytes: string): string
  /** Aggregate expression: the texts of all rows in one, in no order, with a constant separator. */
  joined(text: string, separator: string): string
  /** How the events of an address are found. */
  readonly eventIndex: EventIndex
  /** Expression: the text of the first operand contains the second, to the letter. */
  textContains(text: string, part: string): string
  /** The most `?` that one statement may have. */
  readonly maxValues: number
}

export interface EventIndex {
  /** For FROM: the events that can be found by address, each as `e`. */
  readonly from: string
  /** Their address and id, for WHERE and ORDER BY. */
  readonly address: string
  readonly id: string
  /** Expression: the last event that can be found that way; null where every event can. */
  readonly end: string | null
}

/** The text before and after the list of `(?, …)` rows. */
export interface InsertShape {
  readonly head: string
  readonly tail: string
}

/** A part of a statement, and the values of its `?`. */
export interface SqlPart {
  readonly sql: string
  readonly values: readonly SqlValue[]
}

export interface FinalStatement extends SqlPart {
  /** An INSERT that meets a row with its key fails of itself; any other statement has to change this many rows. */
  readonly changes: number | 'fails-of-itself'
}

/** The values of one column, one for each row. */
export interface SqlColumn {
  readonly name: string
  readonly type: 'integer' | 'text' | 'bytes'
  readonly values: readonly SqlValue[]
}

export interface TransactionOptions {
  /** A write transaction sees and holds what it needs from its first statement on. */
  readonly access: 'read' | 'write'
  /** The first statements only read, so that those which are asked for at once may be sent with what opens the transaction. */
  readonly readsFirst?: boolean
  /** Never shares a commit with other callers' work: for work that waits for something besides the database. */
  readonly alone?: boolean
  /**
   * Who relies on the session's `era` and knows of all that this work changes. The era ends with work that says nothing or
   * names somebody else, and when the work is undone.
   */
  readonly keepsEra?: object
  /** Milliseconds of the store's monotonic clock (`performance.now`) after which waiting for the database ends. */
  readonly deadline: number
}

export interface Store {
  readonly capabilities: StoreCapabilities
  /** Brings the schema up to this version. Safe to call from many processes at once. */
  migrate(): Promise<void>
  /** Throws IpamError SCHEMA_MISMATCH unless the schema is exactly this version's. */
  assertSchema(): Promise<void>
  /**
   * Runs `work` in a transaction and commits; resolves only after the commit. Rolls back when `work` throws, and throws
   * the same. A failing database throws StoreFault. Does not retry.
   */
  transaction<T>(work: (session: Session) => Promise<T>, options: TransactionOptions): Promise<T>
  /** A session in the caller's own open transaction; `handle` is of the database's client library. */
  join(handle: unknown): Session
  /** Statements and retries since start, for metrics. */
  readonly counters: StoreCounters
  close(): Promise<void>
}

export interface StoreCounters {
  transactions: number
  /** Transactions that ran more than one caller's work. */
  sharedTransactions: number
  retries: number
}

/**
 * `retry`: nothing was changed, and the whole transaction may succeed when run again. `disconnected`: the connection broke
 * before the commit was sent, so nothing was changed either. `unique`, `foreign-key`: a constraint refused.
 * `outcome-unknown`: the commit was sent and no answer came.
 */
export type FaultKind =
  | 'retry'
  | 'disconnected'
  | 'unique'
  | 'foreign-key'
  | 'unavailable'
  | 'outcome-unknown'
  | 'storage-full'
  | 'internal'

/** Why a database is unavailable, where its code says more than that. */
export type UnavailableReason =
  | 'refused-user'
  | 'no-database'
  | 'missing-right'
  | 'read-only'
  | 'too-many-connections'
  | 'tls'

/** A database error, classified by its code. Never leaves the engine: operations and `retry.ts` turn it into an IpamError. */
export class StoreFault extends Error {
  override readonly name = 'StoreFault'
  readonly fault: FaultKind
  /** `table` or `table.constraint`, where a constraint refused. */
  readonly constraint: string | undefined
  readonly reason: UnavailableReason | undefined

  constructor(
    fault: FaultKind,
    cause: unknown,
    more: { constraint?: string | undefined; reason?: UnavailableReason | undefined } = {},
  ) {
    super(`database fault: ${fault}`, { cause })
    this.fault = fault
    this.constraint = more.constraint
    this.reason = more.reason
  }
}

/** What `finish` does where statements are sent one by one, or in a transaction of the caller's. */
export async function finishInTurn(
  session: Pick<Session, 'run'>,
  statements: readonly FinalStatement[],
): Promise<void> {
  for (const { sql, values, changes } of statements) {
    const changed = await session.run(sql, values)
    if (changes !== 'fails-of-itself' && changed !== changes) throw rowsMissing()
  }
}

/** Another writer changed rows that a statement was to find. */
export function rowsMissing(): StoreFault {
  return new StoreFault('retry', new Error('a statement changed other rows than it was to'))
}

/** What a savepoint that cannot be undone says: the database has ended the transaction, so nothing of it was committed. */
export function transactionGone(undoing: unknown): StoreFault {
  return undoing instanceof StoreFault && undoing.fault !== 'internal'
    ? undoing
    : new StoreFault('retry', undoing)
}

/** `head (?, ?), (?, ?) tail` for `count` rows of `width` values. */
export function insertRows(shape: InsertShape, width: number, count: number): string {
  return `${shape.head} ${valueRows(width, count)} ${shape.tail}`
}

/** `(?, ?), (?, ?)`: so many rows of so many values. */
export function valueRows(width: number, count: number): string {
  return Array(count)
    .fill(`(${placeholders(width)})`)
    .join(', ')
}

/** The statement with something else for each `?`, in their order; those inside quotes stay. */
export function filledIn(sql: string, fill: () => string): string {
  return sql.replace(/'(?:[^']|'')*'|"(?:[^"]|"")*"|\?/g, (part) => (part === '?' ? fill() : part))
}

/** `?, ?, ?`, as many as that. */
function placeholders(count: number): string {
  return '?, '.repeat(count - 1) + '?'
}

/** `column IN (?, ?)`: what `oneOf` is where a value cannot be a list. */
export function inList(column: string, values: readonly SqlValue[]): SqlPart {
  return { sql: `${column} IN (${placeholders(values.length)})`, values }
}
