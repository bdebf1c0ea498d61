import { insertRows, type Session } from '../store.ts'
import type { AddressPageRow } from './address-page-queries.ts'

/** Whether other nodes write to this database at the same time, and conflicts with them show at the commit alone. */
export async function isCertified(session: Session): Promise<boolean> {
  if (session.capabilities.database !== 'mariadb') return false
  // A server that was built without Galera does not know the variable, and says so with an empty answer.
  const found = await session.get<{ Value: string }>("SHOW VARIABLES LIKE 'wsrep_on'")
  return found?.Value === 'ON'
}

const columns = [
  'subnet_key',
  'page',
  'capacity',
  'used',
  'cooling',
  'outside',
  'is_full',
  'low',
] as const
const rowsAtOnce = 1000

/**
 * Writes the keys of some pages and changes nothing: those that are there are deleted and made again, those that are not
 * are made and deleted. An UPDATE to the same values would write nothing. Linear in the pages.
 */
export async function claimPages(
  session: Session,
  subnetKey: number,
  present: readonly AddressPageRow[],
  absent: readonly number[],
): Promise<void> {
  await deletePages(
    session,
    subnetKey,
    present.map(({ page }) => page),
  )
  await insertPages(session, present)
  const low = new Uint8Array(16)
  const counts = { capacity: 0, used: 0, cooling: 0, outside: 0, is_full: 1, low }
  await insertPages(
    session,
    absent.map((page) => ({ subnet_key: subnetKey, page, ...counts })),
  )
  await deletePages(session, subnetKey, absent)
}

async function insertPages(session: Session, rows: readonly AddressPageRow[]): Promise<void> {
  const shape = { head: `INSERT INTO address_page (${columns.join(', ')}) VALUES`, tail: '' }
  for (let start = 0; start < rows.length; start += rowsAtOnce) {
    const part = rows.slice(start, start + rowsAtOnce)
    await session.run(
      insertRows(shape, columns.length, part.length),
      part.flatMap((row) => columns.map((column) => row[column])),
    )
  }
}

async function deletePages(
  session: Session,
  subnetKey: number,
  pages: readonly number[],
): Promise<void> {
  for (let start = 0; start < pages.length; start += rowsAtOnce) {
    const part = pages.slice(start, start + rowsAtOnce)
    await session.run(
      `DELETE FROM address_page WHERE subnet_key = ? AND page IN (${part.map(() => '?').join(', ')})`,
      [subnetKey, ...part],
    )
  }
}
