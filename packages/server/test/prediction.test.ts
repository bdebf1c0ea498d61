import { randomBytes } from 'node:crypto'
import { Prefix } from '@freehold/address'
import { afterEach, describe, expect, test } from 'vitest'
import { newTokenText } from '../src/identity/token-text.ts'
import { randomMacAddress } from '../src/neutron/port-records.ts'
import { type AppFixture, openApp } from './app-fixture.ts'
import { linearComplexity, weakBits } from './linear-complexity.ts'

let fixture: AppFixture | undefined

afterEach(async () => {
  await fixture?.close()
  fixture = undefined
})

const enough = 12_800
const uuidValue = (text: string) => BigInt(`0x${text.replaceAll('-', '')}`)

// 32 bits of each number, as a program without the system's generator would put ids together.
const weakNumber = () => BigInt(Math.floor(Math.random() * 2 ** 32))

describe('the measure', () => {
  test('knows a shift register, and bits of the system’s generator', () => {
    const register = new Uint8Array(400)
    register[0] = 1
    for (let n = 17; n < 400; n += 1)
      register[n] = (register[n - 17] as number) ^ (register[n - 14] as number)
    expect(linearComplexity(register)).toBeLessThanOrEqual(17)
    const bits = Uint8Array.from(randomBytes(400), (byte) => byte & 1)
    expect(linearComplexity(bits)).toBeGreaterThan(170)
  })

  test('convicts ids and addresses that come of Math.random', () => {
    const ids = Array.from({ length: enough }, () =>
      [0, 1, 2, 3].reduce((id) => (id << 32n) | weakNumber(), 0n),
    )
    const addresses = Array.from({ length: enough }, () => (weakNumber() << 32n) | weakNumber())
    expect(weakBits(ids, 128).length).toBeGreaterThan(60)
    expect(weakBits(addresses, 64).length).toBeGreaterThan(30)
  })
})

describe('what one tenant is shown says nothing of what the next will be', () => {
  test('by the ids of records', async () => {
    fixture = await openApp()
    const addressScopes = Array.from({ length: enough }, (_, key) => ({
      key: String(key),
      ipVersion: 4 as const,
      name: `scope ${key}`,
    }))
    await fixture.ipam.plans.apply({
      format: 'freehold-plan/1',
      addressScopes,
      subnetPools: [],
      subnets: [],
      allocations: [],
    })
    const ids: bigint[] = []
    for (let cursor: string | undefined; ; ) {
      const page = await fixture.ipam.addressScopes.list(
        {},
        { limit: 1000, ...(cursor === undefined ? {} : { cursor }) },
      )
      for (const { id, name } of page.items) if (name !== 'default') ids.push(uuidValue(id))
      if (page.nextCursor === null) break
      cursor = page.nextCursor
    }
    expect(ids).toHaveLength(enough)
    expect(weakBits(ids, 128)).toEqual([])
  }, 120_000)

  test('by the ids of requests', async () => {
    fixture = await openApp()
    const ids: bigint[] = []
    for (let count = 0; count < enough; count += 1) {
      const { headers } = await fixture.app.inject({ url: '/healthz' })
      ids.push(uuidValue(String(headers['x-request-id'])))
    }
    expect(weakBits(ids, 128)).toEqual([])
  }, 120_000)

  test('by the addresses that are drawn', async () => {
    fixture = await openApp()
    const prefix = Prefix.parse('2001:db8::/64')
    const { id } = await fixture.ipam.subnets.create({ cidr: prefix.toString() })
    const hosts: bigint[] = []
    // One by one: each request then takes as much of the generator as the one before, which is what the strides look for.
    while (hosts.length < enough)
      await fixture.ipam.transaction(async ({ allocations }) => {
        for (let count = 0; count < 400; count += 1) {
          const [held] = await allocations.allocate(id, { kind: 'any' })
          hosts.push(hostPartOf(held?.address ?? ''))
        }
      })
    expect(weakBits(hosts, 64)).toEqual([])
  }, 120_000)

  test('by the MAC addresses of ports', () => {
    // Three numbers make one; twice as many are needed to see the same place of a block of 64 again and again.
    const values = Array.from({ length: 2 * enough }, () =>
      BigInt(`0x${randomMacAddress().slice(9).replaceAll(':', '')}`),
    )
    expect(weakBits(values, 24)).toEqual([])
  }, 120_000)

  test('by the cursors of the event feed, which are never the same twice', async () => {
    fixture = await openApp()
    const events = fixture.ipam.as({ projectId: 'south', isAdmin: false }).events
    // The first 96 bits are what is drawn for each.
    const drawn: bigint[] = []
    while (drawn.length < enough) {
      const { nextCursor } = await events.list({ limit: 1 })
      drawn.push(BigInt(`0x${Buffer.from(nextCursor, 'base64url').toString('hex').slice(0, 24)}`))
    }
    expect(new Set(drawn).size).toBe(enough)
    expect(weakBits(drawn, 96)).toEqual([])
  }, 120_000)

  test('by the texts of tokens', () => {
    const digits = '0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz'
    const values = Array.from({ length: enough }, () =>
      newTokenText()
        .slice(3, 46)
        .split('')
        .reduce((value, digit) => value * 62n + BigInt(digits.indexOf(digit)), 0n),
    )
    expect(weakBits(values, 256)).toEqual([])
  }, 120_000)

  test('by entity tags, which are the same for everybody', async () => {
    fixture = await openApp()
    const tags: (string | undefined)[] = []
    for (const cidr of ['10.0.0.0/24', '10.0.1.0/24'])
      tags.push((await fixture.call('POST', '/v1/subnets', { cidr })).headers['etag'])
    expect(tags[0]).toBe(tags[1])
  })
})

function hostPartOf(address: string): bigint {
  const [network = '', ...groups] = address.split('::')
  const given = (part: string) => (part === '' ? [] : part.split(':'))
  const [head, tail] = [given(network), given(groups[0] ?? '')]
  const missing = groups.length === 0 ? 0 : 8 - head.length - tail.length
  const all = [...head, ...Array<string>(missing).fill('0'), ...tail].slice(4)
  return all.reduce((value, group) => (value << 16n) | BigInt(`0x${group}`), 0n)
}
