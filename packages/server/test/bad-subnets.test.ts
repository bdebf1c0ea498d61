import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { type AppFixture, openApp } from './app-fixture.ts'
import { notPrefixes } from './bad-values.ts'
import { expectRefusal } from './refusal.ts'

let fixture: AppFixture
let poolId: string

beforeAll(async () => {
  fixture = await openApp()
  const pool = await fixture.call('POST', '/v1/subnet-pools', {
    prefixes: ['172.16.0.0/16'],
    minPrefixLength: 20,
    maxPrefixLength: 28,
  })
  poolId = pool.body.id
})
afterAll(() => fixture.close())

const path = '/v1/subnets'

describe('what is no prefix', () => {
  test.each(notPrefixes)('%j is refused', (cidr) =>
    expectRefusal(fixture, {
      path,
      body: { cidr },
      status: 400,
      code: 'INVALID_PREFIX',
      pointer: '/cidr',
    }),
  )

  test('host bits are refused with the prefix that was meant', async () => {
    const { body } = await fixture.call('POST', path, { cidr: '10.0.0.1/24' })
    expect(body.fix).toContain('10.0.0.0/24')
  })

  test.each(['0.0.0.0/0', '::/0'])('%s is refused unless whole spaces are allowed', (cidr) =>
    expectRefusal(fixture, {
      path,
      body: { cidr },
      status: 400,
      code: 'PREFIX_LENGTH_OUT_OF_BOUNDS',
    }),
  )
})

test('whole spaces are counted exactly where they are allowed', async () => {
  const whole = await openApp({}, { limits: { allowWholeSpace: true } })
  for (const [cidr, capacity] of [
    ['0.0.0.0/0', 2n ** 32n - 2n],
    // Without the subnet-router anycast address and the IPv4-mapped ones.
    ['::/0', 2n ** 128n - 1n - 2n ** 32n],
  ] as const) {
    const subnet = await whole.call('POST', path, { cidr, gateway: null })
    expect(subnet.status).toBe(201)
    const { body } = await whole.call('GET', `${path}/${subnet.body.id}/utilization`)
    expect(body.capacity).toBe(String(capacity))
  }
  await whole.close()
})

test.each([
  ['255.255.255.0/24', '255.255.255.254'],
  ['ffff:ffff:ffff:ffff:ffff:ffff:ffff:ff00/120', 'ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff'],
])('the last address of %s can be held', async (cidr, address) => {
  const subnet = await fixture.call('POST', path, { cidr })
  expect(subnet.status).toBe(201)
  const request = { kind: 'specific', address }
  const held = await fixture.call('POST', `${path}/${subnet.body.id}/allocations`, { request })
  expect(held.status).toBe(201)
})

describe('allocation pools', () => {
  const pool = (first: unknown, last: unknown) => ({ first, last })
  test.each([
    ['reversed', [pool('10.0.0.9', '10.0.0.5')], 'INVALID_RANGE'],
    ['of two families', [pool('10.0.0.5', '2001:db8::1')], 'IP_VERSION_MISMATCH'],
    ['of the other family', [pool('2001:db8::1', '2001:db8::2')], 'IP_VERSION_MISMATCH'],
    ['without an end', [{ first: '10.0.0.5' }], 'INVALID_FIELD'],
    ['partly outside', [pool('10.0.0.250', '10.0.1.5')], 'ALLOCATION_POOL_OUTSIDE_SUBNET'],
    ['with the network address', [pool('10.0.0.0', '10.0.0.5')], 'ALLOCATION_POOL_OUTSIDE_SUBNET'],
    [
      'with the broadcast address',
      [pool('10.0.0.9', '10.0.0.255')],
      'ALLOCATION_POOL_OUTSIDE_SUBNET',
    ],
    ['of the whole space', [pool('0.0.0.0', '255.255.255.255')], 'ALLOCATION_POOL_OUTSIDE_SUBNET'],
    [
      'overlapping',
      [pool('10.0.0.5', '10.0.0.9'), pool('10.0.0.9', '10.0.0.12')],
      'ALLOCATION_POOLS_OVERLAP',
    ],
    [
      'equal',
      [pool('10.0.0.5', '10.0.0.9'), pool('10.0.0.5', '10.0.0.9')],
      'ALLOCATION_POOLS_OVERLAP',
    ],
    ['holding the gateway', [pool('10.0.0.1', '10.0.0.9')], 'GATEWAY_IN_ALLOCATION_POOL'],
    ['null', null, 'INVALID_FIELD'],
    ['an object', {}, 'INVALID_FIELD'],
  ])('%s are refused', (_title, allocationPools, code) =>
    expectRefusal(fixture, {
      path,
      body: { cidr: '10.0.0.0/24', allocationPools },
      status: 400,
      code,
    }),
  )

  test('more than the limit are refused', () =>
    expectRefusal(fixture, {
      path,
      body: {
        cidr: '10.0.0.0/8',
        allocationPools: Array.from({ length: 10_001 }, (_, i) => {
          const address = `10.${1 + (i >> 14)}.${(i >> 6) & 255}.${(i & 63) * 4}`
          return { first: address, last: address }
        }),
      },
      status: 400,
      code: 'INVALID_FIELD',
    }))

  test('an empty list hands nothing out, an absent one everything, adjacent ones are taken', async () => {
    const none = await fixture.call('POST', path, { cidr: '10.20.0.0/24', allocationPools: [] })
    expect(none.body.allocationPools).toEqual([])
    const refused = await fixture.call('POST', `${path}/${none.body.id}/allocations`, {
      request: { kind: 'any' },
    })
    expect(refused.body.code).toBe('SUBNET_EXHAUSTED')
    const all = await fixture.call('POST', path, { cidr: '10.21.0.0/24' })
    expect(all.body.allocationPools).toEqual([{ first: '10.21.0.2', last: '10.21.0.254' }])
    const adjacent = await fixture.call('POST', path, {
      cidr: '10.22.0.0/24',
      allocationPools: [
        { first: '10.22.0.5', last: '10.22.0.9' },
        { first: '10.22.0.10', last: '10.22.0.12' },
      ],
    })
    expect(adjacent.status).toBe(201)
  })
})

