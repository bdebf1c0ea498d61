import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { type AppFixture, openApp } from './app-fixture.ts'

let fixture: AppFixture
let count = 0

beforeAll(async () => {
  fixture = await openApp()
})
afterAll(() => fixture.close())

async function subnetPath(prefixLength = 24): Promise<string> {
  count += 1
  const cidr = `10.${count}.0.0/${prefixLength}`
  const subnet = await fixture.call('POST', '/v1/subnets', { cidr })
  return `/v1/subnets/${subnet.body.id}`
}

describe('allocations', () => {
  test('an address is allocated, read, listed and released', async () => {
    const path = await subnetPath()
    const holder = {
      kind: 'host',
      id: 'web-1',
      mac: '00:11:22:33:44:55',
      hostName: 'web-1.example',
    }
    const created = await fixture.call('POST', `${path}/allocations`, {
      request: { kind: 'next' },
      holder,
      labels: { role: 'web' },
      ttlSeconds: 3600,
    })
    expect(created.status).toBe(201)
    const [allocation] = created.body.allocations
    expect(allocation).toMatchObject({
      address: '10.1.0.2',
      subnetId: path.split('/')[3],
      state: 'allocated',
      projectId: 'default',
      holder,
      labels: { role: 'web' },
    })
    expect(Date.parse(allocation.expiresAt)).toBeGreaterThan(Date.now() + 3_500_000)
    expect((await fixture.call('GET', `${path}/allocations/10.1.0.2`)).body).toEqual(allocation)
    const listed = await fixture.call('GET', `${path}/allocations?holderId=web-1&label=role:web`)
    expect(listed.body).toEqual({ items: [allocation], nextCursor: null })
    const held = await fixture.call('GET', '/v1/allocations?holderKind=host&holderId=web-1')
    expect(held.body).toEqual({ allocations: [allocation] })
    expect((await fixture.call('DELETE', `${path}/allocations/10.1.0.2`)).status).toBe(204)
    const again = await fixture.call('DELETE', `${path}/allocations/10.1.0.2`)
    expect(again.body).toMatchObject({ status: 404, code: 'ALLOCATION_NOT_FOUND' })
  })

  test.each([
    [{ kind: 'any' }, 1],
    [{ kind: 'next' }, 1],
    [{ kind: 'bulk', count: 5 }, 5],
  ])('%j answers a list of addresses of the pools', async (request, length) => {
    const path = await subnetPath()
    const { status, body } = await fixture.call('POST', `${path}/allocations`, { request })
    expect(status).toBe(201)
    expect(new Set(body.allocations.map(({ address }: { address: string }) => address)).size).toBe(
      length,
    )
  })

  test('a taken address answers 409 and a full subnet answers exhausted', async () => {
    const path = await subnetPath(30)
    const specific = { request: { kind: 'specific', address: `10.${count}.0.2` } }
    expect((await fixture.call('POST', `${path}/allocations`, specific)).status).toBe(201)
    expect((await fixture.call('POST', `${path}/allocations`, specific)).body).toMatchObject({
      status: 409,
      code: 'ADDRESS_IN_USE',
      kind: 'conflict',
    })
    const any = { request: { kind: 'any' } }
    expect((await fixture.call('POST', `${path}/allocations`, any)).body).toMatchObject({
      status: 409,
      code: 'SUBNET_EXHAUSTED',
      kind: 'exhausted',
    })
  })

  test('an EUI-64 address is formed from a MAC, and found by any spelling', async () => {
    const subnet = await fixture.call('POST', '/v1/subnets', { cidr: '2001:db8:1::/64' })
    const path = `/v1/subnets/${subnet.body.id}/allocations`
    const request = { kind: 'eui64', mac: '0011.2233.4455' }
    const { body } = await fixture.call('POST', path, { request })
    expect(body.allocations[0].address).toBe('2001:db8:1:0:211:22ff:fe33:4455')
    const spelled = await fixture.call('GET', `${path}/2001:0DB8:1:0000:211:22FF:FE33:4455`)
    expect(spelled.body).toEqual(body.allocations[0])
    expect((await fixture.call('DELETE', `${path}/2001:db8:1::211:22ff:fe33:4455`)).status).toBe(
      204,
    )
  })

  test('of several subnets the first that has room serves the request', async () => {
    const full = await subnetPath(30)
    const roomy = await subnetPath(24)
    const [a, b] = [full, roomy].map((path) => path.split('/')[3])
    const ask = { subnetIds: [a, b], request: { kind: 'next' } }
    const first = await fixture.call('POST', '/v1/allocations', ask)
    const second = await fixture.call('POST', '/v1/allocations', ask)
    expect(first.body.allocations[0].subnetId).toBe(a)
    expect(second.body.allocations[0].subnetId).toBe(b)
    const none = await fixture.call('POST', '/v1/allocations', {
      subnetIds: [a],
      request: { kind: 'next' },
    })
    expect(none.body).toMatchObject({ status: 409, kind: 'exhausted' })
  })

  test('If-Match on an allocation matches by * only', async () => {
    const path = await subnetPath()
    await fixture.call('POST', `${path}/allocations`, { request: { kind: 'next' } })
    const address = `${path}/allocations/10.${count}.0.2`
    const stale = await fixture.call('DELETE', address, undefined, { 'if-match': '"1"' })
    expect(stale.body).toMatchObject({ status: 412, code: 'STALE_REVISION' })
    expect((await fixture.call('DELETE', address, undefined, { 'if-match': '*' })).status).toBe(204)
  })
})
