import { insertRows, type Session } from '../store.ts'
import { lockText } from './address-scope-queries.ts'
import { selectAllocation } from './allocation-queries.ts'
import { type AllocationRow } from './row-mapping.ts'
import { type SubnetCore, selectCore } from './subnet-queries.ts'

// The statements of single allocations for many at once.

/** Several subnets, each held as by `holdSubnet`; those that are not there are left out. One key probe for each. */
export async function holdSubnets(session: Session, ids: readonly string[]): Promise<SubnetCore[]> {
  return session.all(
    `${selectCore} WHERE id IN (${ids.map(() => '?').join(', ')}) ORDER BY row_key${lockText(session, 'share')}`,
    ids,
  )
}

/** The rows that these addresses of a subnet have. One key probe for each. */
export async function findAllocations(
  session: Session,
  subnetKey: number,
  addresses: readonly Uint8Array[],
): Promise<AllocationRow[]> {
  return session.all(
    `${selectAllocation} WHERE subnet_key = ? AND address IN (${addresses.map(() => '?').join(', ')})`,
    [subnetKey, ...addresses],
  )
}

/** Deletes rows of a subnet that are still held and as old as the caller read them; returns how many were. */
export async function deleteHeldAllocations(
  session: Session,
  subnetKey: number,
  rows: readonly Pick<AllocationRow, 'address' | 'created_at'>[],
): Promise<number> {
  return session.run(
    `DELETE FROM allocation WHERE subnet_key = ? AND state = 0 AND address IN (${rows.map(() => '?').join(', ')})
      AND (${rows.map(() => '(address = ? AND created_at = ?)').join(' OR ')})`,
    [
      subnetKey,
      ...rows.map(({ address }) => address),
      ...rows.flatMap(({ address, created_at }) => [address, created_at]),
    ],
  )
}

/** A decrease of one page's counts. */
export interface PageDecrease {
  readonly page: number
  readonly used: number
  readonly outside: number
  /** The lowest address freed; 16 bytes of ones when the search start stays. */
  readonly freed: Uint8Array
}

/** Takes rows from pages that are there, in page order, as `takeFromPage` does from one. */
export async function takeFromPages(
  session: Session,
  subnetKey: number,
  decreases: readonly PageDecrease[],
): Promise<void> {
  const columns = ['subnet_key', 'page', 'capacity', 'used', 'cooling', 'outside', 'is_full', 'low']
  const shape = session.capabilities.upsert(
    'address_page',
    columns,
    ['subnet_key', 'page'],
    // is_full first: MariaDB assigns from left to right, and what follows sees the new value.
    (incoming) =>
      `is_full = CASE WHEN address_page.used + ${incoming('used')} >= address_page.capacity THEN 1 ELSE 0 END,
      used = address_page.used + ${incoming('used')}, outside = address_page.outside + ${incoming('outside')},
      low = CASE WHEN ${incoming('low')} < address_page.low THEN ${incoming('low')} ELSE address_page.low END`,
  )
  const sorted = [...decreases].sort((a, b) => a.page - b.page)
  await session.run(
    insertRows(shape, columns.length, sorted.length),
    sorted.flatMap(({ page, used, outside, freed }) => [
      subnetKey,
      page,
      0,
      -used,
      0,
      -outside,
      0,
      freed,
    ]),
  )
}
