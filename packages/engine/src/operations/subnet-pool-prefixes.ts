import type { IpVersion, Prefix } from '@freehold/address'
import { IpamError } from '../errors.ts'
import { parsePrefix } from '../model/address-input.ts'
import { ipv4MappedBlock } from '../model/ipv4-mapped-block.ts'
import { checkLength, invalidField } from '../model/record.ts'
import type { SubnetPoolRow } from '../store/sql/row-mapping.ts'
import {
  deletePoolPrefixes,
  findOverlappingPoolPrefix,
  insertPoolPrefixes,
  listPoolPrefixesAround,
} from '../store/sql/subnet-pool-queries.ts'
import { listSubnetsInside } from '../store/sql/subnet-queries.ts'
import type { Session } from '../store/store.ts'
import type { OperationContext } from './context.ts'
import { compactPrefixes, prefixesOfPool, rebuildFreeBlocks, toPoolPrefix } from './pool-layout.ts'

/** Gives a pool other prefixes or another scope. Throws PREFIX_OVERLAP, PREFIX_IN_USE. Runs under the layout locks. */
export async function movePrefixes(
  session: Session,
  row: SubnetPoolRow,
  scopeKey: number,
  prefixes: readonly Prefix[],
): Promise<void> {
  await checkPrefixesFree(session, scopeKey, prefixes, row.row_key)
  const before = await prefixesOfPool(session, row.row_key, row.ip_version)
  for (const prefix of before) await checkSubnetsStay(session, row, prefix, prefixes)
  await deletePoolPrefixes(session, row.row_key)
  await insertPoolPrefixes(session, scopeKey, row.row_key, prefixes)
  await rebuildFreeBlocks(session, scopeKey, row.row_key, prefixes)
}

async function checkSubnetsStay(
  session: Session,
  row: SubnetPoolRow,
  before: Prefix,
  after: readonly Prefix[],
): Promise<void> {
  if (after.some((prefix) => prefix.contains(before))) return
  for (const subnet of await listSubnetsInside(session, row.address_scope_key, before)) {
    if (subnet.subnet_pool_key !== row.row_key) continue
    const prefix = toPoolPrefix(row.ip_version, {
      ...subnet,
      address_scope_key: 0,
      subnet_pool_key: 0,
    })
    if (!after.some((outer) => outer.contains(prefix)))
      throw new IpamError('PREFIX_IN_USE', `A subnet of the pool lies in ${before}.`, {
        pointer: '/prefixes',
        fix: 'Delete the subnets in the prefix first.',
      })
  }
}

/** Throws PREFIX_OVERLAP when another pool of the scope has a part of the prefixes. */
export async function checkPrefixesFree(
  session: Session,
  scopeKey: number,
  prefixes: readonly Prefix[],
  ownPoolKey: number,
): Promise<void> {
  for (const [index, prefix] of prefixes.entries()) {
    const other = await findOtherPoolsPrefix(session, scopeKey, prefix, ownPoolKey)
    if (other)
      throw new IpamError(
        'PREFIX_OVERLAP',
        `${prefix} overlaps a prefix of another subnet pool in the address scope.`,
        {
          pointer: `/prefixes/${index}`,
          fix: 'Leave it out, or make the pool in another address scope.',
        },
      )
  }
}

async function findOtherPoolsPrefix(
  session: Session,
  scopeKey: number,
  prefix: Prefix,
  ownPoolKey: number,
): Promise<boolean> {
  const nearest = await findOverlappingPoolPrefix(session, scopeKey, prefix)
  if (nearest === undefined) return false
  if (nearest.subnet_pool_key !== ownPoolKey) return true
  if (ownPoolKey === 0) return true
  const around = await listPoolPrefixesAround(session, scopeKey, prefix)
  return around.some(
    (row) =>
      row.subnet_pool_key !== ownPoolKey && toPoolPrefix(prefix.version, row).overlaps(prefix),
  )
}

/** Parses and merges. Throws INVALID_PREFIX, INVALID_FIELD, IP_VERSION_MISMATCH. */
export function parsePrefixes(
  context: OperationContext,
  texts: readonly string[],
  ipVersion?: IpVersion,
): Prefix[] {
  if (!Array.isArray(texts)) throw invalidField('/prefixes', 'must be a list of prefixes')
  checkLength(texts.length, '/prefixes', 1, context.limits.maxPoolPrefixes)
  const prefixes = texts.map((text, index) => parsePrefix(text, `/prefixes/${index}`))
  const version = ipVersion ?? versionOf(prefixes)
  const odd = prefixes.findIndex((prefix) => prefix.version !== version)
  if (odd !== -1)
    throw new IpamError('IP_VERSION_MISMATCH', 'All prefixes of a pool have one IP version.', {
      pointer: `/prefixes/${odd}`,
      fix: 'Make one pool for each IP version.',
    })
  const mapped = prefixes.findIndex((prefix) => prefix.contains(ipv4MappedBlock))
  if (mapped !== -1)
    throw new IpamError(
      'INVALID_PREFIX',
      'The prefix holds the IPv4-mapped addresses, of which no subnet can be cut.',
      { pointer: `/prefixes/${mapped}`, fix: 'Give the parts of it that are needed.' },
    )
  return compactPrefixes(prefixes)
}

export function versionOf(prefixes: readonly Prefix[]): IpVersion {
  return prefixes[0]?.version ?? 4
}
