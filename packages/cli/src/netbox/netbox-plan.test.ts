import { Prefix, RangeSet } from '@freehold/address'
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { readCsv } from './csv-reader.ts'
import { netboxPlan } from './netbox-plan.ts'

interface Texts {
  vrfs?: string
  aggregates?: string
  prefixes: string
  ipRanges?: string
  ipAddresses?: string
}

function planOf(texts: Texts) {
  const table = (file: string, text: string | undefined) =>
    text === undefined ? undefined : readCsv(file, text)
  const tables = {
    vrfs: table('vrfs.csv', texts.vrfs),
    aggregates: table('aggregates.csv', texts.aggregates),
    ipRanges: table('ip-ranges.csv', texts.ipRanges),
    ipAddresses: table('ip-addresses.csv', texts.ipAddresses),
  }
  const present = Object.fromEntries(
    Object.entries(tables).filter(([, value]) => value !== undefined),
  )
  return netboxPlan({ ...present, prefixes: readCsv('prefixes.csv', texts.prefixes) })
}

const prefixes = (...rows: string[]) =>
  `id,prefix,vrf,status,role,description\n${rows.join('\n')}\n`
const addresses = (...rows: string[]) =>
  `id,address,vrf,status,role,dns_name,description\n${rows.join('\n')}\n`

const fates = (result: ReturnType<typeof planOf>) =>
  Object.fromEntries(result.rows.map((row) => [row.source, [row.fate, row.reason]]))

test('a container becomes a subnet pool and an active prefix in it a subnet cut from that pool', () => {
  const { plan } = planOf({
    prefixes: prefixes('1,10.0.0.0/16,,container,,HQ', '2,10.0.1.0/24,,active,Data,'),
  })
  expect(plan.subnetPools).toMatchObject([
    {
      name: 'container 10.0.0.0/16 HQ',
      addressScope: 'default-4',
      prefixes: ['10.0.0.0/16'],
      minPrefixLength: 16,
      defaultPrefixLength: 24,
    },
  ])
  expect(plan.subnets).toMatchObject([
    {
      cidr: '10.0.1.0/24',
      name: 'Data',
      subnetPool: plan.subnetPools[0]?.key,
      gateway: null,
      allocationPools: [{ first: '10.0.1.1', last: '10.0.1.254' }],
      labels: { 'netbox-id': '2', status: 'active', role: 'Data' },
    },
  ])
})

test('an outer container keeps what its inner containers leave', () => {
  const { plan } = planOf({
    prefixes: prefixes('1,10.0.0.0/16,,container,,', '2,10.0.64.0/18,,container,,'),
  })
  expect(plan.subnetPools.map((pool) => pool.prefixes)).toEqual([
    ['10.0.0.0/18', '10.0.128.0/17'],
    ['10.0.64.0/18'],
  ])
})

test('a container wholly covered by inner ones is skipped with that reason', () => {
  const result = planOf({
    prefixes: prefixes(
      '1,10.0.0.0/16,,container,,',
      '2,10.0.0.0/17,,container,,',
      '3,10.0.128.0/17,,container,,',
    ),
  })
  expect(result.plan.subnetPools).toHaveLength(2)
  expect(fates(result)['prefixes.csv:2']).toEqual([
    'skipped',
    'every address of it lies in 2 pools inside it, so nothing is left to make one of',
  ])
})

test('an aggregate becomes a pool of what the containers of the global table leave', () => {
  const { plan } = planOf({
    aggregates: 'id,prefix,rir\n1,10.0.0.0/8,RFC 1918\n',
    vrfs: 'id,name\n1,Alpha\n',
    prefixes: prefixes('1,10.128.0.0/9,,container,,', '2,10.0.0.0/10,Alpha,container,,'),
  })
  expect(plan.subnetPools).toMatchObject([
    { name: 'aggregate 10.0.0.0/8 RFC 1918', prefixes: ['10.0.0.0/9'] },
    { prefixes: ['10.128.0.0/9'] },
    { prefixes: ['10.0.0.0/10'], addressScope: 'vrf-2-4' },
  ])
})