describe('gateways', () => {
  test.each([
    ['10.0.0.0/24', '10.9.9.9', 'GATEWAY_OUTSIDE_SUBNET'],
    ['10.0.0.0/24', '10.0.0.0', 'GATEWAY_NOT_ASSIGNABLE'],
    ['10.0.0.0/24', '10.0.0.255', 'GATEWAY_NOT_ASSIGNABLE'],
    ['10.0.0.0/32', '10.0.0.0', 'GATEWAY_NOT_ASSIGNABLE'],
    ['2001:db8::9/128', '2001:db8::9', 'GATEWAY_NOT_ASSIGNABLE'],
    ['10.0.0.0/24', '2001:db8::1', 'IP_VERSION_MISMATCH'],
    ['10.0.0.0/24', 'first', 'INVALID_ADDRESS'],
    ['10.0.0.0/24', '', 'INVALID_ADDRESS'],
  ])('in %s, %j is refused', (cidr, gateway, code) =>
    expectRefusal(fixture, {
      path,
      body: { cidr, gateway },
      status: 400,
      code,
      pointer: '/gateway',
    }),
  )

  test('outside the subnet a gateway is taken when it is said to be on the link', async () => {
    const body = { cidr: '10.23.0.0/24', gateway: '10.99.0.1', onLink: true }
    expect((await fixture.call('POST', path, body)).status).toBe(201)
  })

  test('on a /31 the other end stays free', async () => {
    const subnet = await fixture.call('POST', path, { cidr: '10.24.0.0/31', gateway: '10.24.0.0' })
    expect(subnet.status).toBe(201)
    const request = { kind: 'any' }
    const held = await fixture.call('POST', `${path}/${subnet.body.id}/allocations`, { request })
    expect(held.body.allocations[0].address).toBe('10.24.0.1')
  })
})

describe('subnets from a pool', () => {
  test.each([
    [33, 'PREFIX_LENGTH_OUT_OF_BOUNDS'],
    [29, 'PREFIX_LENGTH_OUT_OF_BOUNDS'],
    [19, 'PREFIX_LENGTH_OUT_OF_BOUNDS'],
    [0, 'PREFIX_LENGTH_OUT_OF_BOUNDS'],
    [-1, 'PREFIX_LENGTH_OUT_OF_BOUNDS'],
    [24.5, 'INVALID_FIELD'],
    ['24', 'INVALID_FIELD'],
  ])('a prefix length of %j is refused', (prefixLength, code) =>
    expectRefusal(fixture, {
      path,
      body: { subnetPoolId: poolId, prefixLength },
      status: 400,
      code,
      pointer: '/prefixLength',
    }),
  )

  test('a prefix outside the pool is refused', () =>
    expectRefusal(fixture, {
      path,
      body: { subnetPoolId: poolId, cidr: '192.168.0.0/24' },
      status: 400,
      code: 'PREFIX_OUTSIDE_SUBNET_POOL',
    }))

  test.each([[{}], [{ prefixLength: 24 }], [{ cidr: '10.30.0.0/24', prefixLength: 24 }]])(
    '%j says too little or too much',
    (body) => expectRefusal(fixture, { path, body, status: 400, code: 'INVALID_FIELD' }),
  )

  test.each(['00000000-0000-4000-8000-000000000000', 'nothing', ''])(
    'a pool %j that is not there is missing',
    (subnetPoolId) =>
      expectRefusal(fixture, {
        path,
        body: { subnetPoolId, prefixLength: 24 },
        status: 404,
        code: 'SUBNET_POOL_NOT_FOUND',
      }),
  )
})

describe('quotas', () => {
  const body = (quota: string) => `{"prefixes":["10.200.0.0/16"],"quota":${quota}}`
  test.each(['"-1"', '"1.5"', '"∞"', '"0x10"', '" 5"', '""', '"05"', '-1', '5', '1.5', 'true'])(
    '%s is refused',
    (quota) =>
      expectRefusal(fixture, {
        path: '/v1/subnet-pools',
        body: body(quota),
        status: 400,
        code: 'INVALID_FIELD',
        pointer: '/quota',
      }),
  )

  test(`2^128 + 1 is refused`, () =>
    expectRefusal(fixture, {
      path: '/v1/subnet-pools',
      body: body(`"${2n ** 128n + 1n}"`),
      status: 400,
      code: 'INVALID_FIELD',
    }))

  test('-1 is told to be null', async () => {
    const refused = await fixture.call('POST', '/v1/subnet-pools', body('"-1"'))
    expect(refused.body.fix).toContain('null')
  })

  test.each(['null', '"0"', '"2147483648"', '"18446744073709551616"', `"${2n ** 128n}"`])(
    '%s is kept exactly',
    async (quota) => {
      const created = await fixture.call('POST', '/v1/subnet-pools', body(quota))
      expect(created.status).toBe(201)
      expect(JSON.stringify(created.body.quota)).toBe(quota)
      await fixture.call('DELETE', `/v1/subnet-pools/${created.body.id}`)
    },
  )
})
