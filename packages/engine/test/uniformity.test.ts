import { testMariadb, testPostgres } from '@freehold/test-support'
import { describe, expect, it } from 'vitest'
import type { RandomSource } from '../src/allocators/random-source.ts'
import { openIpam } from '../src/ipam.ts'
import { SystemRandom } from '../src/system-random.ts'
import { mariadbOn } from './contract/mariadb-contract-store.ts'
import { postgresContractStore } from './contract/postgres-contract-store.ts'
import { sqliteContractStore } from './contract/sqlite-contract-store.ts'
import { describeUniformityContract } from './contract/uniformity.contract.ts'
import {
  nextFreeAfter,
  remainder,
  stretched,
  tilted,
  wandering,
  windowed,
} from './randomness/biased-sources.ts'
import { drawSample } from './randomness/draw-sample.ts'
import { type DrawSample, suspicionsOf, unevenBits } from './randomness/draw-statistics.ts'
import {
  DrawnSubnet,
  drawAddresses,
  offsetIn,
  type SubnetShape,
} from './randomness/drawn-subnet.ts'
import { fillsOf } from './randomness/fills.ts'

const sqlite = sqliteContractStore()
const mariadb = await testMariadb()
const stores = [
  sqlite,
  postgresContractStore(await testPostgres()),
  ...(mariadb === undefined ? [] : [mariadbOn(mariadb)]),
]

for (const store of stores)
  describe(store.name, () => {
    describeUniformityContract(store)
  })

// The same statistics, from the same number of draws, of engines that are wrong: a green run means something only if these
// are seen.
describe('an engine is convicted', () => {
  // 3,000 addresses, which is far from a power of two.
  const shape: SubnetShape = { cidr: '10.0.0.0/20', pools: [[1n, 3000n]] }
  const [empty, halfFull, , nearlyFull] = fillsOf(3000)

  async function sampleOf(
    random: RandomSource,
    fill: typeof halfFull,
    path: 'bulk' | 'together' = 'bulk',
  ): Promise<DrawSample> {
    const ipam = await openIpam(await sqlite.open(), { random })
    try {
      const subnet = await DrawnSubnet.create(ipam, shape)
      await subnet.hold(fill?.isFree ?? [])
      return await drawSample(subnet, path)
    } finally {
      await sqlite.dispose()
    }
  }
  const statisticsOf = (sample: DrawSample): string[] =>
    suspicionsOf(sample).map(({ statistic }) => statistic)

  it('that draws from a window of a thousand addresses', { timeout: 120_000 }, async () => {
    for (const fill of [empty, halfFull])
      expect(statisticsOf(await sampleOf(windowed(1000n), fill, 'together'))).toEqual(
        expect.arrayContaining(['bins', 'distance']),
      )
  })

  it('that weighs pages with such a window', { timeout: 120_000 }, async () => {
    // Callers together draw from what SQLite's process remembers; a bulk of addresses is always weighed.
    expect(statisticsOf(await sampleOf(windowed(10n, 3000n), nearlyFull))).toContain('distance')
  })

  it('that takes remainders', { timeout: 120_000 }, async () => {
    expect(statisticsOf(await sampleOf(remainder, halfFull))).toEqual(
      expect.arrayContaining(['bins', 'distance']),
    )
  })

  it('that takes the next free address after a random point', { timeout: 120_000 }, async () => {
    const isFree = halfFull?.isFree ?? []
    expect(statisticsOf(await sampleOf(nextFreeAfter(isFree), halfFull))).toEqual(
      expect.arrayContaining(['bins', 'gaps']),
    )
  })

  it('that likes one half of its range by a tenth', { timeout: 120_000 }, async () => {
    expect(statisticsOf(await sampleOf(tilted, halfFull))).toContain('distance')
  })

  it('whose draws follow one another', { timeout: 120_000 }, async () => {
    expect(statisticsOf(await sampleOf(wandering(), halfFull))).toContain('lags')
  })

  it('that serves callers in the order of their addresses', { timeout: 120_000 }, async () => {
    const sample = await sampleOf(new SystemRandom(), nearlyFull, 'together')
    const sorted = sample.batches.map((batch) => [...batch].sort((a, b) => a - b))
    expect(statisticsOf(sample)).toEqual([])
    expect(statisticsOf({ ...sample, batches: sorted })).toEqual(['lags'])
  })

  it('that stretches a floating-point number to 64 bits', { timeout: 120_000 }, async () => {
    const ipam = await openIpam(await sqlite.open(), { random: stretched })
    const cidr = '2001:db8::/64'
    const { id } = await ipam.subnets.create({ cidr, gateway: null })
    const drawn = await drawAddresses(ipam, id, 'bulk', 500)
    await sqlite.dispose()
    const hosts = drawn.map((address) => offsetIn(cidr, address) - 1n)
    expect(unevenBits(hosts, 64).length).toBeGreaterThanOrEqual(10)
  })
})
