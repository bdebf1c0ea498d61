import { IpAddress } from '@freehold/address'
import { describe, expect, it } from 'vitest'
import type { Ipam } from '../../src/ipam.ts'
import type { SubnetInput } from '../../src/model/subnet.ts'
import { type ContractStore, contractEngines } from './contract-store.ts'
import { expectRefused } from './expected-error.ts'
import { sortedAddresses } from './sorted-addresses.ts'

export function describeAllocationContract(store: ContractStore): void {
  const engines = contractEngines(store)

  async function withSubnet(input: SubnetInput): Promise<{ ipam: Ipam; id: string }> {
    const ipam = await engines.open()
    return { ipam, id: (await ipam.subnets.create(input)).id }
  }
  const addressOf = async (ipam: Ipam, id: string, kind: 'any' | 'next'): Promise<string> =>
    (await ipam.allocations.allocate(id, { kind }))[0]?.address ?? ''

  describe('requests of kind any', () => {
    it.each([
      '10.0.0.0/29',
      '10.0.0.0/30',
      '10.0.0.0/31',
      '10.0.0.9/32',
      '2001:db8::/126',
      '2001:db8::/127',
      '2001:db8::9/128',
    ])('give each address of %s once, and then say that it is full', async (cidr) => {
      const { ipam, id } = await withSubnet({ cidr })
      const { capacity } = await ipam.utilization.ofSubnet(id)
      const given = new Set<string>()
      for (let count = 0n; count < capacity; count += 1n)
        given.add(await addressOf(ipam, id, 'any'))
      expect(BigInt(given.size)).toBe(capacity)
      const error = await expectRefused(
        ipam.allocations.allocate(id, { kind: 'any' }),
        'SUBNET_EXHAUSTED',
      )
      expect(error.kind).toBe('exhausted')
      expect((await ipam.check()).problems).toEqual([])
    })

    it('give the freed address when the subnet is otherwise full', async () => {
      const { ipam, id } = await withSubnet({ cidr: '10.0.0.0/24' })
      await ipam.allocations.allocate(id, { kind: 'bulk', count: 253 })
      for (const freed of ['10.0.0.2', '10.0.0.99', '10.0.0.254']) {
        await ipam.allocations.release(id, freed)
        expect(await addressOf(ipam, id, 'any')).toBe(freed)
      }
    })

    it('stay inside the allocation pools', async () => {
      const { ipam, id } = await withSubnet({
        cidr: '10.0.0.0/16',
        allocationPools: [
          { first: '10.0.0.9', last: '10.0.0.10' },
          { first: '10.0.200.255', last: '10.0.201.0' },
        ],
      })
      const given = await ipam.allocations.allocate(id, { kind: 'bulk', count: 4 })
      expect(sortedAddresses(given)).toEqual([
        '10.0.0.9',
        '10.0.0.10',
        '10.0.200.255',
        '10.0.201.0',
      ])
      await expectRefused(ipam.allocations.allocate(id, { kind: 'any' }), 'SUBNET_EXHAUSTED')
    })
  })

  describe('requests of kind next', () => {
    it('give the lowest free address, also after releases and over several pools', async () => {
      const { ipam, id } = await withSubnet({
        cidr: '10.0.0.0/16',
        allocationPools: [
          { first: '10.0.0.254', last: '10.0.1.1' },
          { first: '10.0.40.0', last: '10.0.40.0' },
        ],
      })
      const next = () => addressOf(ipam, id, 'next')
      expect([await next(), await next(), await next()]).toEqual([
        '10.0.0.254',
        '10.0.0.255',
        '10.0.1.0',
      ])
      await ipam.allocations.release(id, '10.0.0.255')
      expect([await next(), await next(), await next()]).toEqual([
        '10.0.0.255',
        '10.0.1.1',
        '10.0.40.0',
      ])
      await expectRefused(ipam.allocations.allocate(id, { kind: 'next' }), 'SUBNET_EXHAUSTED')
      await ipam.allocations.release(id, '10.0.1.0')
      expect(await next()).toBe('10.0.1.0')
      expect((await ipam.check()).problems).toEqual([])
    })

    it('go back to an address that was released below the last one given', async () => {
      const { ipam, id } = await withSubnet({ cidr: '10.0.0.0/24' })
      for (let count = 0; count < 5; count += 1)
        await ipam.allocations.allocate(id, { kind: 'next' })
      await ipam.allocations.release(id, '10.0.0.4')
      await ipam.allocations.release(id, '10.0.0.2')
      expect((await ipam.check()).problems).toEqual([])
      const next = () => addressOf(ipam, id, 'next')
      expect([await next(), await next(), await next()]).toEqual([
        '10.0.0.2',
        '10.0.0.4',
        '10.0.0.7',
      ])
    })

    it('pass over addresses that were asked for by name', async () => {
      const { ipam, id } = await withSubnet({ cidr: '10.0.0.0/22' })
      for (const host of ['10.0.0.2', '10.0.0.4', '10.0.2.0'])
        await ipam.allocations.allocate(id, { kind: 'specific', address: host })
      const next = () => addressOf(ipam, id, 'next')
      expect([await next(), await next(), await next()]).toEqual([
        '10.0.0.3',
        '10.0.0.5',
        '10.0.0.6',
      ])
    })

    it('walk through a subnet of several pages to its last address', async () => {
      const { ipam, id } = await withSubnet({
        cidr: '10.0.0.0/22',
        allocationPools: [{ first: '10.0.0.250', last: '10.0.2.5' }],
      })
      const given: string[] = []
      for (let count = 0; count < 268; count += 1) given.push(await addressOf(ipam, id, 'next'))
      expect(given).toEqual(sortedAddresses(given.map((address) => ({ address }))))
      expect(new Set(given).size).toBe(268)
      expect(given.at(-1)).toBe('10.0.2.5')
      await expectRefused(ipam.allocations.allocate(id, { kind: 'next' }), 'SUBNET_EXHAUSTED')
    })

    it('find the last free address even where the stored start of the search is above it', async () => {
      const { store: opened, ipam } = await engines.openWithStore()
      const { id } = await ipam.subnets.create({ cidr: '10.0.0.0/29' })
      for (let count = 0; count < 5; count += 1) await addressOf(ipam, id, 'next')
      await ipam.allocations.release(id, '10.0.0.3')
      await opened.transaction(
        (session) =>
          session.run('UPDATE address_page SET low = ?', [IpAddress.parse('10.0.0.5').toBytes()]),
        { access: 'write', deadline: performance.now() + 10_000 },
      )
      expect(await addressOf(ipam, id, 'next')).toBe('10.0.0.3')
      await expectRefused(ipam.allocations.allocate(id, { kind: 'next' }), 'SUBNET_EXHAUSTED')
      expect((await ipam.check()).problems).toEqual([])
    })
  })

  describe('requests of kind specific', () => {
    it('give the address in one spelling, whatever spelling was asked for', async () => {
      const { ipam, id } = await withSubnet({ cidr: '2001:db8::/64' })
      const given = await ipam.allocations.allocate(id, {
        kind: 'specific',
        address: '2001:DB8:0:0::A',
      })
      expect(given).toMatchObject([{ address: '2001:db8::a', subnetId: id, state: 'allocated' }])
      expect(await ipam.allocations.get(id, '2001:0db8::000a')).toEqual(given[0])
      await ipam.allocations.release(id, '2001:DB8::A')
      await expectRefused(ipam.allocations.get(id, '2001:db8::a'), 'ALLOCATION_NOT_FOUND')
    })

    it('may lie outside the allocation pools', async () => {
      const { ipam, id } = await withSubnet({ cidr: '10.0.0.0/24', allocationPools: [] })
      await ipam.allocations.allocate(id, { kind: 'specific', address: '10.0.0.200' })
      expect(await ipam.utilization.ofSubnet(id)).toMatchObject({
        capacity: 0n,
        allocated: 0n,
        outsidePools: 1n,
      })
    })

    it.each([
      ['10.0.0.5', 'ADDRESS_IN_USE'],
      ['10.0.0.0', 'ADDRESS_NOT_ASSIGNABLE'],
      ['10.0.0.255', 'ADDRESS_NOT_ASSIGNABLE'],
      ['10.0.0.1', 'ADDRESS_RESERVED'],
      ['10.0.1.5', 'ADDRESS_OUTSIDE_SUBNET'],
      ['::5', 'IP_VERSION_MISMATCH'],
      ['::ffff:10.0.0.9', 'INVALID_ADDRESS'],
      ['10.0.0.09', 'INVALID_ADDRESS'],
      ['10.0.0.9\n', 'INVALID_ADDRESS'],
      ['', 'INVALID_ADDRESS'],
    ] as const)('refuse %j and change nothing', async (address, code) => {
      const { ipam, id } = await withSubnet({ cidr: '10.0.0.0/24' })
      await ipam.allocations.allocate(id, { kind: 'specific', address: '10.0.0.5' })
      const before = await ipam.events.list()
      const error = await expectRefused(
        ipam.allocations.allocate(id, { kind: 'specific', address }),
        code,
      )
      expect(error.details.pointer).toBe('/request/address')
      expect(await ipam.events.list()).toEqual(before)
      expect((await ipam.check()).problems).toEqual([])
    })

    it('refuse the subnet-router anycast address', async () => {
      const { ipam, id } = await withSubnet({ cidr: '2001:db8::/64' })
      await expectRefused(
        ipam.allocations.allocate(id, { kind: 'specific', address: '2001:db8::' }),
        'ADDRESS_NOT_ASSIGNABLE',
      )
      await ipam.allocations.allocate(id, {
        kind: 'specific',
        address: '2001:db8::ffff:ffff:ffff:ffff',
      })
    })

    it.each([
      ['10.0.0.0/31', ['10.0.0.0', '10.0.0.1']],
      ['10.0.0.9/32', ['10.0.0.9']],
      ['2001:db8::/127', ['2001:db8::', '2001:db8::1']],
      ['2001:db8::/128', ['2001:db8::']],
    ])('reach every address of %s', async (cidr, addresses) => {
      const { ipam, id } = await withSubnet({ cidr })
      for (const address of addresses)
        await ipam.allocations.allocate(id, { kind: 'specific', address })
      expect((await ipam.utilization.ofSubnet(id)).available).toBe(0n)
    })

    it('give the gateway to a holder of kind gateway alone', async () => {
      const { ipam, id } = await withSubnet({ cidr: '10.0.0.0/24' })
      const take = (kind: string) =>
        ipam.allocations.allocate(
          id,
          { kind: 'specific', address: '10.0.0.1' },
          { holder: { kind, id: 'r1' } },
        )
      await expectRefused(take('host'), 'ADDRESS_RESERVED')
      await take('gateway')
      await expectRefused(take('gateway'), 'ADDRESS_IN_USE')
      expect((await ipam.check()).problems).toEqual([])
    })
  })

  describe('requests of kind bulk', () => {
    it('give different addresses of one subnet, or nothing at all', async () => {
      const { ipam, id } = await withSubnet({ cidr: '10.0.0.0/28' })
      const given = await ipam.allocations.allocate(id, { kind: 'bulk', count: 10 })
      expect(new Set(sortedAddresses(given)).size).toBe(10)
      const before = await ipam.utilization.ofSubnet(id)
      const error = await expectRefused(
        ipam.allocations.allocate(id, { kind: 'bulk', count: 4 }),
        'SUBNET_EXHAUSTED',
      )
      expect(error.details['requested']).toBe(4)
      expect(await ipam.utilization.ofSubnet(id)).toEqual(before)
      expect(await ipam.allocations.allocate(id, { kind: 'bulk', count: 3 })).toHaveLength(3)
    })

    it.each([0, -1, 1.5, 1001, Number.NaN, 2 ** 53])('refuse a count of %s', async (count) => {
      const { ipam, id } = await withSubnet({ cidr: '10.0.0.0/16' })
      const error = await expectRefused(
        ipam.allocations.allocate(id, { kind: 'bulk', count }),
        'COUNT_OUT_OF_BOUNDS',
      )
      expect(error.details.pointer).toBe('/request/count')
    })

    it('go to the limit, which an engine may set', async () => {
      const ipam = await engines.open({ limits: { maxBulkCount: 2500 } })
      const { id } = await ipam.subnets.create({ cidr: '10.0.0.0/16' })
      const given = await ipam.allocations.allocate(id, { kind: 'bulk', count: 2500 })
      expect(new Set(given.map(({ address }) => address)).size).toBe(2500)
      await expectRefused(
        ipam.allocations.allocate(id, { kind: 'bulk', count: 2501 }),
        'COUNT_OUT_OF_BOUNDS',
      )
      expect((await ipam.check()).problems).toEqual([])
    })
  })

  describe('requests of kind eui64', () => {
    const mac = '00:16:3e:33:44:55'

    it('give the address that follows from the MAC', async () => {
      const { ipam, id } = await withSubnet({ cidr: '2001:db8::/64' })
      expect(
        await ipam.allocations.allocate(id, { kind: 'eui64', mac: '00-16-3E-33-44-55' }),
      ).toMatchObject([{ address: '2001:db8::216:3eff:fe33:4455' }])
      await expectRefused(ipam.allocations.allocate(id, { kind: 'eui64', mac }), 'ADDRESS_IN_USE')
    })

    it('give the same holder its address again, and nobody else', async () => {
      const { ipam, id } = await withSubnet({ cidr: '2001:db8::/64' })
      const take = (holderId: string) =>
        ipam.allocations.allocate(
          id,
          { kind: 'eui64', mac },
          { holder: { kind: 'port', id: holderId } },
        )
      expect(await take('p1')).toEqual(await take('p1'))
      await expectRefused(take('p2'), 'ADDRESS_IN_USE')
      expect((await ipam.allocations.list(id)).items).toHaveLength(1)
    })

    it.each([
      ['10.0.0.0/24', mac, 'EUI64_NOT_POSSIBLE'],
      ['2001:db8::/80', mac, 'EUI64_NOT_POSSIBLE'],
      ['2001:db8::/64', '01:00:5e:00:00:01', 'EUI64_NOT_POSSIBLE'],
      ['2001:db8::/64', '00:00:00:00:00:00', 'EUI64_NOT_POSSIBLE'],
      ['2001:db8::/64', '00:16:3e:33:44', 'INVALID_MAC'],
    ] as const)('refuse, in %s, %s', async (cidr, bad, code) => {
      const { ipam, id } = await withSubnet({ cidr })
      const error = await expectRefused(
        ipam.allocations.allocate(id, { kind: 'eui64', mac: bad }),
        code,
      )
      expect(error.details.pointer).toBe('/request/mac')
    })
  })

  describe('requests over several subnets', () => {
    it('are served from the first that has room, as a whole', async () => {
      const { ipam, id: first } = await withSubnet({ cidr: '10.0.0.0/30' })
      const second = (await ipam.subnets.create({ cidr: '10.0.1.0/29' })).id
      const both = [first, second]
      expect(await ipam.allocations.allocate(both, { kind: 'any' })).toMatchObject([
        { subnetId: first },
      ])
      expect(await ipam.allocations.allocate(both, { kind: 'next' })).toMatchObject([
        { subnetId: second, address: '10.0.1.2' },
      ])
      const bulk = await ipam.allocations.allocate(both, { kind: 'bulk', count: 4 })
      expect(new Set(bulk.map(({ subnetId }) => subnetId))).toEqual(new Set([second]))
      await expectRefused(ipam.allocations.allocate(both, { kind: 'any' }), 'ALL_SUBNETS_EXHAUSTED')
    })

    it('go on past full subnets only', async () => {
      const { ipam, id: first } = await withSubnet({ cidr: '10.0.0.0/24' })
      const second = (await ipam.subnets.create({ cidr: '10.0.1.0/24' })).id
      await expectRefused(
        ipam.allocations.allocate([first, second], { kind: 'specific', address: '10.0.1.9' }),
        'ADDRESS_OUTSIDE_SUBNET',
      )
    })

    it('refuse none, more than 100, one twice and one that is missing', async () => {
      const { ipam, id } = await withSubnet({ cidr: '10.0.0.0/30' })
      const missing = '00000000-0000-4000-8000-0000000000ff'
      const ask = (ids: string[]) => ipam.allocations.allocate(ids, { kind: 'any' })
      await expectRefused(ask([]), 'INVALID_FIELD')
      await expectRefused(
        ask(Array.from({ length: 101 }, (_, index) => `${index}`)),
        'INVALID_FIELD',
      )
      await expectRefused(ask([id, id]), 'DUPLICATE_IN_REQUEST')
      expect((await expectRefused(ask([missing, id]), 'SUBNET_NOT_FOUND')).details.pointer).toBe(
        '/subnetIds/0',
      )
    })
  })

  describe('allocations', () => {
    it('keep holder and labels, the MAC in one spelling', async () => {
      const { ipam, id } = await withSubnet({ cidr: '10.0.0.0/24' })
      const holder = { kind: 'host', id: 'h-1', mac: '0016.3e33.4455', hostName: 'db1.example' }
      const [given] = await ipam.allocations.allocate(
        id,
        { kind: 'any' },
        { holder, labels: { rack: '7', empty: '' } },
      )
      expect(given).toMatchObject({
        holder: { ...holder, mac: '00:16:3e:33:44:55' },
        labels: { rack: '7', empty: '' },
        projectId: 'default',
        expiresAt: null,
      })
      expect(await ipam.allocations.get(id, given?.address ?? '')).toEqual(given)
      expect(await ipam.allocations.listByHolder('host', 'h-1')).toEqual([given])
      expect(await ipam.allocations.listByHolder('port', 'h-1')).toEqual([])
    })

    it.each([
      ['/holder/kind', { holder: { kind: 'Host', id: 'a' } }],
      ['/holder/id', { holder: { kind: 'host', id: '' } }],
      ['/holder/mac', { holder: { kind: 'host', id: 'a', mac: 'zz' } }],
      ['/holder/hostName', { holder: { kind: 'host', id: 'a', hostName: 'a\u202eb' } }],
      ['/labels', { labels: { key: 'a\u0000' } }],
      ['/ttlSeconds', { ttlSeconds: 0 }],
      ['/ttlSeconds', { ttlSeconds: 1.5 }],
      ['/ttlSeconds', { ttlSeconds: 1e12 }],
    ])('are refused with a bad %s', async (pointer, attributes) => {
      const { ipam, id } = await withSubnet({ cidr: '10.0.0.0/24' })
      const error = await ipam.allocations
        .allocate(id, { kind: 'any' }, attributes)
        .catch((reason) => reason)
      expect(error).toMatchObject({ kind: 'invalid' })
      expect(error.details.pointer).toMatch(pointer)
      expect((await ipam.allocations.list(id)).items).toEqual([])
    })

    it('are found, held once and released once', async () => {
      const { ipam, id } = await withSubnet({ cidr: '10.0.0.0/24' })
      await ipam.allocations.allocate(id, { kind: 'specific', address: '10.0.0.9' })
      await ipam.allocations.release(id, '10.0.0.9')
      for (const address of ['10.0.0.9', '10.0.0.10', '10.9.9.9', '::9'])
        for (const attempt of ['release', 'get'] as const) {
          const refused = ipam.allocations[attempt](id, address)
          const error = await expectRefused(refused, 'ALLOCATION_NOT_FOUND')
          expect(error.message).toBe(`${address} is not held in this subnet.`)
          expect(error.details).toMatchObject({ pointer: '/address', fix: expect.any(String) })
        }
      await expectRefused(ipam.allocations.release(id, '10.0.0'), 'INVALID_ADDRESS')
    })

    it('are refused for a request of a kind that does not exist', async () => {
      const { ipam, id } = await withSubnet({ cidr: '10.0.0.0/24' })
      const bad = { kind: 'lowest' } as unknown as { kind: 'any' }
      const error = await expectRefused(ipam.allocations.allocate(id, bad), 'INVALID_REQUEST')
      expect(error.details.pointer).toBe('/request/kind')
    })
  })
}
