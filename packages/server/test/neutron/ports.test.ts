import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { type NeutronFixture, openNeutron } from './neutron-fixture.ts'

let neutron: NeutronFixture
let net: string

beforeEach(async () => {
  neutron = await openNeutron()
  net = (await neutron.make('networks', { name: 'net' })).id
})

afterEach(() => neutron.close())

const v4 = (cidr = '10.0.0.0/24', fields: object = {}) =>
  neutron.make('subnets', { network_id: net, ip_version: 4, cidr, ...fields })
const v6 = (cidr: string, fields: object = {}) =>
  neutron.make('subnets', { network_id: net, ip_version: 6, cidr, ...fields })
const port = (fields: object = {}) => neutron.make('ports', { network_id: net, ...fields })
const slaac = { ipv6_ra_mode: 'slaac', ipv6_address_mode: 'slaac' }
const addresses = (shown: { fixed_ips: { ip_address: string }[] }) =>
  shown.fixed_ips.map(({ ip_address }) => ip_address)

/** Every port's fixed_ips next to what the engine says it holds. */
async function expectOneTruth(): Promise<void> {
  for (const shown of await neutron.list('ports')) {
    const held = await neutron.ipam.allocations.listByHolder('port', shown.id)
    expect(held.map(({ address }) => address).toSorted()).toEqual(addresses(shown).toSorted())
  }
  expect((await neutron.ipam.check()).problems).toEqual([])
}

