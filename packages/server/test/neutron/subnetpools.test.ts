import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { type NeutronFixture, openNeutron } from './neutron-fixture.ts'

let neutron: NeutronFixture

beforeEach(async () => {
  neutron = await openNeutron()
})

afterEach(() => neutron.close())

const pool = (fields: object) => neutron.make('subnetpools', { name: 'p', ...fields })

async function cut(fields: object, headers: Record<string, string> = {}) {
  const network = await neutron.make('networks', {})
  const body = { subnet: { network_id: network.id, ip_version: 4, ...fields } }
  return neutron.call('POST', '/v2.0/subnets', body, headers)
}

describe('a subnet pool', () => {
  test('shows everything that clients look for', async () => {
    expect(await pool({ prefixes: ['10.60.0.0/16'] })).toEqual({
      id: expect.any(String),
      name: 'p',
      tenant_id: 'default',
      project_id: 'default',
      default_prefixlen: '8',
      min_prefixlen: '8',
      max_prefixlen: '32',
      is_default: false,
      shared: false,
      prefixes: ['10.60.0.0/16'],
      ip_version: 4,
      default_quota: null,
      address_scope_id: null,
      description: '',
      tags: [],
      created_at: expect.any(String),
      updated_at: expect.any(String),
      revision_number: 0,
    })
  })

  test('takes numbers as text, and merges neighbouring prefixes', async () => {
    const { id } = await pool({ prefixes: ['10.50.0.0/16'], default_prefixlen: '26' })
    expect(
      await neutron.change(`subnetpools/${id}`, { prefixes: ['10.50.0.0/16', '10.51.0.0/16'] }),
    ).toMatchObject({
      prefixes: ['10.50.0.0/15'],
      default_prefixlen: 26,
      revision_number: 1,
    })
    const both = { prefixes: ['10.50.0.0/16', '10.51.0.0/16', '10.60.0.0/16'] }
    expect((await neutron.change(`subnetpools/${id}`, both)).prefixes).toEqual([
      '10.50.0.0/15',
      '10.60.0.0/16',
    ])
  })

  test('adds and removes prefixes by name', async () => {
    const { id } = await pool({ prefixes: ['10.50.0.0/16'], default_prefixlen: 26 })
    const action = (name: string, prefixes: unknown) =>
      neutron.call('PUT', `/v2.0/subnetpools/${id}/${name}`, { prefixes })
    expect((await action('add_prefixes', ['10.51.0.0/16'])).body).toEqual({
      prefixes: ['10.50.0.0/15'],
    })
    expect((await action('remove_prefixes', ['10.50.0.0/16'])).body).toEqual({
      prefixes: ['10.51.0.0/16'],
    })
    const made = await cut({ subnetpool_id: id })
    expect(made.body.subnet.cidr).toBe('10.51.0.0/26')
    expect((await action('remove_prefixes', ['10.51.0.0/17'])).body.NeutronError.type).toBe(
      'IllegalSubnetPoolPrefixUpdate',
    )
    expect((await action('remove_prefixes', ['10.99.0.0/17'])).body).toEqual({
      prefixes: ['10.51.0.0/16'],
    })
    for (const prefixes of [[], 'x', null])
      expect((await action('remove_prefixes', prefixes)).body.NeutronError.message).toBe(
        'Request body contains invalid data',
      )
    expect((await action('add_prefixes', ['x'])).body.NeutronError.type).toBe('AddrFormatError')
    expect((await action('add_prefixes', ['2001:db8::/32'])).body.NeutronError.type).toBe(
      'PrefixVersionMismatch',
    )
  })

  test('gives subnets by length, by prefix, around a gateway, and as the default of its IP version', async () => {
    const { id } = await pool({
      prefixes: ['10.20.0.0/16'],
      default_prefixlen: 26,
      min_prefixlen: 24,
      is_default: true,
    })
    expect((await cut({ subnetpool_id: id })).body.subnet).toMatchObject({
      cidr: '10.20.0.0/26',
      gateway_ip: '10.20.0.1',
      subnetpool_id: id,
    })
    expect((await cut({ subnetpool_id: id, prefixlen: '27' })).body.subnet.cidr).toBe(
      '10.20.0.64/27',
    )
    expect((await cut({ subnetpool_id: id, cidr: '10.20.9.0/28' })).body.subnet.cidr).toBe(
      '10.20.9.0/28',
    )
    expect(
      (await cut({ subnetpool_id: id, prefixlen: 28, gateway_ip: '10.20.7.9' })).body.subnet,
    ).toMatchObject({
      cidr: '10.20.7.0/28',
      gateway_ip: '10.20.7.9',
    })
    expect((await cut({ subnetpool_id: id, gateway_ip: null })).body.subnet.gateway_ip).toBeNull()
    expect((await cut({ use_default_subnetpool: true })).body.subnet.subnetpool_id).toBe(id)
    const second = { subnetpool: { name: 'd', prefixes: ['10.99.0.0/16'], is_default: true } }
    expect(
      (await neutron.call('POST', '/v2.0/subnetpools', second)).body.NeutronError.message,
    ).toContain('Only one default may exist')
    expect((await neutron.ipam.check()).problems).toEqual([])
  })

  test('counts its quota for the project that asks', async () => {
    const { id } = await pool({
      prefixes: ['10.20.0.0/16'],
      default_prefixlen: 26,
      default_quota: 64,
      shared: true,
    })
    const as = (project: string) => cut({ subnetpool_id: id, project_id: project })
    expect((await as('a')).status).toBe(201)
    expect((await as('b')).status).toBe(201)
    expect((await as('b')).body.NeutronError.type).toBe('SubnetPoolQuotaExceeded')
    expect((await as('a')).body.NeutronError.type).toBe('SubnetPoolQuotaExceeded')
  })

  test('without a scope may overlap others, and with one may not', async () => {
    await pool({ prefixes: ['10.20.0.0/16'] })
    const { id } = await pool({ prefixes: ['10.20.0.0/16'] })
    const scope = await neutron.make('address-scopes', { name: 's', ip_version: 4 })
    const moved = await neutron.change(`subnetpools/${id}`, { address_scope_id: scope.id })
    expect(moved.address_scope_id).toBe(scope.id)
    const network = await neutron.make('networks', {})
    const subnet = { network_id: network.id, ip_version: 4, subnetpool_id: id, prefixlen: 24 }
    await neutron.make('subnets', subnet)
    expect((await neutron.list(`networks?id=${network.id}`))[0]).toMatchObject({
      ipv4_address_scope: scope.id,
    })
    const back = await neutron.call('PUT', `/v2.0/subnetpools/${id}`, {
      subnetpool: { address_scope_id: null },
    })
    expect(back.status).toBe(409)
    await neutron.call('DELETE', `/v2.0/networks/${network.id}`)
    expect(
      (await neutron.change(`subnetpools/${id}`, { address_scope_id: null })).address_scope_id,
    ).toBeNull()
    expect((await neutron.call('DELETE', `/v2.0/address-scopes/${scope.id}`)).status).toBe(204)
    expect((await neutron.call('DELETE', `/v2.0/subnetpools/${id}`)).status).toBe(204)
  })
})

describe('an address scope', () => {
  test('is renamed', async () => {
    const { id } = await neutron.make('address-scopes', { name: 'a', ip_version: 4 })
    const renamed = await neutron.call('PUT', `/v2.0/address-scopes/${id}`, {
      address_scope: { name: 'b' },
    })
    expect(renamed.body.address_scope).toMatchObject({ id, name: 'b' })
  })

  test('shows its few attributes, and only what callers made is listed', async () => {
    const made = await neutron.make('address-scopes', { name: 'a', ip_version: '6', shared: true })
    const shown = {
      id: expect.any(String),
      name: 'a',
      ip_version: 6,
      shared: true,
      project_id: 'default',
      tenant_id: 'default',
    }
    expect(made).toEqual(shown)
    await neutron.make('networks', {})
    await pool({ prefixes: ['10.0.0.0/16'] })
    expect(await neutron.list('address-scopes')).toEqual([shown])
    const unshare = { address_scope: { shared: false } }
    expect(
      (await neutron.call('PUT', `/v2.0/address-scopes/${made.id}`, unshare)).body.NeutronError
        .type,
    ).toBe('AddressScopeUpdateError')
  })
})
