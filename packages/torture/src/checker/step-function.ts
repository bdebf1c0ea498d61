export type Interval = readonly [from: number, until: number]

/** How many intervals cover each moment. Ends are inclusive. */
export class StepFunction {
  readonly #times: number[] = []
  readonly #counts: number[] = []

  constructor(intervals: readonly Interval[]) {
    const steps = intervals.flatMap(([from, until]) => [
      { at: from, step: 1 },
      { at: until, step: -1 },
    ])
    // At one moment what begins is counted before what ends.
    steps.sort((a, b) => a.at - b.at || b.step - a.step)
    let count = 0
    for (const { at, step } of steps) {
      // An end at `at` still covers `at`; the lower count holds from just after it.
      const time = step === 1 ? at : at + 0.5
      count += step
      if (this.#times.at(-1) === time) this.#counts[this.#counts.length - 1] = count
      else {
        this.#times.push(time)
        this.#counts.push(count)
      }
    }
  }

  /** The highest count at any moment from `from` to `until`, both included. Logarithmic, and linear in the steps between. */
  max(from: number, until: number): number {
    let highest = 0
    this.#forEach(from, until, (count) => {
      highest = Math.max(highest, count)
    })
    return highest
  }

  /** The lowest count. */
  min(from: number, until: number): number {
    let lowest = Number.POSITIVE_INFINITY
    this.#forEach(from, until, (count) => {
      lowest = Math.min(lowest, count)
    })
    return lowest
  }

  #forEach(from: number, until: number, visit: (count: number) => void): void {
    let low = 0
    let high = this.#times.length
    while (low < high) {
      const middle = (low + high) >> 1
      if ((this.#times[middle] as number) <= from) low = middle + 1
      else high = middle
    }
    visit(low === 0 ? 0 : (this.#counts[low - 1] as number))
    for (let at = low; at < this.#times.length && (this.#times[at] as number) <= until; at += 1)
      visit(this.#counts[at] as number)
  }
}

/** The intervals that cover the same moments without touching one another. */
export function mergedIntervals(intervals: readonly Interval[]): Interval[] {
  const merged: [number, number][] = []
  for (const [from, until] of intervals.toSorted((a, b) => a[0] - b[0])) {
    const last = merged.at(-1)
    if (last !== undefined && from <= last[1]) last[1] = Math.max(last[1], until)
    else merged.push([from, until])
  }
  return merged
}
