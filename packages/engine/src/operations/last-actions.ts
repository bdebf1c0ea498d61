import {
  findEventIndexEnd,
  listAddressEventsAfter,
  listRowsWithLastAction,
} from '../store/sql/check-queries.ts'
import type { Session } from '../store/store.ts'

export interface RowWithLastAction {
  readonly address: Uint8Array
  readonly state: number
  readonly last_action: string | null
}

/**
 * What the last event of each address says, for work that goes through all rows. Where the newest events are in no index yet
 * they are read once, whenever there are more of them, and not for every row.
 */
export class LastActions {
  readonly #later = new Map<string, string>()
  #indexEnd: number | null = null
  #lastId = 0

  /** Rows of a subnet after an address, in order. One index probe a row. */
  async ofRows(
    session: Session,
    subnetKey: number,
    after: Uint8Array | null,
    limit: number,
  ): Promise<RowWithLastAction[]> {
    await this.#catchUp(session)
    const rows = await listRowsWithLastAction(session, subnetKey, after, limit)
    if (this.#later.size === 0) return rows
    return rows.map((row) => ({
      ...row,
      last_action: this.#later.get(nameOf(subnetKey, row.address)) ?? row.last_action,
    }))
  }

  // In the transaction that reads the rows, so that each event is either in the index or here.
  async #catchUp(session: Session): Promise<void> {
    const indexEnd = await findEventIndexEnd(session)
    if (indexEnd === null) return
    if (indexEnd !== this.#indexEnd) {
      this.#later.clear()
      this.#indexEnd = indexEnd
      this.#lastId = indexEnd
    }
    for (const event of await listAddressEventsAfter(session, this.#lastId)) {
      this.#later.set(nameOf(event.subnet_key, event.address), event.action)
      this.#lastId = event.id
    }
  }
}

function nameOf(subnetKey: number, address: Uint8Array): string {
  return `${subnetKey}:${Buffer.from(address).toString('latin1')}`
}
