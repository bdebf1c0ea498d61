import { addressBits } from '@freehold/address'
import { lowestFree } from '../allocators/next-allocator.ts'
import { pageBounds, pageOf } from '../allocators/page-layout.ts'
import {
  drawCandidates,
  drawInPage,
  drawPages,
  drawUnmarked,
  type PageRoom,
  shuffled,
} from '../allocators/random-allocator.ts'
import {
  countPages,
  findLowestPageWithRoom,
  findPage,
  findPagesWithRoom,
  listPageNumbers,
  type PagesSeen,
  raiseSearchStart,
} from '../store/sql/address-page-queries.ts'
import { listAddresses, listHeldAmong, listTails } from '../store/sql/allocation-queries.ts'
import type { Session } from '../store/store.ts'
import { lockPage } from './address-page-operations.ts'
import type { OperationContext } from './context.ts'
import type { HeldAddresses } from './held-addresses.ts'
import { lostRace } from './lost-race.ts'
import { bytesAt, offsetOfBytes, type SubnetLayout } from './subnet-layout.ts'

// Finds free addresses and writes nothing but page locks. What it finds can be lost to a faster writer until the rows are
// inserted: the table's key decides.

// Below this share of free addresses, guessing costs more statements than weighing pages.
const guessingEndsAt = 0.03
// The same where a guess is looked up in memory.
const drawingEndsAt = 0.003
const mostCandidates = 256
const mostFullPages = 50
const nothing: ReadonlySet<bigint> = new Set()

/**
 * `count` different free pool addresses, uniform over all sets of free ones; null when fewer are free. While much is free
 * the cost is a few key probes for each address, near the end one read of the pages that have room.
 * Throws StoreFault `retry` when others took some of them meanwhile.
 */
export async function findRandom(
  context: OperationContext,
  session: Session,
  layout: SubnetLayout,
  count: number,
): Promise<bigint[] | null> {
  if (layout.space.capacity < BigInt(count)) return null
  const guessed = await guess(context, session, layout, count, nothing)
  if (guessed.length === count) return guessed
  const rooms = await listRooms(session, layout, nothing)
  if (sumOf(rooms) < BigInt(count)) return null
  const found = await drawFrom(context, session, layout, rooms, count, nothing)
  // A page had fewer than its count said: others took some in between. That is no sign that all pages are full.
  if (found.length < count) throw lostRace()
  return found
}

/** The same for as many as there are, and none of `except`; `begun` is what `beginSearch` found for them before. */
export async function findRandomUpTo(
  context: OperationContext,
  session: Session,
  layout: SubnetLayout,
  count: number,
  except: ReadonlySet<bigint>,
  begun: BegunSearch = { free: [] },
): Promise<bigint[]> {
  const usable = begun.free.filter((offset) => !except.has(offset)).slice(0, count)
  const guessed = await guess(context, session, layout, count, except, usable)
  if (guessed.length === count) return guessed
  const others = new Set([...except, ...guessed])
  const rooms = await listRooms(session, layout, others, begun.seen)
  const free = sumOf(rooms)
  const missing = count - guessed.length
  const wanted = free < BigInt(missing) ? Number(free) : missing
  return [...guessed, ...(await drawFrom(context, session, layout, rooms, wanted, others))]
}

/** The first `count` free ones of some candidates; fewer when luck was bad three times, or little is free. */
async function guess(
  context: OperationContext,
  session: Session,
  layout: SubnetLayout,
  count: number,
  except: ReadonlySet<bigint>,
  begun: readonly bigint[] = [],
): Promise<bigint[]> {
  const found = new Set(begun)
  for (let round = 0; round < 3 && found.size < count; round += 1) {
    const { free, isAll } = await guessOnce(context, session, layout, count - found.size)
    for (const offset of free) if (found.size < count && !except.has(offset)) found.add(offset)
    // So little is free that weighing is cheaper; or all of a small subnet was drawn, and there is nothing else to find.
    if (free.length === 0 || isAll) break
  }
  return [...found]
}

/** The first step of a search, one statement. */
export interface BegunSearch {
  /** Some free addresses, in the order drawn. */
  readonly free: readonly bigint[]
  /** Where guessing does not pay: the pages. */
  readonly seen?: PagesSeen
}

/**
 * The first step of `findRandomUpTo`. Needs no lock, so it can be asked before the subnet is held, and thrown away if the subnet
 * turns out to have changed.
 */
