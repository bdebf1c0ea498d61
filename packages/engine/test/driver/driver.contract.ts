import assert from 'node:assert/strict'
import { randomUUID } from 'node:crypto'
import { IpAddress, Prefix } from '@freehold/address'
import {
  anyAddress,
  anySubnetRequest,
  bulkAddresses,
  type DriverSubnet,
  type ErrorCode,
  eui64Request,
  type IpamDriver,
  isIpamError,
  nextAddress,
  addressRequestFactory as ourAddressRequests,
  subnetRequestFactory as ourSubnetRequests,
  type SingleAddressRequest,
  type SubnetRequestFields,
  specificAddress,
  specificSubnetRequest,
} from '@freehold/engine'

/** A driver to be judged. `any` subnet requests of `pooled` are cut from 10.8.0.0/16 and nothing else. */
export interface DriverSubject {
  readonly driver: IpamDriver
  readonly pooled: IpamDriver
  close(): Promise<void>
}

/** One rule for drivers. `run` rejects when the driver breaks it; it needs a fresh subject and no test library. */
export interface DriverRule {
  readonly name: string
  /** The test of Neutron's own suite that asserts the same. */
  readonly neutron?: string
  run(subject: DriverSubject): Promise<void>
}

/**
 * What every driver must do. Run each rule against a fresh subject:
 *
 *   for (const rule of driverRules) it(rule.name, () => judge(rule, makeSubject))
 */
