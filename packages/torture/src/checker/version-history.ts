/** What something was changed to, and from when to when the change may have taken effect. */
export interface Version<T> {
  readonly from: number
  readonly until: number
  readonly value: T
}

/** What one thing was changed to in a run, the value that it began with included. */
export class VersionHistory<T> {
  readonly #versions: readonly Version<T>[]
  /** Ends of the changes, in order, and the latest beginning among the changes up to each. */
  readonly #ends: readonly { readonly until: number; readonly latestFrom: number }[]

  constructor(versions: readonly Version<T>[]) {
    this.#versions = versions
    let latestFrom = Number.NEGATIVE_INFINITY
    this.#ends = versions
      .toSorted((a, b) => a.until - b.until)
      .map(({ from, until }) => {
        latestFrom = Math.max(latestFrom, from)
        return { until, latestFrom }
      })
  }

  /** What it may have been at some moment from `from` to `until`. Linear in its changes. */
  during(from: number, until: number): readonly T[] {
    // Whatever ended before a change began that was over by `from` is replaced for certain.
    const replacedBefore = this.#latestBeginningOver(from)
    return this.#versions
      .filter((version) => version.from <= until && version.until >= replacedBefore)
      .map(({ value }) => value)
  }

  #latestBeginningOver(time: number): number {
    let low = 0
    let high = this.#ends.length
    while (low < high) {
      const middle = (low + high) >> 1
      if ((this.#ends[middle]?.until ?? 0) < time) low = middle + 1
      else high = middle
    }
    return this.#ends[low - 1]?.latestFrom ?? Number.NEGATIVE_INFINITY
  }
}