test('an aggregate that equals a container is merged into it, one that equals a subnet holds it', () => {
  const merged = planOf({
    aggregates: 'id,prefix\n1,10.0.0.0/8\n',
    prefixes: prefixes('1,10.0.0.0/8,,container,,'),
  })
  expect(fates(merged)['aggregates.csv:2']?.[0]).toBe('merged')
  expect(merged.plan.subnetPools).toHaveLength(1)
  const holding = planOf({
    aggregates: 'id,prefix\n1,192.0.2.0/24\n',
    prefixes: prefixes('1,192.0.2.0/24,,active,,'),
  })
  expect(holding.plan.subnets[0]?.subnetPool).toBe(holding.plan.subnetPools[0]?.key)
})

test('a prefix in use with others inside it becomes a pool, and its report says so', () => {
  const result = planOf({
    prefixes: prefixes('1,10.0.0.0/16,,active,,Site', '2,10.0.1.0/24,,active,,'),
  })
  expect(result.plan.subnetPools).toMatchObject([{ name: 'prefix 10.0.0.0/16 Site' }])
  expect(result.plan.subnets.map((subnet) => subnet.cidr)).toEqual(['10.0.1.0/24'])
  expect(fates(result)['prefixes.csv:2']).toEqual([
    'planned',
    '1 prefix inside it, so it is a subnet pool and not a subnet',
  ])
})

test('each VRF is a scope of its own, found by name, route distinguisher or both, also unlisted', () => {
  const { plan } = planOf({
    vrfs: 'id,name,rd,tenant\n1,Alpha,65000:1,ACME\n2,Idle,65000:2,\n',
    prefixes: prefixes(
      '1,10.0.0.0/24,Alpha,active,,',
      '2,10.0.1.0/24,65000:1,active,,',
      '3,10.0.2.0/24,Alpha (65000:1),active,,',
      '4,2001:db8::/64,Alpha,active,,',
      '5,10.0.0.0/24,Unlisted,active,,',
    ),
  })
  expect(plan.subnets.map((subnet) => subnet.addressScope)).toEqual([
    'vrf-2-4',
    'vrf-2-4',
    'vrf-2-4',
    'vrf-2-6',
    'vrf-unlisted-3-4',
  ])
  expect(plan.addressScopes.map(({ name, ipVersion }) => [name, ipVersion])).toEqual([
    ['Alpha', 4],
    ['Alpha', 6],
    ['Idle', 4],
    ['Unlisted', 4],
  ])
  expect(plan.addressScopes[0]?.labels).toEqual({
    'netbox-id': '1',
    rd: '65000:1',
    tenant: 'ACME',
  })
})

test('rows of a VRF name that two VRFs share are skipped', () => {
  const result = planOf({
    vrfs: 'id,name,rd\n1,Twin,65000:1\n2,Twin,65000:2\n',
    prefixes: prefixes('1,10.0.0.0/24,Twin,active,,', '2,10.0.0.0/24,65000:2,active,,'),
  })
  expect(fates(result)['prefixes.csv:2']?.[1]).toMatch(/2 VRFs are called "Twin"/)
  expect(result.plan.subnets).toMatchObject([{ addressScope: 'vrf-3-4' }])
})

test('the same prefix twice in one VRF is skipped the second time, and never in two VRFs', () => {
  const result = planOf({
    vrfs: 'id,name\n1,Alpha\n2,Bravo\n',
    prefixes: prefixes(
      '1,10.0.0.0/24,Alpha,active,,',
      '2,10.0.0.0/24,Alpha,active,,',
      '3,10.0.0.0/24,Bravo,active,,',
    ),
  })
  expect(result.plan.subnets).toHaveLength(2)
  expect(fates(result)['prefixes.csv:3']).toEqual([
    'skipped',
    'the same prefix as prefixes.csv:2, which was taken',
  ])
})

test('IP ranges are cut out of the allocation pools of their subnets', () => {
  const result = planOf({
    prefixes: prefixes('1,10.0.0.0/24,,active,,', '2,10.0.1.0/24,,active,,'),
    ipRanges:
      'id,start_address,end_address,vrf\n1,10.0.0.100/24,10.0.0.199/24,\n2,10.0.0.250,10.0.1.9,\n3,10.9.0.1,10.9.0.2,\n4,10.0.1.250,10.0.2.5,\n',
  })
  expect(result.plan.subnets.map((subnet) => subnet.allocationPools)).toEqual([
    [
      { first: '10.0.0.1', last: '10.0.0.99' },
      { first: '10.0.0.200', last: '10.0.0.249' },
    ],
    [{ first: '10.0.1.10', last: '10.0.1.249' }],
  ])
  expect(fates(result)).toMatchObject({
    'ip-ranges.csv:2': ['merged', 'kept out of the allocation pools of subnet 10.0.0.0/24'],
    'ip-ranges.csv:3': [
      'merged',
      'kept out of the allocation pools of subnet 10.0.0.0/24 and subnet 10.0.1.0/24',
    ],
    'ip-ranges.csv:4': ['skipped', 'lies in no prefix that became a subnet'],
    'ip-ranges.csv:5': [
      'merged',
      'kept out of the allocation pools of subnet 10.0.1.0/24; the part of it outside of subnets is left out',
    ],
  })
})

