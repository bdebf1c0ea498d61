import { IpAddress } from '@freehold/address'
import { describe, expect, it } from 'vitest'
import type { SqlValue } from '../../src/store/store.ts'
import { type ContractStore, contractEngines } from './contract-store.ts'

const bytes = (address: string): Uint8Array => IpAddress.parse(address).toBytes()

/** What a test breaks, as statements past the engine. */
type Damage = readonly (readonly [sql: string, ...values: SqlValue[]])[]

const copyAllocation = `INSERT INTO allocation (subnet_key, address, state, due_at, project_id, holder_kind, holder_id,
  holder_mac, holder_host_name, labels, created_at) SELECT subnet_key, ?, state, due_at, project_id, holder_kind, holder_id,
  holder_mac, holder_host_name, labels, created_at FROM allocation WHERE address = ?`

export function describeCheckContract(store: ContractStore): void {
  const engines = contractEngines(store)

  async function damaged(damage: Damage): Promise<string[]> {
    const { store: opened, ipam } = await engines.openWithStore()
    const pool = await ipam.subnetPools.create({ prefixes: ['10.0.0.0/16'] })
    await ipam.subnetPools.create({ prefixes: ['10.2.0.0/16'] })
    const { id } = await ipam.subnets.create({
      subnetPoolId: pool.id,
      cidr: '10.0.0.0/24',
      coolingSeconds: 3600,
    })
    await ipam.subnets.create({ cidr: '10.1.0.0/24' })
    for (let count = 0; count < 5; count += 1) await ipam.allocations.allocate(id, { kind: 'next' })
    await ipam.allocations.release(id, '10.0.0.5')
    expect((await ipam.check()).problems).toEqual([])
    await opened.transaction(
      async (session) => {
        for (const [sql, ...values] of damage)
          expect(await session.run(sql, values)).toBeGreaterThan(0)
      },
      { access: 'write', deadline: performance.now() + 10_000 },
    )
    const report = await ipam.check()
    expect(report.ok).toBe(report.problems.length === 0)
    return [...new Set(report.problems.map(({ kind }) => kind))]
  }

  describe('the check of a database', () => {
    it('finds nothing in what the engine wrote, and tells how much it looked at', async () => {
      const ipam = await engines.open()
      const { id } = await ipam.subnets.create({ cidr: '10.0.0.0/24' })
      await ipam.subnetPools.create({ prefixes: ['10.0.0.0/8'] })
      await ipam.allocations.allocate(id, { kind: 'bulk', count: 7 })
      const progress: number[] = []
      const report = await ipam.check({ onProgress: (done) => progress.push(done) })
      expect(report).toEqual({
        ok: true,
        checked: { addressScopes: 2, subnetPools: 1, subnets: 1, allocations: 7 },
        problems: [],
      })
      expect(progress).toEqual([1, 2, 3, 4])
    })

    it.each<[string, string[], Damage]>([
      [
        'an address held outside its subnet',
        ['address-outside-subnet'],
        [[copyAllocation, bytes('10.0.9.9'), bytes('10.0.0.2')]],
      ],
      [
        'a reserved address that is held',
        ['reserved-address-held'],
        [[copyAllocation, bytes('10.0.0.255'), bytes('10.0.0.2')]],
      ],
      [
        'a row that no event made',
        ['event-count', 'event-missing', 'page-count'],
        [[copyAllocation, bytes('10.0.0.77'), bytes('10.0.0.2')]],
      ],
      [
        'a row that is gone without an event',
        ['event-count', 'page-count'],
        [['DELETE FROM allocation WHERE address = ?', bytes('10.0.0.2')]],
      ],
      [
        'a cooling row that no event made cool',
        ['event-count', 'event-missing', 'page-count'],
        [['UPDATE allocation SET state = 1 WHERE address = ?', bytes('10.0.0.2')]],
      ],
      ['a wrong count of a page', ['page-count'], [['UPDATE address_page SET used = used + 1']]],
      ['a wrong cooling count', ['page-count'], [['UPDATE address_page SET cooling = 0']]],
      [
        'a wrong count outside the pools',
        ['page-count'],
        [['UPDATE address_page SET outside = 1']],
      ],
      ['a wrong capacity', ['page-count'], [['UPDATE address_page SET capacity = 7']]],
      ['a page called full that is not', ['page-count'], [['UPDATE address_page SET is_full = 1']]],
      ['a page that is missing', ['page-count'], [['DELETE FROM address_page']]],
      [
        'a search that would skip a free address',
        ['search-start'],
        [['UPDATE address_page SET low = ?', bytes('10.0.0.99')]],
      ],
      [
        'subnets that overlap',
        ['subnet-overlap'],
        [
          [
            'UPDATE subnet SET first = ?, last = ? WHERE first = ?',
            bytes('10.0.0.128'),
            bytes('10.0.1.127'),
            bytes('10.1.0.0'),
          ],
        ],
      ],
      [
        'a subnet outside the pool it was cut from',
        ['subnet-outside-pool'],
        [
          [
            'UPDATE subnet SET first = ?, last = ? WHERE first = ?',
            bytes('10.9.0.0'),
            bytes('10.9.0.255'),
            bytes('10.0.0.0'),
          ],
        ],
      ],
      [
        'a free block that is missing',
        ['free-blocks'],
        [['DELETE FROM free_block WHERE prefix_length = 24']],
      ],
      [
        'a free block that is taken',
        ['free-blocks'],
        [['UPDATE free_block SET first = ? WHERE prefix_length = 24', bytes('10.0.0.0')]],
      ],
      ['a wrong usage', ['pool-usage'], [["UPDATE pool_usage SET used = '512'"]]],
      ['a usage that is missing', ['pool-usage'], [['DELETE FROM pool_usage']]],
      [
        'prefixes of two pools that overlap',
        ['pool-prefix-overlap'],
        [
          [
            'UPDATE pool_prefix SET first = ?, last = ?, prefix_length = 17 WHERE first = ?',
            bytes('10.0.128.0'),
            bytes('10.0.255.255'),
            bytes('10.2.0.0'),
          ],
        ],
      ],
    ])('names %s', async (_, kinds, damage) => {
      const found = await damaged(damage)
      expect(found).toEqual(expect.arrayContaining(kinds))
    })
  })
}
