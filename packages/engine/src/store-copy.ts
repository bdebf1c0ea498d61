import { IpamError } from './errors.ts'
import { openIpam } from './ipam.ts'
import type { CheckReport } from './model/check-report.ts'
import { errorOfFault } from './store/retry.ts'
import {
  bytesOf,
  countRows,
  deleteInitialRows,
  findTableInUse,
  highestGeneratedKey,
  insertStoredRows,
  listStoredRows,
  lockWholeCopy,
  reserveGeneratedKeys,
  type StoredRow,
} from './store/sql/copy-queries.ts'
import { type Session, type Store, StoreFault } from './store/store.ts'
import { type StoredTable, storedTables } from './store/stored-tables.ts'

export interface StoreCopyOptions {
  /** Called after every batch, while copying and then while checking. `total` null: not known. */
  onProgress?: (phase: 'copy' | 'check', done: number, total: number | null) => void
  /** Ends the copy between two batches; the target is left as it was. */
  signal?: AbortSignal
  /** How long the copy may take before both databases give up. At most, and by default, one day. */
  deadlineMs?: number
}

export interface StoreCopyReport {
  /** Rows of each table; as many in the source's snapshot as in the target. */
  readonly tables: readonly { readonly name: string; readonly rows: number }[]
  readonly rows: number
  /** What the target's own check says. Problems that the source had are copied with everything else. */
  readonly check: CheckReport
}

const oneDayMs = 24 * 3600 * 1000
const firstPage = 32
const mostRowsAtOnce = 512
const bytesAtOnce = 2 * 1024 * 1024

/**
 * Copies a whole database into an empty one, of whatever kind either is: every record with its id, key, revision and
 * times, events and the chain that seals them, documents, idempotency keys and settings. The source is read in one
 * snapshot and not changed; what is written to it meanwhile is not copied. The target is brought up to date and filled in
 * one transaction, so that a copy that ends early leaves nothing behind. Linear in the rows; memory does not grow.
 * @throws IpamError STORE_NOT_EMPTY when the target holds anything, SCHEMA_MISMATCH when the source is of another version,
 *   COPY_INCOMPLETE when the target would not have the source's number of rows (somebody else writes to it),
 *   INVALID_REQUEST when both are the same store, and what a failing database gives. Nothing was copied then.
 */
export async function copyStore(
  from: Store,
  to: Store,
  options: StoreCopyOptions = {},
): Promise<StoreCopyReport> {
  if (from === to)
    throw new IpamError('INVALID_REQUEST', 'A store cannot be copied into itself.', {
      fix: 'Name an empty database as the target.',
    })
  const deadline = performance.now() + Math.min(options.deadlineMs ?? oneDayMs, oneDayMs)
  await at('source', from.assertSchema())
  await at('target', to.migrate())
  let tables: StoreCopyReport['tables'] | undefined
  try {
    await from.transaction(
      async (source) => {
        const counts = await countTables(source)
        await prepareTarget(source, to, deadline)
        tables = await at(
          'target',
          to.transaction((target) => fillTarget(source, target, counts, options), {
            access: 'write',
            alone: true,
            deadline,
          }),
        )
      },
      { access: 'read', deadline },
    )
  } catch (error) {
    // Once the target has committed, how the reading transaction ends makes no difference.
    if (tables === undefined) throw namedFailure('source', error)
  }
  const copied = tables ?? []
  return {
    tables: copied,
    rows: copied.reduce((sum, { rows }) => sum + rows, 0),
    check: await checkTarget(to, options),
  }
}

/**
 * Keys that the source has given out, to rows that are gone as well, must not be given out again. MariaDB ends the
 * transaction that says so, therefore it comes before the one that copies; on a target that stays empty it shows nowhere.
 */
async function prepareTarget(source: Session, to: Store, deadline: number): Promise<void> {
  const highest = new Map<StoredTable, number>()
  for (const table of storedTables)
    highest.set(table, await at('source', highestGeneratedKey(source, table)))
  await at(
    'target',
    to.transaction(
      async (target) => {
        await assertEmpty(target)
        for (const [table, key] of highest) await reserveGeneratedKeys(target, table, key)
      },
      { access: 'write', alone: true, deadline },
    ),
  )
}

