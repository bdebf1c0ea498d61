import { describe, expect, it } from 'vitest'
import type { Ipam } from '../../src/ipam.ts'
import type { Subnet } from '../../src/model/subnet.ts'
import type { MutationOptions } from '../../src/operations/context.ts'
import { type ContractStore, contractEngines } from './contract-store.ts'
import { expectRefused } from './expected-error.ts'
import { ManualClock } from './manual-clock.ts'

type Ask = (ipam: Ipam, options: MutationOptions) => Promise<unknown>

export function describeIdempotencyContract(store: ContractStore): void {
  const engines = contractEngines(store)

  describe('a repeated idempotency key', () => {
    it('gives the first result again and changes nothing', async () => {
      const ipam = await engines.open()
      const { id } = await ipam.subnets.create({ cidr: '10.0.0.0/24' })
      const ask = () => ipam.allocations.allocate(id, { kind: 'any' }, {}, { idempotencyKey: 'k' })
      const first = await ask()
      const events = await ipam.events.list()
      expect(await ask()).toEqual(first)
      expect(await ipam.events.list()).toEqual(events)
    })

    it('gives the first result also after the record changed or is gone', async () => {
      const ipam = await engines.open()
      const { id } = await ipam.subnets.create({ cidr: '10.0.0.0/24' })
      const ask = () =>
        ipam.allocations.allocate(
          id,
          { kind: 'specific', address: '10.0.0.9' },
          {},
          { idempotencyKey: 'k' },
        )
      const first = await ask()
      await ipam.allocations.release(id, '10.0.0.9')
      expect(await ask()).toEqual(first)
      expect((await ipam.allocations.list(id)).items).toEqual([])
      await ipam.subnets.delete(id)
      expect(await ask()).toEqual(first)
    })

    it('works for every kind of change, quotas of any size included', async () => {
      const ipam = await engines.open()
      const twice = async <T>(
        work: (options: { idempotencyKey: string }) => Promise<T>,
        key: string,
      ) => {
        const first = await work({ idempotencyKey: key })
        expect(await work({ idempotencyKey: key })).toEqual(first)
        return first
      }
      const scope = await twice((o) => ipam.addressScopes.create({ ipVersion: 4 }, o), '1')
      const pool = await twice(
        (o) =>
          ipam.subnetPools.create(
            { addressScopeId: scope.id, prefixes: ['10.0.0.0/16'], quota: 1n << 100n },
            o,
          ),
        '2',
      )
      const subnet = await twice(
        (o) => ipam.subnets.create({ subnetPoolId: pool.id, prefixLength: 24 }, o),
        '3',
      )
      await twice((o) => ipam.subnets.update(subnet.id, { name: 'x' }, o), '4')
      await twice(
        (o) => ipam.allocations.allocate(subnet.id, { kind: 'bulk', count: 3 }, {}, o),
        '5',
      )
      const [held] = (await ipam.allocations.list(subnet.id)).items
      await twice((o) => ipam.allocations.release(subnet.id, held?.address ?? '', o), '6')
      await twice((o) => ipam.subnetPools.addPrefixes(pool.id, ['10.9.0.0/16'], o), '7')
      await twice((o) => ipam.subnetPools.removePrefixes(pool.id, ['10.9.0.0/16'], o), '8')
      await twice((o) => ipam.subnetPools.update(pool.id, { quota: 1n }, o), '9')
      await twice((o) => ipam.subnets.delete(subnet.id, { ...o, cascade: true }), '10')
      await twice((o) => ipam.subnetPools.delete(pool.id, o), '11')
      await twice((o) => ipam.addressScopes.update(scope.id, { name: 'y' }, o), '12')
      await twice((o) => ipam.addressScopes.delete(scope.id, o), '13')
      expect((await ipam.check()).problems).toEqual([])
    })

    it('with another request is refused, whatever the operation', async () => {
      const ipam = await engines.open()
      const { id } = await ipam.subnets.create({ cidr: '10.0.0.0/24' }, { idempotencyKey: 'k' })
      const options = { idempotencyKey: 'k' }
      await expectRefused(
        ipam.subnets.create({ cidr: '10.0.1.0/24' }, options),
        'IDEMPOTENCY_KEY_REUSED',
      )
      await expectRefused(
        ipam.allocations.allocate(id, { kind: 'any' }, {}, options),
        'IDEMPOTENCY_KEY_REUSED',
      )
      expect((await ipam.allocations.list(id)).items).toEqual([])
    })

    it('does not mind the order of fields', async () => {
      const ipam = await engines.open()
      const options = { idempotencyKey: 'k' }
      const first = await ipam.subnets.create({ cidr: '10.0.0.0/24', name: 'a' }, options)
      expect(await ipam.subnets.create({ name: 'a', cidr: '10.0.0.0/24' }, options)).toEqual(first)
    })

    it('of a request that failed is still new', async () => {
      const ipam = await engines.open()
      const { id } = await ipam.subnets.create({ cidr: '10.0.0.0/30' })
      await ipam.allocations.allocate(id, { kind: 'any' })
      const ask = () => ipam.allocations.allocate(id, { kind: 'any' }, {}, { idempotencyKey: 'k' })
      await expectRefused(ask(), 'SUBNET_EXHAUSTED')
      await ipam.allocations.release(id, '10.0.0.2')
      expect(await ask()).toMatchObject([{ address: '10.0.0.2' }])
    })

    it('used at the same time from two places has one effect', async () => {
      const [one, other] = await engines.openPair()
      const { id } = await one.subnets.create({ cidr: '10.0.0.0/24' })
      const answers = await Promise.all(
        Array.from({ length: 20 }, (_, index) =>
          (index % 2 === 0 ? one : other).allocations.allocate(
            id,
            { kind: 'any' },
            {},
            { idempotencyKey: 'k' },
          ),
        ),
      )
      for (const answer of answers) expect(answer).toEqual(answers[0])
      expect((await one.allocations.list(id)).items).toHaveLength(1)
    })

    it('used at the same time is never refused because of its own effect', {
      timeout: 120_000,
    }, async () => {
      const [one, other] = await engines.openPair()
      const { id } = await one.subnets.create({ cidr: '10.0.0.0/30' })
      const pool = await one.subnetPools.create({ prefixes: ['10.1.0.0/24'] })
      const addresses = { undo: () => one.allocations.release(id, '10.0.0.2') }
      const subnets = { undo: (answer: unknown) => one.subnets.delete((answer as Subnet).id) }
      const changes: { ask: Ask; undo: (answer: unknown) => Promise<unknown> }[] = [
        {
          ask: (ipam, options) => ipam.allocations.allocate(id, { kind: 'any' }, {}, options),
          ...addresses,
        },
        {
          ask: (ipam, options) =>
            ipam.allocations.allocate(id, { kind: 'specific', address: '10.0.0.2' }, {}, options),
          ...addresses,
        },
        {
          ask: (ipam, options) => ipam.subnets.create({ cidr: '10.2.0.0/24' }, options),
          ...subnets,
        },
        {
          ask: (ipam, options) =>
            ipam.subnets.create({ subnetPoolId: pool.id, prefixLength: 24 }, options),
          ...subnets,
        },
      ]
      for (let round = 0; round < 8; round += 1)
        for (const [index, { ask, undo }] of changes.entries()) {
          const options = { idempotencyKey: `${index} ${round}` }
          const answers = await Promise.all(
            Array.from({ length: 10 }, (_, caller) => ask(caller % 2 === 0 ? one : other, options)),
          )
          for (const answer of answers) expect(answer).toEqual(answers[0])
          await undo(answers[0])
        }
    })

    it('of another project is another key', async () => {
      const ipam = await engines.open()
      const make = (projectId: string, cidr: string) =>
        ipam.as({ projectId, isAdmin: false }).subnets.create({ cidr }, { idempotencyKey: 'k' })
      const north = await make('north', '10.0.0.0/24')
      const south = await make('south', '10.0.1.0/24')
      expect(north.id).not.toBe(south.id)
    })

    it('is forgotten after its time', async () => {
      const clock = new ManualClock()
      const ipam = await engines.open({ clock: clock.read, idempotencyTtlSeconds: 60 })
      const { id } = await ipam.subnets.create({ cidr: '10.0.0.0/24' })
      const ask = () => ipam.allocations.allocate(id, { kind: 'any' }, {}, { idempotencyKey: 'k' })
      const first = await ask()
      clock.forward(59)
      await ipam.reap()
      expect(await ask()).toEqual(first)
      clock.forward(1)
      expect(await ask()).not.toEqual(first)
      clock.forward(60)
      await ipam.reap()
      expect(await ask()).not.toEqual(first)
      expect((await ipam.allocations.list(id)).items).toHaveLength(3)
    })

    it.each(['', 'x'.repeat(256), 'a\nb'])('is refused when it is %j', async (idempotencyKey) => {
      const ipam = await engines.open()
      await expectRefused(
        ipam.subnets.create({ cidr: '10.0.0.0/24' }, { idempotencyKey }),
        'INVALID_FIELD',
      )
    })
  })
}
