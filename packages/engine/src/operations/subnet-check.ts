import { IpAddress, isReservedAddress } from '@freehold/address'
import { lowestFree } from '../allocators/next-allocator.ts'
import { pageBounds } from '../allocators/page-layout.ts'
import type { CheckProblem } from '../model/check-report.ts'
import { type AddressPageRow, listPages } from '../store/sql/address-page-queries.ts'
import { listAddresses } from '../store/sql/allocation-queries.ts'
import type { Session } from '../store/store.ts'
import { countedPages, type PageCounts } from './address-page-operations.ts'
import type { LastActions, RowWithLastAction } from './last-actions.ts'
import { bytesAt, offsetOfBytes, type SubnetLayout } from './subnet-layout.ts'

const rowsAtOnce = 2000

/** Checks one subnet's rows against its prefix, its pages and its events. Linear in its rows. */
export async function checkSubnetRows(
  session: Session,
  layout: SubnetLayout,
  lastActions: LastActions,
): Promise<{ rows: number; problems: CheckProblem[] }> {
  const problems: CheckProblem[] = []
  let count = 0
  for (let after: Uint8Array | null = null; ; ) {
    const rows = await lastActions.ofRows(session, layout.key, after, rowsAtOnce)
    for (const row of rows) problems.push(...rowProblems(layout, row))
    count += rows.length
    const last = rows.at(-1)
    if (last === undefined || rows.length < rowsAtOnce) break
    after = last.address
  }
  problems.push(...(await pageProblems(session, layout)))
  return { rows: count, problems }
}

function rowProblems(layout: SubnetLayout, row: RowWithLastAction): CheckProblem[] {
  const address = IpAddress.fromBytes(layout.version, row.address)
  if (!layout.prefix.contains(address))
    return [
      { kind: 'address-outside-subnet', message: `${address} is held outside ${layout.prefix}.` },
    ]
  const problems: CheckProblem[] = []
  if (isReservedAddress(layout.prefix, address) && address.value - layout.base !== layout.gateway)
    problems.push({
      kind: 'reserved-address-held',
      message: `${address} is a reserved address of ${layout.prefix} and is held.`,
    })
  const expected = row.state === 0 ? ['allocated'] : ['released', 'expired']
  if (row.last_action === null || !expected.includes(row.last_action))
    problems.push({
      kind: 'event-missing',
      message: `${address} is ${row.state === 0 ? 'held' : 'cooling'}, but its last event is ${row.last_action ?? 'missing'}.`,
    })
  return problems
}

async function pageProblems(session: Session, layout: SubnetLayout): Promise<CheckProblem[]> {
  const problems: CheckProblem[] = []
  const counted = await countedPages(session, layout)
  for (const stored of await listPages(session, layout.key)) {
    const expected = counted.get(stored.page)
    counted.delete(stored.page)
    const difference = pageDifference(stored, expected)
    if (difference !== null)
      problems.push({ kind: 'page-count', message: `Page ${stored.page}: ${difference}.` })
    else if (await skipsFreeAddress(session, layout, stored))
      problems.push({
        kind: 'search-start',
        message: `Page ${stored.page}: an address below the start of the search is free.`,
      })
  }
  for (const page of counted.values())
    problems.push({
      kind: 'page-count',
      message: `Page ${page.page} is missing and has ${page.used + page.outside} rows.`,
    })
  return problems
}

function pageDifference(stored: AddressPageRow, expected: PageCounts | undefined): string | null {
  for (const name of ['used', 'cooling', 'outside'] as const) {
    const rows = expected?.[name] ?? 0
    if (stored[name] !== rows) return `${name} is ${stored[name]}, its rows say ${rows}`
  }
  if (expected !== undefined && stored.capacity !== expected.capacity)
    return `capacity is ${stored.capacity}, the pools say ${expected.capacity}`
  const full = stored.used >= stored.capacity ? 1 : 0
  return stored.is_full === full ? null : `is_full is ${stored.is_full}, the counts say ${full}`
}

async function skipsFreeAddress(
  session: Session,
  layout: SubnetLayout,
  page: AddressPageRow,
): Promise<boolean> {
  const { first } = pageBounds(page.page)
  const low = offsetOfBytes(layout, page.low)
  if (low <= first) return false
  const rows = await listAddresses(
    session,
    layout.key,
    bytesAt(layout, first),
    bytesAt(layout, low - 1n),
    Number.MAX_SAFE_INTEGER,
  )
  const taken = rows.map((bytes) => offsetOfBytes(layout, bytes))
  return lowestFree(layout.space.between(first, low - 1n), taken, 1).length > 0
}
