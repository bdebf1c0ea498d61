import { randomUUID } from 'node:crypto'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import {
  anyAddress,
  anySubnetRequest,
  builtInDriver,
  type DriverFactory,
  type Ipam,
  openIpam,
  type SubnetPool,
  specificAddress,
  specificSubnetRequest,
} from '@freehold/engine'
import { sqliteStore } from '@freehold/engine/sqlite'
import { temporaryDirectory } from '@freehold/test-support'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'

let ipam: Ipam
let pool: SubnetPool

beforeEach(async () => {
  ipam = await openIpam(sqliteStore({ path: ':memory:' }))
  pool = await ipam.subnetPools.create({ prefixes: ['10.8.0.0/16'] })
})
afterEach(() => ipam.close())

describe('the built-in driver and transactions', () => {
  it('needs a rollback by its caller only where it commits by itself', async () => {
    expect(builtInDriver(ipam).needsRollback).toBe(true)
    await ipam.transaction(async (view) => {
      expect(builtInDriver(view).needsRollback).toBe(false)
    })
  })

  it("is undone with the caller's own transaction on the same file", async () => {
    using directory = temporaryDirectory()
    const path = join(directory.path, 'freehold.sqlite')
    const engine = await openIpam(sqliteStore({ path }))
    const database = new DatabaseSync(path)
    try {
      const subnetId = randomUUID()
      database.exec('BEGIN IMMEDIATE')
      const driver = builtInDriver(engine.within(database))
      const made = await driver.allocateSubnet(specificSubnetRequest('10.0.0.0/24', { subnetId }))
      await made.allocate(anyAddress())
      database.exec('ROLLBACK')
      await expect(engine.subnets.get(subnetId)).rejects.toMatchObject({ code: 'SUBNET_NOT_FOUND' })
    } finally {
      database.close()
      await engine.close()
    }
  })

  it('is what a factory returns for the view of one operation', async () => {
    const factory: DriverFactory = ({ ipam: view, ...rest }) => builtInDriver(view, rest)
    const driver = factory({ ipam, subnetPoolId: pool.id })
    const subnet = await driver.allocateSubnet(anySubnetRequest(4, 26))
    expect(subnet.details().prefix.toString()).toBe('10.8.0.0/26')
  })
})

describe('an update through the built-in driver', () => {
  const pools = [
    { first: '10.0.0.10', last: '10.0.0.20' },
    { first: '10.0.0.40', last: '10.0.0.50' },
  ]

  // Neutron: test_update_allocation_pools_with_no_pool_change, test__no_pool_changes_positive
  it('writes nothing when pools and gateway are what they were, in whatever order', async () => {
    const made = await ipam.subnets.create({ cidr: '10.0.0.0/24', allocationPools: pools })
    await builtInDriver(ipam).updateSubnet(
      specificSubnetRequest('10.0.0.0/24', {
        subnetId: made.id,
        gateway: '10.0.0.1',
        allocationPools: [...pools].reverse(),
      }),
    )
    expect(await ipam.subnets.get(made.id)).toEqual(made)
  })

  // Neutron: test__no_pool_changes_negative
  it.each([
    ['number', [{ first: '10.0.0.10', last: '10.0.0.20' }]],
    ['first address', [{ first: '10.0.0.9', last: '10.0.0.20' }, pools[1]]],
    ['last address', [{ first: '10.0.0.10', last: '10.0.0.21' }, pools[1]]],
  ])('writes when the %s of the pools differs', async (_, changed) => {
    const made = await ipam.subnets.create({ cidr: '10.0.0.0/24', allocationPools: pools })
    const allocationPools = changed as typeof pools
    await builtInDriver(ipam).updateSubnet(
      specificSubnetRequest('10.0.0.0/24', { subnetId: made.id, allocationPools }),
    )
    const found = await ipam.subnets.get(made.id)
    expect(found).toMatchObject({ allocationPools, revision: made.revision + 1 })
  })

  it('takes the gateway away when there is to be none', async () => {
    const made = await ipam.subnets.create({ cidr: '10.0.0.0/24' })
    const request = specificSubnetRequest('10.0.0.0/24', { subnetId: made.id, gateway: null })
    await builtInDriver(ipam).updateSubnet(request)
    expect(await ipam.subnets.get(made.id)).toMatchObject({ gateway: null })
  })

  it('moves the gateway off the link when asked to', async () => {
    const made = await ipam.subnets.create({ cidr: '10.0.0.0/24' })
    const gateway = '192.0.2.1'
    const request = specificSubnetRequest('10.0.0.0/24', { subnetId: made.id, gateway })
    await builtInDriver(ipam).updateSubnet(request)
    expect(await ipam.subnets.get(made.id)).toMatchObject({ gateway })
  })

  it('cannot change the prefix', async () => {
    const made = await ipam.subnets.create({ cidr: '10.0.0.0/24' })
    const request = specificSubnetRequest('10.0.1.0/24', { subnetId: made.id })
    await expect(builtInDriver(ipam).updateSubnet(request)).rejects.toMatchObject({
      code: 'INVALID_REQUEST',
      details: { pointer: '/cidr' },
    })
  })
})

