import { lowestFree } from '../allocators/next-allocator.ts'
import { pageBounds } from '../allocators/page-layout.ts'
import {
  drawCandidates,
  drawInPage,
  drawPages,
  type PageRoom,
} from '../allocators/random-allocator.ts'
import {
  countPages,
  findLowestPageWithRoom,
  findPage,
  listPageNumbers,
  listPagesWithRoom,
  raiseSearchStart,
} from '../store/sql/address-page-queries.ts'
import { hexOf, listAddresses, listHeldAmong } from '../store/sql/allocation-queries.ts'
import type { Session } from '../store/store.ts'
import { lockPage } from './address-page-operations.ts'
import type { OperationContext } from './context.ts'
import { lostRace } from './lost-race.ts'
import { bytesAt, offsetOfBytes, type SubnetLayout } from './subnet-layout.ts'

// Finds free addresses and writes nothing but page locks. What it finds can be lost to a faster writer until the rows are
// inserted: the table's key decides.

// Below this share of free addresses, guessing costs more statements than weighing pages.
const guessingEndsAt = 0.03
const mostCandidates = 256
const mostFullPages = 50

/**
 * `count` different free pool addresses, uniform over all sets of free ones; null when fewer are free. While much is free
 * the cost is a few key probes for each address, near the end one read of the pages that have room.
 */
export async function findRandom(
  context: OperationContext,
  session: Session,
  layout: SubnetLayout,
  count: number,
): Promise<bigint[] | null> {
  if (layout.space.capacity < BigInt(count)) return null
  const guessed = await guess(context, session, layout, count)
  return guessed ?? (await weigh(context, session, layout, count))
}

async function guess(
  context: OperationContext,
  session: Session,
  layout: SubnetLayout,
  count: number,
): Promise<bigint[] | null> {
  if (layout.freeShare < guessingEndsAt) return null
  const wanted = Math.ceil((count * 1.3) / layout.freeShare) + 7
  const candidates = drawCandidates(
    layout.space,
    Math.min(wanted, Math.max(mostCandidates, count * 4)),
    context.random,
  )
  const bytes = candidates.map((offset) => bytesAt(layout, offset))
  const held = await listHeldAmong(session, layout.key, bytes)
  const free = candidates.filter((_, index) => !held.has(hexOf(bytes[index] as Uint8Array)))
  // One sample says little about a large share and enough about a small one; the estimate follows slowly.
  layout.freeShare = layout.freeShare * 0.7 + (free.length / candidates.length) * 0.3
  return free.length < count ? null : free.slice(0, count)
}

async function weigh(
  context: OperationContext,
  session: Session,
  layout: SubnetLayout,
  count: number,
): Promise<bigint[] | null> {
  const rooms = await listRooms(session, layout)
  const free = rooms.reduce((sum, room) => sum + room.free, 0n)
  layout.freeShare = Math.max(Number(free) / Number(layout.space.capacity), 1e-9)
  const drawn = drawPages(rooms, count, context.random)
  if (drawn === null) return null
  const found: bigint[] = []
  for (const [page, wanted] of drawn) {
    const { first, last } = pageBounds(page)
    const taken = await takenOffsets(session, layout, first, last, Number.MAX_SAFE_INTEGER)
    found.push(...drawInPage(layout.space.inPage(page), taken, wanted, context.random))
  }
  // A page had fewer than its count said: others took some in between. That is no sign that all pages are full.
  if (found.length < count) throw lostRace()
  return found
}

/**
 * Free pool addresses of every page, from the counts. Linear in the pages, which are bounded whatever is held.
 *
 * The pages that are missing are read first: one that another writer makes before the last statement is then counted
 * there, and one that it makes and fills is still taken for empty. So the sum is never too small, and "full" is true.
 */
async function listRooms(session: Session, layout: SubnetLayout): Promise<PageRoom[]> {
  const free = new Map<number, bigint>()
  const present = await presentPages(session, layout, Number.MAX_SAFE_INTEGER)
  if (present !== null)
    for (const page of layout.space.pages())
      if (!present.has(page)) free.set(page, layout.space.capacityOfPage(page))
  for (const { page, used } of await listPagesWithRoom(session, layout.key))
    free.set(page, layout.space.capacityOfPage(page) - BigInt(used))
  return [...free].map(([page, room]) => ({ page, free: room })).filter((room) => room.free > 0n)
}

/** The pages that are there; null when none is missing below the limit: usually so, and counting is cheaper than reading. */
async function presentPages(
  session: Session,
  layout: SubnetLayout,
  below: number,
): Promise<Set<number> | null> {
  const present = await countPages(session, layout.key, below)
  if (present >= layout.space.pagesBelow(below)) return null
  return new Set(await listPageNumbers(session, layout.key))
}

/**
 * The lowest free pool address, or null when none is free. Takes the lock of its page first and reads the page after
 * that, so that nobody else can be given the same one. Cost: one page, from where its last search ended.
 */
export async function findNext(session: Session, layout: SubnetLayout): Promise<bigint | null> {
  for (let attempt = 0; attempt < mostFullPages; attempt += 1) {
    const page = await lowestPageWithRoom(session, layout)
    if (page === null) return null
    await lockPage(session, layout, page)
    const found = await lowestInPage(session, layout, page)
    if (found !== null) return found
    // Others filled the page while this transaction waited for its lock.
  }
  throw lostRace()
}

/**
 * The lowest page with a free pool address, as it was at one moment: when the last of these statements ran. Until then
 * other writers may make pages that the first statement did not see, which would look full or be passed over.
 */
async function lowestPageWithRoom(session: Session, layout: SubnetLayout): Promise<number | null> {
  const before = await findLowestPageWithRoom(session, layout.key)
  if (before !== undefined && before === layout.space.firstPage) return before
  const missing = await lowestMissingPage(session, layout, before ?? Number.MAX_SAFE_INTEGER)
  const now = await findLowestPageWithRoom(session, layout.key)
  if (missing === undefined || now === undefined) return missing ?? now ?? null
  return Math.min(missing, now)
}

async function lowestMissingPage(
  session: Session,
  layout: SubnetLayout,
  below: number,
): Promise<number | undefined> {
  const present = await presentPages(session, layout, below)
  if (present !== null) for (const page of layout.space.pages()) if (!present.has(page)) return page
  return undefined
}

async function lowestInPage(
  session: Session,
  layout: SubnetLayout,
  page: number,
): Promise<bigint | null> {
  const row = await findPage(session, layout.key, page)
  if (row === undefined || row.is_full === 1) return null
  const { last } = pageBounds(page)
  let from = offsetOfBytes(layout, row.low)
  for (let limit = 64; from <= last; limit = 1024) {
    const taken = await takenOffsets(session, layout, from, last, limit)
    const end = taken.length < limit ? last : (taken.at(-1) as bigint)
    const [found] = lowestFree(layout.space.between(from, end), taken, 1)
    if (found !== undefined) {
      // The caller takes it now; should the transaction be undone, so is this.
      await raiseSearchStart(session, layout.key, page, bytesAt(layout, found))
      return found
    }
    from = end + 1n
  }
  return null
}

async function takenOffsets(
  session: Session,
  layout: SubnetLayout,
  first: bigint,
  last: bigint,
  limit: number,
): Promise<bigint[]> {
  const end = last < layout.size ? last : layout.size - 1n
  const rows = await listAddresses(
    session,
    layout.key,
    bytesAt(layout, first),
    bytesAt(layout, end),
    limit,
  )
  return rows.map((bytes) => offsetOfBytes(layout, bytes))
}
