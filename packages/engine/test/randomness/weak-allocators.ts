import type { RandomSource } from '../../src/allocators/random-source.ts'
import { MersenneTwister } from './mersenne-twister.ts'

// How addresses are drawn elsewhere, or would be by a port without thought: what the solvers must beat.

/** The engine's own way with `Math.random` in place of the system's generator. */
export const mathRandom: RandomSource = {
  below: (bound) => BigInt(Math.floor(Math.random() * Number(bound))),
}

/** Picks among the first thousand free addresses with `Math.random`, and gives the place of the pick in that window. */
export function pickFromWindow(): bigint {
  return BigInt(Math.floor(Math.random() * 1000))
}

/**
 * As Neutron's driver and its MAC addresses use Python's `random`, one generator for both: a MAC address ends in three
 * numbers of eight bits, and an address is `random.sample(first_thousand_free, 1)`, a pick below a thousand.
 */
export class NeutronWorker {
  readonly #random: MersenneTwister

  constructor(seed: number) {
    this.#random = MersenneTwister.seeded(seed)
  }

  /** The last three bytes of a new MAC address. */
  macBytes(): [number, number, number] {
    return [this.#random.bits(8), this.#random.bits(8), this.#random.bits(8)]
  }

  /** The place of the picked address among the first thousand free ones. */
  pickFromWindow(): number {
    return this.#random.below(1000)
  }
}
