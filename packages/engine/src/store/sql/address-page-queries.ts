import type { Session, SqlPart } from '../store.ts'
import { RowInsert } from './row-insert.ts'

export interface AddressPageRow {
  subnet_key: number
  page: number
  capacity: number
  used: number
  cooling: number
  outside: number
  is_full: number
  low: Uint8Array
}

const columnTypes = {
  subnet_key: 'integer',
  page: 'integer',
  capacity: 'integer',
  used: 'integer',
  cooling: 'integer',
  outside: 'integer',
  is_full: 'integer',
  low: 'bytes',
} as const

const columns = Object.keys(columnTypes).join(', ')

/** A change of one page's counts; negative where it loses rows. */
export interface PageChange {
  readonly subnetKey: number
  readonly page: number
  /** For a page that is not there yet. */
  readonly capacity: number
  readonly used: number
  readonly outside: number
  /** The lowest address that becomes free: the search starts there again, if it starts above. The page is there then. */
  readonly freed: Uint8Array | null
  /** For a page that is not there yet: its first address. */
  readonly low: Uint8Array
}

// What an incoming row has for is_full when its `low` is that of a freed address; it is never inserted.
const startMovesDown = 2

const pageUpsert = new RowInsert(
  'address_page',
  columnTypes,
  (capabilities, names) =>
    capabilities.upsert('address_page', names, ['subnet_key', 'page'], assignPage).tail,
)

// is_full first: MariaDB assigns from left to right, and what follows sees the new value.
function assignPage(incoming: (column: string) => string): string {
  return `is_full = CASE WHEN address_page.used + ${incoming('used')} >= address_page.capacity THEN 1 ELSE 0 END,
      used = address_page.used + ${incoming('used')}, outside = address_page.outside + ${incoming('outside')},
      low = CASE WHEN ${incoming('is_full')} = ${startMovesDown} AND ${incoming('low')} < address_page.low
        THEN ${incoming('low')} ELSE address_page.low END`
}

/**
 * Changes the counts of pages, making those that are missing. Takes the lock of each page until the transaction ends, in
 * page order; every writer of addresses comes here first, so two of them never hold what the other waits for.
 */
export async function changePages(session: Session, changes: readonly PageChange[]): Promise<void> {
  const { sql, values } = pageChanges(session, changes)
  await session.run(sql, values)
}

/** The statement of `changePages`. */
export function pageChanges(session: Session, changes: readonly PageChange[]): SqlPart {
  const isWritten = session.capabilities.database === 'mariadb'
  return pageUpsert.of(
    session,
    [...changes]
      .sort((a, b) => a.subnetKey - b.subnetKey || a.page - b.page)
      .flatMap((change) => (isWritten && isBalanced(change) ? writtenTwice(change) : [change]))
      .map((change) => [
        change.subnetKey,
        change.page,
        change.capacity,
        change.used,
        0,
        change.outside,
        change.freed !== null ? startMovesDown : change.used >= change.capacity ? 1 : 0,
        change.freed ?? change.low,
      ]),
  )
}

/** As many addresses come as go. A change without any is a lock and nothing else. */
function isBalanced({ used, outside, freed }: PageChange): boolean {
  return freed !== null && used === 0 && outside === 0
}

// MariaDB writes no row whose values stay what they are. On Galera a transaction is told apart from one on another node only
// by what it writes, and that one may raise the start of the search past the freed address, or count the page by other pools.
function writtenTwice(change: PageChange): PageChange[] {
  return [
    { ...change, outside: 1 },
    { ...change, outside: -1 },
  ]
}

/** One key probe. */
export async function findPage(
  session: Session,
  subnetKey: number,
  page: number,
): Promise<AddressPageRow | undefined> {
  return session.get(`SELECT ${columns} FROM address_page WHERE subnet_key = ? AND page = ?`, [
    subnetKey,
    page,
  ])
}

/** `used` and `cooling` change by these; the page's search start moves down to the address if it is above it. */
export async function takeFromPage(
  session: Session,
  subnetKey: number,
  page: number,
  change: { used: number; cooling: number; outside: number; freed: Uint8Array | null },
): Promise<void> {
  await session.run(
    // is_full first: MariaDB assigns from left to right, and what follows sees the new value.
    `UPDATE address_page SET is_full = CASE WHEN used - ? >= capacity THEN 1 ELSE 0 END,
      used = used - ?, cooling = cooling - ?, outside = outside - ?,
      low = CASE WHEN ? < low THEN ? ELSE low END
      WHERE subnet_key = ? AND page = ?`,
    [
      change.used,
      change.used,
      change.cooling,
      change.outside,
      change.freed ?? highest,
      change.freed ?? highest,
      subnetKey,
      page,
    ],
  )
}

const highest = new Uint8Array(16).fill(0xff)

/** Under the page's lock: every pool address of the page below `low` is taken. */
export async function raiseSearchStart(
  session: Session,
  subnetKey: number,
  page: number,
  low: Uint8Array,
): Promise<void> {
  await session.run('UPDATE address_page SET low = ? WHERE subnet_key = ? AND page = ?', [
    low,
    subnetKey,
    page,
  ])
}

