import { IpamError } from '../errors.ts'

interface Waiting {
  readonly grant: () => void
  readonly timer: NodeJS.Timeout
}

/**
 * Lets at most so many callers have a connection at once; the others wait in line, each no longer than its deadline. The
 * pools of the client libraries know one waiting time for all.
 */
export class ConnectionQueue {
  #free: number
  readonly #size: number
  readonly #waiting = new Set<Waiting>()

  constructor(size: number) {
    this.#size = size
    this.#free = size
  }

  /**
   * Waits for a turn until the deadline (`performance.now`); the caller must call what it returns when it is done.
   * @throws IpamError OVERLOADED when no turn came in time.
   */
  async take(deadline: number): Promise<() => void> {
    if (this.#free > 0) this.#free -= 1
    else await this.#turn(deadline)
    let taken = true
    return () => {
      if (taken) this.#giveBack()
      taken = false
    }
  }

  /** Waits until nobody has a turn any more; there must be no new callers. */
  async drained(): Promise<void> {
    const turns = Array.from({ length: this.#size }, () => this.take(Number.MAX_SAFE_INTEGER))
    await Promise.all(turns)
  }

  async #turn(deadline: number): Promise<void> {
    return new Promise((resolve, reject) => {
      const leave = (): void => {
        this.#waiting.delete(waiting)
        reject(
          new IpamError('OVERLOADED', 'No database connection became free in time.', {
            fix: 'Try again; a store on a database server can be allowed more connections.',
          }),
        )
      }
      const wait = Math.min(Math.max(deadline - performance.now(), 0), longestTimer)
      const timer = setTimeout(leave, wait)
      const waiting: Waiting = { grant: resolve, timer }
      this.#waiting.add(waiting)
    })
  }

  #giveBack(): void {
    const [next] = this.#waiting
    if (next === undefined) {
      this.#free += 1
      return
    }
    this.#waiting.delete(next)
    clearTimeout(next.timer)
    next.grant()
  }
}

/** Milliseconds that setTimeout can take. */
export const longestTimer = 2 ** 31 - 1
