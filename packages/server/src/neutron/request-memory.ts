/** What the records of one create request look up in common, each asked for once. */
export class RequestMemory {
  readonly #known = new Map<string, Promise<unknown>>()

  once<T>(key: string, work: () => Promise<T>): Promise<T> {
    const known = this.#known.get(key) as Promise<T> | undefined
    if (known !== undefined) return known
    const found = work()
    this.#known.set(key, found)
    return found
  }
}
