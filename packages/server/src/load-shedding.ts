import { monitorEventLoopDelay } from 'node:perf_hooks'

export interface LoadLimits {
  /** Requests being served at once. */
  readonly maxInFlight: number
  /** Mean delay of the event loop over the last half second, in milliseconds. */
  readonly maxEventLoopDelayMs: number
}

export const defaultLoadLimits: LoadLimits = { maxInFlight: 1000, maxEventLoopDelayMs: 1000 }

const sampleMs = 500

/** Counts what is being served, and says when taking on more would only make everybody wait. */
export class LoadShedding {
  readonly #limits: LoadLimits
  readonly #delay = monitorEventLoopDelay({ resolution: 10 })
  readonly #timer: NodeJS.Timeout
  #eventLoopDelayMs = 0
  #inFlight = 0

  constructor(limits: LoadLimits) {
    this.#limits = limits
    this.#delay.enable()
    this.#timer = setInterval(() => this.#sample(), sampleMs)
    this.#timer.unref()
  }

  get inFlight(): number {
    return this.#inFlight
  }

  get isOverloaded(): boolean {
    return (
      this.#inFlight >= this.#limits.maxInFlight ||
      this.#eventLoopDelayMs > this.#limits.maxEventLoopDelayMs
    )
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

  stop(): void {
    clearInterval(this.#timer)
    this.#delay.disable()
  }

  #sample(): void {
    const meanMs = this.#delay.mean / 1e6
    this.#eventLoopDelayMs = Number.isNaN(meanMs) ? 0 : meanMs
    this.#delay.reset()
  }
}
