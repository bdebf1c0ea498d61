import { afterEach, describe, expect, it } from 'vitest'
import type { RandomSource } from '../src/allocators/random-source.ts'
import { openIpam } from '../src/ipam.ts'
import { SystemRandom } from '../src/system-random.ts'
import { sqliteContractStore } from './contract/sqlite-contract-store.ts'
import { convictsBelow } from './randomness/draw-statistics.ts'
import { drawAddresses, offsetIn } from './randomness/drawn-subnet.ts'
import * as mersenne from './randomness/mersenne-solver.ts'
import { binomialTail } from './randomness/tail-probability.ts'
import { mathRandom, NeutronWorker, pickFromWindow } from './randomness/weak-allocators.ts'
import * as xorshift from './randomness/xorshift-solver.ts'

// An adversary watches what is handed out, works out the state of the generator behind it, and names what comes next.
// Against generators that are not made for secrets it wins; the engine it beats no more often than by guessing.

const games = 1000
// Within one request nothing is drawn in between that the adversary does not see.
const together = 4000
const predicted = 8
const sqlite = sqliteContractStore()
afterEach(() => sqlite.dispose())

/** Places in a pool of 2^`bits` addresses, in the order in which the engine hands them out. */
async function placesFrom(random: RandomSource, bits: bigint, count: number): Promise<bigint[]> {
  const limits = { maxBulkCount: together }
  const ipam = await openIpam(await sqlite.open(), { random, limits })
  const cidr = '2001:db8::/64'
  const base = 1n << 62n
  const pool = (offset: bigint): string => `2001:db8::${hexGroups(offset)}`
  const { id } = await ipam.subnets.create({
    cidr,
    gateway: null,
    allocationPools: [{ first: pool(base), last: pool(base + (1n << bits) - 1n) }],
  })
  const places: bigint[] = []
  while (places.length < count)
    for (const address of await drawAddresses(ipam, id, 'bulk', Math.min(together, count)))
      places.push(offsetIn(cidr, address) - base)
  await ipam.close()
  return places.slice(0, count)
}

function hexGroups(value: bigint): string {
  const digits = value.toString(16).padStart(16, '0')
  return [0, 4, 8, 12].map((at) => digits.slice(at, at + 4)).join(':')
}

describe('xorshift128+, which is Math.random', () => {
  const seen = xorshift.outputsNeeded

  it('in a window of a thousand addresses is predicted exactly', { timeout: 120_000 }, () => {
    const played = Array.from({ length: 20 }, () =>
      Array.from({ length: seen + predicted }, pickFromWindow),
    )
    const observed = played.map((picks) => picks.slice(0, seen))
    for (const [game, predict] of xorshift.solveXorshift(observed, 1000n).entries())
      expect(predict?.(predicted)).toEqual(played[game]?.slice(seen))
  })

  it('in place of the engine’s own generator is predicted exactly', {
    timeout: 120_000,
  }, async () => {
    const places = await placesFrom(mathRandom, 40n, seen + predicted)
    const [predict] = xorshift.solveXorshift([places.slice(0, seen)], 1n << 40n)
    expect(predict?.(predicted)).toEqual(places.slice(seen))
  })

  it('is not behind what the engine draws', { timeout: 300_000 }, async () => {
    // Fewer than it takes to be sure of the next eight of a weak generator, and plenty to see that there is none.
    const watched = 72
    const length = watched + predicted
    const places = await placesFrom(new SystemRandom(), 62n, games * length)
    // The places as picks from a thousand, and from more than can be guessed.
    for (const bits of [10n, 40n]) {
      const played = Array.from({ length: games }, (_, game) =>
        places.slice(game * length, (game + 1) * length).map((place) => place >> (62n - bits)),
      )
      const found = xorshift.solveXorshift(
        played.map((picks) => picks.slice(0, watched)),
        1n << bits,
      )
      // Who finds no state has to guess.
      const random = new SystemRandom()
      let hits = 0
      for (const [game, predict] of found.entries()) {
        const named =
          predict?.(predicted) ?? Array.from({ length: predicted }, () => random.below(1n << bits))
        for (const [at, pick] of named.entries())
          if (played[game]?.[watched + at] === pick) hits += 1
      }
      expect(found.filter((predict) => predict !== null)).toEqual([])
      expect(binomialTail(games * predicted, 1 / Number(1n << bits), hits)).toBeGreaterThan(
        convictsBelow,
      )
    }
  })
})

describe('the Mersenne Twister, which is Python’s random', () => {
  it('is predicted for an allocator like Neutron’s, and is not behind the engine’s draws', {
    timeout: 600_000,
  }, async () => {
    const worker = new NeutronWorker(20_261_127)
    const bytes: number[] = []
    while (bytes.length < mersenne.outputsNeeded) bytes.push(...worker.macBytes())
    // Each game watches one address more than the one before; all are one system of equations with many right sides.
    const following = 50
    const places = await placesFrom(
      new SystemRandom(),
      32n,
      games + mersenne.outputsNeeded + following,
    )
    const upper = places.map((place) => Number(place >> 24n))
    const [twister, ...found] = mersenne.solveMersenne([
      Uint8Array.from(bytes.slice(0, mersenne.outputsNeeded)),
      ...Array.from({ length: games }, (_, game) =>
        Uint8Array.from(upper.slice(game, game + mersenne.outputsNeeded)),
      ),
    ])
    let hits = 0
    for (let count = 0; count < following; count += 1)
      if (twister?.below(1000) === worker.pickFromWindow()) hits += 1
    expect(hits).toBeGreaterThanOrEqual(following * 0.9)
    // No state explains what the engine gave, so there is nothing to predict from but luck.
    expect(found).toHaveLength(games)
    expect(found.filter((state) => state !== null)).toEqual([])
  })
})
