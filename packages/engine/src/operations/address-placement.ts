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
  return found.length < count ? null : found
}

/** Free pool addresses of every page, from the counts. Linear in the pages, which are bounded whatever is held. */
async function listRooms(session: Session, layout: SubnetLayout): Promise<PageRoom[]> {
  const rooms: PageRoom[] = []
  for (const { page, used } of await listPagesWithRoom(session, layout.key))
    rooms.push({ page, free: layout.space.capacityOfPage(page) - BigInt(used) })
  const present = await countPages(session, layout.key, Number.MAX_SAFE_INTEGER)
  if (present < layout.space.pageCount) {
    const known = new Set(await listPageNumbers(session, layout.key))
    for (const page of layout.space.pages())
      if (!known.has(page)) rooms.push({ page, free: layout.space.capacityOfPage(page) })
  }
  return rooms.filter((room) => room.free > 0n)
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

async function lowestPageWithRoom(session: Session, layout: SubnetLayout): Promise<number | null> {
  const present = await findLowestPageWithRoom(session, layout.key)
  const absent = await lowestAbsentPage(session, layout, present)
  return absent ?? present ?? null
}

// A page that is not there is empty. Pages fill from below, so below the lowest with room usually none is missing, and
// counting them is cheaper than reading them.
async function lowestAbsentPage(
  session: Session,
  layout: SubnetLayout,
  below: number | undefined,
): Promise<number | null> {
  const limit = below ?? Number.MAX_SAFE_INTEGER
  const present = await countPages(session, layout.key, limit)
  if (present >= layout.space.pagesBelow(limit)) return null
  const known = new Set(await listPageNumbers(session, layout.key))
  for (const page of layout.space.pages()) if (!known.has(page)) return page
  return null
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
