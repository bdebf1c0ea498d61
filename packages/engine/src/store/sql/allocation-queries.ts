import { insertRows, type Session, type SqlValue, StoreFault } from '../store.ts'
import type { AllocationRow } from './row-mapping.ts'

export const selectAllocation = `SELECT subnet_key, address, state, due_at, project_id, holder_kind, holder_id, holder_mac,
  holder_host_name, labels, created_at FROM allocation`

const columns = [
  'subnet_key',
  'address',
  'state',
  'due_at',
  'project_id',
  'holder_kind',
  'holder_id',
  'holder_mac',
  'holder_host_name',
  'labels',
  'created_at',
] as const

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
 * Which of these addresses have a row, as hexadecimal text. One key probe for each; several databases answer all in one
 * statement.
 */
export async function listHeldAmong(
  session: Session,
  subnetKey: number,
  addresses: readonly Uint8Array[],
): Promise<Set<string>> {
  const held = new Set<string>()
  for (let start = 0; start < addresses.length; start += 256) {
    const part = addresses.slice(start, start + 256)
    const rows = await session.all<{ address: Uint8Array }>(
      `SELECT address FROM allocation WHERE subnet_key = ? AND address IN (${part.map(() => '?').join(', ')})`,
      [subnetKey, ...part],
    )
    for (const { address } of rows) held.add(hexOf(address))
  }
  return held
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
 * The last 32 bits of the addresses that lie in each of these ranges (both ends included), as numbers in no order. One
 * index range for each, and one value for all of its rows: objects would cost ten times as much as the reading.
 */
export async function listTails(
  session: Session,
  subnetKey: number,
  ranges: readonly { first: Uint8Array; last: Uint8Array }[],
): Promise<Uint32Array[]> {
  const tails = session.capabilities.joined(
    session.capabilities.hexadecimal('substr(address, 13)'),
    '',
  )
  const select = `SELECT ? AS part, ${tails} AS tails FROM allocation WHERE subnet_key = ? AND address >= ? AND address <= ?`
  const found: Uint32Array[] = ranges.map(() => new Uint32Array(0))
  for (let start = 0; start < ranges.length; start += 64) {
    const part = ranges.slice(start, start + 64)
    const rows = await session.all<{ part: number; tails: string | null }>(
      part.map(() => select).join(' UNION ALL '),
      part.flatMap(({ first, last }, index) => [start + index, subnetKey, first, last]),
    )
    for (const { part: index, tails: text } of rows)
      if (text !== null) found[Number(index)] = bigEndianWords(Buffer.from(text, 'hex'))
  }
  return found
}

function bigEndianWords(bytes: Buffer): Uint32Array {
  const words = new Uint32Array(bytes.length / 4)
  for (let index = 0; index < words.length; index += 1) words[index] = bytes.readUInt32BE(index * 4)
  return words
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

/**
 * Inserts the rows whose addresses have none yet, in address order, and returns the addresses that it inserted, as
 * hexadecimal text. The table's key decides: this is the one place where an address gets its holder.
 */
export async function insertAllocations(
  session: Session,
  rows: readonly AllocationRow[],
): Promise<Set<string>> {
  const sorted = [...rows].sort((a, b) => Buffer.compare(a.address, b.address))
  const inserted = new Set<string>()
  const perStatement = Math.min(500, Math.floor(session.capabilities.maxValues / columns.length))
  for (let start = 0; start < sorted.length; start += perStatement) {
    const part = sorted.slice(start, start + perStatement)
    const won = session.capabilities.returnsOnlyInserted
      ? await insertReturning(session, part)
      : await insertAbsent(session, part)
    for (const address of won) inserted.add(hexOf(address))
  }
  return inserted
}

async function insertReturning(
  session: Session,
  rows: readonly AllocationRow[],
): Promise<Uint8Array[]> {
  const shape = session.capabilities.insertUnlessPresent('allocation', columns, [
    'subnet_key',
    'address',
  ])
  const won = await session.all<{ address: Uint8Array }>(
    `${insertRows(shape, columns.length, rows.length)} RETURNING address`,
    rows.flatMap(valuesOf),
  )
  return won.map(({ address }) => address)
}

// A statement that meets a row that is there fails as a whole and alone; the rest of its rows is then inserted without
// those. The caller has the pages' locks, so the second attempt meets no new ones, and the shared lock that the first
// leaves on such a row is in nobody's way.
async function insertAbsent(
  session: Session,
  rows: readonly AllocationRow[],
): Promise<Uint8Array[]> {
  const shape = { head: `INSERT INTO allocation (${columns.join(', ')}) VALUES`, tail: '' }
  let absent = rows
  for (let attempt = 1; absent.length > 0; attempt += 1) {
    try {
      await session.run(insertRows(shape, columns.length, absent.length), absent.flatMap(valuesOf))
      break
    } catch (error) {
      const present = error instanceof StoreFault && error.fault === 'unique'
      if (!present || attempt === 3) throw error
      absent = await withoutHeld(session, absent)
    }
  }
  return absent.map(({ address }) => address)
}

async function withoutHeld(
  session: Session,
  rows: readonly AllocationRow[],
): Promise<AllocationRow[]> {
  const [first] = rows
  if (first === undefined) return []
  const held = await listHeldAmong(
    session,
    first.subnet_key,
    rows.map(({ address }) => address),
  )
  return rows.filter(({ address }) => !held.has(hexOf(address)))
}

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

/** Deletes the row if it is still in the state and due time that the caller read; returns whether it was. */
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
  return session.all(
    `${selectAllocation} WHERE holder_id IN (${holderIds.map(() => '?').join(', ')}) AND holder_kind = ? AND state = 0
      ORDER BY subnet_key, address`,
    [...holderIds, holderKind],
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

export function hexOf(bytes: Uint8Array): string {
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString('hex')
}