describe('a new port', () => {
  test('shows everything that clients look for', async () => {
    const { id: subnetId } = await v4()
    const shown = await port({ name: 'p1', fixed_ips: [{ ip_address: '10.0.0.50' }] })
    expect(shown).toEqual({
      id: expect.stringMatching(/^[0-9a-f-]{36}$/),
      name: 'p1',
      network_id: net,
      tenant_id: 'default',
      project_id: 'default',
      mac_address: expect.stringMatching(/^fa:16:3e(:[0-9a-f]{2}){3}$/),
      admin_state_up: true,
      status: 'DOWN',
      device_id: '',
      device_owner: '',
      fixed_ips: [{ subnet_id: subnetId, ip_address: '10.0.0.50' }],
      port_security_enabled: true,
      security_groups: [],
      'binding:vnic_type': 'normal',
      'binding:profile': {},
      'binding:host_id': '',
      'binding:vif_type': 'unbound',
      'binding:vif_details': {},
      allowed_address_pairs: [],
      extra_dhcp_opts: [],
      description: '',
      tags: [],
      created_at: expect.stringMatching(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ$/),
      updated_at: expect.any(String),
      revision_number: 1,
    })
    await expectOneTruth()
  })

  test('of a network without subnets has no address', async () => {
    expect((await port()).fixed_ips).toEqual([])
  })

  test('gets one address of each IP version, and one in every subnet with automatic addresses', async () => {
    const [four, , six] = [
      await v4(),
      await v4('10.0.1.0/24'),
      await v6('2001:db8:1::/64'),
      await v6('2001:db8:2::/64', slaac),
      await v6('2001:db8:3::/64', { ipv6_address_mode: 'dhcpv6-stateless' }),
    ]
    const shown = await port({ mac_address: 'fa:16:3e:54:12:11' })
    expect(addresses(shown)).toHaveLength(4)
    expect(addresses(shown)).toEqual(
      expect.arrayContaining([
        '2001:db8:2:0:f816:3eff:fe54:1211',
        '2001:db8:3:0:f816:3eff:fe54:1211',
      ]),
    )
    const subnetIds = shown.fixed_ips.map(({ subnet_id }: { subnet_id: string }) => subnet_id)
    expect(subnetIds).toEqual(expect.arrayContaining([four.id, six.id]))
    await expectOneTruth()
  })

  test('can name several addresses, and still gets its automatic one', async () => {
    const { id } = await v4()
    await v6('2001:db8:2::/64', slaac)
    const shown = await port({
      fixed_ips: [{ subnet_id: id }, { subnet_id: id }, { ip_address: '10.0.0.150' }],
      mac_address: 'fa:16:3e:ca:00:4b',
    })
    expect(addresses(shown)).toHaveLength(4)
    expect(addresses(shown)).toContain('10.0.0.150')
    expect(addresses(shown)).toContain('2001:db8:2:0:f816:3eff:feca:4b')
  })

  test('gets the address that it names, in whatever order it asks for others (A9)', async () => {
    const pools = [{ start: '10.0.0.2', end: '10.0.0.4' }]
    const { id } = await v4('10.0.0.0/29', { allocation_pools: pools })
    const named = { subnet_id: id, ip_address: '10.0.0.3' }
    const other = { subnet_id: id }
    const orders = [
      [named, other, other],
      [other, named, other],
      [other, other, named],
    ]
    // An order in which another address came first would fail two times out of three.
    for (const fixed_ips of [...orders, ...orders, ...orders]) {
      const shown = await port({ fixed_ips })
      expect(addresses(shown).toSorted()).toEqual(['10.0.0.2', '10.0.0.3', '10.0.0.4'])
      expect((await neutron.call('DELETE', `/v2.0/ports/${shown.id}`)).status).toBe(204)
    }
    await expectOneTruth()
  })

  test('with an empty list of addresses gets none but automatic ones', async () => {
    await v4()
    expect((await port({ fixed_ips: [] })).fixed_ips).toEqual([])
    await v6('2001:db8:2::/64', slaac)
    const shown = await port({ fixed_ips: [], mac_address: 'fa:16:3e:00:00:02' })
    expect(addresses(shown)).toEqual(['2001:db8:2:0:f816:3eff:fe00:2'])
  })

  test('may have the gateway’s address while no other port has it', async () => {
    await v4()
    await v6('2001:db8:1::/64')
    const wanted = { fixed_ips: [{ ip_address: '10.0.0.1' }, { ip_address: '2001:db8:1::' }] }
    expect(addresses(await port(wanted))).toEqual(['10.0.0.1', '2001:db8:1::'])
    expect(
      (await neutron.call('POST', '/v2.0/ports', { port: { network_id: net, ...wanted } })).status,
    ).toBe(409)
    await expectOneTruth()
  })

  test('may have an address outside the allocation pools', async () => {
    await v4('10.0.0.0/24', { allocation_pools: [{ start: '10.0.0.100', end: '10.0.0.101' }] })
    expect(addresses(await port({ fixed_ips: [{ ip_address: '10.0.0.7' }] }))).toEqual(['10.0.0.7'])
  })

  test.each(['network:dhcp', 'network:router_interface_distributed'])(
    'of %s takes the lowest free address',
    async (owner) => {
      await v4()
      await port({ fixed_ips: [{ ip_address: '10.0.0.2' }] })
      expect(addresses(await port({ device_owner: owner }))).toEqual(['10.0.0.3'])
    },
  )

  test('goes on to the next subnet when one is full', async () => {
    await v4('10.0.0.0/30')
    await v4('10.0.1.0/30')
    const found = [await port(), await port()].flatMap(addresses)
    expect(found.toSorted()).toEqual(['10.0.0.2', '10.0.1.2'])
  })

  test('prefers a subnet for its kind of device, and never takes one for another kind', async () => {
    await v4('10.0.0.0/24', { service_types: ['network:floatingip_agent_gateway'] })
    expect(
      (await neutron.call('POST', '/v2.0/ports', { port: { network_id: net } })).body.NeutronError,
    ).toMatchObject({
      type: 'IpAddressGenerationFailureNoMatchingSubnet',
    })
    await v4('10.0.1.0/24')
    await v4('10.0.2.0/24', { service_types: ['compute:nova'] })
    expect(addresses(await port())[0]).toMatch(/^10\.0\.1\./)
    expect(addresses(await port({ device_owner: 'compute:nova' }))[0]).toMatch(/^10\.0\.2\./)
  })

  test('cannot have a MAC address that the network has already', async () => {
    await port({ mac_address: 'fa:16:3e:00:00:01' })
    const again = { port: { network_id: net, mac_address: 'FA:16:3E:00:00:01' } }
    expect((await neutron.call('POST', '/v2.0/ports', again)).body.NeutronError.type).toBe(
      'MacAddressInUse',
    )
    const other = (await neutron.make('networks', {})).id
    await neutron.make('ports', { network_id: other, mac_address: 'fa:16:3e:00:00:01' })
  })

  test('router ports get no automatic address', async () => {
    await v6('2001:db8:2::/64', slaac)
    const shown = await port({ device_owner: 'network:router_interface' })
    expect(addresses(shown)).toEqual([])
  })

  test('ports that are there get their address in a new subnet with automatic addresses', async () => {
    const { id } = await port({ mac_address: 'fa:16:3e:00:00:01' })
    await v6('2001:db8:2::/64', slaac)
    const { body } = await neutron.call('GET', `/v2.0/ports/${id}`)
    expect(addresses(body.port)).toEqual(['2001:db8:2:0:f816:3eff:fe00:1'])
    await expectOneTruth()
  })

  test('a named address in a subnet with automatic ones is refused', async () => {
    const { id } = await v6('2001:db8:2::/64', slaac)
    const body = {
      port: { network_id: net, fixed_ips: [{ subnet_id: id, ip_address: '2001:db8:2::5' }] },
    }
    expect((await neutron.call('POST', '/v2.0/ports', body)).body.NeutronError).toMatchObject({
      type: 'AllocationOnAutoAddressSubnet',
      message: expect.stringContaining('cannot be directly assigned'),
    })
  })
})