export const driverRules: readonly DriverRule[] = [
  {
    name: 'makes a subnet with a gateway and two pools under no id of the caller',
    neutron: 'test_allocate_ipam_subnet_no_neutron_subnet_id',
    async run({ driver }) {
      const pools = [
        { first: '10.0.0.100', last: '10.0.0.150' },
        { first: '10.0.0.200', last: '10.0.0.250' },
      ]
      const subnet = await make(driver, '10.0.0.0/24', {
        subnetId: null,
        gateway: '10.0.0.99',
        allocationPools: pools,
      })
      const details = subnet.details()
      assert.equal(details.prefix.toString(), '10.0.0.0/24')
      assert.equal(details.gateway?.toString(), '10.0.0.99')
      assert.deepEqual(details.allocationPools, pools)
    },
  },
  {
    name: 'computes the pool around the gateway when none is given',
    neutron: 'test_allocate_ipam_subnet_with_neutron_subnet_id',
    async run({ driver }) {
      const subnet = await make(driver, '10.0.0.0/24', { gateway: '10.0.0.1' })
      assert.deepEqual(subnet.details().allocationPools, [
        { first: '10.0.0.2', last: '10.0.0.254' },
      ])
    },
  },
  {
    name: 'refuses an any request when it has no pool to cut from',
    neutron: 'test_allocate_any_subnet_fails',
    async run({ driver }) {
      await refuses(
        driver.allocateSubnet(anySubnetRequest(4, 24, { subnetId: randomUUID() })),
        'INVALID_REQUEST',
      )
    },
  },
  {
    name: 'cuts any subnet of the length asked for from its pool',
    neutron: 'test_allocate_any_subnet',
    async run({ pooled }) {
      const request = anySubnetRequest(4, 21, { subnetId: randomUUID() })
      const details = (await pooled.allocateSubnet(request)).details()
      assert.equal(details.prefix.length, 21)
      assert.ok(Prefix.parse('10.8.0.0/16').contains(details.prefix), `got ${details.prefix}`)
    },
  },
  {
    name: 'gives a cut subnet its first address as gateway, and none when none is wanted',
    neutron: 'test_allocate_any_subnet_gateway, test_subnetpool_any_request_no_gateway_ip_set',
    async run({ pooled }) {
      const some = (await pooled.allocateSubnet(anySubnetRequest(4, 24))).details()
      assert.ok(some.gateway?.equals(some.prefix.first.plus(1)), `got ${some.gateway}`)
      const none = await pooled.allocateSubnet(anySubnetRequest(4, 24, { gateway: null }))
      assert.equal(none.details().gateway, null)
    },
  },
  {
    name: 'gives a named subnet of its pool with the gateway asked for, or none',
    neutron:
      'test_allocate_specific_subnet, test_allocate_specific_subnet_specific_gateway, test_subnetpool_specific_request_no_gateway_ip_set',
    async run({ pooled }) {
      const some = await make(pooled, '10.8.4.0/24', { gateway: '10.8.4.200' })
      assert.equal(some.details().prefix.toString(), '10.8.4.0/24')
      assert.equal(some.details().gateway?.toString(), '10.8.4.200')
      const none = await make(pooled, '10.8.5.0/24', { gateway: null })
      assert.equal(none.details().gateway, null)
    },
  },
  {
    name: 'takes the last address of an IPv6 prefix as gateway',
    neutron: 'test_allocate_specific_ipv6_subnet_specific_gateway',
    async run({ driver }) {
      const gateway = '2001:db8::ffff:ffff:ffff:ffff'
      const subnet = await make(driver, '2001:db8::/64', { gateway })
      assert.equal(subnet.details().gateway?.toString(), gateway)
    },
  },
  {
    name: 'says that the pool has no block of the size asked for',
    neutron: 'test_insufficient_prefix_space_for_any_allocation',
    async run({ pooled }) {
      await pooled.allocateSubnet(anySubnetRequest(4, 17))
      await pooled.allocateSubnet(anySubnetRequest(4, 17))
      await refuses(pooled.allocateSubnet(anySubnetRequest(4, 17)), 'SUBNET_POOL_EXHAUSTED')
    },
  },
  {
    name: 'replaces the pools of a subnet by the new ones',
    neutron: 'test_update_subnet_pools',
    async run({ driver }) {
      const { subnetId } = await make(driver, '10.0.0.0/24', { gateway: '10.0.0.1' })
      const allocationPools = [
        { first: '10.0.0.4', last: '10.0.0.9' },
        { first: '10.0.0.40', last: '10.0.0.49' },
      ]
      await driver.updateSubnet(specificSubnetRequest('10.0.0.0/24', { subnetId, allocationPools }))
      const found = (await driver.getSubnet(subnetId)).details()
      assert.deepEqual(found.allocationPools, allocationPools)
      assert.equal(found.gateway?.toString(), '10.0.0.1')
    },
  },
  {
    name: 'leaves a subnet without any pool when updated with an empty list',
    neutron: 'test_update_subnet_pools_with_blank_pools',
    async run({ driver }) {
      const { subnetId } = await make(driver, '10.0.0.0/24')
      await driver.updateSubnet(
        specificSubnetRequest('10.0.0.0/24', { subnetId, allocationPools: [] }),
      )
      const found = await driver.getSubnet(subnetId)
      assert.deepEqual(found.details().allocationPools, [])
      await refuses(found.allocate(anyAddress()), 'SUBNET_EXHAUSTED')
    },
  },
  {
    name: 'changes nothing when updated without pools',
    neutron: 'test_update_subnet_pools_with_none_pools',
    async run({ driver }) {
      const allocationPools = [{ first: '10.0.0.4', last: '10.0.0.9' }]
      const { subnetId } = await make(driver, '10.0.0.0/24', { allocationPools })
      await driver.updateSubnet(
        specificSubnetRequest('10.0.0.0/24', { subnetId, allocationPools: null }),
      )
      const found = await driver.getSubnet(subnetId)
      assert.deepEqual(found.details().allocationPools, allocationPools)
    },
  },
  {
    name: 'refuses to update a subnet that it does not have, or that is not named',
    async run({ driver }) {
      const { prefix } = specificSubnetRequest('10.0.0.0/24')
      await refuses(
        driver.updateSubnet(specificSubnetRequest(`${prefix}`, { subnetId: randomUUID() })),
        'SUBNET_NOT_FOUND',
      )
      await refuses(driver.updateSubnet(specificSubnetRequest(`${prefix}`)), 'INVALID_REQUEST')
    },
  },
  {
    name: 'reads a subnet back with the prefix, owner, gateway and pools that it was made with',
    neutron: 'test_get_subnet',
    async run({ driver }) {
      const allocationPools = [{ first: '10.0.0.4', last: '10.0.0.9' }]
      const fields = { subnetId: randomUUID(), projectId: 'blue', gateway: '10.0.0.1' }
      await make(driver, '10.0.0.0/24', { ...fields, allocationPools })
      const found = (await driver.getSubnet(fields.subnetId)).details()
      assert.equal(found.prefix.toString(), '10.0.0.0/24')
      assert.equal(found.subnetId, fields.subnetId)
      assert.equal(found.projectId, 'blue')
      assert.equal(found.gateway?.toString(), '10.0.0.1')
      assert.deepEqual(found.allocationPools, allocationPools)
    },
  },
  {
    name: 'finds no subnet under an id that was never used',
    neutron: 'test_get_non_existing_subnet_fails',
    run: ({ driver }) => refuses(driver.getSubnet(randomUUID()), 'SUBNET_NOT_FOUND'),
  },
  {
    name: 'removes a subnet by its id',
    neutron: 'test_remove_ipam_subnet',
    async run({ driver }) {
      const { subnetId } = await make(driver, '10.0.0.0/24')
      await driver.removeSubnet(subnetId)
      await refuses(driver.getSubnet(subnetId), 'SUBNET_NOT_FOUND')
    },
  },
  {
    name: 'refuses to remove a subnet that it does not have',
    neutron: 'test_remove_non_existent_subnet_fails',
    run: ({ driver }) => refuses(driver.removeSubnet(randomUUID()), 'SUBNET_NOT_FOUND'),
  },
  {
    name: 'makes a subnet for an id before anybody else knows the id, and still knows no other',
    neutron:
      'test_get_details_for_invalid_subnet_id_fails, test_allocate_subnet_for_non_existent_subnet_pass',
    async run({ driver }) {
      const subnetId = randomUUID()
      const subnet = await make(driver, '10.0.0.0/24', { subnetId })
      assert.equal(subnet.subnetId, subnetId)
      await refuses(driver.getSubnet(randomUUID()), 'SUBNET_NOT_FOUND')
    },
  },
  {
    name: 'gives a free host address of the prefix when it is named',
    neutron: 'test__verify_ip_succeeds, test_allocate_specific_v4_address_succeeds',
    async run({ driver }) {
      const subnet = await make(driver, '10.0.0.0/24', { gateway: '10.0.0.1' })
      assert.equal(await subnet.allocate(specificAddress('10.0.0.33')), '10.0.0.33')
    },
  },
  {
    name: 'gives a free IPv6 address of the prefix when it is named',
    neutron: 'test_allocate_specific_v6_address_succeeds',
    async run({ driver }) {
      const subnet = await make(driver, 'fd00:abcd::/64', { gateway: 'fd00:abcd::1' })
      assert.equal(await subnet.allocate(specificAddress('fd00:abcd::33')), 'fd00:abcd::33')
    },
  },
  {
    name: 'refuses a named address outside the prefix',
    neutron:
      'test__verify_ip_not_in_subnet_fails, test_allocate_specific_v4_address_out_of_range_fails, test_allocate_specific_v6_address_out_of_range_fails',
    async run({ driver }) {
      const v4 = await make(driver, '10.0.0.0/24')
      await refuses(v4.allocate(specificAddress('192.168.0.1')), 'ADDRESS_OUTSIDE_SUBNET')
      const v6 = await make(driver, 'fd00:abcd::/64')
      await refuses(v6.allocate(specificAddress('fd00:eeee::1')), 'ADDRESS_OUTSIDE_SUBNET')
    },
  },
  {
    name: 'refuses the network and the broadcast address of an IPv4 prefix',
    neutron: 'test__verify_ip_bcast_and_network_fail',
    async run({ driver }) {
      const subnet = await make(driver, '10.0.0.0/24')
      for (const address of ['10.0.0.0', '10.0.0.255'])
        await refuses(subnet.allocate(specificAddress(address)), 'ADDRESS_NOT_ASSIGNABLE')
    },
  },
  {
    name: 'gives any address from inside an IPv4 or IPv6 prefix',
    neutron: 'test_allocate_any_v4_address_succeeds, test_allocate_any_v6_address_succeeds',
    async run({ driver }) {
      for (const cidr of ['10.0.0.0/24', 'fd00:abcd::/64']) {
        const address = await (await make(driver, cidr)).allocate(anyAddress())
        assert.ok(Prefix.parse(cidr).contains(IpAddress.parse(address)), address)
      }
    },
  },
  {
    name: 'refuses a named address that is held',
    neutron: 'test_allocate_specific_address_in_use_fails',
    async run({ driver }) {
      const subnet = await make(driver, '10.0.0.0/24')
      await subnet.allocate(specificAddress('10.0.0.33'))
      await refuses(subnet.allocate(specificAddress('10.0.0.33')), 'ADDRESS_IN_USE')
    },
  },
  {
    name: 'gives each address once, never the gateway, and then says that the subnet is exhausted',
    neutron: 'test_allocate_any_address_exhausted_pools_fails',
    async run({ driver }) {
      const smallest = await make(driver, '10.0.1.0/30', { gateway: '10.0.1.1' })
      assert.equal(await smallest.allocate(anyAddress()), '10.0.1.2')
      await refuses(smallest.allocate(anyAddress()), 'SUBNET_EXHAUSTED')
      const larger = await make(driver, '10.0.0.0/29', { gateway: '10.0.0.4' })
      assert.deepEqual(await takeAll(larger, anyAddress()), [
        '10.0.0.1',
        '10.0.0.2',
        '10.0.0.3',
        '10.0.0.5',
        '10.0.0.6',
      ])
    },
  },
  {
    name: 'gives concurrent callers different addresses',
    async run({ driver }) {
      const subnet = await make(driver, '10.0.0.0/27')
      const given = await Promise.all(
        Array.from({ length: 20 }, () => subnet.allocate(anyAddress())),
      )
      assert.equal(new Set(given).size, 20)
    },
  },
  {
    name: 'gives ten IPv4 addresses at once, and none when ten more are too many',
    neutron: 'test_bulk_allocate_v4_address',
    run: ({ driver }) => judgeBulk(driver, '10.0.0.0/28', '10.0.0.1', 3),
  },
  {
    name: 'gives ten IPv6 addresses at once, and none when ten more are too many',
    neutron: 'test_bulk_allocate_v6_address',
    run: ({ driver }) => judgeBulk(driver, 'fd00::/124', 'fd00::1', 4),
  },
  {
    name: 'draws a bulk from several pools, all of it or nothing',
    neutron: 'test_bulk_allocate_multiple_address_pools',
    async run({ driver }) {
      const subnet = await make(driver, '10.0.0.0/24', {
        allocationPools: [
          { first: '10.0.0.10', last: '10.0.0.14' },
          { first: '10.0.0.20', last: '10.0.0.25' },
        ],
      })
      assert.equal(new Set(await subnet.bulkAllocate(bulkAddresses(10))).size, 10)
      await refuses(subnet.bulkAllocate(bulkAddresses(2)), 'SUBNET_EXHAUSTED')
      assert.equal((await subnet.bulkAllocate(bulkAddresses(1))).length, 1)
    },
  },
  {
    name: 'answers a single request in bulk form with a list of one',
    async run({ driver }) {
      const subnet = await make(driver, '10.0.0.0/24')
      assert.deepEqual(await subnet.bulkAllocate(specificAddress('10.0.0.9')), ['10.0.0.9'])
      assert.equal((await subnet.bulkAllocate(anyAddress())).length, 1)
    },
  },
  {
    name: 'refuses a bulk request where one address is the answer',
    async run({ driver }) {
      const subnet = await make(driver, '10.0.0.0/24')
      const bulk = bulkAddresses(2) as unknown as SingleAddressRequest
      await refuses(subnet.allocate(bulk), 'INVALID_REQUEST')
      await refuses(driver.allocatorFor([subnet.subnetId]).allocate(bulk), 'INVALID_REQUEST')
    },
  },
  {
    name: 'gives the lowest free address to a next request, until there is none',
    neutron: 'test_prefernext_allocate_multiple_address_pools',
    async run({ driver }) {
      const smallest = await make(driver, '10.0.1.0/30', { gateway: '10.0.1.1' })
      assert.equal(await smallest.allocate(nextAddress()), '10.0.1.2')
      await refuses(smallest.allocate(nextAddress()), 'SUBNET_EXHAUSTED')
      const pools = await make(driver, '10.0.0.0/24', {
        allocationPools: [
          { first: '10.0.0.40', last: '10.0.0.41' },
          { first: '10.0.0.7', last: '10.0.0.7' },
        ],
      })
      for (const expected of ['10.0.0.7', '10.0.0.40', '10.0.0.41'])
        assert.equal(await pools.allocate(nextAddress()), expected)
    },
  },
  {
    name: 'forms an address from a MAC',
    async run({ driver }) {
      const subnet = await make(driver, '2001:db8::/64')
      const address = await subnet.allocate(eui64Request('00:16:3e:00:00:01'))
      assert.equal(address, '2001:db8::216:3eff:fe00:1')
    },
  },
  {
    name: 'takes an address back, so that it can be had again at once by name and by chance',
    neutron: 'test_deallocate_v4_address, test_deallocate_v6_address',
    async run({ driver }) {
      const named = await make(driver, 'fd00:abcd::/64')
      await named.allocate(specificAddress('fd00:abcd::33'))
      await named.deallocate('fd00:abcd::33')
      assert.equal(await named.allocate(specificAddress('fd00:abcd::33')), 'fd00:abcd::33')
      const smallest = await make(driver, '10.0.0.0/30', { gateway: '10.0.0.1' })
      await smallest.deallocate(await smallest.allocate(anyAddress()))
      assert.equal(await smallest.allocate(anyAddress()), '10.0.0.2')
    },
  },
  {
    name: 'stays silent when an address is given back that nobody holds',
    async run({ driver }) {
      const subnet = await make(driver, '10.0.0.0/24')
      await subnet.deallocate('10.0.0.77')
      await subnet.deallocate('192.168.0.1')
    },
  },
  {
    name: 'keeps what was allocated for a handle that is read anew',
    async run({ driver }) {
      const { subnetId } = await make(driver, '10.0.0.0/24')
      await (await driver.getSubnet(subnetId)).allocate(specificAddress('10.0.0.33'))
      const again = await driver.getSubnet(subnetId)
      await refuses(again.allocate(specificAddress('10.0.0.33')), 'ADDRESS_IN_USE')
    },
  },
  {
    name: 'goes through a group of subnets in order, to the next one only when one is exhausted',
    async run({ driver }) {
      const small = await make(driver, '10.0.1.0/30', { gateway: '10.0.1.1' })
      const large = await make(driver, '10.0.0.0/24')
      const group = driver.allocatorFor([small.subnetId, large.subnetId])
      assert.deepEqual(await group.allocate(anyAddress()), {
        address: '10.0.1.2',
        subnetId: small.subnetId,
      })
      assert.equal((await group.allocate(anyAddress())).subnetId, large.subnetId)
      await refuses(group.allocate(specificAddress('10.0.0.7')), 'ADDRESS_OUTSIDE_SUBNET')
    },
  },
  {
    name: 'says of a group of one, of several and of none that all are exhausted',
    async run({ driver }) {
      const one = await make(driver, '10.0.1.0/30', { gateway: '10.0.1.1' })
      const other = await make(driver, '10.0.2.0/24', { allocationPools: [] })
      await one.allocate(anyAddress())
      for (const ids of [[one.subnetId], [one.subnetId, other.subnetId], []])
        await refuses(driver.allocatorFor(ids).allocate(anyAddress()), 'ALL_SUBNETS_EXHAUSTED')
    },
  },
  {
    name: 'names an unknown subnet of a group when it comes to it',
    async run({ driver }) {
      const group = driver.allocatorFor([randomUUID()])
      await refuses(group.allocate(anyAddress()), 'SUBNET_NOT_FOUND')
    },
  },
  {
    name: 'hands out request factories and says whether it needs a rollback',
    neutron: 'TestGetRequestFactory (2)',
    async run({ driver }) {
      assert.equal(typeof driver.needsRollback, 'boolean')
      const subnet = { id: randomUUID(), cidr: '10.0.0.0/24', gateway_ip: '10.0.0.1' }
      assert.equal(driver.subnetRequestFactory(subnet).kind, ourSubnetRequests(subnet).kind)
      const wanted = [{ device_owner: 'network:dhcp' }, {}] as const
      assert.equal(driver.addressRequestFactory(...wanted).kind, ourAddressRequests(...wanted).kind)
    },
  },
]

