export interface LoadLimits {
  /** Requests being served at once. */
  readonly maxInFlight: number
  /** How late the event loop may be, twice in a row when looked at four times a second, in milliseconds. */
  readonly maxEventLoopDelayMs: number
  /** Bytes of all bodies that are being read and worked on, as they are after decompression. */
  readonly maxBodyBytes: number
}

export const defaultLoadLimits: LoadLimits = {
  maxInFlight: 1000,
  maxEventLoopDelayMs: 1000,
  maxBodyBytes: 256 * 1024 * 1024,
}

const sampleMs = 250

/** Counts what is being served, and says when taking on more would only make everybody wait. */
export class LoadShedding {
  readonly #limits: LoadLimits
  readonly #timer: NodeJS.Timeout
  #lateSamples = 0
  #sampledAt = performance.now()
  #inFlight = 0
  #bodyBytes = 0

  constructor(limits: LoadLimits) {
    this.#limits = limits
    this.#timer = setInterval(() => this.#sample(), sampleMs)
    this.#timer.unref()
  }

  get inFlight(): number {
    return this.#inFlight
  }

  get isOverloaded(): boolean {
    return this.#inFlight >= this.#limits.maxInFlight || this.#lateSamples >= 2
  }

  /** Counts one request until the returned function is called, once or more often. */
  begin(): () => void {
    this.#inFlight += 1
    let isOpen = true
    return () => {
      if (isOpen) this.#inFlight -= 1
      isOpen = false
    }
  }

  /**
   * Sets bytes of a body aside until the returned function is called, once or more often; undefined when too many are in
   * use. One body alone is always taken.
   */
  reserveBody(bytes: number): (() => void) | undefined {
    if (this.#bodyBytes > 0 && this.#bodyBytes + bytes > this.#limits.maxBodyBytes) return undefined
    this.#bodyBytes += bytes
    let isOpen = true
    return () => {
      if (isOpen) this.#bodyBytes -= bytes
      isOpen = false
    }
  }

  stop(): void {
    clearInterval(this.#timer)
  }

  #sample(): void {
    const now = performance.now()
    const isLate = now - this.#sampledAt - sampleMs > this.#limits.maxEventLoopDelayMs
    // One large import is late once; only what keeps being late is overload.
    this.#lateSamples = isLate ? this.#lateSamples + 1 : 0
    this.#sampledAt = now
  }
}
