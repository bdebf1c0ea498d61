import { countEventsAfter, findLastEventId } from '../store/sql/event-queries.ts'
import type { Session } from '../store/store.ts'

// Milliseconds between two looks at a busy database. What is older than a few of them says nothing of the present.
const lookEvery = 50
const staleAfter = 250
// Above this share of all changes, a process has the database to itself.
const mostOfAll = 2 / 3

/**
 * How much of the writing to a database is this process's own, by its changes among all events. Two groups at once keep a
 * server busy while the client works; where several processes write, they do that for one another, and each fares better with
 * one group that is larger.
 */
export class WriterShare {
  #own = 0
  #share = 1
  #last: { readonly eventId: number; readonly own: number; readonly at: number } | undefined
  #isLooking = false

  /** How many groups this process should have under way. */
  get lanes(): 1 | 2 {
    return this.#share > mostOfAll ? 2 : 1
  }

  /** Changes of this process that were committed. */
  add(changes: number): void {
    this.#own += changes
  }

  /** Counts what others wrote since the last look, when that is due: linear in the events of a moment, one key range. */
  async look(session: Session, now: number): Promise<void> {
    const before = this.#last
    if (this.#isLooking || (before !== undefined && now < before.at + lookEvery)) return
    this.#isLooking = true
    try {
      const own = this.#own
      if (before === undefined || now > before.at + staleAfter) {
        this.#last = { eventId: await findLastEventId(session), own, at: now }
        return
      }
      const { count, lastId } = await countEventsAfter(session, before.eventId)
      if (count > 0) this.#share = Math.min((own - before.own) / count, 1)
      this.#last = { eventId: lastId ?? before.eventId, own, at: now }
    } finally {
      this.#isLooking = false
    }
  }
}
