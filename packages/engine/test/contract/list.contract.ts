import { describe, expect, it } from 'vitest'
import type { Ipam } from '../../src/ipam.ts'
import type { Page } from '../../src/model/list.ts'
import { type ContractStore, contractEngines } from './contract-store.ts'
import { expectRefused } from './expected-error.ts'
import { sortedAddresses } from './sorted-addresses.ts'

async function all<T>(list: (options: { limit: number; cursor?: string }) => Promise<Page<T>>) {
  const items: T[] = []
  for (let cursor: string | null | undefined; cursor !== null; ) {
    const page: Page<T> = await list({ limit: 3, ...(cursor === undefined ? {} : { cursor }) })
    items.push(...page.items)
    cursor = page.nextCursor
  }
  return items
}

export function describeListContract(store: ContractStore): void {
  const engines = contractEngines(store)

  async function withSubnets(): Promise<Ipam> {
    const ipam = await engines.open()
    const names = ['b', 'a', 'b', 'c', 'a', 'b', 'a']
    for (const [index, name] of names.entries())
      await ipam.subnets.create({
        cidr: `10.0.${(index * 3) % 7}.0/24`,
        name,
        labels: { rack: String(index % 2), site: 'north' },
      })
    return ipam
  }

  describe('lists', () => {
    it('come in pages that together have every record once, in each order', async () => {
      const ipam = await withSubnets()
      const whole = (await ipam.subnets.list()).items
      expect(whole).toHaveLength(7)
      expect(await all((o) => ipam.subnets.list({}, o))).toEqual(whole)
      expect(await all((o) => ipam.subnets.list({}, { ...o, sort: '-createdAt' }))).toEqual(
        [...whole].reverse(),
      )
      const byName = await all((o) => ipam.subnets.list({}, { ...o, sort: 'name' }))
      expect(byName.map(({ name }) => name).join('')).toBe('aaabbbc')
      expect(new Set(byName.map(({ id }) => id)).size).toBe(7)
      const byNameDown = await all((o) => ipam.subnets.list({}, { ...o, sort: '-name' }))
      expect(byNameDown).toEqual([...byName].reverse())
      const byCidr = await all((o) => ipam.subnets.list({}, { ...o, sort: 'cidr' }))
      expect(byCidr.map(({ cidr }) => cidr)).toEqual(
        [0, 1, 2, 3, 4, 5, 6].map((n) => `10.0.${n}.0/24`),
      )
    })

    it('keep their place while records are made and deleted between two pages', async () => {
      const ipam = await withSubnets()
      const first = await ipam.subnets.list({}, { limit: 3, sort: 'name' })
      for (const { id } of first.items) await ipam.subnets.delete(id)
      await ipam.subnets.create({ cidr: '10.9.0.0/24', name: 'a' })
      await ipam.subnets.create({ cidr: '10.9.1.0/24', name: 'zz' })
      const rest = await ipam.subnets.list({}, { sort: 'name', cursor: first.nextCursor ?? '' })
      const names = rest.items.map(({ name }) => name)
      expect(names.filter((name) => name !== 'a')).toEqual(['b', 'b', 'b', 'c', 'zz'])
    })

    it('end without a cursor, also where the last page is full', async () => {
      const ipam = await withSubnets()
      expect((await ipam.subnets.list({}, { limit: 7 })).nextCursor).toBeNull()
      expect((await ipam.subnets.list({}, { limit: 6 })).nextCursor).not.toBeNull()
      expect(await ipam.subnets.list({ name: 'none' })).toEqual({ items: [], nextCursor: null })
    })

    it('of subnets are filtered by each field, and by several at once', async () => {
      const ipam = await withSubnets()
      const scope = await ipam.addressScopes.create({ ipVersion: 6 })
      const six = await ipam.subnets.create({
        cidr: '2001:db8::/64',
        addressScopeId: scope.id,
        shared: true,
      })
      const pool = await ipam.subnetPools.create({ prefixes: ['10.77.0.0/16'] })
      const cut = await ipam.subnets.create({ subnetPoolId: pool.id, prefixLength: 24 })
      const found = async (filter: Parameters<Ipam['subnets']['list']>[0]) =>
        (await ipam.subnets.list(filter)).items.map(({ cidr }) => cidr).sort()
      expect(await found({ ipVersion: 6 })).toEqual([six.cidr])
      expect(await found({ shared: true })).toEqual([six.cidr])
      expect(await found({ addressScopeId: scope.id })).toEqual([six.cidr])
      expect(await found({ subnetPoolId: pool.id })).toEqual([cut.cidr])
      expect(await found({ cidr: '10.0.3.0/24' })).toEqual(['10.0.3.0/24'])
      expect(await found({ cidr: '10.0.3.0/25' })).toEqual([])
      expect(await found({ contains: '10.0.3.255' })).toEqual(['10.0.3.0/24'])
      expect(await found({ contains: '::a00:3ff' })).toEqual([])
      expect(await found({ name: 'b', labels: { rack: '0' } })).toEqual([
        '10.0.0.0/24',
        '10.0.6.0/24',
      ])
      expect(await found({ name: 'c', labels: { rack: '0' } })).toEqual([])
      expect(await found({ projectId: 'nobody' })).toEqual([])
      await expectRefused(found({ contains: 'x' }), 'INVALID_ADDRESS')
      await expectRefused(found({ cidr: '10.0.0.1/24' }), 'INVALID_PREFIX')
    })

    it('take labels to the letter', async () => {
      const ipam = await engines.open()
      const labels = { 'a%b': 'x_y', quote: '"', back: '\\', Case: 'Up', e: 'é' }
      await ipam.subnets.create({ cidr: '10.0.0.0/24', labels })
      const found = async (filter: Record<string, string>) =>
        (await ipam.subnets.list({ labels: filter })).items.length
      expect(await found(labels)).toBe(1)
      for (const [key, value] of Object.entries(labels))
        expect(await found({ [key]: value })).toBe(1)
      for (const miss of [
        { 'a%b': 'xzy' },
        { a: 'x_y' },
        { 'a%': 'x_y' },
        { case: 'Up' },
        { Case: 'up' },
        { e: 'e' },
        { quote: '' },
      ])
        expect(await found(miss as unknown as Record<string, string>), JSON.stringify(miss)).toBe(0)
    })

    it('find names to the letter', async () => {
      const ipam = await engines.open()
      await ipam.subnets.create({ cidr: '10.0.0.0/24', name: 'Rack é' })
      const found = async (name: string) => (await ipam.subnets.list({ name })).items.length
      expect(await found('Rack é')).toBe(1)
      for (const name of ['rack é', 'Rack e', 'Rack é ', '%'])
        expect(await found(name), name).toBe(0)
    })

    it('of allocations come in address order and are filtered', async () => {
      const ipam = await engines.open()
      const { id } = await ipam.subnets.create({ cidr: '2001:db8::/64', coolingSeconds: 60 })
      const hosts = [
        '2001:db8::1:9',
        '2001:db8::a',
        '2001:db8::10',
        '2001:db8::8000:0:0',
        '2001:db8::9',
      ]
      for (const [index, address] of hosts.entries())
        await ipam.allocations.allocate(
          id,
          { kind: 'specific', address },
          {
            holder: { kind: index % 2 === 0 ? 'host' : 'port', id: `h${index}` },
            labels: { n: `${index}` },
          },
        )
      const listed = await all((o) => ipam.allocations.list(id, {}, o))
      expect(listed).toHaveLength(hosts.length)
      expect(listed.map(({ address }) => address)).toEqual(sortedAddresses(listed))
      const count = async (filter: object) => (await ipam.allocations.list(id, filter)).items.length
      expect(await count({ holderKind: 'host' })).toBe(3)
      expect(await count({ holderId: 'h1' })).toBe(1)
      expect(await count({ labels: { n: '2' } })).toBe(1)
      await ipam.allocations.release(id, listed[0]?.address ?? '')
      expect([await count({ state: 'cooling' }), await count({ state: 'allocated' })]).toEqual([
        1, 4,
      ])
    })

    it('of scopes and pools are filtered and sorted too', async () => {
      const ipam = await engines.open()
      await ipam.addressScopes.create({ ipVersion: 6, name: 'z' })
      const names = (await ipam.addressScopes.list({ ipVersion: 6 }, { sort: '-name' })).items
      expect(names.map(({ name }) => name)).toEqual(['z', 'default'])
      await ipam.subnetPools.create({
        prefixes: ['10.0.0.0/16', '10.2.0.0/16'],
        name: 'p',
        isDefault: true,
      })
      await ipam.subnetPools.create({ prefixes: ['2001:db8::/32'], name: 'q', shared: true })
      const pools = async (filter: object) =>
        (await ipam.subnetPools.list(filter)).items.map(
          ({ name, prefixes }) => `${name} ${prefixes.length}`,
        )
      expect(await pools({ isDefault: true })).toEqual(['p 2'])
      expect(await pools({ shared: true })).toEqual(['q 1'])
      expect(await pools({ ipVersion: 4 })).toEqual(['p 2'])
    })

    it('refuse cursors that were forged, changed, or made for another list', async () => {
      const ipam = await withSubnets()
      const { nextCursor } = await ipam.subnets.list({}, { limit: 3 })
      const cursor = nextCursor ?? ''
      const flipped = `${cursor.slice(0, -2)}${cursor.endsWith('A') ? 'BB' : 'AA'}`
      for (const bad of ['', 'x', flipped, cursor.slice(0, 10), 'A'.repeat(5000)])
        await expectRefused(ipam.subnets.list({}, { cursor: bad }), 'INVALID_CURSOR')
      await expectRefused(ipam.subnets.list({ name: 'a' }, { cursor }), 'INVALID_CURSOR')
      await expectRefused(ipam.subnets.list({}, { cursor, sort: 'name' }), 'INVALID_CURSOR')
      await expectRefused(ipam.subnetPools.list({}, { cursor }), 'INVALID_CURSOR')
      const other = ipam.as({ projectId: 'other', isAdmin: false })
      await expectRefused(other.subnets.list({}, { cursor }), 'INVALID_CURSOR')
    })

    it('take cursors of another server on the same database', async () => {
      const [one, other] = await engines.openPair()
      for (let n = 0; n < 3; n += 1) await one.subnets.create({ cidr: `10.0.${n}.0/24` })
      const { nextCursor } = await one.subnets.list({}, { limit: 2 })
      const rest = await other.subnets.list({}, { cursor: nextCursor ?? '' })
      expect(rest.items.map(({ cidr }) => cidr)).toEqual(['10.0.2.0/24'])
    })

    it.each([
      { limit: 0 },
      { limit: 1001 },
      { limit: 1.5 },
      { sort: 'id; drop' },
      { sort: '' },
      { sort: '--name' },
      { sort: 'constructor' },
    ])('refuse %o', async (options) => {
      const ipam = await engines.open()
      await expectRefused(ipam.subnets.list({}, options), 'INVALID_FIELD')
    })
  })
}