test('addresses become allocations with what NetBox knows of them', () => {
  const { plan } = planOf({
    prefixes: prefixes('1,10.0.0.0/24,,active,,'),
    ipAddresses: `id,address,vrf,status,role,tenant,dns_name,description
7,10.0.0.5/24,,Active,,"Dunder-Mifflin, Inc.",db1.example.net,main database
8,10.0.0.6/32,,dhcp,VRRP,,,
`,
  })
  expect(plan.allocations).toEqual([
    {
      source: 'ip-addresses.csv:2',
      subnet: 'prefixes.csv:2',
      address: '10.0.0.5',
      holder: { kind: 'host', id: 'netbox:ip-address:7', hostName: 'db1.example.net' },
      labels: {
        'netbox-id': '7',
        status: 'active',
        tenant: 'Dunder-Mifflin, Inc.',
        description: 'main database',
      },
    },
    {
      source: 'ip-addresses.csv:3',
      subnet: 'prefixes.csv:2',
      address: '10.0.0.6',
      holder: { kind: 'service', id: 'netbox:ip-address:8' },
      labels: { 'netbox-id': '8', status: 'dhcp', role: 'VRRP' },
    },
  ])
})

test('an address that cannot be held is skipped with the reason', () => {
  const result = planOf({
    prefixes: prefixes('1,10.0.0.0/24,,active,,', '2,2001:db8::/64,,active,,'),
    ipAddresses: addresses(
      '1,10.0.0.0/24,,active,,,',
      '2,10.0.0.255/24,,active,,,',
      '3,10.0.1.1/24,,active,,,',
      '4,10.0.0.9/24,,active,,,',
      '5,10.0.0.9/32,,active,vip,,',
      '6,10.0.0.300/24,,active,,,',
      '7,2001:db8::/64,,active,,,',
    ),
  })
  expect(Object.values(fates(result)).map(([, reason]) => reason)).toEqual([
    'is the network address of subnet 10.0.0.0/24',
    'is the broadcast address of subnet 10.0.0.0/24',
    'lies in no prefix that became a subnet',
    undefined,
    'the same address as ip-addresses.csv:5, which was taken',
    expect.stringContaining('10.0.0.300'),
    'is the network address of subnet 2001:db8::/64',
    undefined,
    undefined,
  ])
})

test('both addresses of a /31 and the one of a /32 can be held', () => {
  const { plan } = planOf({
    prefixes: prefixes(
      '1,10.0.0.0/31,,active,,',
      '2,10.0.0.9/32,,active,,',
      '3,2001:db8::/127,,active,,',
    ),
    ipAddresses: addresses(
      '1,10.0.0.0/31,,active,,,',
      '2,10.0.0.1/31,,active,,,',
      '3,10.0.0.9/32,,active,,,',
      '4,2001:db8::/127,,active,,,',
    ),
  })
  expect(plan.allocations).toHaveLength(4)
  expect(plan.subnets[0]?.allocationPools).toEqual([{ first: '10.0.0.0', last: '10.0.0.1' }])
})

test('an address that says it is the gateway becomes one, and leaves the allocation pools', () => {
  const result = planOf({
    prefixes: prefixes('1,10.0.0.0/24,,active,,'),
    ipAddresses: addresses(
      '1,10.0.0.1/24,,active,,,Default gateway',
      '2,10.0.0.2/24,,active,,,uplink to the gateway of HQ',
    ),
  })
  expect(result.plan.subnets[0]).toMatchObject({
    gateway: '10.0.0.1',
    allocationPools: [{ first: '10.0.0.2', last: '10.0.0.254' }],
  })
  expect(result.plan.allocations.map(({ address }) => address)).toEqual(['10.0.0.2'])
  expect(fates(result)['ip-addresses.csv:2']?.[0]).toBe('merged')
})