async function fillTarget(
  source: Session,
  target: Session,
  counts: ReadonlyMap<StoredTable, number>,
  options: StoreCopyOptions,
): Promise<StoreCopyReport['tables']> {
  await lockWholeCopy(target)
  await assertEmpty(target)
  await deleteInitialRows(target)
  const total = [...counts.values()].reduce((sum, rows) => sum + rows, 0)
  let done = 0
  for (const table of storedTables)
    await copyTable(source, target, table, (rows) => {
      options.signal?.throwIfAborted()
      done += rows
      options.onProgress?.('copy', done, total)
    })
  for (const table of storedTables) {
    const rows = await countRows(target, table)
    if (rows !== counts.get(table)) throw incomplete(table, counts.get(table) ?? 0, rows)
  }
  return [...counts].map(([{ name }, rows]) => ({ name, rows }))
}

/** Pages are as long as their rows are short, so that neither memory nor one statement grows with them. */
async function copyTable(
  source: Session,
  target: Session,
  table: StoredTable,
  onRows: (rows: number) => void,
): Promise<void> {
  let limit = firstPage
  let after: StoredRow | null = null
  for (;;) {
    const rows: StoredRow[] = await at('source', listStoredRows(source, table, after, limit))
    await insertStoredRows(target, table, rows)
    onRows(rows.length)
    if (rows.length < limit) return
    after = rows.at(-1) ?? null
    limit = nextLimit(rows)
    // SQLite answers without waiting; timers and signals get their turn all the same.
    await new Promise((resolve) => setImmediate(resolve))
  }
}

// Powers of two: every other length would be one more statement for the databases to prepare.
function nextLimit(rows: readonly StoredRow[]): number {
  const fitting = bytesAtOnce / (bytesOf(rows) / rows.length)
  return 2 ** Math.floor(Math.log2(Math.min(Math.max(fitting, 1), mostRowsAtOnce)))
}

async function countTables(session: Session): Promise<Map<StoredTable, number>> {
  const counts = new Map<StoredTable, number>()
  for (const table of storedTables) counts.set(table, await countRows(session, table))
  return counts
}

async function assertEmpty(target: Session): Promise<void> {
  const table = await findTableInUse(target)
  if (table === undefined) return
  throw new IpamError(
    'STORE_NOT_EMPTY',
    `The target is in use: its table ${table} has rows. Nothing was copied.`,
    {
      fix: 'Name an empty database; one that was in use must be made anew.',
      store: 'target',
      table,
    },
  )
}

function incomplete(table: StoredTable, expected: number, found: number): IpamError {
  return new IpamError(
    'COPY_INCOMPLETE',
    `The table ${table.name} has ${expected} rows in the source and would have ${found} in the target. Nothing was copied.`,
    {
      fix: 'Stop whatever else writes to the target, then copy again.',
      store: 'target',
      table: table.name,
      expected,
      found,
    },
  )
}

async function checkTarget(to: Store, { onProgress }: StoreCopyOptions): Promise<CheckReport> {
  // Some of its statements go through a whole table.
  const ipam = await openIpam(to, { migrate: false, deadlineMs: oneDayMs })
  return ipam.check({ onProgress: (done) => onProgress?.('check', done, null) })
}

async function at<T>(store: 'source' | 'target', work: Promise<T>): Promise<T> {
  try {
    return await work
  } catch (error) {
    throw namedFailure(store, error)
  }
}

/** Says which database failed: with two of them, "the database" is not enough. */
function namedFailure(store: 'source' | 'target', error: unknown): unknown {
  const failure = error instanceof StoreFault ? errorOfFault(error) : error
  if (!(failure instanceof IpamError) || failure.details['store'] !== undefined) return failure
  const { code, message, details, cause } = failure
  return new IpamError(code, `${message} (The ${store} of the copy.)`, { ...details, store }, cause)
}
