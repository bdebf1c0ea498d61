import { finishInTurn, type Ipam, openIpam, type Session, type Store } from '@freehold/engine'
import { storeAt } from '@freehold/engine/store-url'
import { StoreFault } from '../../../engine/src/store/store.ts'
import { type SqlValue, storeWithTransactions } from '../mutants/wrapped-store.ts'

const statementsBetween = 40

/** The real engine on a database that calls every fortieth statement, and so each of them in turn, a lost race. */
export async function openEngine(storeUrl: string): Promise<Ipam> {
  return openIpam(racingStore(await storeAt(storeUrl)), { deadlineMs: 30_000 })
}

function racingStore(inner: Store): Store {
  let statements = 0
  const pass = () => {
    statements += 1
    if (statements % statementsBetween === 0) throw new StoreFault('retry', new Error('injected'))
  }
  return storeWithTransactions(inner, (work, options) =>
    inner.transaction((session) => work(racingSession(session, pass)), options),
  )
}

function racingSession(inner: Session, pass: () => void): Session {
  return {
    capabilities: inner.capabilities,
    era: inner.era,
    savepoint: (work) => inner.savepoint(work),
    async all<Row>(sql: string, values?: readonly SqlValue[]): Promise<Row[]> {
      pass()
      return inner.all<Row>(sql, values)
    },
    async get<Row>(sql: string, values?: readonly SqlValue[]): Promise<Row | undefined> {
      pass()
      return inner.get<Row>(sql, values)
    },
    async run(sql, values) {
      const changed = await inner.run(sql, values)
      pass()
      return changed
    },
    finish(statements) {
      return finishInTurn(this, statements)
    },
  }
}
