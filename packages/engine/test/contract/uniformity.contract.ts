import { describe, expect, it } from 'vitest'
import { drawSample, draws } from '../randomness/draw-sample.ts'
import { suspicionsOf, unevenBits } from '../randomness/draw-statistics.ts'
import {
  DrawnSubnet,
  type DrawPath,
  drawAddresses,
  offsetIn,
  type SubnetShape,
} from '../randomness/drawn-subnet.ts'
import { fillsOf } from '../randomness/fills.ts'
import { type ContractStore, contractEngines } from './contract-store.ts'

const deadlineMs = 60_000
const paths: readonly DrawPath[] = ['alone', 'together', 'bulk']

// Pools that begin and end inside pages, beside pages that no pool touches. In the /64 they lie from its first addresses up
// to where a page has 2^54 of them.
const cutPools: readonly SubnetShape[] = [
  {
    cidr: '10.16.0.0/14',
    pools: [
      [200n, 460n],
      [1020n, 1030n],
      [131_000n, 131_900n],
      [200_000n, 200_399n],
    ],
  },
  {
    cidr: '2001:db8:1::/64',
    pools: [
      [1n, 255n],
      [131_000n, 131_400n],
      [(1n << 40n) - 100n, (1n << 40n) + 300n],
      [(1n << 63n) + 5n, (1n << 63n) + 500n],
    ],
  },
]

const capacityOf = ({ pools }: SubnetShape): number =>
  pools.reduce((sum, [first, last]) => sum + Number(last - first) + 1, 0)

/** `any` and `bulk` are uniform over what is free, however it is asked for and however much that is. */
export function describeUniformityContract(store: ContractStore): void {
  const engines = contractEngines(store)
  const timeout = Math.max(300_000, draws * 60)

  describe('every free address is equally likely', () => {
    it('at every fill of an IPv4 subnet', { timeout }, async () => {
      const ipam = await engines.open({ deadlineMs })
      const shape: SubnetShape = { cidr: '10.0.0.0/20', pools: [[1n, 4094n]] }
      const subnet = await DrawnSubnet.create(ipam, shape)
      for (const { name, isFree } of fillsOf(capacityOf(shape))) {
        await subnet.hold(isFree)
        for (const path of paths)
          expect(suspicionsOf(await drawSample(subnet, path)), `${name}, ${path}`).toEqual([])
      }
      expect((await ipam.check()).problems).toEqual([])
    })

    it.each(cutPools)('in pools of $cidr that cut pages', { timeout }, async (shape) => {
      const ipam = await engines.open({ deadlineMs })
      const subnet = await DrawnSubnet.create(ipam, shape)
      for (const { name, isFree } of fillsOf(capacityOf(shape))) {
        if (name !== 'half full' && name !== '99 % full') continue
        await subnet.hold(isFree)
        for (const path of shape.cidr.includes(':') ? paths : (['together', 'bulk'] as const))
          expect(suspicionsOf(await drawSample(subnet, path)), `${name}, ${path}`).toEqual([])
      }
    })

    it('when two servers race for the last ones', { timeout }, async () => {
      const pair = await engines.openPair({ deadlineMs })
      const shape: SubnetShape = { cidr: '10.32.0.0/20', pools: [[1n, 2000n]] }
      const subnet = await DrawnSubnet.create(pair[0], shape)
      await subnet.hold(Array.from({ length: 2000 }, (_, at) => at % 100 < 2))
      const batches: number[][] = []
      while (batches.length < (120 * draws) / 16_000)
        batches.push(...(await Promise.all(pair.map((ipam) => subnet.draw('together', 8, ipam)))))
      expect(suspicionsOf({ free: subnet.free, batches })).toEqual([])
    })

    it('to the last bit of an IPv6 host part', { timeout }, async () => {
      const cidr = '2001:db8:2::/64'
      const ipam = await engines.open({ deadlineMs })
      const { id } = await ipam.subnets.create({ cidr, gateway: null })
      for (const path of paths) {
        const hosts: bigint[] = []
        const wanted = draws / (path === 'alone' ? 16 : 8)
        while (hosts.length < wanted)
          for (const address of await drawAddresses(ipam, id, path, 64))
            hosts.push(offsetIn(cidr, address))
        expect(unevenBits(hosts, 64), path).toEqual([])
        // All of the 2^64 are in the pool but the first.
        const batches = hosts.map((host) => [Number(host)])
        expect(suspicionsOf({ free: 2 ** 64, batches }), path).toEqual([])
      }
    })
  })
}
