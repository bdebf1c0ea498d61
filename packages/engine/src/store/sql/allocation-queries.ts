import { type Session, type SqlPart, type SqlValue, StoreFault } from '../store.ts'
import { compareBytes, hexOf, uint32At, uint128At } from './address-bytes.ts'
import { RowInsert } from './row-insert.ts'
import type { AllocationRow } from './row-mapping.ts'

export const selectAllocation = `SELECT subnet_key, address, state, due_at, project_id, holder_kind, holder_id, holder_mac,
  holder_host_name, labels, created_at FROM allocation`

const columnTypes = {
  subnet_key: 'integer',
  address: 'bytes',
  state: 'integer',
  due_at: 'integer',
  project_id: 'text',
  holder_kind: 'text',
  holder_id: 'text',
  holder_mac: 'text',
  holder_host_name: 'text',
  labels: 'text',
  created_at: 'integer',
} as const

/** One key probe. */
export async function findAllocation(
  session: Session,
  subnetKey: number,
  address: Uint8Array,
): Promise<AllocationRow | undefined> {
  return session.get(`${selectAllocation} WHERE subnet_key = ? AND address = ?`, [
    subnetKey,
    address,
  ])
}

/**
 * Whether an address among these has a row. One key probe for each; several databases answer all in one statement. `tailBits`:
 * how many of their last bits tell the addresses apart.
 */
export async function listHeldAmong(
  session: Session,
  subnetKey: number,
  addresses: readonly Uint8Array[],
  tailBits: 32 | 128,
): Promise<(address: Uint8Array) => boolean> {
  const { capabilities } = session
  const length = tailBits / 8
  const tailOf = length === 4 ? uint32At : uint128At
  const held = new Set<bigint | number>()
  // One value for all of them: rows would cost more to take apart than the probes.
  const tails = capabilities.joinedBytes(`substr(address, ${17 - length})`)
  for (let start = 0; start < addresses.length; start += 256) {
    const among = capabilities.oneOf('address', addresses.slice(start, start + 256))
    const row = await session.get<{ held: Uint8Array | null }>(
      `SELECT ${tails} AS held FROM allocation WHERE subnet_key = ? AND ${among.sql}`,
      [subnetKey, ...among.values],
    )
    const found = row?.held ?? new Uint8Array()
    for (let at = 0; at < found.length; at += length) held.add(tailOf(found, at))
  }
  return (address) => held.has(tailOf(address, 16 - length))
}

/** The addresses of a subnet from one to another, both included, in order. One index range. */
export async function listAddresses(
  session: Session,
  subnetKey: number,
  first: Uint8Array,
  last: Uint8Array,
  limit: number,
): Promise<Uint8Array[]> {
  const rows = await session.all<{ address: Uint8Array }>(
    'SELECT address FROM allocation WHERE subnet_key = ? AND address >= ? AND address <= ? ORDER BY address LIMIT ?',
    [subnetKey, first, last, limit],
  )
  return rows.map(({ address }) => address)
}

/**
 * The last 16 or 32 bits of the addresses that lie in each of these ranges (both ends included), as big-endian bytes in no
 * order. One index range for each, and one value for all of its rows: objects would cost ten times as much as the reading.
 */
export async function listTails(
  session: Session,
  subnetKey: number,
  ranges: readonly { first: Uint8Array; last: Uint8Array }[],
  bits: 16 | 32,
): Promise<Uint8Array[]> {
  const { capabilities } = session
  const tails = capabilities.joinedBytes(`substr(address, ${17 - bits / 8})`)
  const select = `SELECT ? AS part, ${tails} AS tails FROM allocation WHERE subnet_key = ? AND address >= ? AND address <= ?`
  const found: Uint8Array[] = ranges.map(() => new Uint8Array())
  for (let start = 0; start < ranges.length; start += 64) {
    const part = ranges.slice(start, start + 64)
    const rows = await session.all<{ part: number; tails: Uint8Array | null }>(
      part.map(() => select).join(' UNION ALL '),
      part.flatMap(({ first, last }, index) => [start + index, subnetKey, first, last]),
    )
    for (const { part: index, tails: bytes } of rows)
      if (bytes !== null) found[Number(index)] = bytes
  }
  return found
}

