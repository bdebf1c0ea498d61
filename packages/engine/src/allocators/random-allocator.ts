import type { OffsetRange, PoolSpace } from './pool-space.ts'
import type { RandomSource } from './random-source.ts'

/**
 * How `any` chooses, in two exact ways. Both make every free address equally likely:
 *
 * 1. Candidates are drawn uniformly from all pool addresses and the first free one in the order of drawing is taken.
 * 2. When nearly nothing is free: a page is drawn with its number of free addresses as weight, then one of its free
 *    addresses, so the chance of each is free(page)/free * 1/free(page) = 1/free.
 */

/** `count` different pool addresses in the order of drawing; fewer when the pools have fewer. */
export function drawCandidates(space: PoolSpace, count: number, random: RandomSource): bigint[] {
  const wanted = space.capacity < BigInt(count) ? Number(space.capacity) : count
  const drawn = new Set<bigint>()
  while (drawn.size < wanted) drawn.add(space.draw(random))
  return [...drawn]
}

/** Free pool addresses of one page. */
export interface PageRoom {
  readonly page: number
  free: bigint
}

/**
 * Draws `count` different free addresses as pages: how many of them fall into each page, by drawing ranks without
 * replacement over the sum. Returns null when there are fewer free addresses than asked for.
 */
export function drawPages(
  rooms: readonly PageRoom[],
  count: number,
  random: RandomSource,
): Map<number, number> | null {
  const total = rooms.reduce((sum, room) => sum + room.free, 0n)
  if (total < BigInt(count)) return null
  const drawn = new Map<number, number>()
  let end = 0n
  let next = 0
  const ranks = drawRanks(total, count, random)
  for (const { page, free } of rooms) {
    end += free
    const start = next
    while (next < count && (ranks[next] as bigint) < end) next += 1
    if (next > start) drawn.set(page, next - start)
    if (next === count) break
  }
  return drawn
}

/** `count` different integers from 0 to total - 1, every such set equally likely (Floyd's algorithm), ascending. */
export function drawRanks(total: bigint, count: number, random: RandomSource): bigint[] {
  const chosen = new Set<bigint>()
  for (let upper = total - BigInt(count); upper < total; upper += 1n) {
    const rank = random.below(upper + 1n)
    chosen.add(chosen.has(rank) ? upper : rank)
  }
  return [...chosen].sort((a, b) => (a < b ? -1 : 1))
}

/** `count` different free offsets of a page, uniform. `taken` is sorted and may hold offsets outside `ranges`. */
export function drawInPage(
  ranges: readonly OffsetRange[],
  taken: readonly bigint[],
  count: number,
  random: RandomSource,
): bigint[] {
  const gaps = freeRanges(ranges, taken)
  const total = gaps.reduce((sum, gap) => sum + gap.last - gap.first + 1n, 0n)
  const wanted = total < BigInt(count) ? Number(total) : count
  const ranks = drawRanks(total, wanted, random)
  const offsets: bigint[] = []
  let start = 0n
  let next = 0
  for (const gap of gaps) {
    const size = gap.last - gap.first + 1n
    for (; next < ranks.length; next += 1) {
      const rank = ranks[next]
      if (rank === undefined || rank >= start + size) break
      offsets.push(gap.first + rank - start)
    }
    start += size
  }
  return offsets
}

/** `count` different positions that hold 0, uniform; fewer when there are fewer. Linear in the length. */
export function drawUnmarked(marks: Uint8Array, count: number, random: RandomSource): number[] {
  const free: number[] = []
  for (let at = marks.indexOf(0); at !== -1; at = marks.indexOf(0, at + 1)) free.push(at)
  const wanted = Math.min(count, free.length)
  return drawRanks(BigInt(free.length), wanted, random).map((rank) => free[Number(rank)] as number)
}

/** The same items in a random order, every order equally likely (Fisher and Yates). */
export function shuffled<Item>(items: readonly Item[], random: RandomSource): Item[] {
  const order = [...items]
  for (let end = order.length; end > 1; end -= 1) {
    const at = Number(random.below(BigInt(end)))
    const moved = order[end - 1] as Item
    order[end - 1] = order[at] as Item
    order[at] = moved
  }
  return order
}

/** `ranges` without `taken`. Linear in both. */
export function freeRanges(
  ranges: readonly OffsetRange[],
  taken: readonly bigint[],
): OffsetRange[] {
  const gaps: OffsetRange[] = []
  let index = 0
  for (const range of ranges) {
    let from = range.first
    while (index < taken.length && (taken[index] as bigint) < range.first) index += 1
    for (; index < taken.length; index += 1) {
      const held = taken[index] as bigint
      if (held > range.last) break
      if (held > from) gaps.push({ first: from, last: held - 1n })
      from = held + 1n
    }
    if (from <= range.last) gaps.push({ first: from, last: range.last })
  }
  return gaps
}
