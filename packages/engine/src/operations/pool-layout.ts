import { IpAddress, type IpVersion, Prefix } from '@freehold/address'
import { blocksWithout, mergedBlocks, prefixesWithout } from '../allocators/prefix-allocator.ts'
import {
  deleteFreeBlock,
  deleteFreeBlocks,
  hasFreeBlock,
  insertFreeBlocks,
  listFreeBlocksAround,
} from '../store/sql/free-block-queries.ts'
import type { PoolPrefixRow } from '../store/sql/row-mapping.ts'
import { listPoolPrefixes, listPoolPrefixesAround } from '../store/sql/subnet-pool-queries.ts'
import { listSubnetsInside } from '../store/sql/subnet-queries.ts'
import type { Session } from '../store/store.ts'

// Keeps `free_block` equal to "the pool's prefixes without the scope's subnets". Everything here runs under the scope's
// layout lock.

/** Takes a new subnet's prefix out of the free blocks of every pool of the scope that it touches. */
export async function occupy(session: Session, scopeKey: number, prefix: Prefix): Promise<void> {
  for (const poolKey of await poolsAround(session, scopeKey, prefix)) {
    for (const block of await listFreeBlocksAround(session, poolKey, prefix)) {
      await deleteFreeBlock(session, poolKey, block)
      await insertFreeBlocks(session, poolKey, blocksWithout(block, prefix))
    }
  }
}

/**
 * Gives a deleted subnet's prefix back to the pools that it lay in, joined with its free neighbours: a buddy that is free
 * forms the next larger block with it, and so on up to the pool's prefix.
 */
export async function vacate(session: Session, scopeKey: number, prefix: Prefix): Promise<void> {
  for (const row of await listPoolPrefixesAround(session, scopeKey, prefix)) {
    const outer = toPoolPrefix(prefix.version, row)
    if (!outer.overlaps(prefix)) continue
    let block = outer.contains(prefix) ? prefix : outer
    for (;;) {
      const buddy = block.length > outer.length ? block.buddy() : null
      if (buddy === null || !(await hasFreeBlock(session, row.subnet_pool_key, buddy))) break
      await deleteFreeBlock(session, row.subnet_pool_key, buddy)
      block = block.parent(block.length - 1)
    }
    await insertFreeBlocks(session, row.subnet_pool_key, [block])
  }
}

/** Works out a pool's free blocks anew from its prefixes and the scope's subnets. Linear in the subnets inside them. */
export async function rebuildFreeBlocks(
  session: Session,
  scopeKey: number,
  poolKey: number,
  prefixes: readonly Prefix[],
): Promise<void> {
  await deleteFreeBlocks(session, poolKey)
  await insertFreeBlocks(session, poolKey, await expectedFreeBlocks(session, scopeKey, prefixes))
}

/** What a pool's free blocks have to be. */
export async function expectedFreeBlocks(
  session: Session,
  scopeKey: number,
  prefixes: readonly Prefix[],
): Promise<Prefix[]> {
  const blocks: Prefix[] = []
  for (const prefix of prefixes) {
    const subnets = await listSubnetsInside(session, scopeKey, prefix)
    const taken = subnets.map((row) =>
      Prefix.of(IpAddress.fromBytes(prefix.version, row.first), row.prefix_length),
    )
    blocks.push(...freeBlocksOf(prefix, taken))
  }
  return blocks
}

// A subnet per step would copy the list of blocks each time; halving the prefix touches only the halves with subnets.
function freeBlocksOf(prefix: Prefix, taken: readonly Prefix[]): Prefix[] {
  if (taken.length === 0) return [prefix]
  if (taken.some((subnet) => subnet.contains(prefix))) return []
  if (taken.length === 1) return prefixesWithout([prefix], taken)
  return [...prefix.children(prefix.length + 1)].flatMap((half) =>
    freeBlocksOf(
      half,
      taken.filter((subnet) => half.overlaps(subnet)),
    ),
  )
}

export async function prefixesOfPool(
  session: Session,
  poolKey: number,
  ipVersion: IpVersion,
): Promise<Prefix[]> {
  const rows = await listPoolPrefixes(session, [poolKey])
  return rows.map((row) => toPoolPrefix(ipVersion, row))
}

export function toPoolPrefix(ipVersion: IpVersion, row: PoolPrefixRow): Prefix {
  return Prefix.of(IpAddress.fromBytes(ipVersion, row.first), row.prefix_length)
}

/** The same addresses as the fewest prefixes: two halves that are both there become their whole. */
export function compactPrefixes(prefixes: readonly Prefix[]): Prefix[] {
  const whole = prefixes.filter(
    (prefix, index) =>
      !prefixes.some(
        (other, at) => other.contains(prefix) && (at < index || other.length < prefix.length),
      ),
  )
  return mergedBlocks(whole)
}

async function poolsAround(session: Session, scopeKey: number, prefix: Prefix): Promise<number[]> {
  const rows = await listPoolPrefixesAround(session, scopeKey, prefix)
  const keys = rows
    .filter((row) => toPoolPrefix(prefix.version, row).overlaps(prefix))
    .map((row) => row.subnet_pool_key)
  return [...new Set(keys)].sort((a, b) => a - b)
}
