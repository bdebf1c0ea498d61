import { testMariadb, testPostgres } from '@freehold/test-support'
import { afterEach, describe, expect, it } from 'vitest'
import type { RandomSource } from '../src/allocators/random-source.ts'
import { type Ipam, openIpam } from '../src/ipam.ts'
import { SystemRandom } from '../src/system-random.ts'
import { mariadbOn } from './contract/mariadb-contract-store.ts'
import { postgresContractStore } from './contract/postgres-contract-store.ts'
import { sqliteContractStore } from './contract/sqlite-contract-store.ts'
import { describeUnpredictabilityContract } from './contract/unpredictability.contract.ts'
import { counting, lingering, windowed } from './randomness/biased-sources.ts'
import { convictsBelow, liesInWindow } from './randomness/draw-statistics.ts'
import { DrawnSubnet, drawAddresses, offsetIn } from './randomness/drawn-subnet.ts'
import { winningStrategies } from './randomness/guessing-game.ts'
import { timesReturned } from './randomness/return-game.ts'
import { binomialTail } from './randomness/tail-probability.ts'

const sqlite = sqliteContractStore()
const mariadb = await testMariadb()
const stores = [
  sqlite,
  postgresContractStore(await testPostgres()),
  ...(mariadb === undefined ? [] : [mariadbOn(mariadb)]),
]

for (const store of stores)
  describe(store.name, () => {
    describeUnpredictabilityContract(store)
  })

describe('an engine loses', () => {
  afterEach(() => sqlite.dispose())
  const opened = async (random: RandomSource): Promise<Ipam> =>
    openIpam(await sqlite.open(), { random })

  it('the window detector, when it draws from a thousand addresses', async () => {
    const ipam = await opened(windowed(1000n))
    const { id } = await ipam.subnets.create({ cidr: '10.1.0.0/16' })
    const drawn = await drawAddresses(ipam, id, 'together', 5)
    expect(
      liesInWindow(
        drawn.map((address) => offsetIn('10.1.0.0/16', address)),
        1002n,
      ),
    ).toBe(true)
  })

  it.each([
    ['when it counts', counting(), 'same step'],
    ['when it draws from a window', windowed(8n), 'lowest'],
  ] as const)('the guessing game, %s', async (_, random, winner) => {
    const ipam = await opened(random)
    const subnet = await DrawnSubnet.create(ipam, { cidr: '10.2.0.0/24', pools: [[1n, 48n]] })
    const game = { subnet, size: 1, rounds: 200, guesses: 4, engineOf: () => ipam } as const
    expect(await winningStrategies({ ...game, path: 'together' })).toContain(winner)
  })

  it('the guessing game and that of return, when it lingers', async () => {
    const ipam = await opened(lingering())
    const subnet = await DrawnSubnet.create(ipam, { cidr: '10.2.0.0/24', pools: [[1n, 250n]] })
    await subnet.hold(Array.from({ length: 250 }, (_, at) => at % 50 === 7))
    const game = { subnet, size: 1, rounds: 120, guesses: 1, engineOf: () => ipam } as const
    expect(await winningStrategies({ ...game, path: 'together' })).toContain('the last again')
    const returned = await timesReturned(ipam, subnet.id, 'after', 120)
    expect(binomialTail(120, 1 / 5, returned)).toBeLessThan(convictsBelow)
  })

  it('the guessing game, when it serves callers in the order of their addresses', async () => {
    const ipam = await opened(new SystemRandom())
    const subnet = await DrawnSubnet.create(ipam, { cidr: '10.2.0.0/24', pools: [[1n, 250n]] })
    await subnet.hold(Array.from({ length: 250 }, (_, at) => at % 30 === 7))
    const inOrder = {
      free: subnet.free,
      draw: async (...how: Parameters<typeof subnet.draw>) =>
        (await subnet.draw(...how)).sort((a, b) => a - b),
    }
    const game = { size: 4, rounds: 240, guesses: 2, engineOf: () => ipam } as const
    expect(await winningStrategies({ ...game, subnet, path: 'bulk' })).toEqual([])
    expect(await winningStrategies({ ...game, subnet: inOrder, path: 'bulk' })).toContain(
      'above its own',
    )
  })
})
