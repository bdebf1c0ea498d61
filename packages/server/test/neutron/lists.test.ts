import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { type NeutronFixture, openNeutron } from './neutron-fixture.ts'

let neutron: NeutronFixture
let net: string
let sub: string

beforeAll(async () => {
  neutron = await openNeutron()
  net = (await neutron.make('networks', { name: 'net' })).id
  sub = (await neutron.make('subnets', { network_id: net, ip_version: 4, cidr: '192.168.1.0/24' }))
    .id
  await neutron.make('subnets', {
    network_id: net,
    ip_version: 6,
    cidr: '2001:db8::/64',
    name: 'six',
  })
  for (const number of [1, 2, 3, 4, 5])
    await neutron.make('ports', {
      network_id: net,
      name: `p${number % 3}`,
      description: String(number),
      device_id: `d${number}`,
      fixed_ips: [{ subnet_id: sub, ip_address: `192.168.1.5${number}` }],
    })
})

afterAll(() => neutron.close())

const described = async (query: string) =>
  (await neutron.list(`ports?${query}`)).map(({ description }) => String(description)).toSorted()

describe('a list', () => {
  test.each([
    ['name=p1', ['1', '4']],
    ['name=p1&name=p2', ['1', '2', '4', '5']],
    ['name=p1&description=4', ['4']],
    ['name=none', []],
    ['name=p1?x', []],
    ['fixed_ips=ip_address%3D192.168.1.53', ['3']],
    ['fixed_ips=ip_address%3D192.168.1.53&fixed_ips=ip_address%3D192.168.1.51', ['1', '3']],
    ['fixed_ips=ip_address_substr%3D168.1.5', ['1', '2', '3', '4', '5']],
    ['fixed_ips=ip_address%3Dnonsense', []],
    ['fixed_ips=subnet_id%3Dnonsense', []],
    ['fixed_ips=nonsense%3D1', ['1', '2', '3', '4', '5']],
    ['fixed_ips=ip_address%3D192.168.1.53&fixed_ips=ip_address_substr%3D.54', []],
    ['admin_state_up=True', ['1', '2', '3', '4', '5']],
    ['admin_state_up=false', []],
    ['device_id=', []],
    ['device_id=d2&device_id=d3', ['2', '3']],
    ['binding:host_id=', ['1', '2', '3', '4', '5']],
    ['revision_number=1', ['1', '2', '3', '4', '5']],
    ['changed_since=2020-01-01T00:00:00Z', ['1', '2', '3', '4', '5']],
    ['changed_since=2999-01-01T00:00:00Z', []],
    ['project_id=default', ['1', '2', '3', '4', '5']],
    ['tenant_id=other', []],
    ['id=not-an-id', []],
    ['limit=0', ['1', '2', '3', '4', '5']],
  ])('by %s', async (query, found) => {
    expect(await described(query)).toEqual(found)
  })

  test('by subnet and by network', async () => {
    expect(await described(`fixed_ips=subnet_id%3D${sub}`)).toHaveLength(5)
    expect(await described(`network_id=${net}`)).toHaveLength(5)
    expect(await described(`network_id=${sub}`)).toEqual([])
    expect(await neutron.list('subnets?ip_version=6')).toMatchObject([{ name: 'six' }])
    expect(await neutron.list('subnets?cidr=192.168.1.0/24')).toMatchObject([{ id: sub }])
  })

  test('shows only the fields that are asked for', async () => {
    const [first] = await neutron.list('ports?fields=id&fields=name&fields=nothing')
    expect(Object.keys(first).toSorted()).toEqual(['id', 'name'])
    const { body } = await neutron.call('GET', `/v2.0/networks/${net}?fields=name`)
    expect(body).toEqual({ network: { name: 'net' } })
  })

  test('is sorted by several keys', async () => {
    const found = await neutron.list(
      'ports?sort_key=name&sort_dir=desc&sort_key=device_id&sort_dir=asc',
    )
    expect(found.map(({ description }) => description)).toEqual(['2', '5', '1', '4', '3'])
  })

  test('is read backwards, also as a whole', async () => {
    const query = 'ports?sort_key=device_id&sort_dir=asc&page_reverse=True'
    const read = async (path: string) =>
      (await neutron.list(path)).map(({ description }) => description)
    expect(await read(query)).toEqual(['5', '4', '3', '2', '1'])
    expect(await read(`${query}&limit=2`)).toEqual(['4', '5'])
  })

  test('comes in pages, forth and back, along its links', async () => {
    const read = async (path: string) => (await neutron.call('GET', path)).body
    const seen: string[] = []
    const pages: { id: string }[][] = []
    for (let path: string | undefined = '/v2.0/ports?limit=2'; path !== undefined; ) {
      const { ports, ports_links: links } = await read(path)
      seen.push(...ports.map(({ id }: { id: string }) => id))
      pages.push(ports)
      const next = links?.find(({ rel }: { rel: string }) => rel === 'next')
      path = next === undefined ? undefined : next.href.replace(/^http:\/\/[^/]+/, '')
      if (pages.length === 2) {
        const previous = links.find(({ rel }: { rel: string }) => rel === 'previous')
        expect((await read(previous.href.replace(/^http:\/\/[^/]+/, ''))).ports).toEqual(pages[0])
      }
    }
    expect(pages.map(({ length }) => length)).toEqual([2, 2, 1])
    expect(seen).toEqual(seen.toSorted())
    expect(new Set(seen).size).toBe(5)
  })

  test('refuses a marker that names nothing, and takes one that the filters leave out', async () => {
    for (const query of ['limit=2&marker=x', 'marker=x&limit=2&page_reverse=True'])
      expect((await neutron.call('GET', `/v2.0/ports?${query}`)).body.NeutronError.type).toBe(
        'PortNotFound',
      )
    expect((await neutron.call('GET', '/v2.0/ports?name=p1&marker=x')).body.ports).toHaveLength(2)
    const [third] = await neutron.list('ports?device_id=d3')
    const page = `ports?name=p1&sort_key=device_id&sort_dir=asc&limit=2&marker=${third.id}`
    expect((await neutron.list(page)).map(({ description }) => description)).toEqual(['4'])
    expect(
      (await neutron.list(`${page}&page_reverse=True`)).map(({ description }) => description),
    ).toEqual(['1'])
  })

  test('links back from an empty page', async () => {
    const [first] = await neutron.list('ports?sort_key=id&sort_dir=desc&limit=1')
    const { body } = await neutron.call('GET', `/v2.0/ports?limit=2&marker=${first.id}`)
    expect(body).toEqual({
      ports: [],
      ports_links: [
        { rel: 'previous', href: 'http://localhost:80/v2.0/ports?limit=2&page_reverse=True' },
      ],
    })
  })

  test.each([
    ['ports', 'fixed_ips=nonsense', "'nonsense' is not of the form <key>=[value]."],
    ['ports', 'admin_state_up=', "'' cannot be converted to boolean."],
    ['subnetpools', 'default_quota=x', "'x' is not an integer."],
    ['networks', 'changed_since=x', "'x' is not a time."],
  ])('of %s refuses the filter %s', async (collection, query, reason) => {
    expect((await neutron.call('GET', `/v2.0/${collection}?${query}`)).body.NeutronError).toEqual({
      type: 'InvalidInput',
      message: `Invalid input for operation: ${reason}`,
      detail: '',
    })
  })

  test.each([
    ['networks', 'subnets'],
    ['subnets', 'dns_nameservers'],
    ['subnetpools', 'prefixes'],
    ['ports', 'binding:profile'],
  ])('of %s is neither filtered nor sorted by %s', async (collection, name) => {
    for (const query of [`${name}=x`, `sort_key=${name}&sort_dir=asc`])
      expect((await neutron.call('GET', `/v2.0/${collection}?${query}`)).status).toBe(400)
  })

  test('of subnet pools is filtered by their quota', async () => {
    await neutron.make('subnetpools', { name: 'q', prefixes: ['10.0.0.0/8'], default_quota: 64 })
    expect(await neutron.list('subnetpools?default_quota=64')).toMatchObject([{ name: 'q' }])
    expect(await neutron.list('subnetpools?default_quota=63')).toEqual([])
  })

  test('of subnets is filtered by what their networks share', async () => {
    expect(await neutron.list('subnets?shared=true')).toEqual([])
    expect(await neutron.list('subnets?shared=False')).toHaveLength(2)
  })

  test('without a limit has no links', async () => {
    expect(Object.keys((await neutron.call('GET', '/v2.0/ports')).body)).toEqual(['ports'])
  })
})

