import type { RandomSource } from '../../src/allocators/random-source.ts'
import { SystemRandom } from '../../src/system-random.ts'

// Generators with one flaw each, built on good ones: what the statistics are there to convict.

const honest = new SystemRandom()

/**
 * Draws from the first addresses only, as Neutron does from the first thousand that are free. The window has to be larger
 * than the candidates of a request, which are all different. `but`: a bound that it draws below well.
 */
export function windowed(size: bigint, but = 0n): RandomSource {
  return { below: (bound) => honest.below(bound < size || bound === but ? bound : size) }
}

/** Takes the remainder of a whole number of random bits instead of drawing again. */
export const remainder: RandomSource = {
  below(bound) {
    const bits = (bound - 1n).toString(2).length
    return honest.below(1n << BigInt(bits)) % bound
  },
}

/** Makes the lower half of everything one tenth likelier than it should be. */
export const tilted: RandomSource = {
  below: (bound) => honest.below(honest.below(10n) === 0n && bound > 1n ? bound / 2n : bound),
}

/** Stretches the 53 bits of a floating-point number over the whole range. */
export const stretched: RandomSource = {
  below: (bound) => BigInt(Math.floor(Math.random() * Number(bound))) % bound,
}

/** Each draw lies at most an eighth of the range above the one before; over time all are equally likely. */
export function wandering(): RandomSource {
  let share = 0
  return {
    below(bound) {
      share = (share + Number(honest.below(1_000_000n)) / 8e6) % 1
      return BigInt(Math.floor(share * Number(bound)))
    },
  }
}

/** Each draw is one more than the one before. */
export function counting(): RandomSource {
  let last = 0n
  return {
    below(bound) {
      last = (last + 1n) % bound
      return last
    },
  }
}

/** Keeps its place in the range for eight draws on average. */
export function lingering(): RandomSource {
  let share = 0.5
  return {
    below(bound) {
      if (honest.below(8n) === 0n) share = Number(honest.below(1_000_000n)) / 1e6
      return BigInt(Math.floor(share * Number(bound)))
    },
  }
}

/** Draws a point of the pools and goes up to the next free address, whose chance is then that of the gap before it. */
export function nextFreeAfter(isFree: readonly boolean[]): RandomSource {
  const capacity = BigInt(isFree.length)
  return {
    below(bound) {
      if (bound !== capacity) return honest.below(bound)
      let at = Number(honest.below(bound))
      while (!isFree[at]) at = (at + 1) % isFree.length
      return BigInt(at)
    },
  }
}
