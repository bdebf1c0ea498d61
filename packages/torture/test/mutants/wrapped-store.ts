import { finishInTurn, type Session, type Store, type TransactionOptions } from '@freehold/engine'

export type SqlValue = NonNullable<Parameters<Session['run']>[1]>[number]

type Read = (sql: string, values: readonly SqlValue[]) => Promise<unknown[] | undefined>

/** What a defect does in place of a store's own work; what it leaves out stays as it is. */
export interface StoreDefect {
  /** Rows of a SELECT that the defect answers by itself; undefined: the session answers. */
  read?: Read
  /** Another text for a statement. */
  rewrite?: (sql: string) => string
  /** Runs after a statement, in its transaction. */
  afterRun?: (session: Session, sql: string, values: readonly SqlValue[]) => Promise<void>
  /** Statements that are not run at all. */
  drops?: (sql: string, values: readonly SqlValue[]) => boolean
  transaction?: <T>(
    inner: Store,
    work: (session: Session) => Promise<T>,
    options: TransactionOptions,
  ) => Promise<T>
}

/** A store with a defect, for showing that the checker finds it. */
export function storeWithDefect(inner: Store, defect: StoreDefect): Store {
  const run = defect.transaction ?? ((store, work, options) => store.transaction(work, options))
  return storeWithTransactions(inner, (work, options) =>
    run(inner, (session) => work(sessionWithDefect(session, defect)), options),
  )
}

/** The same store, whose transactions are run in another way. */
export function storeWithTransactions(inner: Store, transaction: Store['transaction']): Store {
  return {
    capabilities: inner.capabilities,
    counters: inner.counters,
    migrate: () => inner.migrate(),
    assertSchema: () => inner.assertSchema(),
    join: (handle) => inner.join(handle),
    close: () => inner.close(),
    transaction,
  }
}

function sessionWithDefect(inner: Session, defect: StoreDefect): Session {
  const rewrite = defect.rewrite ?? ((sql: string) => sql)
  const isDropped = defect.drops ?? (() => false)
  return {
    capabilities: inner.capabilities,
    era: inner.era,
    savepoint: (work) => inner.savepoint(work),
    async all<Row>(sql: string, values: readonly SqlValue[] = []): Promise<Row[]> {
      if (isDropped(sql, values)) return []
      const rows = await defect.read?.(sql, values)
      return (rows ?? (await inner.all(rewrite(sql), values))) as Row[]
    },
    async get<Row>(sql: string, values: readonly SqlValue[] = []): Promise<Row | undefined> {
      const rows = await defect.read?.(sql, values)
      return (rows === undefined ? await inner.get(rewrite(sql), values) : rows[0]) as
        | Row
        | undefined
    },
    async run(sql: string, values: readonly SqlValue[] = []): Promise<number> {
      if (isDropped(sql, values)) return 1
      const changed = await inner.run(rewrite(sql), values)
      await defect.afterRun?.(inner, sql, values)
      return changed
    },
    finish(statements) {
      return finishInTurn(this, statements)
    },
  }
}