export async function beginSearch(
  context: OperationContext,
  session: Session,
  layout: SubnetLayout,
  count: number,
): Promise<BegunSearch> {
  if (canGuess(layout)) return guessOnce(context, session, layout, count)
  return { free: [], seen: await findPagesWithRoom(session, layout.key) }
}

interface Guess {
  readonly free: readonly bigint[]
  /** Whether there was no other address to draw. */
  readonly isAll: boolean
}

const noGuess: Guess = { free: [], isAll: false }

/** Whether so much is free that guessing and asking beats weighing the pages. */
export function canGuess(layout: SubnetLayout): boolean {
  return layout.freeShare >= guessingEndsAt && layout.space.capacity > 0n
}

/** The free ones of enough candidates for `count`, in the order drawn; none when so little is free that guessing does not pay. */
async function guessOnce(
  context: OperationContext,
  session: Session,
  layout: SubnetLayout,
  count: number,
): Promise<Guess> {
  if (!canGuess(layout)) return noGuess
  const wanted = candidatesFor(session, count / layout.freeShare)
  const candidates = drawCandidates(
    layout.space,
    Math.min(wanted, Math.max(mostCandidates, count * 4)),
    context.random,
  )
  const bytes = candidates.map((offset) => bytesAt(layout, offset))
  const isHeld = await listHeldAmong(session, layout.key, bytes, addressBits(layout.version))
  const free = candidates.filter((_, index) => !isHeld(bytes[index] as Uint8Array))
  // One sample says little about a large share and enough about a small one; the estimate follows slowly.
  layout.freeShare = layout.freeShare * 0.7 + (free.length / candidates.length) * 0.3
  return { free, isAll: BigInt(candidates.length) === layout.space.capacity }
}

/**
 * The same where it is known which addresses are held, without a statement: pool addresses are drawn uniformly, and the first
 * `count` different ones that are not held are taken; fewer when luck is bad or nearly nothing is free.
 */
export function drawUnheld(
  context: OperationContext,
  layout: SubnetLayout,
  held: HeldAddresses,
  count: number,
): BegunSearch {
  if (layout.freeShare < drawingEndsAt || layout.space.capacity === 0n) return { free: [] }
  const free = new Set<bigint>()
  const most = (count / layout.freeShare) * 4 + 16
  let drawn = 0
  for (; free.size < count && drawn < most; drawn += 1) {
    const offset = layout.space.draw(context.random)
    if (!held.has(offset)) free.add(offset)
  }
  layout.freeShare = layout.freeShare * 0.7 + (free.size / drawn) * 0.3
  return { free: [...free] }
}

// A candidate more costs SQLite a probe, and a server next to nothing compared with another round trip. Rounded up, so that
// there are few different statements.
function candidatesFor(session: Session, expected: number): number {
  const isNear = session.capabilities.database === 'sqlite'
  return Math.ceil((isNear ? expected * 1.1 + 4 : expected * 1.15 + 5) / 8) * 8
}

/**
 * Free addresses of pages that are drawn by their room; fewer when a page has less than its count says. In random order:
 * several callers are given them one after another, and in that of the pages the first would always get the lowest.
 */
async function drawFrom(
  context: OperationContext,
  session: Session,
  layout: SubnetLayout,
  rooms: readonly PageRoom[],
  count: number,
  except: ReadonlySet<bigint>,
): Promise<bigint[]> {
  const drawn = drawPages(rooms, count, context.random)
  if (drawn === null || count === 0) return []
  const draw = layout.version === 4 ? drawFromIpv4 : drawFromIpv6
  return shuffled(await draw(context, session, layout, drawn, except), context.random)
}

async function drawFromIpv6(
  context: OperationContext,
  session: Session,
  layout: SubnetLayout,
  drawn: ReadonlyMap<number, number>,
  except: ReadonlySet<bigint>,
): Promise<bigint[]> {
  const found: bigint[] = []
  for (const [page, wanted] of drawn) {
    const { first, last } = pageBounds(page)
    const held = await takenOffsets(session, layout, first, last, Number.MAX_SAFE_INTEGER)
    const others = [...except].filter((offset) => offset >= first && offset <= last)
    const taken = others.length === 0 ? held : [...held, ...others].sort((a, b) => (a < b ? -1 : 1))
    found.push(...drawInPage(layout.space.inPage(page), taken, wanted, context.random))
  }
  return found
}

