import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { type AppFixture, openApp } from './app-fixture.ts'
import { notAddresses, notIpv6Addresses } from './bad-values.ts'
import { expectRefusal } from './refusal.ts'

let fixture: AppFixture
const allocations: Record<string, string> = {}

beforeAll(async () => {
  fixture = await openApp()
  const cidrs = [
    '10.0.0.0/24',
    '10.1.0.0/31',
    '10.1.0.8/32',
    '2001:db8:0:1::/64',
    '2001:db8:0:2::/127',
    '2001:db8:0:3::9/128',
    '::/96',
    '64:ff9b::/96',
  ]
  for (const cidr of cidrs) {
    const gateway = /\/(31|32|127|128|96)$/.test(cidr) ? null : 'auto'
    const subnet = await fixture.call('POST', '/v1/subnets', { cidr, gateway })
    expect(subnet.body).toMatchObject({ cidr })
    allocations[cidr] = `/v1/subnets/${subnet.body.id}/allocations`
  }
})
afterAll(() => fixture.close())

const specific = (address: unknown) => ({ request: { kind: 'specific', address } })

describe('what is no address', () => {
  test.each(notAddresses)('%j is refused in an IPv4 subnet', (address) =>
    expectRefusal(fixture, {
      path: allocations['10.0.0.0/24'] ?? '',
      body: specific(address),
      status: 400,
      code: 'INVALID_ADDRESS',
      pointer: '/request/address',
    }),
  )

  test.each(notIpv6Addresses)('%j is refused in an IPv6 subnet', (address) =>
    expectRefusal(fixture, {
      path: allocations['2001:db8:0:1::/64'] ?? '',
      body: specific(address),
      status: 400,
      code: 'INVALID_ADDRESS',
      pointer: '/request/address',
    }),
  )

  test.each([null, true, 167772161, [], {}])('%j is of the wrong type', (address) =>
    expectRefusal(fixture, {
      path: allocations['10.0.0.0/24'] ?? '',
      body: specific(address),
      status: 400,
      code: 'INVALID_FIELD',
      pointer: '/request/address',
    }),
  )

  test('a megabyte of digits is refused', () =>
    expectRefusal(fixture, {
      path: allocations['10.0.0.0/24'] ?? '',
      body: specific('1'.repeat(1024 * 1024 - 100)),
      status: 400,
      code: 'INVALID_ADDRESS',
    }))

  test('more than a megabyte is too large', () =>
    expectRefusal(fixture, {
      path: allocations['10.0.0.0/24'] ?? '',
      body: specific('1'.repeat(1024 * 1024)),
      status: 413,
      code: 'BODY_TOO_LARGE',
    }))
})

describe('addresses that are not for this subnet', () => {
  test.each([
    ['10.0.0.0/24', '2001:db8::1', 'IP_VERSION_MISMATCH'],
    ['2001:db8:0:1::/64', '10.0.0.1', 'IP_VERSION_MISMATCH'],
    ['10.0.0.0/24', '10.0.1.1', 'ADDRESS_OUTSIDE_SUBNET'],
    ['10.0.0.0/24', '255.255.255.255', 'ADDRESS_OUTSIDE_SUBNET'],
    ['10.0.0.0/24', '10.0.0.0', 'ADDRESS_NOT_ASSIGNABLE'],
    ['10.0.0.0/24', '10.0.0.255', 'ADDRESS_NOT_ASSIGNABLE'],
    ['2001:db8:0:1::/64', '2001:db8:0:1::', 'ADDRESS_NOT_ASSIGNABLE'],
    ['2001:db8:0:1::/64', '::10.0.0.1', 'ADDRESS_OUTSIDE_SUBNET'],
  ])('%s does not give %s', (cidr, address, code) =>
    expectRefusal(fixture, {
      path: allocations[cidr] ?? '',
      body: specific(address),
      status: 400,
      code,
    }),
  )

  test('the gateway is kept', () =>
    expectRefusal(fixture, {
      path: allocations['10.0.0.0/24'] ?? '',
      body: specific('10.0.0.1'),
      status: 409,
      code: 'ADDRESS_RESERVED',
    }))
})

