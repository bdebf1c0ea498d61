import { finishInTurn, type Session, type SqlValue, type Store } from '../../src/store/store.ts'

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

/** The same store, each of whose statements waits first for what it is told. */
export function watchedStore(inner: Store, before: (sql: string) => Promise<void>): Store {
  return storeWithTransactions(inner, (work, options) =>
    inner.transaction((session) => work(watched(session, before)), options),
  )
}

function watched(inner: Session, before: (sql: string) => Promise<void>): Session {
  return {
    capabilities: inner.capabilities,
    era: inner.era,
    savepoint: (work) => inner.savepoint(work),
    async all<Row>(sql: string, values?: readonly SqlValue[]) {
      await before(sql)
      return inner.all<Row>(sql, values)
    },
    async get<Row>(sql: string, values?: readonly SqlValue[]) {
      await before(sql)
      return inner.get<Row>(sql, values)
    },
    async run(sql, values) {
      await before(sql)
      return inner.run(sql, values)
    },
    finish(statements) {
      return finishInTurn(this, statements)
    },
  }
}

/** Where so many meet before any goes on; nobody waits there for longer than a moment. */
export class Meeting {
  readonly #expected: number
  readonly #waitMs: number
  #arrived = 0
  #begin: () => void = () => undefined
  readonly #begun = new Promise<void>((resolve) => {
    this.#begin = resolve
  })
  /** Whether all met, and none had to go on alone. */
  isComplete = false

  constructor(expected: number, waitMs: number) {
    this.#expected = expected
    this.#waitMs = waitMs
  }

  async arrive(): Promise<void> {
    this.#arrived += 1
    if (this.#arrived > this.#expected) return
    if (this.#arrived === this.#expected) {
      this.isComplete = true
      this.#begin()
    }
    let timer: NodeJS.Timeout | undefined
    const tooLong = new Promise<void>((resolve) => {
      timer = setTimeout(() => {
        this.#arrived = this.#expected
        this.#begin()
        resolve()
      }, this.#waitMs)
    })
    await Promise.race([this.#begun, tooLong])
    clearTimeout(timer)
  }
}
