import { type IpVersion, Prefix } from '@freehold/address'
import { IpamError } from '../errors.ts'
import { invalidField } from '../model/record.ts'
import type { SubnetInput } from '../model/subnet.ts'
import { quotaUnit } from '../model/subnet-pool.ts'
import { builtInScopeId, lockLayout } from '../store/sql/address-scope-queries.ts'
import { findSmallestFreeBlock } from '../store/sql/free-block-queries.ts'
import type { SubnetPoolRow } from '../store/sql/row-mapping.ts'
import { findPoolUsage, setPoolUsage } from '../store/sql/subnet-pool-queries.ts'
import type { Session } from '../store/store.ts'
import { visibleScope } from './address-scope-operations.ts'
import type { OperationContext } from './context.ts'
import { lostRace } from './lost-race.ts'
import { prefixesOfPool } from './pool-layout.ts'
import { visiblePool } from './subnet-pool-operations.ts'

/** Where a new subnet goes. The scope's layout is locked. */
export interface SubnetPlace {
  readonly prefix: Prefix
  readonly scope: { readonly row_key: number; readonly id: string }
  readonly pool: SubnetPoolRow | null
}

/**
 * Finds the prefix of a new subnet and locks its scope's layout.
 * @throws IpamError INVALID_FIELD, ADDRESS_SCOPE_NOT_FOUND, SUBNET_POOL_NOT_FOUND, IP_VERSION_MISMATCH,
 *   PREFIX_LENGTH_OUT_OF_BOUNDS, PREFIX_OUTSIDE_SUBNET_POOL, SUBNET_POOL_EXHAUSTED.
 */
export async function placeSubnet(
  context: OperationContext,
  session: Session,
  input: SubnetInput,
  cidr: Prefix | null,
): Promise<SubnetPlace> {
  if (input.subnetPoolId !== undefined) {
    if (input.addressScopeId !== undefined)
      throw invalidField('/addressScopeId', 'cannot be given together with subnetPoolId')
    return placeInPool(context, session, input, input.subnetPoolId, cidr)
  }
  if (cidr === null)
    throw invalidField(
      '/cidr',
      'or subnetPoolId must be given',
      'Give a prefix, or a subnet pool to cut one from.',
    )
  if (input.prefixLength !== undefined)
    throw invalidField('/prefixLength', 'needs a subnetPoolId, and no cidr')
  const scope = await visibleScope(
    context,
    session,
    input.addressScopeId ?? builtInScopeId(cidr.version),
    '/addressScopeId',
  )
  checkVersion(scope.ip_version, cidr.version)
  await lockLayout(session, scope.row_key)
  return { prefix: cidr, scope, pool: null }
}

async function placeInPool(
  context: OperationContext,
  session: Session,
  input: SubnetInput,
  poolId: string,
  cidr: Prefix | null,
): Promise<SubnetPlace> {
  if (cidr !== null && input.prefixLength !== undefined)
    throw invalidField('/prefixLength', 'cannot be given together with cidr')
  const found = await visiblePool(context, session, poolId, '/subnetPoolId')
  await lockLayout(session, found.address_scope_key)
  // Again, now that the pool can't change any more.
  const pool = await visiblePool(context, session, poolId, '/subnetPoolId')
  // It moved to a scope whose lock this is not.
  if (pool.address_scope_key !== found.address_scope_key) throw lostRace()
  const scope = { row_key: pool.address_scope_key, id: pool.address_scope_id }
  const prefixLength = cidr?.length ?? input.prefixLength ?? pool.default_prefix_length
  checkLength(pool, prefixLength, cidr === null ? '/prefixLength' : '/cidr')
  if (cidr !== null) {
    checkVersion(pool.ip_version, cidr.version)
    await checkInPool(session, pool, cidr)
    return { prefix: cidr, scope, pool }
  }
  const block = await findSmallestFreeBlock(session, pool.row_key, pool.ip_version, prefixLength)
  if (block === undefined)
    throw new IpamError('SUBNET_POOL_EXHAUSTED', `The pool has no free /${prefixLength}.`, {
      prefixLength,
      fix: 'Ask for a longer prefix length, or add prefixes to the pool.',
    })
  return { prefix: Prefix.of(block.first, prefixLength), scope, pool }
}

/** Counts a new subnet against the project's quota (Neutron counts the pool owner's). Throws QUOTA_EXCEEDED. */
export async function chargePool(
  session: Session,
  pool: SubnetPoolRow,
  projectId: string,
  prefix: Prefix,
): Promise<void> {
  const used = (await findPoolUsage(session, pool.row_key, projectId)) + prefix.size
  if (pool.quota !== null && used > BigInt(pool.quota) * quotaUnit(prefix.version))
    throw new IpamError('QUOTA_EXCEEDED', quotaMessage(pool.quota, prefix.version), {
      pointer: '/subnetPoolId',
      quota: pool.quota,
      fix: 'Delete subnets that are not needed, or ask for a larger quota.',
    })
  await setPoolUsage(session, pool.row_key, projectId, used)
}

/** Takes a deleted subnet off the count. */
export async function refundPool(
  session: Session,
  poolKey: number,
  projectId: string,
  prefix: Prefix,
): Promise<void> {
  const used = await findPoolUsage(session, poolKey, projectId)
  await setPoolUsage(session, poolKey, projectId, used - prefix.size)
}

function quotaMessage(quota: string, ipVersion: IpVersion): string {
  const unit = ipVersion === 4 ? '/32' : '/64'
  return `The subnet would take the project over its quota of ${quota} (in ${unit}) in this pool.`
}

async function checkInPool(session: Session, pool: SubnetPoolRow, cidr: Prefix): Promise<void> {
  const prefixes = await prefixesOfPool(session, pool.row_key, pool.ip_version)
  if (!prefixes.some((prefix) => prefix.contains(cidr)))
    throw new IpamError('PREFIX_OUTSIDE_SUBNET_POOL', `${cidr} is not inside the subnet pool.`, {
      pointer: '/cidr',
      fix: 'Choose a prefix inside the pool, or add the prefix to the pool.',
    })
}

function checkLength(pool: SubnetPoolRow, prefixLength: number, pointer: string): void {
  const { min_prefix_length: min, max_prefix_length: max } = pool
  if (!Number.isInteger(prefixLength) || prefixLength < min || prefixLength > max)
    throw new IpamError(
      'PREFIX_LENGTH_OUT_OF_BOUNDS',
      `The pool allows prefix lengths from ${min} to ${max}.`,
      { pointer, minPrefixLength: min, maxPrefixLength: max, fix: `Stay from ${min} to ${max}.` },
    )
}

function checkVersion(expected: IpVersion, found: IpVersion): void {
  if (expected !== found)
    throw new IpamError(
      'IP_VERSION_MISMATCH',
      `The prefix is IPv${found}; IPv${expected} is needed here.`,
      {
        pointer: '/cidr',
        fix: `Give an IPv${expected} prefix, or another address scope or subnet pool.`,
      },
    )
}