describe('several ports at once', () => {
  test('are made together', async () => {
    await v4()
    const { status, body } = await neutron.call('POST', '/v2.0/ports', {
      ports: [
        { network_id: net, name: 'b1' },
        { network_id: net, name: 'b2' },
      ],
    })
    expect(status).toBe(201)
    expect(body.ports.map(({ name }: { name: string }) => name)).toEqual(['b1', 'b2'])
    await expectOneTruth()
  })

  test('leave nothing behind when one is refused, however often', async () => {
    await v4('10.0.0.0/29')
    await port({ fixed_ips: [{ ip_address: '10.0.0.6' }] })
    const before = await neutron.everything()
    const bad = {
      ports: [{ network_id: net }, { network_id: net, fixed_ips: [{ ip_address: '10.0.0.6' }] }],
    }
    for (let time = 0; time < 4; time += 1)
      expect((await neutron.call('POST', '/v2.0/ports', bad)).status).toBe(409)
    expect(await neutron.everything()).toBe(before)
    for (let left = 0; left < 4; left += 1) await port()
    await expectOneTruth()
  })
})

describe('a change of a port', () => {
  test('replaces its addresses and keeps the ones that are named again', async () => {
    const { id: subnetId } = await v4()
    await v6('2001:db8:2::/64', slaac)
    const made = await port({
      fixed_ips: [{ ip_address: '10.0.0.77' }],
      mac_address: 'fa:16:3e:54:12:11',
    })
    const changed = await neutron.change(`ports/${made.id}`, {
      fixed_ips: [...made.fixed_ips, { subnet_id: subnetId, ip_address: '10.0.0.88' }],
    })
    expect(addresses(changed)).toEqual([
      '10.0.0.77',
      '10.0.0.88',
      '2001:db8:2:0:f816:3eff:fe54:1211',
    ])
    expect(changed.revision_number).toBe(2)
    const fewer = await neutron.change(`ports/${made.id}`, { fixed_ips: [{ subnet_id: subnetId }] })
    expect(addresses(fewer)).toHaveLength(2)
    expect(['10.0.0.77', '10.0.0.88']).toContain(addresses(fewer)[0])
    expect(addresses(await neutron.change(`ports/${made.id}`, { fixed_ips: [] }))).toEqual([])
    await expectOneTruth()
  })

  test('that cannot have an address keeps all that it had', async () => {
    await v4()
    await port({ fixed_ips: [{ ip_address: '10.0.0.9' }] })
    const { id } = await port({ fixed_ips: [{ ip_address: '10.0.0.8' }] })
    const before = await neutron.everything()
    const answer = await neutron.call('PUT', `/v2.0/ports/${id}`, {
      port: { name: 'new', fixed_ips: [{ ip_address: '10.0.0.9' }] },
    })
    expect(answer.status).toBe(409)
    expect(await neutron.everything()).toBe(before)
  })

  test('of its MAC address moves its automatic address along', async () => {
    await v4()
    await v6('2001:db8:2::/64', slaac)
    const made = await port({
      fixed_ips: [{ ip_address: '10.0.0.8' }],
      mac_address: 'fa:16:3e:00:00:01',
    })
    const changed = await neutron.change(`ports/${made.id}`, { mac_address: 'fa:16:3e:00:00:02' })
    expect(addresses(changed)).toEqual(['10.0.0.8', '2001:db8:2:0:f816:3eff:fe00:2'])
    const [held] = await neutron.ipam.allocations.listByHolder('port', made.id)
    expect(held?.holder?.mac).toBe('fa:16:3e:00:00:02')
    await expectOneTruth()
  })

  test('of device, names and the rest is shown', async () => {
    const { id } = await port()
    const changes = {
      name: 'n',
      device_id: 'vm-1',
      device_owner: 'compute:nova',
      admin_state_up: false,
      description: 'd',
      'binding:host_id': 'h',
      allowed_address_pairs: [{ ip_address: '10.0.0.0/24', mac_address: 'fa:16:3e:00:00:09' }],
    }
    expect(await neutron.change(`ports/${id}`, changes)).toMatchObject(changes)
    expect(await neutron.list('ports?device_id=vm-1')).toHaveLength(1)
    expect(await neutron.change(`ports/${id}`, { device_id: '', name: '' })).toMatchObject({
      device_id: '',
      name: '',
    })
    expect(await neutron.list('ports?device_id=vm-1')).toEqual([])
  })

  test('only happens to the revision that If-Match names', async () => {
    const { id } = await port()
    const put = (revision: number) =>
      neutron.call(
        'PUT',
        `/v2.0/ports/${id}`,
        { port: { name: 'x' } },
        { 'if-match': `revision_number=${revision}` },
      )
    expect((await put(1)).status).toBe(200)
    expect(await put(1)).toMatchObject({
      status: 412,
      body: {
        NeutronError: {
          type: 'RevisionNumberConstraintFailed',
          message: 'Constrained to 1, but current revision is 2',
        },
      },
    })
  })
})

