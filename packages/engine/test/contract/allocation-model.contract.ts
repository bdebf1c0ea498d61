import { IpAddress, Prefix } from '@freehold/address'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { isIpamError } from '../../src/errors.ts'
import type { Ipam } from '../../src/ipam.ts'
import type { AddressRequestInput } from '../../src/model/address-request.ts'
import type { Subnet } from '../../src/model/subnet.ts'
import { type ContractStore, contractEngines } from './contract-store.ts'
import { ManualClock } from './manual-clock.ts'
import { type ModelPool, ModelSubnet } from './model-ipam.ts'

const poolPrefix = Prefix.parse('10.0.0.128/25')

interface Model {
  readonly clock: ManualClock
  readonly subnets: Map<string, ModelSubnet>
  /** Ids in the order of creation, so that a number picks one. */
  readonly ids: string[]
}

interface Real {
  readonly ipam: Ipam
  readonly poolId: string
  /** Allocates and releases by itself, or in a transaction of several operations: the engine has a way for each. */
  readonly run: <T>(work: (ipam: Ipam) => Promise<T>) => Promise<T>
}

type Step = (model: Model, real: Real) => Promise<void>

/** A command of the property: a name that a failure prints, and what it does and expects. */
class ModelCommand implements fc.AsyncCommand<Model, Real> {
  readonly #name: string
  readonly #step: Step

  constructor(name: string, step: Step) {
    this.#name = name
    this.#step = step
  }

  check(): boolean {
    return true
  }

  async run(model: Model, real: Real): Promise<void> {
    await this.#step(model, real)
    await compare(model, real)
  }

  toString(): string {
    return this.#name
  }
}

const textOf = (value: bigint): string => IpAddress.fromValue(4, value).toString()
const valueOf = (text: string): bigint => IpAddress.parse(text).value

async function codeOr<T>(promise: Promise<T>): Promise<T | string> {
  return promise.catch((error: unknown) => {
    if (isIpamError(error)) return error.code
    throw error
  })
}

/** Everything that the engine says must be what the model says. */
async function compare(model: Model, { ipam }: Real): Promise<void> {
  const listed = await ipam.subnets.list({}, { limit: 1000 })
  expect(listed.items.map(({ id }) => id).sort()).toEqual([...model.subnets.keys()].sort())
  for (const [id, subnet] of model.subnets) {
    const { items } = await ipam.allocations.list(id, {}, { limit: 1000 })
    const rows = [...subnet.rows].sort(([a], [b]) => (a < b ? -1 : 1))
    expect(items.map(({ address, state, expiresAt }) => [address, state, expiresAt])).toEqual(
      rows.map(([value, { state, dueAt }]) => [
        textOf(value),
        state,
        dueAt === null ? null : new Date(dueAt).toISOString(),
      ]),
    )
    expect(await ipam.utilization.ofSubnet(id)).toMatchObject(subnet.counts())
  }
}

function modelOf(subnet: Subnet): ModelSubnet {
  const pools = subnet.allocationPools.map(({ first, last }) => ({
    first: valueOf(first),
    last: valueOf(last),
  }))
  const gateway = subnet.gateway === null ? null : valueOf(subnet.gateway)
  return new ModelSubnet(Prefix.parse(subnet.cidr), gateway, pools, subnet.coolingSeconds * 1000)
}

function add(model: Model, subnet: Subnet): void {
  model.subnets.set(subnet.id, modelOf(subnet))
  model.ids.push(subnet.id)
}

const overlapping = (model: Model, prefix: Prefix): boolean =>
  [...model.subnets.values()].some((subnet) => subnet.prefix.overlaps(prefix))

const createNamed = fc
  .tuple(fc.integer({ min: 26, max: 32 }), fc.nat(255), fc.constantFrom(0, 5))
  .map(([length, offset, coolingSeconds]) => {
    const cidr = `10.0.0.${offset - (offset % 2 ** (32 - length))}/${length}`
    return new ModelCommand(`create ${cidr} cooling ${coolingSeconds}`, async (model, { ipam }) => {
      const answer = await codeOr(ipam.subnets.create({ cidr, coolingSeconds }))
      if (overlapping(model, Prefix.parse(cidr))) expect(answer).toBe('SUBNET_OVERLAP')
      else add(model, answer as Subnet)
    })
  })