// An IPv4 page that is nearly full has up to 16,384 rows: as numbers, and all pages in one statement, they cost a tenth.
async function drawFromIpv4(
  context: OperationContext,
  session: Session,
  layout: SubnetLayout,
  drawn: ReadonlyMap<number, number>,
  except: ReadonlySet<bigint>,
): Promise<bigint[]> {
  const pages = [...drawn].map(([page, wanted]) => ({ page, wanted, ...pageBounds(page) }))
  // The last page is the largest. Where 16 bits tell its addresses apart they tell those of every page.
  const bits = pages.every(({ first, last }) => last - first < 0x1_0000n) ? 16 : 32
  const tails = await listTails(
    session,
    layout.key,
    pages.map(({ first, last }) => ({
      first: bytesAt(layout, first),
      last: bytesAt(layout, last < layout.size ? last : layout.size - 1n),
    })),
    bits,
  )
  const found: bigint[] = []
  for (const [index, { page, wanted, first, last }] of pages.entries()) {
    const isTaken = new Uint8Array(Number(last - first) + 1).fill(1)
    for (const range of layout.space.inPage(page))
      isTaken.fill(0, Number(range.first - first), Number(range.last - first) + 1)
    markTails(isTaken, tails[index] as Uint8Array, bits, Number(layout.base + first))
    for (const offset of except)
      if (offset >= first && offset <= last) isTaken[Number(offset - first)] = 1
    for (const slot of drawUnmarked(isTaken, wanted, context.random))
      found.push(first + BigInt(slot))
  }
  return found
}

function markTails(marks: Uint8Array, tails: Uint8Array, bits: 16 | 32, start: number): void {
  if (bits === 32) {
    const view = new DataView(tails.buffer, tails.byteOffset, tails.byteLength)
    for (let at = 0; at < tails.length; at += 4) marks[view.getUint32(at) - start] = 1
    return
  }
  const low = start & 0xffff
  for (let at = 0; at < tails.length; at += 2) {
    const tail = ((tails[at] as number) << 8) | (tails[at + 1] as number)
    marks[(tail - low) & 0xffff] = 1
  }
}

/**
 * Free pool addresses of every page, from the counts, which may have been read (`begun`). Linear in the pages, which are
 * bounded whatever is held.
 */
async function listRooms(
  session: Session,
  layout: SubnetLayout,
  except: ReadonlySet<bigint>,
  begun?: PagesSeen,
): Promise<PageRoom[]> {
  const { space } = layout
  const rooms: PageRoom[] = []
  let seen = begun ?? (await findPagesWithRoom(session, layout.key))
  if (seen.present < space.pageCount) {
    // The missing pages come from a statement before that of the counts: one that another writer makes in between is counted
    // there, and one that it makes and fills is still taken for empty. So the sum is never too small, and "full" is true.
    const present = new Set(await listPageNumbers(session, layout.key))
    seen = await findPagesWithRoom(session, layout.key)
    const counted = new Set(seen.withRoom.map(({ page }) => page))
    for (const page of space.pages())
      if (!present.has(page) && !counted.has(page))
        rooms.push({ page, free: space.capacityOfPage(page) })
  }
  for (const { page, used } of seen.withRoom)
    rooms.push({ page, free: space.capacityOfPage(page) - BigInt(used) })
  layout.freeShare = Math.max(Number(sumOf(rooms)) / Number(space.capacity), 1e-9)
  for (const offset of except) {
    const page = pageOf(offset)
    const room = rooms.find((candidate) => candidate.page === page)
    if (room !== undefined && space.contains(offset)) room.free -= 1n
  }
  return rooms.filter((room) => room.free > 0n)
}

function sumOf(rooms: readonly PageRoom[]): bigint {
  return rooms.reduce((sum, room) => sum + room.free, 0n)
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
  const { first, last } = pageBounds(page)
  const start = offsetOfBytes(layout, row.low)
  // By its count the page has room. Should its start be wrong, that costs a search, and hides no address for good.
  for (const [begin, end] of [[start, last] as const, [first, start - 1n] as const])
    for (let from = begin, limit = 64; from <= end; limit = 1024) {
      const taken = await takenOffsets(session, layout, from, end, limit)
      const to = taken.length < limit ? end : (taken.at(-1) as bigint)
      const [found] = lowestFree(layout.space.between(from, to), taken, 1)
      if (found !== undefined) {
        // The caller takes it now; should the transaction be undone, so is this.
        await raiseSearchStart(session, layout.key, page, bytesAt(layout, found))
        return found
      }
      from = to + 1n
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
