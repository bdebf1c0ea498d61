/** The generator behind `Math.random` in V8: xorshift128+, whose sum is left out, in batches that are used backwards. */

const word = (1n << 64n) - 1n

/** The numbers that V8 makes at once. It then hands them out from the last to the first. */
export const batchLength = 64

export interface XorshiftState {
  readonly first: bigint
  readonly second: bigint
}

/** One step; the number that comes of it is the new `first`. */
export function step({ first, second }: XorshiftState): XorshiftState {
  let mixed = first
  mixed ^= (mixed << 23n) & word
  mixed ^= mixed >> 17n
  mixed ^= second ^ (second >> 26n)
  return { first: second, second: mixed }
}

/**
 * How many steps after the first of the batch in which output 0 lies is output `index` made? `position`: how many of that
 * batch were still to come when output 0 was taken (0 to 63).
 */
export function stepOf(index: number, position: number): number {
  if (index <= position) return position - index
  const later = index - position - 1
  return (
    (Math.floor(later / batchLength) + 1) * batchLength + (batchLength - 1 - (later % batchLength))
  )
}
