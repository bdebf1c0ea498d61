import { finishInTurn, type Ipam, openIpam, type Session, type Store } from '@freehold/engine'
import { storeAt } from '@freehold/engine/store-url'
import { StoreFault } from '../../../engine/src/store/store.ts'
import { RandomStream } from '../../src/random-stream.ts'
import { type SqlValue, storeWithTransactions } from '../mutants/wrapped-store.ts'

const share = 0.5
const usualStatements = 20

/**
 * The real engine on a database that calls some statement of every other transaction a lost race. Whichever it is, every
 * second attempt has none: were every so many statements hit, a transaction of more of them would never get through.
 */
export async function openEngine(storeUrl: string): Promise<Ipam> {
  return openIpam(racingStore(await storeAt(storeUrl)), { deadlineMs: 30_000 })
}

function racingStore(inner: Store): Store {
  const random = new RandomStream(`races of ${process.pid}`)
  return storeWithTransactions(inner, (work, options) => {
    const last = random.chance(share)
      ? Math.floor(-Math.log(1 - random.fraction()) * usualStatements)
      : Number.POSITIVE_INFINITY
    let before = 0
    const pass = () => {
      if (before === last) throw new StoreFault('retry', new Error('injected'))
      before += 1
    }
    return inner.transaction((session) => work(racingSession(session, pass)), options)
  })
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
