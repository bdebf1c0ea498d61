import { finishInTurn, type Ipam, openIpam, type Session, type Store } from '@freehold/engine'
import { storeAt } from '@freehold/engine/store-url'
import { engineWithDefect } from '../mutants/wrapped-engine.ts'
import { type SqlValue, storeWithTransactions } from '../mutants/wrapped-store.ts'

/** The moments at which the process may die, in the order in which a change passes them. */
export const failpoints = [
  'before BEGIN',
  'after BEGIN',
  'before INSERT',
  'after INSERT',
  'before event',
  'after event',
  'before COMMIT',
  'after COMMIT',
  'before reply',
  'after reply',
] as const

export type Failpoint = (typeof failpoints)[number]

// Between deaths a worker has to get something done.
const passesBeforeDeath = 30

/** The real engine on a store that kills its own process at the moment that FREEHOLD_TEST_FAILPOINT names. */
export async function openEngine(storeUrl: string): Promise<Ipam> {
  const pass = passOf(pointFromEnvironment())
  return replying(await openIpam(storeWithFailpoint(await storeAt(storeUrl), pass)), pass)
}

type Pass = (here: Failpoint) => void

function passOf(point: Failpoint): Pass {
  let passes = 0
  return (here) => {
    if (here !== point) return
    passes += 1
    if (passes >= passesBeforeDeath) process.kill(process.pid, 'SIGKILL')
  }
}

/** Dies when the engine has an answer that its caller has not heard yet, and when the caller has just heard it. */
function replying(ipam: Ipam, pass: Pass): Ipam {
  return engineWithDefect(ipam, (real) => ({
    allocations: {
      ...real.allocations,
      async allocate(...call) {
        const answer = await real.allocations.allocate(...call)
        pass('before reply')
        setImmediate(() => pass('after reply'))
        return answer
      },
    },
  }))
}

function pointFromEnvironment(): Failpoint {
  const name = process.env['FREEHOLD_TEST_FAILPOINT']
  const point = failpoints.find((each) => each === name)
  if (point === undefined) throw new Error('FREEHOLD_TEST_FAILPOINT names no failpoint')
  return point
}

function storeWithFailpoint(inner: Store, pass: Pass): Store {
  // The schema is made by the parent, which has no failpoints.
  return storeWithTransactions(inner, async (work, options) => {
    if (options.access === 'read') return inner.transaction(work, options)
    pass('before BEGIN')
    const result = await inner.transaction(async (session) => {
      pass('after BEGIN')
      const value = await work(watched(session, pass))
      pass('before COMMIT')
      return value
    }, options)
    pass('after COMMIT')
    return result
  })
}

function watched(inner: Session, pass: Pass): Session {
  const around = async <T>(sql: string, run: () => Promise<T>): Promise<T> => {
    const isRow = sql.startsWith('INSERT INTO allocation ')
    const isEvent = sql.startsWith('INSERT INTO event ')
    if (isRow) pass('before INSERT')
    if (isEvent) pass('before event')
    const result = await run()
    if (isRow) pass('after INSERT')
    if (isEvent) pass('after event')
    return result
  }
  return {
    capabilities: inner.capabilities,
    era: inner.era,
    savepoint: (work) => inner.savepoint(work),
    all: <Row>(sql: string, values?: readonly SqlValue[]) =>
      around(sql, () => inner.all<Row>(sql, values)),
    get: <Row>(sql: string, values?: readonly SqlValue[]) =>
      around(sql, () => inner.get<Row>(sql, values)),
    run: (sql, values) => around(sql, () => inner.run(sql, values)),
    finish(statements) {
      return finishInTurn(this, statements)
    },
  }
}