test('nothing is handed out automatically from reserved, deprecated or fully utilized prefixes', () => {
  const result = planOf({
    prefixes:
      'prefix,status,mark_utilized\n10.0.0.0/24,reserved,False\n10.0.1.0/24,Deprecated,\n10.0.2.0/24,active,True\n',
  })
  expect(result.plan.subnets.map((subnet) => subnet.allocationPools)).toEqual([[], [], []])
  expect(result.rows.map((row) => row.reason?.split(',')[0])).toEqual([
    'reserved',
    'deprecated',
    'marked as utilized',
  ])
})

test('a prefix with host bits, an address of two numbers and a short line are skipped, the rest is kept', () => {
  const result = planOf({
    prefixes: 'id,prefix\n1,10.0.0.1/24\n2\n3,10.0.2.0/24\n',
  })
  expect(result.plan.subnets.map((subnet) => subnet.cidr)).toEqual(['10.0.2.0/24'])
  expect(result.rows.map((row) => row.fate)).toEqual(['skipped', 'skipped', 'planned'])
  expect(result.rows[0]?.reason).toContain('10.0.0.0/24')
})

test('text that no name may hold is cleaned, and the report says so', () => {
  const result = planOf({
    prefixes: prefixes(`1,10.0.0.0/24,,active,,"red \u001b[31m${'x'.repeat(300)}"`),
  })
  const description = result.plan.subnets[0]?.labels?.description ?? ''
  expect(description).toHaveLength(255)
  expect(description).toMatch(/^red \[31mx+…$/)
  expect(result.rows[0]?.reason).toBe('cleaned to fit: description')
})

test('a pool of more than a thousand prefixes is cut into several, and subnets name the right one', () => {
  const rows = Array.from({ length: 600 }, (_, index) => {
    const third = `10.${index >> 6}.${(index & 63) * 4}`
    return `${index + 2},${third}.64/26,,container,,`
  })
  const { plan } = planOf({
    prefixes: prefixes('1,10.0.0.0/8,,container,,', ...rows, '900,10.200.0.0/24,,active,,'),
  })
  const outer = plan.subnetPools.filter((pool) => pool.source === 'prefixes.csv:2')
  expect(outer.map((pool) => pool.prefixes.length <= 1000)).toEqual(outer.map(() => true))
  expect(outer.length).toBeGreaterThan(1)
  const subnet = plan.subnets[0]
  const pool = outer.find(({ key }) => key === subnet?.subnetPool)
  expect(
    pool?.prefixes.some((text) => Prefix.parse(text).contains(Prefix.parse('10.200.0.0/24'))),
  ).toBe(true)
})

test('for any nesting of prefixes: pools never overlap, lose nothing, and hold their subnets', () => {
  const row = fc.record({
    offset: fc.nat(255),
    length: fc.integer({ min: 20, max: 32 }),
    status: fc.constantFrom('container', 'active', 'reserved'),
  })
  fc.assert(
    fc.property(fc.array(row, { maxLength: 40 }), (rows) => {
      const lines = rows.map(({ offset, length, status }, index) => {
        const prefix = Prefix.of(Prefix.parse('10.0.0.0/20').first.plus(offset * 16), length)
        return `${index},${prefix},,${status},,`
      })
      const { plan, rows: settled } = planOf({ prefixes: prefixes(...lines) })
      expect(settled).toHaveLength(lines.length)
      const all = plan.subnetPools.flatMap((pool) =>
        pool.prefixes.map((text) => ({ pool, range: Prefix.parse(text).toRange() })),
      )
      const union = RangeSet.of(
        4,
        all.map(({ range }) => range),
      )
      expect(union.size).toBe(all.reduce((sum, { range }) => sum + range.size, 0n))
      const subnets = plan.subnets.map((subnet) => Prefix.parse(subnet.cidr))
      const taken = RangeSet.of(
        4,
        subnets.map((subnet) => subnet.toRange()),
      )
      expect(taken.size).toBe(subnets.reduce((sum, subnet) => sum + subnet.size, 0n))
      const covered = lines.map((line) => Prefix.parse(line.split(',')[1] ?? '').toRange())
      expect(union.union(taken).equals(RangeSet.of(4, covered))).toBe(true)
      for (const [index, subnet] of plan.subnets.entries()) {
        const pool = plan.subnetPools.find(({ key }) => key === subnet.subnetPool)
        const isInside = (pool?.prefixes ?? []).some((text) =>
          Prefix.parse(text).contains(subnets[index] as Prefix),
        )
        expect(isInside).toBe(subnet.subnetPool !== undefined)
      }
    }),
  )
})
