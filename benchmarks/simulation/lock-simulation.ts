export interface Work {
  /** Locks that one transaction takes, each equally likely, of `among` there are; fewer when some are drawn twice. */
  readonly locks: number
  readonly among: number
  /** Requests that one transaction answers. */
  readonly requests: number
  /** Milliseconds before the first lock, and from the last to the commit. */
  readonly reading: number
  readonly holding: number
}

export interface SimulationResult {
  readonly requestsPerSecond: number
  /** Of the time of all clients. */
  readonly waitingShare: number
  /** Of all transactions. */
  readonly undoneShare: number
}

interface Transaction {
  readonly wanted: number[]
  readonly startedAt: number
  held: number
  waitingSince: number
}

/**
 * Clients that run one transaction after another on shared locks, in simulated time. `wait`: locks are taken in ascending
 * order and queued for, first come, first served. `certify`: nobody waits; a transaction whose locks another committed
 * since it began is undone at its commit and begins again.
 */
export class LockSimulation {
  readonly #work: Work
  readonly #clients: number
  readonly #rule: 'wait' | 'certify'
  readonly #events: { at: number; run: () => void }[] = []
  readonly #queues = new Map<number, Transaction[]>()
  readonly #lastCommit = new Map<number, number>()
  // A fixed seed: two runs give the same table.
  #seed = 1
  #now = 0
  #committed = 0
  #undone = 0
  #waited = 0

  constructor(work: Work, clients: number, rule: 'wait' | 'certify') {
    this.#work = work
    this.#clients = clients
    this.#rule = rule
  }

  run(seconds: number): SimulationResult {
    const end = seconds * 1000
    for (let client = 0; client < this.#clients; client += 1)
      this.#after(this.#around(this.#work.reading), () => this.#begin())
    for (let next = this.#pop(); next !== undefined && next.at < end; next = this.#pop()) {
      this.#now = next.at
      next.run()
    }
    for (const [, ...waiting] of this.#queues.values())
      for (const { waitingSince } of waiting) this.#waited += end - waitingSince
    return {
      requestsPerSecond: (this.#committed * this.#work.requests) / seconds,
      waitingShare: this.#waited / (end * this.#clients),
      undoneShare: this.#undone / Math.max(this.#committed + this.#undone, 1),
    }
  }

  #begin(): void {
    const { locks, among, reading } = this.#work
    const wanted = new Set(Array.from({ length: locks }, () => Math.floor(this.#random() * among)))
    const transaction: Transaction = {
      wanted: [...wanted].sort((a, b) => a - b),
      startedAt: this.#now,
      held: 0,
      waitingSince: 0,
    }
    this.#after(this.#around(reading), () =>
      this.#rule === 'wait' ? this.#lockNext(transaction) : this.#hold(transaction),
    )
  }

  #lockNext(transaction: Transaction): void {
    for (;;) {
      const lock = transaction.wanted[transaction.held]
      if (lock === undefined) return this.#hold(transaction)
      const queue = this.#queues.get(lock) ?? []
      this.#queues.set(lock, queue)
      queue.push(transaction)
      if (queue.length > 1) {
        transaction.waitingSince = this.#now
        return
      }
      transaction.held += 1
    }
  }

  #hold(transaction: Transaction): void {
    this.#after(this.#around(this.#work.holding), () => this.#commit(transaction))
  }

  #commit(transaction: Transaction): void {
    const { startedAt, wanted } = transaction
    const isLate =
      this.#rule === 'certify' &&
      wanted.some((lock) => (this.#lastCommit.get(lock) ?? -1) > startedAt)
    if (isLate) this.#undone += 1
    else {
      this.#committed += 1
      for (const lock of wanted) this.#lastCommit.set(lock, this.#now)
    }
    if (this.#rule === 'wait') for (const lock of wanted) this.#unlock(lock)
    this.#begin()
  }

  #unlock(lock: number): void {
    const queue = this.#queues.get(lock) ?? []
    queue.shift()
    const [next] = queue
    if (next === undefined) return
    this.#waited += this.#now - next.waitingSince
    next.held += 1
    this.#lockNext(next)
  }

  // Half to one and a half times the mean.
  #around(mean: number): number {
    return mean * (0.5 + this.#random())
  }

  // A linear congruential generator (Numerical Recipes' constants) is good enough to spread work.
  #random(): number {
    this.#seed = (Math.imul(this.#seed, 1_664_525) + 1_013_904_223) >>> 0
    return this.#seed / 2 ** 32
  }

  #after(delay: number, run: () => void): void {
    const events = this.#events
    let index = events.push({ at: this.#now + delay, run }) - 1
    while (index > 0) {
      const parent = (index - 1) >> 1
      if ((events[parent]?.at ?? 0) <= (events[index]?.at ?? 0)) break
      this.#swap(parent, index)
      index = parent
    }
  }

  #pop(): { at: number; run: () => void } | undefined {
    const events = this.#events
    if (events.length === 0) return undefined
    this.#swap(0, events.length - 1)
    const first = events.pop()
    for (let index = 0; ; ) {
      let least = index
      for (const child of [2 * index + 1, 2 * index + 2])
        if ((events[child]?.at ?? Infinity) < (events[least]?.at ?? Infinity)) least = child
      if (least === index) return first
      this.#swap(least, index)
      index = least
    }
  }

  #swap(a: number, b: number): void {
    const [first, second] = [this.#events[a], this.#events[b]]
    if (first === undefined || second === undefined) return
    this.#events[a] = second
    this.#events[b] = first
  }
}