describe('addresses that look odd and are right', () => {
  test.each([
    ['10.1.0.0/31', '10.1.0.0', '10.1.0.0'],
    ['10.1.0.0/31', '10.1.0.1', '10.1.0.1'],
    ['10.1.0.8/32', '10.1.0.8', '10.1.0.8'],
    ['2001:db8:0:2::/127', '2001:db8:0:2::', '2001:db8:0:2::'],
    ['2001:db8:0:2::/127', '2001:db8:0:2::1', '2001:db8:0:2::1'],
    ['2001:db8:0:3::9/128', '2001:db8:0:3::9', '2001:db8:0:3::9'],
    ['2001:db8:0:1::/64', '2001:DB8:0:1:0::77', '2001:db8:0:1::77'],
    ['::/96', '::10.0.0.1', '::a00:1'],
    ['64:ff9b::/96', '64:ff9b::10.0.0.1', '64:ff9b::a00:1'],
  ])('%s gives %s as %s, by either spelling', async (cidr, spelled, canonical) => {
    const path = allocations[cidr] ?? ''
    const created = await fixture.call('POST', path, specific(spelled))
    expect(created.status).toBe(201)
    expect(created.body.allocations[0].address).toBe(canonical)
    expect((await fixture.call('GET', `${path}/${spelled}`)).body.address).toBe(canonical)
    expect((await fixture.call('DELETE', `${path}/${spelled}`)).status).toBe(204)
    expect((await fixture.call('GET', `${path}/${canonical}`)).status).toBe(404)
  })

  test.each(['001122334455', '00-11-22-33-44-55', '0011.2233.4455', '00:11:22:33:44:55'])(
    'the MAC %s is kept in one form',
    async (mac) => {
      const holder = { kind: 'host', id: 'h', mac }
      const created = await fixture.call('POST', allocations['10.0.0.0/24'] ?? '', {
        request: { kind: 'any' },
        holder,
      })
      expect(created.body.allocations[0].holder.mac).toBe('00:11:22:33:44:55')
    },
  )
})

describe('MAC addresses that form no interface identifier', () => {
  test.each([
    ['2001:db8:0:1::/64', '00:11:22:33:44', 'INVALID_MAC'],
    ['2001:db8:0:1::/64', '00:11:22:33:44:55:66:77', 'INVALID_MAC'],
    ['2001:db8:0:1::/64', '00:11:22-33:44:55', 'INVALID_MAC'],
    ['2001:db8:0:1::/64', '01:00:5e:00:00:01', 'EUI64_NOT_POSSIBLE'],
    ['2001:db8:0:1::/64', '00:00:00:00:00:00', 'EUI64_NOT_POSSIBLE'],
    ['2001:db8:0:2::/127', '00:11:22:33:44:55', 'EUI64_NOT_POSSIBLE'],
    ['10.0.0.0/24', '00:11:22:33:44:55', 'EUI64_NOT_POSSIBLE'],
  ])('in %s, %s is refused', (cidr, mac, code) =>
    expectRefusal(fixture, {
      path: allocations[cidr] ?? '',
      body: { request: { kind: 'eui64', mac } },
      status: 400,
      code,
    }),
  )
})

describe('bulk requests', () => {
  test.each([
    ['0', 400, 'COUNT_OUT_OF_BOUNDS'],
    ['-1', 400, 'COUNT_OUT_OF_BOUNDS'],
    ['1001', 400, 'COUNT_OUT_OF_BOUNDS'],
    ['9007199254740991', 400, 'COUNT_OUT_OF_BOUNDS'],
    ['1.5', 400, 'INVALID_FIELD'],
    ['"5"', 400, 'INVALID_FIELD'],
    ['null', 400, 'INVALID_FIELD'],
    ['9007199254740992', 400, 'NUMBER_OUT_OF_RANGE'],
    ['1000000000000000000000000000000', 400, 'NUMBER_OUT_OF_RANGE'],
    ['1e30', 400, 'NUMBER_OUT_OF_RANGE'],
    ['1e3', 409, 'SUBNET_EXHAUSTED'],
    ['254', 409, 'SUBNET_EXHAUSTED'],
  ])('a count of %s is refused', (count, status, code) =>
    expectRefusal(fixture, {
      path: allocations['10.0.0.0/24'] ?? '',
      body: `{"request":{"kind":"bulk","count":${count}}}`,
      status,
      code,
    }),
  )

  test('exhaustion tells what was asked and not what others hold', async () => {
    const { body } = await fixture.call('POST', allocations['10.0.0.0/24'] ?? '', {
      request: { kind: 'bulk', count: 300 },
    })
    expect(body).toMatchObject({ code: 'SUBNET_EXHAUSTED', requested: 300 })
    expect(Object.keys(body)).not.toContain('available')
  })

  test('1e3 is the integer 1000 where there is room', async () => {
    const subnet = await fixture.call('POST', '/v1/subnets', { cidr: '10.64.0.0/16' })
    const body = '{"request":{"kind":"bulk","count":1e3}}'
    const created = await fixture.call('POST', `/v1/subnets/${subnet.body.id}/allocations`, body)
    expect(created.body.allocations).toHaveLength(1000)
  })
})

describe('leases', () => {
  test.each(['0', '-1', '1.5', '1000000000000', '"60"'])('a ttl of %s is refused', (ttl) =>
    expectRefusal(fixture, {
      path: allocations['10.0.0.0/24'] ?? '',
      body: `{"request":{"kind":"any"},"ttlSeconds":${ttl}}`,
      status: 400,
      code: 'INVALID_FIELD',
      pointer: '/ttlSeconds',
    }),
  )
})