/** Runs one rule against a subject of its own. */
export async function judge(
  rule: DriverRule,
  makeSubject: () => Promise<DriverSubject>,
): Promise<void> {
  const subject = await makeSubject()
  try {
    await rule.run(subject)
  } finally {
    await subject.close()
  }
}

async function make(
  driver: IpamDriver,
  cidr: string,
  fields: SubnetRequestFields = {},
): Promise<DriverSubnet> {
  return driver.allocateSubnet(specificSubnetRequest(cidr, { subnetId: randomUUID(), ...fields }))
}

async function judgeBulk(
  driver: IpamDriver,
  cidr: string,
  gateway: string,
  left: number,
): Promise<void> {
  const subnet = await make(driver, cidr, { gateway })
  const given = await subnet.bulkAllocate(bulkAddresses(10))
  assert.equal(new Set(given).size, 10)
  assert.ok(!given.includes(gateway), 'the gateway was given')
  await refuses(subnet.bulkAllocate(bulkAddresses(10)), 'SUBNET_EXHAUSTED')
  const rest = await subnet.bulkAllocate(bulkAddresses(left))
  assert.equal(new Set([...given, ...rest]).size, 10 + left)
}

/** Everything that the subnet gives until it is exhausted, sorted. */
async function takeAll(subnet: DriverSubnet, request: SingleAddressRequest): Promise<string[]> {
  const given: string[] = []
  try {
    while (given.length < 1000) given.push(await subnet.allocate(request))
  } catch (error) {
    if (!isIpamError(error, 'SUBNET_EXHAUSTED')) throw error
  }
  return given.sort()
}

async function refuses(attempt: Promise<unknown>, code: ErrorCode): Promise<void> {
  await assert.rejects(attempt, (error) => {
    assert.ok(isIpamError(error), `expected ${code}, got ${String(error)}`)
    assert.equal(error.code, code)
    return true
  })
}