const createFromPool = fc.tuple(fc.integer({ min: 27, max: 32 }), fc.boolean()).map(
  ([prefixLength, fails]) =>
    new ModelCommand(`cut /${prefixLength}${fails ? ', undone' : ''}`, async (model, real) => {
      const blocks = [...poolPrefix.children(prefixLength)].filter((b) => !overlapping(model, b))
      const input = { subnetPoolId: real.poolId, prefixLength }
      if (fails) {
        // The same in a transaction that is undone: nothing may stay.
        const undone = real.ipam.transaction(async (inside) => {
          const subnet = await inside.subnets.create(input)
          await inside.allocations.allocate(subnet.id, { kind: 'next' })
          throw new Error('undone')
        })
        await expect(undone).rejects.toThrow('undone')
        return
      }
      const answer = await codeOr(real.ipam.subnets.create(input))
      if (blocks.length === 0) expect(answer).toBe('SUBNET_POOL_EXHAUSTED')
      else {
        expect(blocks.map(String)).toContain((answer as Subnet).cidr)
        add(model, answer as Subnet)
      }
    }),
)

/** A command on one of the subnets that are there; nothing without any. */
function onSubnet(
  name: string,
  pick: number,
  step: (model: Model, real: Real, id: string, subnet: ModelSubnet) => Promise<void>,
): ModelCommand {
  return new ModelCommand(`${name} in subnet ${pick}`, async (model, real) => {
    const id = model.ids[pick % Math.max(model.ids.length, 1)]
    const subnet = id === undefined ? undefined : model.subnets.get(id)
    if (id !== undefined && subnet !== undefined) await step(model, real, id, subnet)
  })
}

const now = (model: Model): number => model.clock.read()

const draw = fc
  .tuple(
    fc.nat(9),
    fc.constantFrom('any', 'next', 'bulk'),
    fc.integer({ min: 1, max: 9 }),
    fc.boolean(),
  )
  .map(([pick, kind, some, leased]) => {
    const count = kind === 'bulk' ? some : 1
    const request = (kind === 'bulk' ? { kind, count } : { kind }) as AddressRequestInput
    return onSubnet(
      `${kind} ${count}${leased ? ' leased' : ''}`,
      pick,
      async (model, { run }, id, subnet) => {
        const attributes = leased ? { ttlSeconds: 7 } : {}
        const answer = await codeOr(
          run((engine) => engine.allocations.allocate(id, request, attributes)),
        )
        const free = subnet.take(now(model), count)
        if (typeof free === 'string' || typeof answer === 'string') {
          expect(answer).toBe(free)
          return
        }
        const given = answer.map(({ address }) => valueOf(address))
        expect(new Set(given).size).toBe(count)
        for (const value of given) expect(free).toContain(value)
        if (kind === 'next') expect(given).toEqual([free[0]])
        for (const value of given) subnet.hold(value, leased ? now(model) + 7000 : null)
      },
    )
  })

const takeNamed = fc.tuple(fc.nat(9), fc.nat(66)).map(([pick, offset]) =>
  onSubnet(`specific +${offset}`, pick, async (model, { run }, id, subnet) => {
    const value = subnet.prefix.first.value + BigInt(offset) - 1n
    const request = { kind: 'specific', address: textOf(value) } as const
    const answer = await codeOr(run((engine) => engine.allocations.allocate(id, request)))
    const refusal = subnet.refusalOf(now(model), value)
    if (refusal !== null) expect(answer).toBe(refusal)
    else {
      expect(answer).toMatchObject([{ address: textOf(value) }])
      subnet.hold(value, null)
    }
  }),
)

const release = fc.tuple(fc.nat(9), fc.nat(63)).map(([pick, offset]) =>
  onSubnet(`release ${offset}`, pick, async (model, { run }, id, subnet) => {
    const held = [...subnet.rows.keys()]
    const value = held[offset % Math.max(held.length, 1)] ?? subnet.prefix.first.value
    const answer = await codeOr(run((engine) => engine.allocations.release(id, textOf(value))))
    expect(answer ?? null).toBe(subnet.release(now(model), value))
  }),
)