/** The lowest page that is there and has room. One index probe. */
export async function findLowestPageWithRoom(
  session: Session,
  subnetKey: number,
): Promise<number | undefined> {
  const row = await session.get<{ page: number }>(
    'SELECT page FROM address_page WHERE subnet_key = ? AND is_full = 0 ORDER BY page LIMIT 1',
    [subnetKey],
  )
  return row?.page
}

/** How many pages with pool addresses are there, below a page. Linear in the pages, which are bounded. */
export async function countPages(
  session: Session,
  subnetKey: number,
  below: number,
): Promise<number> {
  const row = await session.get<{ pages: number }>(
    'SELECT count(*) AS pages FROM address_page WHERE subnet_key = ? AND page < ? AND capacity > 0',
    [subnetKey, below],
  )
  return Number(row?.pages ?? 0)
}

export async function listPageNumbers(session: Session, subnetKey: number): Promise<number[]> {
  const rows = await session.all<{ page: number }>(
    'SELECT page FROM address_page WHERE subnet_key = ? AND capacity > 0 ORDER BY page',
    [subnetKey],
  )
  return rows.map(({ page }) => page)
}

/** What is known of a subnet's pages at one moment. */
export interface PagesSeen {
  /** How many pages with pool addresses are there. */
  readonly present: number
  /** Those that have room, in no order. */
  readonly withRoom: readonly { page: number; used: number }[]
}

/** The pages that have room are read as one value, because there may be thousands. Linear in the pages, which are bounded. */
export async function findPagesWithRoom(session: Session, subnetKey: number): Promise<PagesSeen> {
  const pages = session.capabilities.joined("concat(page, ':', used)", ' ')
  const row = await session.get<{ present: number; pages: string | null }>(
    `SELECT (SELECT count(*) FROM address_page WHERE subnet_key = ? AND capacity > 0) AS present, ${pages} AS pages
      FROM address_page WHERE subnet_key = ? AND is_full = 0`,
    [subnetKey, subnetKey],
  )
  const pairs = row?.pages?.split(' ') ?? []
  return {
    present: Number(row?.present ?? 0),
    withRoom: pairs.map((pair) => {
      const colon = pair.indexOf(':')
      return { page: Number(pair.slice(0, colon)), used: Number(pair.slice(colon + 1)) }
    }),
  }
}

export interface PageSums {
  used: number
  cooling: number
  outside: number
}

/** Exact counts of one subnet. Linear in its pages, not in its addresses. */
export async function sumPages(session: Session, subnetKey: number): Promise<PageSums> {
  const row = await session.get<PageSums>(
    `SELECT coalesce(sum(used), 0) AS used, coalesce(sum(cooling), 0) AS cooling, coalesce(sum(outside), 0) AS outside
      FROM address_page WHERE subnet_key = ?`,
    [subnetKey],
  )
  return {
    used: Number(row?.used ?? 0),
    cooling: Number(row?.cooling ?? 0),
    outside: Number(row?.outside ?? 0),
  }
}

/** The same for several subnets; those without a page are left out. */
export async function sumPagesOf(
  session: Session,
  subnetKeys: readonly number[],
): Promise<Map<number, PageSums>> {
  const sums = new Map<number, PageSums>()
  for (let start = 0; start < subnetKeys.length; start += 500) {
    const part = subnetKeys.slice(start, start + 500)
    const rows = await session.all<PageSums & { subnet_key: number }>(
      `SELECT subnet_key, sum(used) AS used, sum(cooling) AS cooling, sum(outside) AS outside FROM address_page
        WHERE subnet_key IN (${part.map(() => '?').join(', ')}) GROUP BY subnet_key`,
      part,
    )
    for (const row of rows)
      sums.set(row.subnet_key, {
        used: Number(row.used),
        cooling: Number(row.cooling),
        outside: Number(row.outside),
      })
  }
  return sums
}

export async function listPages(session: Session, subnetKey: number): Promise<AddressPageRow[]> {
  return session.all(`SELECT ${columns} FROM address_page WHERE subnet_key = ? ORDER BY page`, [
    subnetKey,
  ])
}

const pageInsert = new RowInsert('address_page', columnTypes)

/** Replaces all pages of a subnet, whose row the caller has locked. */
export async function replacePages(
  session: Session,
  subnetKey: number,
  pages: readonly Omit<AddressPageRow, 'subnet_key' | 'is_full'>[],
): Promise<void> {
  await session.run('DELETE FROM address_page WHERE subnet_key = ?', [subnetKey])
  for (let start = 0; start < pages.length; start += 1000) {
    const part = pages.slice(start, start + 1000)
    const { sql, values } = pageInsert.of(
      session,
      part.map((page) => [
        subnetKey,
        page.page,
        page.capacity,
        page.used,
        page.cooling,
        page.outside,
        page.used >= page.capacity ? 1 : 0,
        page.low,
      ]),
    )
    await session.run(sql, values)
  }
}
