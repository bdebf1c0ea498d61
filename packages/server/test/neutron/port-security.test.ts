import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { type NeutronFixture, openNeutron, unknownId } from './neutron-fixture.ts'

let neutron: NeutronFixture
let networkId: string

beforeAll(async () => {
  neutron = await openNeutron()
  networkId = (await neutron.make('networks', { name: 'n' })).id
})
afterAll(() => neutron.close())

const port = (fields: Record<string, unknown> = {}) =>
  neutron.make('ports', { network_id: networkId, ...fields })
const pair = { ip_address: '10.1.1.1' }

async function refused(method: string, path: string, fields: Record<string, unknown>) {
  const before = await neutron.everything()
  const { status, body } = await neutron.call(method, `/v2.0/${path}`, {
    port: { ...(method === 'POST' ? { network_id: networkId } : {}), ...fields },
  })
  expect(await neutron.everything()).toBe(before)
  return [status, body.NeutronError?.type, body.NeutronError?.message]
}

describe('an address pair', () => {
  test('without a MAC address has the one of its port at the time', async () => {
    const made = await port({ allowed_address_pairs: [pair] })
    const own = [{ mac_address: made.mac_address, ip_address: '10.1.1.1' }]
    expect(made.allowed_address_pairs).toEqual(own)
    const mac = 'fa:16:3e:11:22:33'
    const moved = await neutron.change(`ports/${made.id}`, { mac_address: mac })
    expect(moved.allowed_address_pairs).toEqual(own)
    const anew = await neutron.change(`ports/${made.id}`, { allowed_address_pairs: [pair] })
    expect(anew.allowed_address_pairs).toEqual([{ mac_address: mac, ip_address: '10.1.1.1' }])
    const without = await neutron.change(`ports/${made.id}`, { allowed_address_pairs: null })
    expect(without.allowed_address_pairs).toEqual([])
  })

  test('is spelled in one way', async () => {
    const { allowed_address_pairs: pairs } = await port({
      allowed_address_pairs: [
        { ip_address: '2001:DB8::0:1', mac_address: 'FA-16-3E-11-22-44' },
        { ip_address: '10.1.0.5/16', mac_address: 'fa:16:3e:11:22:44' },
      ],
    })
    expect(pairs).toEqual([
      { mac_address: 'fa:16:3e:11:22:44', ip_address: '2001:db8::1' },
      { mac_address: 'fa:16:3e:11:22:44', ip_address: '10.1.0.0/16' },
    ])
  })

  test.each([
    [{}, 'HTTPBadRequest', 'Allowed address pairs must be a list.'],
    [[7], 'HTTPBadRequest', "'7' is not a dictionary"],
    [[{}], 'AllowedAddressPairsMissingIP', 'AllowedAddressPair must contain ip_address'],
    [[{ ip_address: 'x' }], 'HTTPBadRequest', "'x' is not a valid IP address"],
    [[{ ip_address: '10.0.0.0/33' }], 'HTTPBadRequest', "'10.0.0.0/33' is not a valid IP subnet"],
    [[{ ...pair, mac_address: 'zz' }], 'HTTPBadRequest', "'zz' is not a valid MAC address"],
    [[{ ...pair, mac_address: null }], 'HTTPBadRequest', "'None' is not a valid MAC address"],
    [[{ ...pair, x: 1 }], 'HTTPBadRequest', "Unrecognized attribute(s) 'x'"],
    [
      [pair, pair],
      'DuplicateAddressPairInRequest',
      'Request contains duplicate address pair: mac_address None ip_address 10.1.1.1.',
    ],
    [
      Array.from({ length: 11 }, (_, index) => ({ ip_address: `10.1.1.${index}` })),
      'AllowedAddressPairExhausted',
      'The number of allowed address pair exceeds the maximum 10.',
    ],
  ])('%j is refused', async (pairs, type, message) => {
    expect(await refused('POST', 'ports', { allowed_address_pairs: pairs })).toEqual([
      400,
      type,
      message,
    ])
  })
})

describe('a port without port security', () => {
  const off = { port_security_enabled: false }
  const pairsNeedIt = [409, 'AddressPairAndPortSecurityRequired', expect.any(String)]
  const groupsNeedIt = [400, 'PortSecurityAndIPRequiredForSecurityGroups', expect.any(String)]
  const groups = { security_groups: [unknownId] }
  const pairs = { allowed_address_pairs: [pair] }

  test('is made without address pairs and security groups', async () => {
    expect(await refused('POST', 'ports', { ...off, ...pairs })).toEqual(pairsNeedIt)
    expect(await refused('POST', 'ports', { ...off, ...groups })).toEqual(groupsNeedIt)
    const none = { security_groups: [], allowed_address_pairs: [] }
    expect(await port({ ...off, ...none })).toMatchObject({ ...off, ...none })
  })

  test('gets neither by a change', async () => {
    const { id } = await port(off)
    expect(await refused('PUT', `ports/${id}`, pairs)).toEqual(pairsNeedIt)
    expect(await refused('PUT', `ports/${id}`, groups)).toEqual(groupsNeedIt)
    const on = { port_security_enabled: true, ...groups }
    expect(await neutron.change(`ports/${id}`, on)).toMatchObject(on)
  })

  test('is not made of one that has them, unless they go as well', async () => {
    const withPairs = await port(pairs)
    expect(await refused('PUT', `ports/${withPairs.id}`, off)).toEqual(pairsNeedIt)
    const without = { ...off, allowed_address_pairs: [] }
    expect(await neutron.change(`ports/${withPairs.id}`, without)).toMatchObject(without)
    const withGroups = await port(groups)
    expect(await refused('PUT', `ports/${withGroups.id}`, off)).toEqual([
      409,
      'PortSecurityPortHasSecurityGroup',
      expect.any(String),
    ])
    const gone = { ...off, security_groups: [] }
    expect(await neutron.change(`ports/${withGroups.id}`, gone)).toMatchObject(gone)
  })

  test('is one of a network without it', async () => {
    const { id } = await neutron.make('networks', off)
    expect(await refused('POST', 'ports', { network_id: id, ...pairs })).toEqual(pairsNeedIt)
  })
})
