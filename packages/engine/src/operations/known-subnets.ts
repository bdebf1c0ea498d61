import { sumPages } from '../store/sql/address-page-queries.ts'
import { listTails } from '../store/sql/allocation-queries.ts'
import type { Session } from '../store/store.ts'
import { canGuess } from './address-placement.ts'
import { HeldAddresses } from './held-addresses.ts'
import { bytesAt, type SubnetLayout } from './subnet-layout.ts'

const mostSubnets = 5000
// Of 128 KiB at most.
const mostLearnt = 64
const largestSize = 1n << 20n
const mostRows = 300_000
// Reading so many rows costs about what is saved for one address: by then as much was lost by not having read them. Where
// nearly nothing is free, an address costs far more without.
const rowsForOneAsked = { guessed: 128, weighed: 2048 }
const leastAsked = 64

interface KnownSubnet {
  readonly layout: SubnetLayout
  /** Which addresses have a row; null until it pays to read that. */
  held: HeldAddresses | null
  /** Addresses asked for in this era. */
  asked: number
  /** Rows when they were counted. */
  rows?: number
}

/**
 * What groups of this process know of subnets without asking the database: their layouts, and where many addresses are asked
 * for, which are held. It is exact, because it ends with the era of the session, and because groups note all that they change.
 * A database that has no eras is always asked.
 */
export class KnownSubnets {
  #era: number | null = null
  #learnt = 0
  readonly #subnets = new Map<string, KnownSubnet>()

  /** To be said first in each transaction. */
  enter(era: number | null): void {
    if (era === this.#era && era !== null) return
    this.#era = era
    this.#forget()
  }

  #forget(): void {
    this.#learnt = 0
    this.#subnets.clear()
  }

  layoutOf(subnetId: string): SubnetLayout | undefined {
    return this.#subnets.get(subnetId)?.layout
  }

  /** Keeps what this era's database says. One that was compiled anew, and what is noted of it from now on, takes the old one's place. */
  add(layout: SubnetLayout): void {
    if (this.#era === null || this.layoutOf(layout.id) === layout) return
    if (this.#subnets.size >= mostSubnets) this.#forget()
    this.#subnets.set(layout.id, { layout, held: null, asked: 0 })
  }

  /** Null for a subnet of which that is not known. */
  heldIn(layout: SubnetLayout): HeldAddresses | null {
    const known = this.#subnets.get(layout.id)
    return known?.layout === layout ? known.held : null
  }

  /**
   * The same, after so many more were asked for. Reads all rows of the subnet once when the asking has cost as much: only of
   * an IPv4 subnet of at most 2^20 addresses and 300,000 rows. Linear in the rows, some 20 milliseconds at most.
   */
  async learn(
    session: Session,
    layout: SubnetLayout,
    count: number,
  ): Promise<HeldAddresses | null> {
    const known = this.#subnets.get(layout.id)
    if (known === undefined || known.held !== null) return known?.held ?? null
    known.asked += count
    if (layout.version !== 4 || layout.size > largestSize || known.asked < leastAsked) return null
    known.rows ??= await rowsOf(session, layout)
    const worth = canGuess(layout) ? rowsForOneAsked.guessed : rowsForOneAsked.weighed
    if (known.rows > Math.min(mostRows, known.asked * worth)) return null
    if (this.#learnt >= mostLearnt) return null
    this.#learnt += 1
    known.held = await readHeld(session, layout)
    return known.held
  }
}

async function rowsOf(session: Session, layout: SubnetLayout): Promise<number> {
  const { used, outside } = await sumPages(session, layout.key)
  return used + outside
}

async function readHeld(session: Session, layout: SubnetLayout): Promise<HeldAddresses> {
  const held = new HeldAddresses(Number(layout.size))
  const range = { first: bytesAt(layout, 0n), last: bytesAt(layout, layout.size - 1n) }
  for (const tails of await listTails(session, layout.key, [range], 32))
    held.addTails(tails, Number(layout.base))
  return held
}