describe('a deleted port', () => {
  test('gives its addresses back', async () => {
    await v4('10.0.0.0/30')
    const { id } = await port()
    expect((await neutron.call('DELETE', `/v2.0/ports/${id}`)).status).toBe(204)
    await port()
    await expectOneTruth()
  })
})

describe('the native API and this one', () => {
  test('see each other’s addresses', async () => {
    const { id: subnetId } = await v4()
    const taken = await neutron.call('POST', `/v1/subnets/${subnetId}/allocations`, {
      request: { kind: 'specific', address: '10.0.0.9' },
    })
    expect(taken.status).toBe(201)
    const refused = await neutron.call('POST', '/v2.0/ports', {
      port: { network_id: net, fixed_ips: [{ ip_address: '10.0.0.9' }] },
    })
    expect(refused.body.NeutronError.type).toBe('IpAddressAlreadyAllocated')
    await port({ fixed_ips: [{ ip_address: '10.0.0.10' }] })
    const other = await neutron.call('POST', `/v1/subnets/${subnetId}/allocations`, {
      request: { kind: 'specific', address: '10.0.0.10' },
    })
    expect(other).toMatchObject({ status: 409, body: { code: 'ADDRESS_IN_USE' } })
  })

  test('share subnets, which appear under one network', async () => {
    const made = (await neutron.call('POST', '/v1/subnets', { cidr: '10.8.0.0/24', name: 'v1' }))
      .body
    const native = '00000000-0000-4000-8000-000000000001'
    const [shown] = await neutron.list('subnets?name=v1')
    expect(shown).toMatchObject({ id: made.id, network_id: native, cidr: '10.8.0.0/24' })
    expect((await neutron.list('networks')).map(({ id }) => id)).toEqual([native, net])
    const [network] = await neutron.list(`networks?id=${native}`)
    expect(network).toMatchObject({ name: 'freehold-native', subnets: [made.id], shared: true })
    const held = await neutron.make('ports', { network_id: native })
    expect(held.fixed_ips[0].subnet_id).toBe(made.id)
    expect((await neutron.call('DELETE', `/v2.0/networks/${native}`)).status).toBe(403)
    expect(
      await neutron.change(`subnets/${made.id}`, { dns_nameservers: ['10.8.0.2'] }),
    ).toMatchObject({
      network_id: native,
      dns_nameservers: ['10.8.0.2'],
    })
    expect(await neutron.list(`subnets?network_id=${native}`)).toHaveLength(1)
  })
})
