import { type Ipam, openIpam } from '../../src/ipam.ts'
import type { Store } from '../../src/store/store.ts'
import { ManualClock } from '../contract/manual-clock.ts'
import { recordingStore, type Statement } from './recording-store.ts'

export interface World {
  readonly ipam: Ipam
  readonly clock: ManualClock
  readonly poolId: string
  readonly subnetId: string
}

export type Work = (world: World) => Promise<unknown>

/** A pool with subnets, one of them nearly full; the statements of making it are forgotten. */
export async function openWorld(store: Store, statements: Statement[]): Promise<World> {
  const clock = new ManualClock()
  const ipam = await openIpam(recordingStore(store, statements), {
    clock: clock.read,
    // A machine that is busy with other tests is slow, not wrong.
    deadlineMs: 120_000,
  })
  const pool = await ipam.subnetPools.create({ prefixes: ['10.0.0.0/8'] })
  const subnet = await ipam.subnets.create({ subnetPoolId: pool.id, prefixLength: 24 })
  await ipam.allocations.allocate(subnet.id, { kind: 'bulk', count: 252 })
  statements.length = 0
  return { ipam, clock, poolId: pool.id, subnetId: subnet.id }
}

/** Those whose plan can be asked for, each text once. */
export function plannable(statements: readonly Statement[]): Statement[] {
  const byText = new Map(statements.map((statement) => [statement.sql, statement]))
  return [...byText.values()].filter(({ sql }) =>
    /^\s*(SELECT|INSERT|UPDATE|DELETE|WITH)/i.test(sql),
  )
}

const specific = (address: string) => ({ kind: 'specific', address }) as const

/** What is done often, or over much: none of it may read a table through. */
export const hotPaths: readonly (readonly [string, Work])[] = [
  [
    'any, nearly full',
    ({ ipam, subnetId }) => ipam.allocations.allocate(subnetId, { kind: 'any' }),
  ],
  ['next', ({ ipam, subnetId }) => ipam.allocations.allocate(subnetId, { kind: 'next' })],
  [
    'any and next in an empty /8 and a /64',
    async ({ ipam }) => {
      for (const cidr of ['11.0.0.0/8', '2001:db8::/64']) {
        const { id } = await ipam.subnets.create({ cidr })
        await ipam.allocations.allocate(id, { kind: 'bulk', count: 100 })
        await ipam.allocations.allocate(id, { kind: 'next' })
      }
    },
  ],
  [
    'a full subnet with leases that are over',
    async ({ ipam, clock, subnetId }) => {
      await ipam.allocations.allocate(subnetId, { kind: 'any' }, { ttlSeconds: 1 })
      clock.forward(2)
      await ipam.allocations.allocate(subnetId, { kind: 'any' }, { ttlSeconds: 1 })
      clock.forward(2)
      await ipam.reap()
    },
  ],
  [
    'specific, release, get and a repeated key',
    async ({ ipam }) => {
      const { id } = await ipam.subnets.create({ cidr: '11.0.0.0/24', coolingSeconds: 9 })
      for (let count = 0; count < 2; count += 1)
        await ipam.allocations.allocate(id, specific('11.0.0.9'), {}, { idempotencyKey: 'k' })
      await ipam.allocations.get(id, '11.0.0.9')
      await ipam.allocations.release(id, '11.0.0.9')
      await ipam.allocations.allocate(id, specific('11.0.0.9'))
    },
  ],
  [
    'a subnet cut, changed and deleted',
    async ({ ipam, poolId }) => {
      const { id } = await ipam.subnets.create({ subnetPoolId: poolId, prefixLength: 26 })
      await ipam.subnets.update(id, { name: 'x', allocationPools: [] })
      await ipam.subnets.get(id)
      await ipam.subnets.delete(id)
    },
  ],
  ['utilization of a subnet', ({ ipam, subnetId }) => ipam.utilization.ofSubnet(subnetId)],
  ['utilization of subnets', ({ ipam, subnetId }) => ipam.utilization.ofSubnets([subnetId])],
  ['utilization of a pool', ({ ipam, poolId }) => ipam.utilization.ofSubnetPool(poolId)],
  [
    'history, and of one time',
    async ({ ipam }) => {
      await ipam.addresses.history('10.0.0.9')
      await ipam.addresses.history('10.0.0.9', { at: '2026-01-01T00:00:00Z' })
    },
  ],
  ['what a holder holds', ({ ipam }) => ipam.allocations.listByHolder('host', 'h')],
  [
    'many at once, allocated and released in groups',
    async ({ ipam }) => {
      const { id } = await ipam.subnets.create({ cidr: '11.0.0.0/24' })
      const given = await Promise.all(
        Array.from({ length: 20 }, () => ipam.allocations.allocate(id, { kind: 'any' })),
      )
      await Promise.all(given.flat().map(({ address }) => ipam.allocations.release(id, address)))
    },
  ],
  [
    'a bulk of addresses for one holder, and eui64',
    async ({ ipam }) => {
      const { id } = await ipam.subnets.create({ cidr: '2001:db8::/64' })
      const holder = { kind: 'host', id: 'h' }
      await ipam.allocations.allocate(id, { kind: 'bulk', count: 10 }, { holder })
      await ipam.allocations.allocate(id, { kind: 'eui64', mac: '02:00:00:00:00:01' }, { holder })
    },
  ],
  [
    'allocations, a page',
    ({ ipam, subnetId }) => ipam.allocations.list(subnetId, {}, { limit: 5 }),
  ],
  [
    'allocations and events, the next page',
    async ({ ipam, subnetId }) => {
      const { nextCursor } = await ipam.allocations.list(subnetId, {}, { limit: 5 })
      await ipam.allocations.list(subnetId, {}, { limit: 5, cursor: nextCursor ?? '' })
      const events = await ipam.events.list({ limit: 5 })
      await ipam.events.list({ limit: 5, after: events.nextCursor })
    },
  ],
]
