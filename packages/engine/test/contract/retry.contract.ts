import { describe, expect, it } from 'vitest'
import { type Ipam, openIpam } from '../../src/ipam.ts'
import {
  finishInTurn,
  type Session,
  type SqlValue,
  type Store,
  StoreFault,
} from '../../src/store/store.ts'
import { type ContractStore, contractEngines } from './contract-store.ts'

/** A store of which one statement, counted from when it is armed, loses a race once. */
class RacingStore implements Store {
  readonly #inner: Store
  /** Statements run since the last arming. */
  statements = 0
  #losing = 0

  constructor(inner: Store) {
    this.#inner = inner
  }

  /** Makes the n-th statement from now on fail as one that lost a race; 0: none. */
  arm(losing: number): void {
    this.statements = 0
    this.#losing = losing
  }

  get capabilities() {
    return this.#inner.capabilities
  }
  get counters() {
    return this.#inner.counters
  }
  migrate = () => this.#inner.migrate()
  assertSchema = () => this.#inner.assertSchema()
  join = (handle: unknown) => this.#inner.join(handle)
  close = () => this.#inner.close()

  transaction: Store['transaction'] = (work, options) =>
    this.#inner.transaction((session) => work(this.#watched(session)), options)

  #watched(inner: Session): Session {
    const pass = (): void => {
      this.statements += 1
      if (this.statements === this.#losing) throw new StoreFault('retry', new Error('injected'))
    }
    return {
      capabilities: inner.capabilities,
      era: inner.era,
      savepoint: (work) => inner.savepoint(work),
      async all<Row>(sql: string, values?: readonly SqlValue[]) {
        pass()
        return inner.all<Row>(sql, values)
      },
      async get<Row>(sql: string, values?: readonly SqlValue[]) {
        pass()
        return inner.get<Row>(sql, values)
      },
      async run(sql, values) {
        // The statement had its effect, which has to be undone with all the rest.
        const changed = await inner.run(sql, values)
        pass()
        return changed
      },
      finish(statements) {
        return finishInTurn(this, statements)
      },
    }
  }
}

/** What there is to change, one operation of each kind, in an order in which each has something to work on. */
const operations: Record<string, (ipam: Ipam, made: Made) => Promise<unknown>> = {
  'create an address scope': async (ipam, made) => {
    made.scope = (await ipam.addressScopes.create({ ipVersion: 4, name: 's' })).id
  },
  'create a subnet pool': async (ipam, made) => {
    const input = { addressScopeId: made.scope, prefixes: ['10.0.0.0/16'], quota: 4096n }
    made.pool = (await ipam.subnetPools.create(input)).id
  },
  'cut a subnet': async (ipam, made) => {
    const subnet = await ipam.subnets.create({
      subnetPoolId: made.pool,
      cidr: '10.0.0.0/24',
      // The named address is none of those that are drawn.
      allocationPools: [{ first: '10.0.0.2', last: '10.0.0.100' }],
    })
    made.subnet = subnet.id
    return subnet.cidr
  },
  'allocate any': async (ipam, made) =>
    (await ipam.allocations.allocate(made.subnet, { kind: 'any' })).length,
  'allocate next': async (ipam, made) =>
    (await ipam.allocations.allocate(made.subnet, { kind: 'next' })).length,
  'allocate a named address': async (ipam, made) =>
    (await ipam.allocations.allocate(made.subnet, { kind: 'specific', address: '10.0.0.200' }))
      .length,
  'allocate several': async (ipam, made) =>
    (await ipam.allocations.allocate(made.subnet, { kind: 'bulk', count: 5 })).length,
  'allocate under a key': async (ipam, made) => {
    const allocate = async () =>
      ipam.allocations.allocate(made.subnet, { kind: 'any' }, {}, { idempotencyKey: made.scope })
    return JSON.stringify(await allocate()) === JSON.stringify(await allocate())
  },
  'several in one transaction': async (ipam, made) =>
    ipam.transaction(async (own) => {
      await own.allocations.allocate(made.subnet, { kind: 'any' })
      const [next] = await own.allocations.allocate(made.subnet, { kind: 'next' })
      await own.subnets.update(made.subnet, { name: 'm' })
      await own.allocations.release(made.subnet, next?.address ?? '')
      return own.subnets
        .create({ subnetPoolId: made.pool, prefixLength: 25 })
        .then(async ({ id }) => own.subnets.delete(id))
    }),
  release: async (ipam, made) => ipam.allocations.release(made.subnet, '10.0.0.200'),
  'change a subnet': async (ipam, made) =>
    (await ipam.subnets.update(made.subnet, { name: 'n', allocationPools: [] })).subnet.revision,
  'change a subnet pool': async (ipam, made) =>
    (await ipam.subnetPools.update(made.pool, { prefixes: ['10.0.0.0/15'] })).revision,
  'apply a plan': async (ipam, made) => {
    const report = await ipam.plans.apply({
      format: 'freehold-plan/1',
      addressScopes: [{ key: 's', name: made.scope, ipVersion: 4 }],
      subnetPools: [{ key: 'p', addressScope: 's', prefixes: ['10.0.0.0/16'] }],
      subnets: [{ key: 'n', subnetPool: 'p', addressScope: 's', cidr: '10.0.0.0/24' }],
      allocations: [{ subnet: 'n', address: '10.0.0.9' }],
    })
    return report.counts
  },
  'delete a subnet': async (ipam, made) => ipam.subnets.delete(made.subnet, { cascade: true }),
  'delete a subnet pool': async (ipam, made) => ipam.subnetPools.delete(made.pool),
  'delete an address scope': async (ipam, made) => ipam.addressScopes.delete(made.scope),
}

interface Made {
  scope: string
  pool: string
  subnet: string
}

export function describeRetryContract(contractStore: ContractStore): void {
  const engines = contractEngines(contractStore)

  describe('a race that is lost at any statement', () => {
    it('leaves the result as it would have been (B4)', { timeout: 300_000 }, async () => {
      const { store } = await engines.openWithStore()
      const racing = new RacingStore(store)
      const ipam = await openIpam(racing)
      const expected = await story(ipam, racing, 0)
      const longest = Math.max(...expected.map(({ statements }) => statements))
      expect(longest).toBeGreaterThan(5)
      for (let losing = 1; losing <= longest; losing += 1) {
        const seen = await story(ipam, racing, losing)
        expect(
          seen.map(({ name, answer, events }) => ({ name, answer, events })),
          `statement ${losing}`,
        ).toEqual(expected.map(({ name, answer, events }) => ({ name, answer, events })))
      }
      expect(store.counters.retries).toBeGreaterThan(longest)
      expect((await ipam.check()).problems).toEqual([])
    })
  })
}

/** All operations once, each losing a race at that statement; what each answered, and how many events it wrote. */
async function story(ipam: Ipam, racing: RacingStore, losing: number) {
  const made: Made = { scope: '', pool: '', subnet: '' }
  const told: { name: string; answer: unknown; events: number; statements: number }[] = []
  for (const [name, run] of Object.entries(operations)) {
    const before = await countEvents(racing)
    racing.arm(losing)
    const answer = await run(ipam, made)
    const { statements } = racing
    racing.arm(0)
    told.push({ name, answer, events: (await countEvents(racing)) - before, statements })
  }
  return told
}

// Not by the feed, which holds back what comes after the number of an event that was undone.
async function countEvents(store: Store): Promise<number> {
  const options = { access: 'read', deadline: performance.now() + 30_000 } as const
  const row = await store.transaction(
    (session) => session.get<{ count: number }>('SELECT count(*) AS count FROM event'),
    options,
  )
  return row?.count ?? 0
}
