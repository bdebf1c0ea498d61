import { afterEach, describe, expect, test } from 'vitest'
import { openWorld, type World } from './tenant-worlds.ts'

let world: World | undefined

afterEach(async () => {
  await world?.close()
  world = undefined
})

async function open(): Promise<World> {
  world = await openWorld()
  return world
}

describe('what projects share', () => {
  test('is decided by administrators alone, in both APIs and in plans', async () => {
    const { south } = await open()
    const own = (await south('POST', '/v1/address-scopes', { ipVersion: 4, shared: false })).body
    const pool = { addressScopeId: own.id, prefixes: ['10.0.0.0/16'] }
    const made = (await south('POST', '/v1/subnet-pools', { ...pool, isDefault: false })).body
    const { network } = (await south('POST', '/v2.0/networks', { network: { shared: false } })).body
    const planOf = (entry: object) => ({
      format: 'freehold-plan/1',
      addressScopes: [],
      subnetPools: [],
      subnets: [],
      allocations: [],
      ...entry,
    })
    const refused: [string, string, unknown][] = [
      ['POST', '/v1/address-scopes', { ipVersion: 4, shared: true }],
      ['PATCH', `/v1/address-scopes/${own.id}`, { shared: true }],
      ['POST', '/v1/subnet-pools', { ...pool, shared: true }],
      ['POST', '/v1/subnet-pools', { ...pool, isDefault: true }],
      ['PATCH', `/v1/subnet-pools/${made.id}`, { shared: true }],
      ['PATCH', `/v1/subnet-pools/${made.id}`, { isDefault: true }],
      ['PATCH', `/v1/subnet-pools/${made.id}`, { shared: false }],
      ['POST', '/v1/plan', planOf({ addressScopes: [{ key: 's', ipVersion: 4, shared: true }] })],
      [
        'POST',
        '/v1/plan?dryRun=true',
        planOf({
          subnets: [{ key: 'n', addressScope: 'default-4', cidr: '10.9.0.0/24', shared: true }],
        }),
      ],
      ['POST', '/v2.0/networks', { network: { shared: true } }],
      ['POST', '/v2.0/networks', { networks: [{}, { shared: 'True' }] }],
      ['PUT', `/v2.0/networks/${network.id}`, { network: { shared: true } }],
      ['PUT', `/v2.0/networks/${network.id}`, { network: { 'router:external': true } }],
      ['POST', '/v2.0/subnetpools', { subnetpool: { prefixes: ['10.2.0.0/16'], shared: true } }],
      [
        'POST',
        '/v2.0/subnetpools',
        { subnetpool: { prefixes: ['10.2.0.0/16'], is_default: true } },
      ],
      ['POST', '/v2.0/address-scopes', { address_scope: { ip_version: 4, shared: true } }],
    ]
    for (const [method, path, body] of refused)
      expect((await south(method, path, body)).status, `${method} ${path}`).toBe(403)
    const shared = await south('GET', '/v1/subnet-pools?shared=true')
    expect(shared.body.items).toEqual([])
  })

  test('lends addresses of the pools, and never the gateway or others by name, to ports too', async () => {
    const { admin, south } = await open()
    const { network } = (await admin('POST', '/v2.0/networks', { network: { shared: true } })).body
    const allocation_pools = [{ start: '10.0.0.10', end: '10.0.0.20' }]
    const { subnet } = (
      await admin('POST', '/v2.0/subnets', {
        subnet: { network_id: network.id, ip_version: 4, cidr: '10.0.0.0/24', allocation_pools },
      })
    ).body
    const port = (ip_address: string, more = {}) => ({
      port: { network_id: network.id, fixed_ips: [{ ip_address }], ...more },
    })
    const router = { device_owner: 'network:router_interface', device_id: 'r' }
    for (const body of [port('10.0.0.30'), port('10.0.0.1'), port('10.0.0.1', router)])
      expect([400, 403, 409], JSON.stringify(body)).toContain(
        (await south('POST', '/v2.0/ports', body)).status,
      )
    const native = (address: string, holder?: object) =>
      south('POST', `/v1/subnets/${subnet.id}/allocations`, {
        request: { kind: 'specific', address },
        ...(holder === undefined ? {} : { holder }),
      })
    expect((await native('10.0.0.30')).status).toBe(400)
    expect((await native('10.0.0.1', { kind: 'gateway', id: 'r' })).status).toBe(400)
    expect((await native('10.0.0.12')).status).toBe(201)
    const { body } = await admin('GET', `/v1/subnets/${subnet.id}/allocations`)
    expect(body.items.map(({ address }: { address: string }) => address)).toEqual(['10.0.0.12'])
  })

  test('names no holder of an address that is taken', async () => {
    const { admin, north, south } = await open()
    const scope = { format: 'freehold-plan/1', addressScopes: [], subnetPools: [] }
    const subnets = [{ key: 'n', addressScope: 'default-4', cidr: '10.0.0.0/24', shared: true }]
    await admin('POST', '/v1/plan', { ...scope, subnets, allocations: [] })
    const { id } = (await south('GET', '/v1/subnets')).body.items[0]
    const take = { request: { kind: 'specific', address: '10.0.0.9' } }
    const path = `/v1/subnets/${id}/allocations`
    const holder = { kind: 'host', id: 'secret-host' }
    expect((await north('POST', path, { ...take, holder })).status).toBe(201)
    const refused = await south('POST', path, take)
    expect(refused).toMatchObject({ status: 409, body: { code: 'ADDRESS_IN_USE' } })
    expect(JSON.stringify(refused.body)).not.toMatch(/north|secret-host/)
    const overlapping = await south('POST', '/v1/subnets', { cidr: '10.0.0.0/25' })
    expect(overlapping.body.code).toBe('SUBNET_OVERLAP')
    expect(JSON.stringify(overlapping.body)).not.toMatch(/default"|[0-9a-f-]{36}.*[0-9a-f-]{36}/)
    for (const what of ['utilization', 'allocations/10.0.0.9'])
      expect((await south('GET', `/v1/subnets/${id}/${what}`)).status, what).toBe(404)
    const known = (await south('GET', '/v1/addresses/10.0.0.9')).body
    expect(JSON.stringify(known)).not.toMatch(/north|secret-host/)
    const free = (await south('GET', '/v1/addresses/10.0.0.8')).body
    expect({ ...known, address: free.address }).toEqual(free)
    expect((await south('GET', '/v1/addresses/10.0.0.9/history')).body.items).toEqual([])
    expect(JSON.stringify((await south('GET', '/v1/plan')).body)).not.toMatch(/north|secret-host/)
    expect(JSON.stringify((await south('GET', '/v1/events')).body)).not.toMatch(/north|secret-host/)
  })

  test('lets nobody release what another project holds, or tell it from what nobody holds', async () => {
    const { admin, north, south } = await open()
    const { network } = (await admin('POST', '/v2.0/networks', { network: { shared: true } })).body
    const { subnet } = (
      await admin('POST', '/v2.0/subnets', {
        subnet: { network_id: network.id, ip_version: 4, cidr: '10.0.0.0/24' },
      })
    ).body
    const path = `/v1/subnets/${subnet.id}/allocations`
    const take = { request: { kind: 'specific', address: '10.0.0.9' } }
    expect((await north('POST', path, take)).status).toBe(201)
    const told = async (method: string, address: string) => {
      const { status, body } = await south(method, `${path}/${address}`)
      return JSON.stringify([status, { ...body, requestId: '' }]).replaceAll(address, 'address')
    }
    for (const method of ['GET', 'DELETE'])
      expect(await told(method, '10.0.0.9'), method).toBe(await told(method, '10.0.0.8'))
    expect((await north('GET', `${path}/10.0.0.9`)).status).toBe(200)
    // The subnet's owner sees and releases what others hold in it.
    expect((await admin('DELETE', `${path}/10.0.0.9`)).status).toBe(204)
    expect((await north('GET', `${path}/10.0.0.9`)).status).toBe(404)
  })

  test('gives a port no address that another project took in its name', async () => {
    const { admin, south } = await open()
    const { network } = (await admin('POST', '/v2.0/networks', { network: { shared: true } })).body
    const { subnet } = (
      await admin('POST', '/v2.0/subnets', {
        subnet: { network_id: network.id, ip_version: 4, cidr: '10.0.0.0/24' },
      })
    ).body
    const { port } = (await admin('POST', '/v2.0/ports', { port: { network_id: network.id } })).body
    const path = `/v1/subnets/${subnet.id}/allocations`
    const taken = await south('POST', path, {
      request: { kind: 'any' },
      holder: { kind: 'port', id: port.id },
    })
    const { address } = taken.body.allocations[0]
    const shown = (await admin('GET', `/v2.0/ports/${port.id}`)).body.port
    expect(shown.fixed_ips).toEqual(port.fixed_ips)
    expect(
      (await admin('GET', `/v2.0/ports?fixed_ips=ip_address%3D${address}`)).body.ports,
    ).toEqual([])
    expect((await admin('DELETE', `/v2.0/ports/${port.id}`)).status).toBe(204)
    expect((await south('GET', `${path}/${address}`)).status).toBe(200)
    expect((await admin('DELETE', `/v2.0/subnets/${subnet.id}`)).status).toBe(409)
  })

  test('lets no port pass for a device of the network, or for another machine', async () => {
    const { admin, south } = await open()
    const { network } = (await admin('POST', '/v2.0/networks', { network: { shared: true } })).body
    await admin('POST', '/v2.0/subnets', {
      subnet: { network_id: network.id, ip_version: 4, cidr: '10.0.0.0/24' },
    })
    const create = (attributes: object) =>
      south('POST', '/v2.0/ports', { port: { network_id: network.id, ...attributes } })
    const plain = await create({ device_owner: 'compute:nova', device_id: 'vm' })
    expect(plain.status).toBe(201)
    for (const attributes of [
      { device_owner: 'network:dhcp' },
      { device_owner: 'network:router_interface' },
      { mac_address: 'fa:16:3e:00:00:77' },
      { port_security_enabled: false },
      { allowed_address_pairs: [{ ip_address: '10.0.0.9' }] },
    ]) {
      const what = JSON.stringify(attributes)
      expect((await create(attributes)).status, what).toBe(403)
      const change = { port: attributes }
      expect((await south('PUT', `/v2.0/ports/${plain.body.port.id}`, change)).status, what).toBe(
        403,
      )
    }
    const own = (await south('POST', '/v2.0/networks', { network: {} })).body.network
    const port = {
      network_id: own.id,
      device_owner: 'network:dhcp',
      mac_address: 'fa:16:3e:00:00:77',
    }
    expect((await south('POST', '/v2.0/ports', { port })).status).toBe(201)
  })
})