const editPools = fc
  .tuple(fc.nat(9), fc.array(fc.tuple(fc.nat(12), fc.nat(20)), { maxLength: 3 }), fc.boolean())
  .map(([pick, steps, undone]) =>
    onSubnet(
      `pools ${JSON.stringify(steps)}${undone ? ' undone' : ''}`,
      pick,
      async (_, { ipam }, id, subnet) => {
        const hasRoles = subnet.prefix.length < 31
        const last = subnet.prefix.last.value - (hasRoles ? 1n : 0n)
        const pools: ModelPool[] = []
        let at = subnet.prefix.first.value + (hasRoles ? 2n : 0n)
        for (const [gap, length] of steps) {
          const pool = { first: at + BigInt(gap), last: at + BigInt(gap + length) }
          at = pool.last + 1n
          if (pool.last <= last) pools.push(pool)
        }
        const allocationPools = pools.map((p) => ({ first: textOf(p.first), last: textOf(p.last) }))
        if (undone) {
          const work = ipam.transaction(async (inside) => {
            await inside.subnets.update(id, { allocationPools })
            throw new Error('undone')
          })
          await expect(work).rejects.toThrow('undone')
          return
        }
        const { heldOutsidePools } = await ipam.subnets.update(id, { allocationPools })
        subnet.pools = pools
        expect(BigInt(heldOutsidePools)).toBe(subnet.counts().outsidePools)
      },
    ),
  )

const remove = fc.tuple(fc.nat(9), fc.boolean()).map(([pick, cascade]) =>
  onSubnet(`delete${cascade ? ' with all' : ''}`, pick, async (model, { ipam }, id, subnet) => {
    const answer = await codeOr(ipam.subnets.delete(id, { cascade }))
    const held = [...subnet.rows.values()].some(
      ({ state, dueAt }) => state === 'allocated' && (dueAt === null || dueAt > now(model)),
    )
    if (held && !cascade) expect(answer).toBe('SUBNET_IN_USE')
    else {
      expect(answer).toBeUndefined()
      model.subnets.delete(id)
      model.ids.splice(model.ids.indexOf(id), 1)
    }
  }),
)

const pass = fc
  .integer({ min: 1, max: 9 })
  .map(
    (seconds) =>
      new ModelCommand(`${seconds} s pass`, async (model) => model.clock.forward(seconds)),
  )

const reap = fc.constant(
  new ModelCommand('reap', async (model, { ipam }) => {
    await ipam.reap()
    for (const subnet of model.subnets.values()) subnet.sweep(now(model))
  }),
)

/** Random lists of commands, on the engine and on a model that looks at every address. */
export function describeAllocationModelContract(store: ContractStore): void {
  const engines = contractEngines(store)
  // Always the same lists, so that a change that fails is to blame; MODEL_SEED and MODEL_RUNS look for new ones.
  const numRuns = Number(process.env['MODEL_RUNS'] ?? 25)
  const seed = Number(process.env['MODEL_SEED'] ?? 1)

  describe('any list of commands', () => {
    it('has the answers and the rows of a model that looks at every address', {
      timeout: 240_000,
    }, async () => {
      const commands = fc.commands(
        [
          createNamed,
          createFromPool,
          draw,
          draw,
          draw,
          takeNamed,
          release,
          editPools,
          remove,
          pass,
          reap,
        ],
        { size: 'large', maxCommands: 60 },
      )
      const property = fc.asyncProperty(commands, fc.boolean(), async (list, joined) => {
        const clock = new ManualClock()
        const ipam = await engines.open({ clock: clock.read })
        const pool = await ipam.subnetPools.create({
          prefixes: [poolPrefix.toString()],
          minPrefixLength: 25,
        })
        const real: Real = {
          ipam,
          poolId: pool.id,
          run: (work) => (joined ? ipam.transaction(work) : work(ipam)),
        }
        const model: Model = { clock, subnets: new Map(), ids: [] }
        await fc.asyncModelRun(() => ({ model, real }), list)
        expect((await ipam.check()).problems).toEqual([])
      })
      const details = await fc.check(property, { numRuns, seed, endOnFailure: false })
      if (details.failed) throw new Error(fc.defaultReportMessage(details) ?? 'failed')
      process.stdout.write(`${store.name}: ${numRuns} lists of commands, seed ${seed}\n`)
    })
  })
}
