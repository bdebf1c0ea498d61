import { IpamError } from '../errors.ts'

/**
 * Counts the operations of an engine that wait for the database or use it. Queues behind it have no bound of their own: a
 * caller that is refused at once can go elsewhere or slow down, one that waits costs memory and asks again when it gives up.
 */
export class WaitingLimit {
  readonly #most: number
  #waiting = 0

  constructor(most: number) {
    this.#most = most
  }

  /** @throws IpamError OVERLOADED when so many are there already. */
  async during<T>(work: () => Promise<T>): Promise<T> {
    if (this.#waiting >= this.#most)
      throw new IpamError(
        'OVERLOADED',
        `${this.#most} operations wait for the database already; nothing was changed.`,
        { fix: 'Try again a little later, and let fewer operations run at once.' },
      )
    this.#waiting += 1
    try {
      return await work()
    } finally {
      this.#waiting -= 1
    }
  }
}

/** For the later parts of an operation that was let in before. */
export const noWaitingLimit = new WaitingLimit(Number.POSITIVE_INFINITY)
