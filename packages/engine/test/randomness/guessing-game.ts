import type { Ipam } from '../../src/ipam.ts'
import { convictsBelow } from './draw-statistics.ts'
import type { DrawnSubnet, DrawPath } from './drawn-subnet.ts'
import { binomialTail } from './tail-probability.ts'

/** What the adversary knows before the victim's answer: every free address by its rank, and all answers so far. */
interface View {
  readonly free: number
  /** Answers before this round, oldest first. */
  readonly past: readonly number[]
  /** The adversary's own answers of this round: held, and so not to be the victim's. */
  readonly own: readonly number[]
}

/** All free ranks, the likeliest first. */
type Strategy = (view: View) => number[]

const ranks = (free: number): number[] => Array.from({ length: free }, (_, rank) => rank)
const upFrom = (free: number, start: number): number[] =>
  ranks(free).map((rank) => (((rank + start) % free) + free) % free)

const strategies: Record<string, Strategy> = {
  lowest: ({ free }) => ranks(free),
  highest: ({ free }) => ranks(free).reverse(),
  'after the last': ({ free, past }) => upFrom(free, (past.at(-1) ?? 0) + 1),
  'the last again': ({ free, past }) => [...new Set([...past].reverse()), ...ranks(free)],
  'least recent': ({ free, past }) => [
    ...ranks(free).filter((rank) => !past.includes(rank)),
    ...[...new Set([...past].reverse())].reverse(),
  ],
  'most frequent': ({ free, past }) => {
    const counts = ranks(free).map(() => 0)
    for (const rank of past) counts[rank]! += 1
    return ranks(free).sort((a, b) => (counts[b] as number) - (counts[a] as number))
  },
  'same step': ({ free, past }) => {
    const [before, last] = [past.at(-2) ?? 0, past.at(-1) ?? 0]
    return upFrom(free, 2 * last - before)
  },
  'above its own': ({ free, own }) => upFrom(free, Math.max(-1, ...own) + 1),
  'below its own': ({ free, own }) => upFrom(free, Math.min(free, ...own) - free).reverse(),
}

export interface Game {
  readonly subnet: Pick<DrawnSubnet, 'free' | 'draw'>
  readonly path: DrawPath
  /** Addresses of one round. The victim's is the last; the others are the adversary's. */
  readonly size: number
  readonly rounds: number
  /** How many addresses the adversary may name in a round. */
  readonly guesses: number
  /** The engine that answers in a round. */
  readonly engineOf: (round: number) => Ipam | Promise<Ipam>
}

/** Plays all strategies at once and returns those that win more often than luck explains. */
export async function winningStrategies(game: Game): Promise<string[]> {
  const { subnet, path, size, guesses } = game
  const chance = Math.min(1, guesses / (subnet.free - size + 1))
  const hits = new Map(Object.keys(strategies).map((name) => [name, 0]))
  const past: number[] = []
  for (let round = 0; round < game.rounds; round += 1) {
    const drawn = await subnet.draw(path, size, await game.engineOf(round))
    const own = drawn.slice(0, -1)
    const victim = drawn.at(-1) as number
    for (const [name, strategy] of Object.entries(strategies)) {
      const named = strategy({ free: subnet.free, past, own }).filter((rank) => !own.includes(rank))
      if (named.slice(0, guesses).includes(victim)) hits.set(name, (hits.get(name) ?? 0) + 1)
    }
    past.push(...drawn)
  }
  return [...hits.keys()].filter(
    (name) => binomialTail(game.rounds, chance, hits.get(name) ?? 0) < convictsBelow,
  )
}
