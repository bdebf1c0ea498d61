/**
 * Items that wait, taken in turns: each first key (a project) gets one before any gets its second, and within a first key
 * each second key (a subnet) likewise. Of equal keys it is first come, first served. So one that asks for a thousand things
 * makes the others wait for one. Constant cost for each item.
 */
export class FairQueue<Item> {
  readonly #turns = new Map<string, Map<string, Item[]>>()
  #size = 0

  get size(): number {
    return this.#size
  }

  push(item: Item, first: string, second: string): void {
    const queues = this.#turns.get(first) ?? new Map<string, Item[]>()
    this.#turns.set(first, queues)
    const queue = queues.get(second) ?? []
    queues.set(second, queue)
    queue.push(item)
    this.#size += 1
  }

  /** The one whose turn it is, without taking it. */
  get next(): Item | undefined {
    const [queues] = this.#turns.values()
    const [queue] = queues?.values() ?? []
    return queue?.[0]
  }

  /** The one whose turn it is. */
  take(): Item | undefined {
    const [turn] = this.#turns
    if (turn === undefined) return undefined
    const [first, queues] = turn
    const [[second, queue] = ['', []]] = queues
    const item = queue.shift()
    this.#size -= 1
    // Whoever waits alone has every turn.
    if (this.#turns.size === 1 && queues.size === 1 && queue.length > 0) return item
    // A map keeps the order of insertion: what is put back stands last.
    queues.delete(second)
    if (queue.length > 0) queues.set(second, queue)
    this.#turns.delete(first)
    if (queues.size > 0) this.#turns.set(first, queues)
    return item
  }
}
