import type { FinalStatement, Session, SqlPart } from '../store.ts'
import { type PageChange, pageChanges } from './address-page-queries.ts'
import { lockText } from './address-scope-queries.ts'
import { allocationInserts } from './allocation-queries.ts'
import { eventInserts, type NewEvent } from './event-queries.ts'
import type { AllocationRow } from './row-mapping.ts'
import { type SubnetCore, selectCore } from './subnet-queries.ts'

/** Several subnets, each held as by `holdSubnet`; those that are not there are left out. One key probe for each. */
export async function holdSubnets(session: Session, ids: readonly string[]): Promise<SubnetCore[]> {
  const among = session.capabilities.oneOf('id', ids)
  return session.all(
    `${selectCore} WHERE ${among.sql} ORDER BY row_key${lockText(session, 'share')}`,
    among.values,
  )
}

/** Everything that a group of requests changes. */
export interface GroupWrites {
  /** At most one for each page. */
  readonly pages: readonly PageChange[]
  readonly taken: readonly AllocationRow[]
  /** Held rows, as the caller read them. */
  readonly ended: readonly AllocationRow[]
  readonly events: readonly NewEvent[]
}

/**
 * The last statements of a group's transaction: pages first (their locks keep writers in order), then rows, then events.
 * When another writer was faster at any of the rows, all is undone. Linear in what is written.
 */
export async function writeGroup(
  session: Session,
  { pages, taken, ended, events }: GroupWrites,
): Promise<void> {
  const statements: FinalStatement[] = [
    { ...pageChanges(session, pages), changes: 'fails-of-itself' },
  ]
  if (taken.length > 0)
    statements.push({ ...allocationInserts(session, taken), changes: 'fails-of-itself' })
  for (const [subnetKey, rows] of Map.groupBy(ended, ({ subnet_key }) => subnet_key))
    statements.push(deletion(session, subnetKey, rows))
  statements.push({ ...eventInserts(session, events), changes: 'fails-of-itself' })
  await session.finish(statements)
}

/** Deletes rows of a subnet that are still held and as old as the caller read them. */
function deletion(
  session: Session,
  subnetKey: number,
  rows: readonly AllocationRow[],
): FinalStatement {
  // What the key is searched by. That each row is the one that was read is said by its own time.
  const among = session.capabilities.oneOf(
    'address',
    rows.map(({ address }) => address),
  )
  const asRead = isOneOf(session, rows)
  return {
    sql: `DELETE FROM allocation WHERE subnet_key = ? AND ${among.sql} AND state = 0 AND (${asRead.sql})`,
    values: [subnetKey, ...among.values, ...asRead.values],
    changes: rows.length,
  }
}

function isOneOf({ capabilities }: Session, rows: readonly AllocationRow[]): SqlPart {
  if (capabilities.rowsFrom === null)
    return {
      sql: rows.map(() => 'address = ? AND created_at = ?').join(' OR '),
      values: rows.flatMap(({ address, created_at }) => [address, created_at]),
    }
  const { sql, values } = capabilities.rowsFrom('was', [
    { name: 'address', type: 'bytes', values: rows.map(({ address }) => address) },
    { name: 'created_at', type: 'integer', values: rows.map(({ created_at }) => created_at) },
  ])
  const same = 'was.address = allocation.address AND was.created_at = allocation.created_at'
  return { sql: `EXISTS (SELECT 1 FROM ${sql} WHERE ${same})`, values }
}
