import { IpAddress, type IpVersion, Prefix } from '@freehold/address'
import { insertRows, type Session } from '../store.ts'

interface FreeBlockRow {
  first: Uint8Array
  prefix_length: number
}

/**
 * The smallest free block of a pool that holds a prefix of this length; of several the lowest (Neutron: the smallest free
 * block is split first). One index probe, whatever the pool holds.
 */
export async function findSmallestFreeBlock(
  session: Session,
  poolKey: number,
  ipVersion: IpVersion,
  prefixLength: number,
): Promise<Prefix | undefined> {
  const longest = await session.get<FreeBlockRow>(
    `SELECT first, prefix_length FROM free_block WHERE subnet_pool_key = ? AND prefix_length <= ?
      ORDER BY prefix_length DESC LIMIT 1`,
    [poolKey, prefixLength],
  )
  if (longest === undefined) return undefined
  const lowest = await session.get<FreeBlockRow>(
    `SELECT first, prefix_length FROM free_block WHERE subnet_pool_key = ? AND prefix_length = ?
      ORDER BY first LIMIT 1`,
    [poolKey, longest.prefix_length],
  )
  return lowest === undefined ? undefined : toBlock(ipVersion, lowest)
}

/** The free blocks of a pool that overlap the prefix, in order. One index range. */
export async function listFreeBlocksAround(
  session: Session,
  poolKey: number,
  prefix: Prefix,
): Promise<Prefix[]> {
  const first = prefix.first.toBytes()
  const below = await session.all<FreeBlockRow>(
    `SELECT first, prefix_length FROM free_block WHERE subnet_pool_key = ? AND first < ? ORDER BY first DESC LIMIT 1`,
    [poolKey, first],
  )
  const within = await session.all<FreeBlockRow>(
    `SELECT first, prefix_length FROM free_block WHERE subnet_pool_key = ? AND first >= ? AND first <= ? ORDER BY first`,
    [poolKey, first, prefix.last.toBytes()],
  )
  return [...below, ...within]
    .map((row) => toBlock(prefix.version, row))
    .filter((block) => block.overlaps(prefix))
}

/** Exactly this block, if it is free as a whole and not part of a larger one. One key probe. */
export async function hasFreeBlock(
  session: Session,
  poolKey: number,
  block: Prefix,
): Promise<boolean> {
  const row = await session.get(
    'SELECT prefix_length FROM free_block WHERE subnet_pool_key = ? AND first = ? AND prefix_length = ?',
    [poolKey, block.first.toBytes(), block.length],
  )
  return row !== undefined
}

export async function listFreeBlocks(
  session: Session,
  poolKey: number,
  ipVersion: IpVersion,
): Promise<Prefix[]> {
  const rows = await session.all<FreeBlockRow>(
    'SELECT first, prefix_length FROM free_block WHERE subnet_pool_key = ? ORDER BY first',
    [poolKey],
  )
  return rows.map((row) => toBlock(ipVersion, row))
}

export async function deleteFreeBlock(
  session: Session,
  poolKey: number,
  block: Prefix,
): Promise<void> {
  await session.run('DELETE FROM free_block WHERE subnet_pool_key = ? AND first = ?', [
    poolKey,
    block.first.toBytes(),
  ])
}

export async function deleteFreeBlocks(session: Session, poolKey: number): Promise<void> {
  await session.run('DELETE FROM free_block WHERE subnet_pool_key = ?', [poolKey])
}

export async function insertFreeBlocks(
  session: Session,
  poolKey: number,
  blocks: readonly Prefix[],
): Promise<void> {
  if (blocks.length === 0) return
  const names = ['subnet_pool_key', 'first', 'last', 'prefix_length']
  const shape = { head: `INSERT INTO free_block (${names.join(', ')}) VALUES`, tail: '' }
  const perStatement = Math.floor(session.capabilities.maxValues / names.length)
  for (let start = 0; start < blocks.length; start += perStatement) {
    const part = blocks.slice(start, start + perStatement)
    await session.run(
      insertRows(shape, names.length, part.length),
      part.flatMap((block) => [poolKey, block.first.toBytes(), block.last.toBytes(), block.length]),
    )
  }
}

function toBlock(ipVersion: IpVersion, row: FreeBlockRow): Prefix {
  return Prefix.of(IpAddress.fromBytes(ipVersion, row.first), row.prefix_length)
}
