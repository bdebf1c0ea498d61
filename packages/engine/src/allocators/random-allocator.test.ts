import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { type OffsetRange, PoolSpace } from './pool-space.ts'
import {
  drawCandidates,
  drawInPage,
  drawPages,
  drawRanks,
  drawUnmarked,
  freeRanges,
  shuffled,
} from './random-allocator.ts'
import type { RandomSource } from './random-source.ts'

/** A fraction of whole numbers: chances here are compared exactly. */
interface Chance {
  readonly over: bigint
  readonly under: bigint
}

/** Every outcome of `work` with its exact chance, by going through all answers that a random source can give it. */
function outcomesOf(work: (random: RandomSource) => unknown): Map<string, Chance> {
  const outcomes = new Map<string, Chance>()
  const script: bigint[] = []
  for (;;) {
    const bounds: bigint[] = []
    const random: RandomSource = {
      below(bound) {
        const at = bounds.push(bound) - 1
        script[at] ??= 0n
        return script[at]
      },
    }
    const key = JSON.stringify(work(random), (_, value) =>
      typeof value === 'bigint' ? Number(value) : value,
    )
    const under = bounds.reduce((product, bound) => product * bound, 1n)
    const known = outcomes.get(key) ?? { over: 0n, under: 1n }
    outcomes.set(key, lowestTerms(known.over * under + known.under, known.under * under))
    script.length = bounds.length
    while (script.length > 0 && (script.at(-1) as bigint) + 1n === bounds[script.length - 1])
      script.pop()
    if (script.length === 0) return outcomes
    script[script.length - 1] = (script.at(-1) as bigint) + 1n
  }
}

function lowestTerms(over: bigint, under: bigint): Chance {
  let [a, b] = [over, under]
  while (b !== 0n) [a, b] = [b, a % b]
  return { over: over / a, under: under / a }
}

function expectUniform(outcomes: Map<string, Chance>, count: number): void {
  expect(outcomes.size).toBe(count)
  for (const [outcome, { over, under }] of outcomes)
    expect(over * BigInt(count), `the chance of ${outcome}`).toBe(under)
}

const choose = (n: number, k: number): number => (k === 0 ? 1 : (choose(n - 1, k - 1) * n) / k)

const ranges: OffsetRange[] = [
  { first: 2n, last: 4n },
  { first: 6n, last: 6n },
  { first: 8n, last: 9n },
]

describe('ranks drawn without replacement', () => {
  it.each([
    [1, 1],
    [5, 1],
    [5, 2],
    [5, 4],
    [5, 5],
    [7, 3],
  ])('are, of %i, every set of %i with the same chance', (total, count) => {
    const outcomes = outcomesOf((random) => drawRanks(BigInt(total), count, random))
    expectUniform(outcomes, choose(total, count))
  })
})

describe('candidates', () => {
  it('come in every order with the same chance, as far as distinct draws go', () => {
    const space = new PoolSpace([{ first: 3n, last: 4n }])
    // Repeated draws could go on for ever; four answers show every way to two different ones but a tail.
    let draws = 0
    const random = (script: bigint[]): RandomSource => ({ below: () => script[draws++] ?? 1n })
    for (const [script, expected] of [
      [
        [0n, 0n, 1n],
        [3n, 4n],
      ],
      [
        [1n, 0n],
        [4n, 3n],
      ],
      [
        [1n, 1n, 0n],
        [4n, 3n],
      ],
    ] as const) {
      draws = 0
      expect(drawCandidates(space, 2, random([...script]))).toEqual(expected)
      expect(draws).toBe(script.length)
    }
  })

  it('are each pool address with the same chance, first of all', () => {
    const space = new PoolSpace(ranges)
    expectUniform(
      outcomesOf((random) => drawCandidates(space, 1, random)),
      6,
    )
  })

  it('are no more than the pools have', () => {
    const space = new PoolSpace(ranges)
    let at = 0n
    const drawn = drawCandidates(space, 100, { below: (bound) => at++ % bound })
    expect([...drawn].sort((a, b) => Number(a - b))).toEqual([2n, 3n, 4n, 6n, 8n, 9n])
  })
})

describe('free addresses of a page', () => {
  it.each([
    [[], 6],
    [[2n], 5],
    [[3n, 6n, 9n], 3],
    [[2n, 3n, 4n, 6n, 8n], 1],
    [[0n, 1n, 5n, 7n, 12n], 6],
  ])('without %s are drawn with the same chance each', (taken, free) => {
    for (const count of [1, 2]) {
      const wanted = Math.min(count, free)
      const outcomes = outcomesOf((random) => drawInPage(ranges, taken, count, random))
      expectUniform(outcomes, choose(free, wanted))
    }
  })

  it('are drawn from marks with the same chance each', () => {
    const marks = Uint8Array.of(1, 0, 0, 1, 0, 1, 0)
    for (const count of [1, 2, 3])
      expectUniform(
        outcomesOf((random) => drawUnmarked(marks, count, random)),
        choose(4, count),
      )
    expect(drawUnmarked(marks, 9, { below: (bound) => bound - 1n })).toEqual([1, 2, 4, 6])
    expect(drawUnmarked(Uint8Array.of(1, 1), 1, { below: () => 0n })).toEqual([])
  })

  it('are what the naive set difference says', () => {
    fc.assert(
      fc.property(fc.uniqueArray(fc.bigInt(0n, 12n)), (taken) => {
        const sorted = [...taken].sort((a, b) => Number(a - b))
        const free = freeRanges(ranges, sorted).flatMap(({ first, last }) =>
          Array.from({ length: Number(last - first) + 1 }, (_, index) => first + BigInt(index)),
        )
        expect(free).toEqual([2n, 3n, 4n, 6n, 8n, 9n].filter((offset) => !taken.includes(offset)))
      }),
    )
  })
})

describe('the order of what was drawn', () => {
  it('is every order with the same chance', () => {
    expectUniform(
      outcomesOf((random) => shuffled(['a', 'b', 'c', 'd'], random)),
      24,
    )
    expect(shuffled([], { below: () => 0n })).toEqual([])
  })
})

describe('a page drawn by its room, and then an address in it', () => {
  const rooms = [
    { page: 3, free: 1n },
    { page: 4, free: 4n },
    { page: 9, free: 2n },
  ]

  it('is each free address with the same chance', () => {
    const outcomes = outcomesOf((random) => {
      const [page] = [...(drawPages(rooms, 1, random) as Map<number, number>).keys()]
      const free = rooms.find((room) => room.page === page)?.free ?? 0n
      return [page, drawRanks(free, 1, random)]
    })
    expectUniform(outcomes, 7)
  })

  it.each([2, 3])('are, for %i at once, every set with the same chance', (count) => {
    const outcomes = outcomesOf((random) =>
      [...(drawPages(rooms, count, random) as Map<number, number>)].map(([page, wanted]) => {
        const free = rooms.find((room) => room.page === page)?.free ?? 0n
        return [page, drawRanks(free, wanted, random)]
      }),
    )
    expectUniform(outcomes, choose(7, count))
  })

  it('is none when there are fewer than asked for', () => {
    expect(drawPages(rooms, 8, { below: () => 0n })).toBeNull()
    expect(drawPages([], 1, { below: () => 0n })).toBeNull()
  })
})
