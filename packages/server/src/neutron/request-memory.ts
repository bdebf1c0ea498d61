/** What the records of one create request have in common: what they look up, each asked for once, and what they take. */
export class RequestMemory {
  readonly #known = new Map<string, Promise<unknown>>()
  #addresses = 0

  once<T>(key: string, work: () => Promise<T>): Promise<T> {
    const known = this.#known.get(key) as Promise<T> | undefined
    if (known !== undefined) return known
    const found = work()
    this.#known.set(key, found)
    return found
  }

  /** Counts addresses that a record asks for, and returns how many all have asked for so far. */
  addAddresses(count: number): number {
    this.#addresses += count
    return this.#addresses
  }
}
