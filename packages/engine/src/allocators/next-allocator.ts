import type { OffsetRange } from './pool-space.ts'
import { freeRanges } from './random-allocator.ts'

/** The lowest `count` free offsets of `ranges`; fewer when there are fewer. `taken` is sorted. Linear in both. */
export function lowestFree(
  ranges: readonly OffsetRange[],
  taken: readonly bigint[],
  count: number,
): bigint[] {
  const found: bigint[] = []
  for (const gap of freeRanges(ranges, taken)) {
    for (let offset = gap.first; offset <= gap.last; offset += 1n) {
      if (found.length === count) return found
      found.push(offset)
    }
  }
  return found
}
