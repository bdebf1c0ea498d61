import { binomialTail, chiSquareTail, kolmogorovTail } from './tail-probability.ts'

/**
 * What was drawn, as ranks among the free addresses (0 to free - 1), in the order in which it was handed out. Draws of one
 * batch were held at the same time, so no two of them are equal; before the next batch all were given back.
 */
export interface DrawSample {
  readonly free: number
  readonly batches: readonly (readonly number[])[]
  /** Whether the address below the one of this rank is held: where "the next free one" would pile up. */
  readonly followsHeld?: (rank: number) => boolean
}

export interface Suspicion {
  readonly statistic: 'bins' | 'distance' | 'lags' | 'gaps'
  /** Of a value as large as this when every free address is equally likely. */
  readonly chance: number
}

/**
 * Below this a statistic convicts. There are no second tries, so it has to be small for the hundreds of judgements of a run
 * together. The chances given for `bins` and `lags` are those of long samples: with the fewest draws there are (500 in 64
 * bins) a fair engine reaches this one 4.5 times as often.
 */
export const convictsBelow = 1e-9

const mostBins = 64
const mostLags = 10

/** The statistics that speak against uniform and independent draws. */
export function suspicionsOf(sample: DrawSample): Suspicion[] {
  const found: Suspicion[] = [
    { statistic: 'bins', chance: binsChance(sample) },
    { statistic: 'distance', chance: distanceChance(sample) },
    { statistic: 'lags', chance: lagsChance(sample) },
    { statistic: 'gaps', chance: gapsChance(sample) },
  ]
  return found.filter(({ chance }) => !(chance >= convictsBelow))
}

/** Chi-square of ranks in 64 bins of equally many free addresses, or one bin for each address when there are fewer. */
function binsChance(sample: DrawSample): number {
  const { free } = sample
  const ranks = sample.batches.flat()
  const bins = Math.min(mostBins, free)
  if (bins < 2) return 1
  const counts = new Float64Array(bins)
  for (const rank of ranks) counts[Math.floor((rank * bins) / free)]! += 1
  let sum = 0
  for (let bin = 0; bin < bins; bin += 1) {
    const size = Math.ceil(((bin + 1) * free) / bins) - Math.ceil((bin * free) / bins)
    const expected = (ranks.length * size) / free
    sum += ((counts[bin] as number) - expected) ** 2 / expected
  }
  return chiSquareTail(sum / variance(sample), bins - 1)
}

/** Kolmogorov–Smirnov on rank/free: sees a drift over the whole range that no single bin shows. */
function distanceChance(sample: DrawSample): number {
  const { free } = sample
  const ranks = Float64Array.from(sample.batches.flat()).sort()
  const total = ranks.length
  let distance = 0
  for (let at = 0; at < total; ) {
    const rank = ranks[at] as number
    let end = at + 1
    while (end < total && ranks[end] === rank) end += 1
    distance = Math.max(
      distance,
      Math.abs(at / total - rank / free),
      Math.abs(end / total - Math.min(1, (rank + 1) / free)),
    )
    at = end
  }
  return kolmogorovTail(distance * Math.sqrt(total / variance(sample)))
}

/** Correlation of each draw with those up to ten before it (Box and Pierce: all ten as one chi-square). */
function lagsChance(sample: DrawSample): number {
  const { free } = sample
  if (free < 2) return 1
  const batchOf = sample.batches.flatMap((batch, index) => batch.map(() => index))
  const centred = sample.batches.flat().map((rank) => (rank + 0.5) / free - 0.5)
  const spread = (1 - 1 / free ** 2) / 12
  const lags = Math.min(mostLags, Math.floor(centred.length / 50))
  let sum = 0
  for (let lag = 1; lag <= lags; lag += 1) {
    let products = 0
    let together = 0
    const pairs = centred.length - lag
    for (let at = 0; at < pairs; at += 1) {
      products += (centred[at] as number) * (centred[at + lag] as number)
      if (batchOf[at] === batchOf[at + lag]) together += 1
    }
    // What is held at the same time repels a little, because it differs.
    const expected = -together / pairs / (free - 1)
    sum += pairs * (products / pairs / spread - expected) ** 2
  }
  return lags === 0 ? 1 : chiSquareTail(sum, lags)
}

/** How many draws fell on the first free address after held ones: what "the next free one" would favour. */
function gapsChance(sample: DrawSample): number {
  const { free, followsHeld } = sample
  if (followsHeld === undefined) return 1
  const ranks = sample.batches.flat()
  let edges = 0
  for (let rank = 0; rank < free; rank += 1) if (followsHeld(rank)) edges += 1
  const share = edges / free
  const expected = ranks.length * share
  if (expected < 25 || ranks.length - expected < 25) return 1
  // Exactly, since so few hits are not normal. Draws that are held at the same time scatter less than this says.
  const hits = ranks.filter(followsHeld).length
  const more = binomialTail(ranks.length, share, hits)
  const fewer = binomialTail(ranks.length, 1 - share, ranks.length - hits)
  return Math.min(1, 2 * Math.min(more, fewer))
}

// Draws without replacement scatter less: by (free - size) / (free - 1) in a batch, exactly, and so in their sum.
function variance({ free, batches }: DrawSample): number {
  let [sum, draws] = [0, 0]
  for (const { length } of batches) {
    sum += length * (free === 1 ? 1 : (free - length) / (free - 1))
    draws += length
  }
  return sum / draws
}

/** The bits, counted from the lowest, that are not 1 in half of the values: more than seven sigma away (3 * 10^-12). */
export function unevenBits(values: readonly bigint[], width: number): number[] {
  const ones = new Float64Array(width)
  for (const value of values)
    for (let bit = 0; bit < width; bit += 1) if ((value >> BigInt(bit)) & 1n) ones[bit]! += 1
  const limit = 3.5 * Math.sqrt(values.length)
  return [...ones.keys()].filter(
    (bit) => Math.abs((ones[bit] as number) - values.length / 2) > limit,
  )
}

/**
 * Whether draws from an empty subnet all lie at its low end, as with a window of a thousand addresses. Five fair ranks of a
 * /16 do with a chance of 8 * 10^-10.
 */
export function liesInWindow(ranks: readonly bigint[], window = 1000n): boolean {
  return ranks.every((rank) => rank < window)
}
