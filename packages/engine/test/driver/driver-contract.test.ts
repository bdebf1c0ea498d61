import { builtInDriver, openIpam } from '@freehold/engine'
import { sqliteStore } from '@freehold/engine/sqlite'
import { describe, expect, it } from 'vitest'
import { type DriverSubject, driverRules, judge } from './driver.contract.ts'
import { type Faults, inMemoryDriver } from './in-memory-driver.ts'

async function builtInSubject(): Promise<DriverSubject> {
  const ipam = await openIpam(sqliteStore({ path: ':memory:' }))
  const pool = await ipam.subnetPools.create({ prefixes: ['10.8.0.0/16'] })
  return {
    driver: builtInDriver(ipam),
    pooled: builtInDriver(ipam, { subnetPoolId: pool.id }),
    close: () => ipam.close(),
  }
}

async function inMemorySubject(faults: Faults = {}): Promise<DriverSubject> {
  return {
    driver: inMemoryDriver(null, faults),
    pooled: inMemoryDriver('10.8.0.0/16', faults),
    close: async () => undefined,
  }
}

describe('the built-in driver', () => {
  it.each(driverRules)('$name', async (rule) => {
    await expect(judge(rule, builtInSubject)).resolves.toBeUndefined()
  })
})

describe('a driver in plain memory', () => {
  it.each(driverRules)('$name', async (rule) => {
    await expect(judge(rule, inMemorySubject)).resolves.toBeUndefined()
  })
})

describe('the contract convicts a driver that', () => {
  it.each<[string, Faults, string]>([
    [
      'hands out the gateway',
      { givesGateway: true },
      'gives each address once, never the gateway, and then says that the subnet is exhausted',
    ],
    [
      'hands out an address twice',
      { givesTwice: true },
      'gives each address once, never the gateway, and then says that the subnet is exhausted',
    ],
    [
      'forgets a release',
      { forgetsRelease: true },
      'takes an address back, so that it can be had again at once by name and by chance',
    ],
    [
      'keeps a part of a bulk that failed',
      { keepsPartOfBulk: true },
      'draws a bulk from several pools, all of it or nothing',
    ],
    [
      'ignores new pools',
      { ignoresNewPools: true },
      'replaces the pools of a subnet by the new ones',
    ],
    [
      'stops at the first subnet of a group',
      { stopsAtFirstSubnet: true },
      'goes through a group of subnets in order, to the next one only when one is exhausted',
    ],
    [
      'complains of an address that nobody holds',
      { complainsOfUnheld: true },
      'stays silent when an address is given back that nobody holds',
    ],
  ])('%s', async (_, faults, name) => {
    expect(await brokenRules(faults)).toContain(name)
  })

  it('and finds nothing wrong with the same driver in order', async () => {
    expect(await brokenRules({})).toEqual([])
  })
})

async function brokenRules(faults: Faults): Promise<string[]> {
  const broken: string[] = []
  for (const rule of driverRules)
    await judge(rule, () => inMemorySubject(faults)).catch(() => broken.push(rule.name))
  return broken
}
