import { pageBounds, pageOf } from '../allocators/page-layout.ts'
import { compareBytes } from '../store/sql/address-bytes.ts'
import {
  type AddressPageRow,
  changePages,
  type PageChange,
  replacePages,
  takeFromPage,
} from '../store/sql/address-page-queries.ts'
import { listAllocationsAfter } from '../store/sql/allocation-queries.ts'
import type { AllocationRow } from '../store/sql/row-mapping.ts'
import type { Session } from '../store/store.ts'
import { claimPageOf } from './page-claims.ts'
import { bytesAt, offsetOfBytes, type SubnetLayout } from './subnet-layout.ts'

const rowsAtOnce = 5000
const largestCapacity = BigInt(Number.MAX_SAFE_INTEGER)

export type PageCounts = Omit<AddressPageRow, 'subnet_key' | 'is_full'>

/** The pages of addresses that come and go, each with what changes in it. */
export class PageChanges {
  readonly #changes = new Map<number, Map<number, Changing>>()

  /** An address gets its row. */
  occupy(layout: SubnetLayout, offset: bigint): void {
    this.#add(layout, offset, 1, null)
  }

  /** A held address loses its row. */
  vacate(layout: SubnetLayout, offset: bigint, address: Uint8Array): void {
    this.#add(layout, offset, -1, address)
  }

  get all(): PageChange[] {
    return [...this.#changes.values()].flatMap((pages) => [...pages.values()])
  }

  #add(layout: SubnetLayout, offset: bigint, count: number, freed: Uint8Array | null): void {
    const change = this.#of(layout, pageOf(offset))
    if (layout.space.contains(offset)) change.used += count
    else change.outside += count
    change.freed = lowest(change.freed, freed)
  }

  #of(layout: SubnetLayout, page: number): Changing {
    let pages = this.#changes.get(layout.key)
    if (pages === undefined) this.#changes.set(layout.key, (pages = new Map()))
    let change = pages.get(page)
    if (change === undefined) pages.set(page, (change = unchangedPage(layout, page)))
    return change
  }
}

type Changing = { -readonly [Field in keyof PageChange]: PageChange[Field] }

function unchangedPage(layout: SubnetLayout, page: number): Changing {
  return {
    subnetKey: layout.key,
    page,
    capacity: storedCapacity(layout, page),
    used: 0,
    outside: 0,
    freed: null,
    low: bytesAt(layout, pageBounds(page).first),
  }
}

function lowest(a: Uint8Array | null, b: Uint8Array | null): Uint8Array | null {
  if (a === null || b === null) return a ?? b
  return compareBytes(a, b) < 0 ? a : b
}

/** Makes sure that a page has its row, and holds its lock. */
export async function lockPage(
  session: Session,
  layout: SubnetLayout,
  page: number,
): Promise<void> {
  await changePages(session, [unchangedPage(layout, page)])
}

/** Counts the end of one row: of a held one, or (`wasCooling`) of a cooling one. */
export async function vacatePage(
  session: Session,
  layout: SubnetLayout,
  address: Uint8Array,
  wasCooling: boolean,
): Promise<void> {
  const offset = offsetOfBytes(layout, address)
  const inPool = layout.space.contains(offset)
  await takeFromPage(session, layout.key, pageOf(offset), {
    used: inPool ? 1 : 0,
    cooling: inPool && wasCooling ? 1 : 0,
    outside: inPool ? 0 : 1,
    freed: address,
  })
}

/** Counts that a held row begins to cool. */
export async function coolInPage(
  session: Session,
  layout: SubnetLayout,
  address: Uint8Array,
): Promise<void> {
  const offset = offsetOfBytes(layout, address)
  const inPool = layout.space.contains(offset)
  await takeFromPage(session, layout.key, pageOf(offset), {
    used: 0,
    cooling: inPool ? -1 : 0,
    outside: 0,
    freed: null,
  })
  // No count changed, but another node's new pools may be about to count this one.
  if (!inPool) await claimPageOf(session, layout, offset)
}

/** Counts a subnet anew after a change of its pools. Linear in the addresses held. */
export async function rebuildPages(session: Session, layout: SubnetLayout): Promise<void> {
  await replacePages(session, layout.key, [...(await countedPages(session, layout)).values()])
}

/** What the pages have to say, from the rows themselves. Linear in the addresses held. */
export async function countedPages(
  session: Session,
  layout: SubnetLayout,
): Promise<Map<number, PageCounts>> {
  const pages = new Map<number, PageCounts>()
  let after: Uint8Array | null = null
  for (;;) {
    const rows: AllocationRow[] = await listAllocationsAfter(session, layout.key, after, rowsAtOnce)
    for (const row of rows) countRow(pages, layout, row)
    const last = rows.at(-1)
    if (last === undefined || rows.length < rowsAtOnce) return pages
    after = last.address
  }
}

function countRow(pages: Map<number, PageCounts>, layout: SubnetLayout, row: AllocationRow): void {
  const offset = offsetOfBytes(layout, row.address)
  const page = pageOf(offset)
  let counts = pages.get(page)
  if (counts === undefined) {
    counts = {
      page,
      capacity: storedCapacity(layout, page),
      used: 0,
      cooling: 0,
      outside: 0,
      low: bytesAt(layout, pageBounds(page).first),
    }
    pages.set(page, counts)
  }
  if (!layout.space.contains(offset)) counts.outside += 1
  else {
    counts.used += 1
    if (row.state === 1) counts.cooling += 1
  }
}

/** The `capacity` column of a page. */
function storedCapacity(layout: SubnetLayout, page: number): number {
  const capacity = layout.space.capacityOfPage(page)
  return Number(capacity < largestCapacity ? capacity : largestCapacity)
}
