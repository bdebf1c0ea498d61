import { type BudgetRefusal, SharedBudget } from './shared-budget.ts'

export interface LoadLimits {
  /**
   * Requests being served at once. A group of allocations is full with 64, and whatever waits behind it makes all others
   * slower: with 400 those that are served under overload wait much shorter than with 1,000, and about as many are.
   */
  readonly maxInFlight: number
  /** How late the event loop may be, twice in a row when looked at four times a second, in milliseconds. */
  readonly maxEventLoopDelayMs: number
  /** Bytes of all bodies that are being read and worked on, as they are after decompression. */
  readonly maxBodyBytes: number
  /** Bytes of all answers that clients have not taken yet. */
  readonly maxAnswerBytes: number
  /** A body or an answer of so many bytes is taken whatever the others are: the requests in flight bound how many there can be. */
  readonly freeBodyBytes: number
}

export const defaultLoadLimits: LoadLimits = {
  maxInFlight: 400,
  maxEventLoopDelayMs: 1000,
  maxBodyBytes: 256 * 1024 * 1024,
  maxAnswerBytes: 256 * 1024 * 1024,
  freeBodyBytes: 64 * 1024,
}

const sampleMs = 250

/** Counts what is being served, and says when taking on more would only make everybody wait. */
export class LoadShedding {
  readonly #limits: LoadLimits
  readonly #onRefused: (count: number) => void
  readonly #timer: NodeJS.Timeout
  readonly #requests: SharedBudget
  readonly #bodies: SharedBudget
  readonly #answers: SharedBudget
  #lateSamples = 0
  #sampledAt = performance.now()
  #inFlight = 0
  #refused = 0

  /** `onRefused` is told at most four times a second how many requests were refused since it was told last. */
  constructor(limits: LoadLimits, onRefused: (count: number) => void) {
    this.#limits = limits
    this.#onRefused = onRefused
    this.#requests = new SharedBudget(limits.maxInFlight)
    this.#bodies = new SharedBudget(limits.maxBodyBytes)
    this.#answers = new SharedBudget(limits.maxAnswerBytes)
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
   * Takes a request of a project in, with a body of so many bytes, until the returned function is called, once or more
   * often. Without a project nobody's share is looked at.
   */
  admit(project: string | undefined, bodyBytes: number): (() => void) | BudgetRefusal {
    // Of all together `isOverloaded` keeps count, and lets some requests in that are always answered.
    const request = project === undefined ? () => {} : this.#requests.take(project)
    if (typeof request === 'string') return request
    const body =
      bodyBytes <= this.#limits.freeBodyBytes ? () => {} : this.#bodies.take(project, bodyBytes)
    if (typeof body === 'string') {
      request()
      return body
    }
    return () => {
      request()
      body()
    }
  }

  /** Takes a large answer to a project, until the returned function is called, once or more often. Undefined: it is small. */
  hold(project: string | undefined, answerBytes: number): (() => void) | BudgetRefusal | undefined {
    if (answerBytes <= this.#limits.freeBodyBytes) return undefined
    return this.#answers.take(project, answerBytes)
  }

  /** Counts a request that was refused because of `isOverloaded`. */
  countRefusal(): void {
    this.#refused += 1
  }

  stop(): void {
    clearInterval(this.#timer)
    this.#tellRefused()
  }

  #tellRefused(): void {
    if (this.#refused > 0) this.#onRefused(this.#refused)
    this.#refused = 0
  }

  #sample(): void {
    const now = performance.now()
    const isLate = now - this.#sampledAt - sampleMs > this.#limits.maxEventLoopDelayMs
    // One large import is late once; only what keeps being late is overload.
    this.#lateSamples = isLate ? this.#lateSamples + 1 : 0
    this.#sampledAt = now
    this.#tellRefused()
  }
}