/** Rows of a subnet after an address, in order, for work that goes through all of them in parts. */
export async function listAllocationsAfter(
  session: Session,
  subnetKey: number,
  after: Uint8Array | null,
  limit: number,
): Promise<AllocationRow[]> {
  return after === null
    ? session.all(`${selectAllocation} WHERE subnet_key = ? ORDER BY address LIMIT ?`, [
        subnetKey,
        limit,
      ])
    : session.all(
        `${selectAllocation} WHERE subnet_key = ? AND address > ? ORDER BY address LIMIT ?`,
        [subnetKey, after, limit],
      )
}

const allocationInsert = new RowInsert('allocation', columnTypes)
const insertUnlessHeld = new RowInsert(
  'allocation',
  columnTypes,
  (capabilities, names) =>
    `${capabilities.insertUnlessPresent('allocation', names, ['subnet_key', 'address']).tail} RETURNING subnet_key, address`,
)

/**
 * Inserts the rows whose addresses have none yet, in address order, and returns the others. The table's key decides: this is
 * where an address gets its holder, here and in `allocationInserts`.
 */
export async function insertAllocations(
  session: Session,
  rows: readonly AllocationRow[],
): Promise<AllocationRow[]> {
  const sorted = [...rows].sort(byAddress)
  const lost: AllocationRow[] = []
  const { maxValues, returnsOnlyInserted } = session.capabilities
  const perStatement = Math.min(500, Math.floor(maxValues / allocationInsert.columns.length))
  for (let start = 0; start < sorted.length; start += perStatement) {
    const part = sorted.slice(start, start + perStatement)
    lost.push(
      ...(returnsOnlyInserted
        ? await insertReturning(session, part)
        : await insertAbsent(session, part)),
    )
  }
  return lost
}

/** The statement of an insert that fails when any of the addresses has a row; for one that is the last of a transaction. */
export function allocationInserts(session: Session, rows: readonly AllocationRow[]): SqlPart {
  return allocationInsert.of(session, [...rows].sort(byAddress).map(valuesOf))
}

// The order in which all writers take rows.
function byAddress(a: AllocationRow, b: AllocationRow): number {
  return a.subnet_key - b.subnet_key || compareBytes(a.address, b.address)
}

async function insertReturning(
  session: Session,
  rows: readonly AllocationRow[],
): Promise<AllocationRow[]> {
  const { sql, values } = insertUnlessHeld.of(session, rows.map(valuesOf))
  const won = await session.all<Pick<AllocationRow, 'subnet_key' | 'address'>>(sql, values)
  if (won.length === rows.length) return []
  const inserted = new Set(won.map(keyText))
  return rows.filter((row) => !inserted.has(keyText(row)))
}

// A statement that meets a row that is there fails as a whole and alone; the rest of its rows is then inserted without
// those. The caller has the pages' locks, so the second attempt meets no new ones, and the shared lock that the first
// leaves on such a row is in nobody's way.
async function insertAbsent(
  session: Session,
  rows: readonly AllocationRow[],
): Promise<AllocationRow[]> {
  let absent = rows
  for (let attempt = 1; absent.length > 0; attempt += 1) {
    try {
      const { sql, values } = allocationInsert.of(session, absent.map(valuesOf))
      await session.run(sql, values)
      break
    } catch (error) {
      const present = error instanceof StoreFault && error.fault === 'unique'
      if (!present || attempt === 3) throw error
      absent = await withoutHeld(session, absent)
    }
  }
  return absent.length === rows.length ? [] : rows.filter((row) => !absent.includes(row))
}

