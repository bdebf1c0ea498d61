import { IpamError } from '../errors.ts'
import { defaultRetryPolicy, errorOfFault, retryWait } from '../store/retry.ts'
import { type Session, type Store, StoreFault, type TransactionOptions } from '../store/store.ts'
import { FairQueue } from './fair-queue.ts'

/**
 * What a group's work says of one request: its result, its own error, `alone` (it needs more than a group can do and is
 * run by itself), or `again` (another writer was faster; it joins the next group).
 */
export type GroupAnswer<Result> =
  | { readonly result: Result }
  | { readonly error: unknown }
  | 'alone'
  | 'again'

/** Does all requests in one transaction and answers each, in their order. What it throws undoes the whole group. */
export type GroupWork<Request, Result> = (
  session: Session,
  requests: readonly Request[],
) => Promise<readonly GroupAnswer<Result>[]>

export interface CoalescedRequest<Request, Result> {
  readonly request: Request
  /** Milliseconds of `performance.now` after which no further attempt is made. */
  readonly deadline: number
  readonly signal?: AbortSignal | undefined
  /** Whose turns are taken when more wait than fit into a group: a project, and within it a subnet. */
  readonly turn: readonly [project: string, subnet: string]
  /** The same in a transaction of its own. */
  readonly alone: () => Promise<Result>
}

interface Member<Request, Result> extends CoalescedRequest<Request, Result> {
  attempts: number
  readonly resolve: (result: Result | PromiseLike<Result>) => void
  readonly reject: (error: unknown) => void
}

export interface CoalescerOptions {
  /** How many groups may be under way at once, asked before each. */
  readonly lanes: () => number
  /** Whether the first statement of the work only reads. */
  readonly readsFirst: boolean
  /** What the work notes all its changes in, for later groups. */
  readonly keepsEra?: object
}

const mostMembers = 64
// Attempts in a group, after which a request is run alone.
const mostTogether = 3

/**
 * Lets callers share transactions: what waits while one runs goes into the next, in turns. Nobody waits for company,
 * because a group is closed only when its transaction has begun. Every caller gets its own answer, after the commit; a
 * request that makes the database refuse the group is run alone, and so are its neighbours.
 */
export class Coalescer<Request, Result> {
  readonly #store: Store
  readonly #work: GroupWork<Request, Result>
  readonly #lanes: () => number
  readonly #options: Pick<TransactionOptions, 'readsFirst' | 'keepsEra'>
  readonly #waiting = new FairQueue<Member<Request, Result>>()
  // Members of groups that lost a race; they have waited already and go first.
  readonly #again: Member<Request, Result>[] = []
  #running = 0
  #isOpening = false

  constructor(store: Store, options: CoalescerOptions, work: GroupWork<Request, Result>) {
    this.#store = store
    this.#lanes = options.lanes
    const { readsFirst, keepsEra } = options
    this.#options = { readsFirst, ...(keepsEra !== undefined && { keepsEra }) }
    this.#work = work
  }

  /**
   * Resolves after the commit.
   * @throws IpamError CONTENTION, DATABASE_UNAVAILABLE, OUTCOME_UNKNOWN, STORAGE_FULL, and what the work says or `alone`
   *   throws; the signal's reason when it fires before an attempt.
   */
  submit(request: CoalescedRequest<Request, Result>): Promise<Result> {
    return new Promise((resolve, reject) => {
      this.#waiting.push({ ...request, attempts: 0, resolve, reject }, ...request.turn)
      this.#open()
    })
  }

  // One group at a time is open for newcomers; a second begins when the first has taken its members.
  #open(): void {
    const next = this.#again[0] ?? this.#waiting.next
    if (this.#isOpening || this.#running >= this.#lanes() || next === undefined) return
    this.#isOpening = true
    this.#running += 1
    void this.#runGroup(next.deadline)
  }

  async #runGroup(deadline: number): Promise<void> {
    let taken: Member<Request, Result>[] | undefined
    const take = () => {
      taken = this.#take()
      this.#isOpening = false
      this.#open()
      return taken
    }
    try {
      const answers = await this.#store.transaction(
        async (session) => {
          const members = take()
          if (members.length === 0) return []
          return this.#work(
            session,
            members.map((member) => member.request),
          )
        },
        { access: 'write', ...this.#options, deadline },
      )
      for (const [index, member] of (taken ?? []).entries()) this.#answer(member, answers[index])
    } catch (error) {
      this.#recover(taken ?? take(), error)
    }
    this.#running -= 1
    this.#open()
  }

  #take(): Member<Request, Result>[] {
    const now = performance.now()
    // Lanes that stand empty get their share, so that one group commits while the other reads.
    const idleLanes = Math.max(this.#lanes() - this.#running, 0)
    const count = this.#again.length + this.#waiting.size
    const share = Math.min(Math.ceil(count / (idleLanes + 1)), mostMembers)
    const taken = this.#again.splice(0, share)
    while (taken.length < share) taken.push(this.#waiting.take() as Member<Request, Result>)
    return taken.filter((member) => {
      if (member.signal?.aborted === true) member.reject(member.signal.reason)
      else if (now > member.deadline) member.reject(contention())
      else return true
      return false
    })
  }

  #answer(member: Member<Request, Result>, answer: GroupAnswer<Result> | undefined): void {
    if (answer === 'again') this.#retry([member], contention())
    else if (answer === 'alone' || answer === undefined) member.resolve(member.alone())
    else if ('error' in answer) member.reject(answer.error)
    else member.resolve(answer.result)
  }

  #recover(members: readonly Member<Request, Result>[], error: unknown): void {
    const fault = error instanceof StoreFault ? error.fault : undefined
    if (fault === 'retry' || fault === 'disconnected')
      this.#retry(members, errorOfFault(error as StoreFault))
    else if (fault === 'unavailable' || fault === 'outcome-unknown' || fault === 'storage-full')
      for (const member of members) member.reject(errorOfFault(error as StoreFault))
    // Nothing was committed, and whose statement it was is not known.
    else for (const member of members) member.resolve(member.alone())
  }

  #retry(members: readonly Member<Request, Result>[], last: IpamError): void {
    const attempt = Math.max(...members.map((member) => member.attempts)) + 1
    const wait = retryWait(attempt, defaultRetryPolicy)
    const remaining = members.filter((member) => {
      member.attempts += 1
      const isLate = performance.now() + wait >= member.deadline
      if (isLate) member.reject(last)
      // A long transaction meets others oftener. Alone, a request has only its own races to lose.
      else if (member.attempts >= mostTogether) member.resolve(member.alone())
      else return true
      return false
    })
    if (remaining.length === 0) return
    this.#store.counters.retries += 1
    setTimeout(() => {
      this.#again.push(...remaining)
      this.#open()
    }, wait)
  }
}

function contention(): IpamError {
  return errorOfFault(new StoreFault('retry', new Error('other writers were faster')))
}