describe('availability', () => {
  test('is exact beyond what a double can hold', async () => {
    const { body } = await neutron.call('GET', `/v2.0/network-ip-availabilities/${net}`)
    expect(body.network_ip_availability).toMatchObject({
      network_id: net,
      network_name: 'net',
      used_ips: 5,
    })
    const response = await neutron.app.inject(`/v2.0/network-ip-availabilities/${net}`)
    expect(response.body).toContain('"used_ips":5,"total_ips":18446744073709551868}')
    expect(response.body).toContain('"total_ips":18446744073709551615}')
    expect(response.body).toContain('"used_ips":5,"total_ips":253}')
  })

  test('is of one IP version, or of one network', async () => {
    const other = (await neutron.make('networks', { name: 'other' })).id
    const names = async (query: string) =>
      (await neutron.list(`network-ip-availabilities${query}`)).map(
        ({ network_name }) => network_name,
      )
    expect(await names('')).toEqual(['net', 'other'])
    expect(await names('?ip_version=4')).toEqual(['net'])
    expect(await names(`?network_id=${other}`)).toEqual(['other'])
    expect(await names('?network_name=net&fields=network_name')).toEqual(['net'])
    const first = await neutron.call('GET', '/v2.0/network-ip-availabilities?limit=1')
    expect(first.body.network_ip_availabilities).toHaveLength(1)
    expect(first.body.network_ip_availabilities_links).toHaveLength(2)
    const [four] = await neutron.list('network-ip-availabilities?ip_version=4')
    expect(four).toMatchObject({ total_ips: 253, subnet_ip_availability: [{ ip_version: 4 }] })
  })
})