async function withoutHeld(
  session: Session,
  rows: readonly AllocationRow[],
): Promise<AllocationRow[]> {
  const held = new Set<string>()
  for (const key of new Set(rows.map(({ subnet_key }) => subnet_key))) {
    const addresses = rows.filter((row) => row.subnet_key === key).map(({ address }) => address)
    for (const { address } of await findAllocations(session, key, addresses))
      held.add(keyText({ subnet_key: key, address }))
  }
  return rows.filter((row) => !held.has(keyText(row)))
}

/** The rows that these addresses of a subnet have. One key probe for each. */
export async function findAllocations(
  session: Session,
  subnetKey: number,
  addresses: readonly Uint8Array[],
): Promise<AllocationRow[]> {
  const among = session.capabilities.oneOf('address', addresses)
  return session.all(`${selectAllocation} WHERE subnet_key = ? AND ${among.sql}`, [
    subnetKey,
    ...among.values,
  ])
}

function keyText(row: Pick<AllocationRow, 'subnet_key' | 'address'>): string {
  return `${row.subnet_key}:${hexOf(row.address)}`
}

// In the order of the columns.
function valuesOf(row: AllocationRow): SqlValue[] {
  return [
    row.subnet_key,
    row.address,
    row.state,
    row.due_at,
    row.project_id,
    row.holder_kind,
    row.holder_id,
    row.holder_mac,
    row.holder_host_name,
    row.labels,
    row.created_at,
  ]
}

/** Deletes the row if it is still in the state, and as old, as the caller read it; returns whether it was. */
export async function deleteAllocation(
  session: Session,
  row: Pick<AllocationRow, 'subnet_key' | 'address' | 'state' | 'created_at'>,
): Promise<boolean> {
  const deleted = await session.run(
    'DELETE FROM allocation WHERE subnet_key = ? AND address = ? AND state = ? AND created_at = ?',
    [row.subnet_key, row.address, row.state, row.created_at],
  )
  return deleted === 1
}

/** Turns a held row into a cooling one if it is still as the caller read it; returns whether it was. */
export async function coolAllocation(
  session: Session,
  row: Pick<AllocationRow, 'subnet_key' | 'address' | 'created_at'>,
  dueAt: number,
): Promise<boolean> {
  const changed = await session.run(
    'UPDATE allocation SET state = 1, due_at = ? WHERE subnet_key = ? AND address = ? AND state = 0 AND created_at = ?',
    [dueAt, row.subnet_key, row.address, row.created_at],
  )
  return changed === 1
}

/** Rows whose lease or cooling time is over, oldest first. One index range. */
export async function listDueAllocations(
  session: Session,
  now: number,
  limit: number,
  subnetKey?: number,
): Promise<AllocationRow[]> {
  return subnetKey === undefined
    ? session.all(`${selectAllocation} WHERE due_at <= ? ORDER BY due_at LIMIT ?`, [now, limit])
    : session.all(
        // The sign keeps the search off the table's key, by which it would read all that the subnet holds.
        `${selectAllocation} WHERE due_at <= ? AND +subnet_key = ? ORDER BY due_at LIMIT ?`,
        [now, subnetKey, limit],
      )
}

/** Everything that these holders hold. One index range for each. */
export async function listAllocationsOfHolders(
  session: Session,
  holderKind: string,
  holderIds: readonly string[],
): Promise<AllocationRow[]> {
  if (holderIds.length === 0) return []
  const among = session.capabilities.oneOf('holder_id', holderIds)
  return session.all(
    `${selectAllocation} WHERE ${among.sql} AND holder_kind = ? AND state = 0 ORDER BY subnet_key, address`,
    [...among.values, holderKind],
  )
}

/** Whether anybody holds an address of the subnet; cooling ones are held by nobody. */
export async function hasHeldAddresses(session: Session, subnetKey: number): Promise<boolean> {
  const row = await session.get(
    'SELECT state FROM allocation WHERE subnet_key = ? AND state = 0 LIMIT 1',
    [subnetKey],
  )
  return row !== undefined
}

export async function deleteAllocationsOf(session: Session, subnetKey: number): Promise<void> {
  await session.run('DELETE FROM allocation WHERE subnet_key = ?', [subnetKey])
}
