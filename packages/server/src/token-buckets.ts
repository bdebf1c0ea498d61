export interface BucketLimits {
  /** What a bucket holds when full: the most that may be taken at once. */
  readonly capacity: number
  /** What flows back into it each second. */
  readonly perSecond: number
  /** Milliseconds, never set back. Default: the process's own. */
  readonly clock?: () => number
}

interface Bucket {
  readonly level: number
  readonly at: number
}

const mostBuckets = 10_000

/**
 * One bucket for each key, full at first. A bucket that is full again needs no memory, so what is kept is bounded by who
 * was busy lately. Counted in this process alone.
 */
export class TokenBuckets {
  readonly #limits: BucketLimits
  readonly #clock: () => number
  readonly #buckets = new Map<string, Bucket>()

  constructor(limits: BucketLimits) {
    this.#limits = limits
    this.#clock = limits.clock ?? (() => performance.now())
  }

  /** Takes `count` and returns 0; or takes nothing and returns the seconds to wait, Infinity when no wait would do. */
  take(key: string, count = 1): number {
    const { capacity, perSecond } = this.#limits
    if (count > capacity) return Number.POSITIVE_INFINITY
    const level = this.#levelOf(key)
    if (level < count) return (count - level) / perSecond
    this.#buckets.delete(key)
    if (this.#buckets.size >= mostBuckets) this.#forget()
    this.#buckets.set(key, { level: level - count, at: this.#clock() })
    return 0
  }

  get size(): number {
    return this.#buckets.size
  }

  #levelOf(key: string): number {
    const { capacity, perSecond } = this.#limits
    const bucket = this.#buckets.get(key)
    if (bucket === undefined) return capacity
    return Math.min(capacity, bucket.level + ((this.#clock() - bucket.at) / 1000) * perSecond)
  }

  // The ones that are full again first; should none be, the half that was not used for longest.
  #forget(): void {
    for (const key of this.#buckets.keys())
      if (this.#levelOf(key) >= this.#limits.capacity) this.#buckets.delete(key)
    if (this.#buckets.size < mostBuckets) return
    for (const key of [...this.#buckets.keys()].slice(0, mostBuckets / 2)) this.#buckets.delete(key)
  }
}
