import { describe, expect, it } from 'vitest'
import { type Ipam, openIpam } from '../../src/ipam.ts'
import { convictsBelow, liesInWindow } from '../randomness/draw-statistics.ts'
import { DrawnSubnet, type DrawPath, drawAddresses, offsetIn } from '../randomness/drawn-subnet.ts'
import { winningStrategies } from '../randomness/guessing-game.ts'
import { timesReturned } from '../randomness/return-game.ts'
import { binomialTail } from '../randomness/tail-probability.ts'
import { type ContractStore, contractEngines } from './contract-store.ts'
import { ManualClock } from './manual-clock.ts'

const deadlineMs = 60_000
const paths: readonly DrawPath[] = ['alone', 'together', 'bulk']
const rounds = 120
const timeout = 900_000

/** Nothing that anybody sees of the addresses before tells the next one. */
export function describeUnpredictabilityContract(store: ContractStore): void {
  const engines = contractEngines(store)

  describe('the next address', () => {
    it.each(paths)('comes from no window of an empty subnet (%s)', async (path) => {
      const ipam = await engines.open({ deadlineMs })
      const offsets = async (cidr: string, count: number): Promise<bigint[]> => {
        const { id } = await ipam.subnets.create({ cidr })
        return (await drawAddresses(ipam, id, path, count)).map((address) =>
          offsetIn(cidr, address),
        )
      }
      expect(liesInWindow(await offsets('10.1.0.0/16', 5))).toBe(false)
      // One host part below 2^32 in three has a chance of 7 * 10^-10.
      const hosts = await offsets('2001:db8::/64', 3)
      expect(hosts.filter((host) => host < 1n << 32n)).toEqual([])
    })

    it.each([
      ['much', 48],
      ['little', 24],
    ])('is guessed by luck alone while %s is free', { timeout }, async (share, free) => {
      const ipam = await engines.open({ deadlineMs })
      const subnet = await halfOrNearlyFull(ipam, free, share === 'much' ? 100 : 1000)
      for (const path of paths)
        expect(
          await winningStrategies({
            subnet,
            path,
            size: path === 'alone' ? 4 : 16,
            rounds,
            guesses: 2,
            engineOf: () => ipam,
          }),
          path,
        ).toEqual([])
    })

    it('is guessed by luck alone when servers are restarted and take over', {
      timeout,
    }, async () => {
      const first = await store.open()
      const one = await openIpam(first, { deadlineMs })
      const subnet = await halfOrNearlyFull(one, 24, 1000)
      const serving = [one, await openIpam(await store.again(first), { deadlineMs })]
      const engineOf = async (round: number): Promise<Ipam> => {
        // A restarted server has no memory of the one before; both answer in turn.
        if (round % 10 === 5) {
          await serving[1]?.close()
          serving[1] = await openIpam(await store.again(first), { deadlineMs })
        }
        return serving[round % 2] as Ipam
      }
      const game = { subnet, path: 'together', size: 8, rounds, guesses: 2, engineOf } as const
      expect(await winningStrategies(game)).toEqual([])
    })
  })

  describe('an address that was just released', () => {
    it('comes back no more often than any other', { timeout }, async () => {
      const ipam = await engines.open({ deadlineMs })
      for (const [free, capacity] of [
        [12, 24],
        [12, 1000],
      ] as const) {
        const subnet = await halfOrNearlyFull(ipam, free, capacity)
        for (const manner of ['after', 'beside'] as const) {
          const returned = await timesReturned(ipam, subnet.id, manner, rounds)
          expect(binomialTail(rounds, 1 / free, returned), manner).toBeGreaterThan(convictsBelow)
        }
      }
    })

    it('does not come back while it cools, wherever the clock jumps', async () => {
      const clock = new ManualClock()
      const ipam = await engines.open({ clock: clock.read, deadlineMs })
      const { id } = await ipam.subnets.create({
        cidr: '10.0.0.0/28',
        gateway: null,
        coolingSeconds: 3600,
      })
      const [kept] = await ipam.allocations.allocate(id, { kind: 'any' })
      const released = kept?.address as string
      await ipam.allocations.release(id, released)
      const year = 365 * 86_400
      for (const [seconds, moment] of [
        [0, 'at once'],
        [-year, 'a year back'],
        [year + 3599, 'a second before its end'],
        [-3599 - 10 * year, 'ten years back'],
        [10 * year + 3599, 'a second before its end again'],
      ] as const) {
        clock.forward(seconds)
        await ipam.reap()
        const given: string[] = []
        for (let count = 0; count < 13; count += 1)
          for (const { address } of await ipam.allocations.allocate(id, { kind: 'any' }))
            given.push(address)
        expect(given, moment).not.toContain(released)
        await expect(ipam.allocations.allocate(id, { kind: 'any' }), moment).rejects.toMatchObject({
          code: 'SUBNET_EXHAUSTED',
        })
        // Given back by way of a subnet without cooling, so that the next moment finds the same thirteen free.
        await ipam.subnets.update(id, { coolingSeconds: 0 })
        for (const address of given) await ipam.allocations.release(id, address)
        await ipam.subnets.update(id, { coolingSeconds: 3600 })
      }
      clock.forward(1)
      await ipam.allocations.allocate(id, { kind: 'bulk', count: 13 })
      const [last] = await ipam.allocations.allocate(id, { kind: 'any' })
      expect(last?.address).toBe(released)
      expect((await ipam.check()).problems).toEqual([])
    })
  })

  /** A subnet of so many addresses, of which every so-manieth is free. */
  async function halfOrNearlyFull(
    ipam: Ipam,
    free: number,
    capacity: number,
  ): Promise<DrawnSubnet> {
    subnets += 1
    const subnet = await DrawnSubnet.create(ipam, {
      cidr: `10.${subnets}.0.0/20`,
      pools: [[3n, BigInt(capacity) + 2n]],
    })
    const each = Math.floor(capacity / free)
    const isFree = Array.from({ length: capacity }, (_, at) => at % each === 0 && at / each < free)
    await subnet.hold(isFree)
    return subnet
  }
}

let subnets = 1
