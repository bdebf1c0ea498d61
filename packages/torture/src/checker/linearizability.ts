import type { RegisterCall } from './address-register.ts'

const free = ''
const deleted = 'deleted'
const mostConfigurations = 4000

interface Configuration {
  readonly state: string
  /** Calls under way that have had their effect already. */
  readonly done: ReadonlySet<RegisterCall>
}

/**
 * Whether the calls on one register can be put into an order that respects real time and that the register allows
 * (linearizability, decided while sweeping over the calls in time). Answers those of a contradiction, null, or 'undecided' when
 * too many unknown calls overlap. They begin where the state was last certain. Cost: linear in the calls, exponential only in those that overlap.
 */
export function findContradiction(
  calls: readonly RegisterCall[],
): readonly RegisterCall[] | 'undecided' | null {
  const found = new Sweep(calls).run()
  return found === null || found === 'undecided' ? found : withoutNeedlessLooks(found)
}

/** A call that only looks can be left out without ruling anything out, and is when the others contradict each other. */
function withoutNeedlessLooks(found: readonly RegisterCall[]): readonly RegisterCall[] {
  let shortest = found
  for (const call of found) {
    if (!isLook(call)) continue
    const others = shortest.filter((each) => each !== call)
    const rest = new Sweep(others).run()
    if (rest !== null && rest !== 'undecided') shortest = others
  }
  return shortest
}

class Sweep {
  readonly #calls: readonly RegisterCall[]
  readonly #leases = new Map<string, number>()
  readonly #open = new Set<RegisterCall>()
  #configurations: Configuration[] = [{ state: free, done: new Set() }]
  /** Calls since the state was last certain, and the one that made it so. */
  #since: RegisterCall[] = []

  constructor(calls: readonly RegisterCall[]) {
    this.#calls = calls
    for (const { effect, leaseUntil } of calls)
      if (effect.kind === 'acquire') this.#leases.set(effect.holder, leaseUntil)
  }

  run(): readonly RegisterCall[] | 'undecided' | null {
    for (const { call, isEnd, at } of endpoints(this.#calls)) {
      if (!isEnd) {
        this.#open.add(call)
        this.#since.push(call)
        if (isLook(call))
          this.#configurations = this.#configurations.map((each) => this.#looked(each))
        continue
      }
      const next = this.#complete(call, at)
      if (next === null) return 'undecided'
      if (next.length === 0) return this.#since
      this.#configurations = next
      this.#open.delete(call)
      this.#noteCertainty()
    }
    return null
  }

  /** All that can be the case after the call's end: in each it has had its effect. */
  #complete(call: RegisterCall, at: number): Configuration[] | null {
    const reached = new Map<string, Configuration>()
    const finished = new Map<string, Configuration>()
    const queue = [...this.#configurations]
    for (const configuration of queue) {
      const key = keyOf(configuration)
      if (reached.has(key)) continue
      reached.set(key, configuration)
      if (reached.size > mostConfigurations) return null
      if (configuration.done.has(call)) {
        const done = new Set(configuration.done)
        done.delete(call)
        const rest = { state: configuration.state, done }
        finished.set(keyOf(rest), rest)
        // What else is under way can have its effect later as well.
        continue
      }
      queue.push(...this.#successors(configuration, at))
    }
    return [...finished.values()]
  }

  #successors({ state, done }: Configuration, at: number): Configuration[] {
    const next: Configuration[] = []
    const lease = this.#leases.get(state)
    if (lease !== undefined && lease <= at) next.push(this.#looked({ state: free, done }))
    for (const call of this.#open) {
      if (done.has(call) || isLook(call)) continue
      const after = stateAfter(call, state)
      if (after !== null) next.push(this.#looked({ state: after, done: new Set(done).add(call) }))
    }
    return next
  }

  /** Calls under way that only look, and see what is the case, have their answer: that rules nothing out. */
  #looked({ state, done }: Configuration): Configuration {
    const seen = [...this.#open].filter(
      (call) => isLook(call) && !done.has(call) && stateAfter(call, state) !== null,
    )
    return seen.length === 0 ? { state, done } : { state, done: new Set([...done, ...seen]) }
  }

  #noteCertainty(): void {
    const states = new Set(this.#configurations.map(({ state }) => state))
    const isQuiet = [...this.#open].every(({ until }) => until === Number.POSITIVE_INFINITY)
    if (states.size !== 1 || !isQuiet) return
    const [state = free] = states
    const maker = this.#since.findLast(
      ({ effect }) => effect.kind === 'acquire' && effect.holder === state,
    )
    this.#since = maker === undefined ? [...this.#open] : [...new Set([...this.#open, maker])]
  }
}

function isLook({ effect }: RegisterCall): boolean {
  return effect.kind === 'see-held' || effect.kind === 'see-free'
}

/** The state that the call leaves, or null when it cannot have happened in this one. */
function stateAfter({ effect }: RegisterCall, state: string): string | null {
  const isHeld = state !== free && state !== deleted
  switch (effect.kind) {
    case 'acquire':
      return state === free ? effect.holder : null
    case 'release':
      return isHeld ? free : null
    case 'delete':
      return state === deleted || (isHeld && effect.onlyIfFree) ? null : deleted
    case 'see-held':
      if (!isHeld || state === effect.except) return null
      return effect.holder === null || effect.holder === state ? state : null
    default:
      return isHeld ? null : state
  }
}

function endpoints(calls: readonly RegisterCall[]) {
  const points = calls.flatMap((call) => [
    { call, isEnd: false, at: call.from },
    ...(call.until === Number.POSITIVE_INFINITY ? [] : [{ call, isEnd: true, at: call.until }]),
  ])
  // Calls that touch are taken to overlap.
  return points.sort((a, b) => a.at - b.at || Number(a.isEnd) - Number(b.isEnd))
}

const numbers = new WeakMap<RegisterCall, number>()
let lastNumber = 0

function keyOf({ state, done }: Configuration): string {
  const marks = [...done].map(numberOf).sort((a, b) => a - b)
  return `${state} ${marks.join(' ')}`
}

function numberOf(call: RegisterCall): number {
  const known = numbers.get(call)
  if (known !== undefined) return known
  lastNumber += 1
  numbers.set(call, lastNumber)
  return lastNumber
}