describe('a subnet cut by the built-in driver', () => {
  it('has the gateway and pools of the pattern, moved onto its prefix', async () => {
    const driver = builtInDriver(ipam, { subnetPoolId: pool.id })
    await driver.allocateSubnet(anySubnetRequest(4, 24))
    const subnet = await driver.allocateSubnet(
      anySubnetRequest(4, 24, {
        gateway: '0.0.0.254',
        allocationPools: [{ first: '0.0.0.10', last: '0.0.0.19' }],
      }),
    )
    const details = subnet.details()
    expect(details.prefix.toString()).toBe('10.8.1.0/24')
    expect(details.gateway?.toString()).toBe('10.8.1.254')
    expect(details.allocationPools).toEqual([{ first: '10.8.1.10', last: '10.8.1.19' }])
  })

  it('has the default pools around the gateway of the pattern', async () => {
    const driver = builtInDriver(ipam, { subnetPoolId: pool.id })
    const subnet = await driver.allocateSubnet(anySubnetRequest(4, 24, { gateway: '0.0.0.100' }))
    expect(subnet.details().allocationPools).toEqual([
      { first: '10.8.0.1', last: '10.8.0.99' },
      { first: '10.8.0.101', last: '10.8.0.254' },
    ])
  })

  it('is undone when the pattern cannot be kept', async () => {
    const driver = builtInDriver(ipam, { subnetPoolId: pool.id })
    const request = anySubnetRequest(4, 24, {
      allocationPools: [{ first: '0.0.0.1', last: '0.0.0.9' }],
    })
    await expect(driver.allocateSubnet(request)).rejects.toMatchObject({
      code: 'GATEWAY_IN_ALLOCATION_POOL',
    })
    expect((await ipam.subnets.list()).items).toEqual([])
  })

  it('has the IP version of its pool, or is refused', async () => {
    const driver = builtInDriver(ipam, { subnetPoolId: pool.id })
    await expect(driver.allocateSubnet(anySubnetRequest(6, 24))).rejects.toMatchObject({
      code: 'IP_VERSION_MISMATCH',
    })
    expect((await ipam.subnets.list()).items).toEqual([])
  })
})

describe('the built-in driver on behalf of others', () => {
  it('makes a subnet for the project of the request, within its quota', async () => {
    const narrow = await ipam.subnetPools.create({ prefixes: ['10.9.0.0/16'], quota: 256n })
    const driver = builtInDriver(ipam, { subnetPoolId: narrow.id })
    await driver.allocateSubnet(anySubnetRequest(4, 24, { projectId: 'blue' }))
    await driver.allocateSubnet(anySubnetRequest(4, 24, { projectId: 'green' }))
    await expect(
      driver.allocateSubnet(anySubnetRequest(4, 24, { projectId: 'blue' })),
    ).rejects.toMatchObject({ code: 'QUOTA_EXCEEDED' })
  })

  it('refuses a request for another project from anybody but an administrator', async () => {
    const driver = builtInDriver(ipam.as({ projectId: 'blue', isAdmin: false }))
    const request = specificSubnetRequest('10.0.0.0/24', { projectId: 'green' })
    await expect(driver.allocateSubnet(request)).rejects.toMatchObject({
      code: 'INVALID_REQUEST',
      details: { pointer: '/projectId' },
    })
  })

  it('records the holder that comes with a request', async () => {
    const driver = builtInDriver(ipam)
    const { subnetId } = await driver.allocateSubnet(specificSubnetRequest('10.0.0.0/24'))
    const holder = { kind: 'port', id: randomUUID() }
    const request = specificAddress('10.0.0.9')
    const given = await driver.allocatorFor([subnetId]).allocate(request, { holder })
    expect(await ipam.allocations.get(subnetId, given.address)).toMatchObject({ holder })
  })

  it('refuses to remove a subnet of which addresses are held', async () => {
    const driver = builtInDriver(ipam)
    const subnet = await driver.allocateSubnet(specificSubnetRequest('10.0.0.0/24'))
    await subnet.allocate(anyAddress())
    await expect(driver.removeSubnet(subnet.subnetId)).rejects.toMatchObject({
      code: 'SUBNET_IN_USE',
    })
  })
})
