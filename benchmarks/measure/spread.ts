/** Median, least and greatest of some measurements. */
export interface Spread {
  readonly median: number
  readonly min: number
  readonly max: number
}

/** Throws Error when nothing was measured. */
export function spreadOf(values: readonly number[]): Spread {
  const sorted = [...values].sort((a, b) => a - b)
  const middle = sorted.length >> 1
  const upper = sorted[middle]
  const lower = sorted[sorted.length % 2 === 0 ? middle - 1 : middle]
  if (upper === undefined || lower === undefined) throw new Error('nothing was measured')
  return { median: (lower + upper) / 2, min: sorted[0] as number, max: sorted.at(-1) as number }
}

/** `median (min..max)` with three significant digits. */
export function spreadText({ median, min, max }: Spread): string {
  return `${brief(median)} (${brief(min)}..${brief(max)})`
}

/** The ratio of two sides that were measured in the same rounds: one ratio for each round. */
export function ratioOf(over: readonly number[], under: readonly number[]): Spread {
  return spreadOf(over.map((value, round) => value / (under[round] as number)))
}

/** The value below which this share (0 to 1) of the measurements lies. */
export function percentile(values: readonly number[], share: number): number {
  const sorted = [...values].sort((a, b) => a - b)
  return sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))] as number
}

function brief(value: number): string {
  if (Math.abs(value) >= 100) return Math.round(value).toLocaleString('en-US')
  return String(Number(value.toPrecision(3)))
}
