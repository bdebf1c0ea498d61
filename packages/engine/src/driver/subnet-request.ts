import { addressBits, IpAddress, type IpVersion, Prefix } from '@freehold/address'
import { IpamError } from '../errors.ts'
import { parsePrefix, withPointer } from '../model/address-input.ts'
import type { AllocationPool } from '../model/allocation-pool.ts'
import { checkText, invalidField } from '../model/record.ts'
import { checkAllocationPools, gatewayOf } from '../operations/subnet-rules.ts'

interface SubnetRequestBase {
  /** The caller's own id for the subnet; null: the driver makes one up. */
  readonly subnetId: string | null
  /** The owner; null: the project on whose behalf the driver works. */
  readonly projectId: string | null
  /**
   * null: no gateway. Absent: none for a named prefix, the first assignable address for a prefix cut from a pool, and no
   * change in an update.
   */
  readonly gateway?: IpAddress | null
  /** Sorted; null: everything assignable but the gateway, and no change in an update. */
  readonly allocationPools: readonly AllocationPool[] | null
}

/**
 * Some subnet of this size. Its gateway and pools are a pattern, written as if the subnet were 0.0.0.0/length or
 * ::/length (Neutron: the wildcard network).
 */
export interface AnySubnetRequest extends SubnetRequestBase {
  readonly kind: 'any'
  readonly ipVersion: IpVersion
  readonly prefixLength: number
}

/** This subnet. The gateway may lie outside of it. */
export interface SpecificSubnetRequest extends SubnetRequestBase {
  readonly kind: 'specific'
  readonly prefix: Prefix
}

/**
 * What a caller asks of a driver. Requests are made by the functions below, which validate, so that one that exists is
 * well formed (Neutron: request types are validated on construction).
 */
export type SubnetRequest = AnySubnetRequest | SpecificSubnetRequest

/** The part that both kinds share, as plain data. */
export interface SubnetRequestFields {
  subnetId?: string | null
  projectId?: string | null
  gateway?: string | null
  allocationPools?: readonly AllocationPool[] | null
}

/**
 * A subnet of `prefixLength` bits from wherever the driver cuts its subnets.
 * @throws IpamError INVALID_FIELD, PREFIX_LENGTH_OUT_OF_BOUNDS, INVALID_ADDRESS, INVALID_RANGE, IP_VERSION_MISMATCH,
 *   GATEWAY_NOT_ASSIGNABLE, GATEWAY_OUTSIDE_SUBNET, GATEWAY_IN_ALLOCATION_POOL, ALLOCATION_POOL_OUTSIDE_SUBNET,
 *   ALLOCATION_POOLS_OVERLAP.
 */
export function anySubnetRequest(
  ipVersion: IpVersion,
  prefixLength: number,
  fields: SubnetRequestFields = {},
): AnySubnetRequest {
  if (ipVersion !== 4 && ipVersion !== 6) throw invalidField('/ipVersion', 'must be 4 or 6')
  const bits = addressBits(ipVersion)
  if (!Number.isInteger(prefixLength) || prefixLength < 0 || prefixLength > bits)
    throw new IpamError(
      'PREFIX_LENGTH_OUT_OF_BOUNDS',
      `An IPv${ipVersion} prefix length is an integer from 0 to ${bits}.`,
      { pointer: '/prefixLength' },
    )
  const common = { kind: 'any', ipVersion, prefixLength, ...ownership(fields) } as const
  // `::/80` would end among the IPv4-mapped addresses and is no prefix, so it is formed only where a pattern needs it.
  if (typeof fields.gateway !== 'string' && !Array.isArray(fields.allocationPools))
    return { ...common, ...place(null, fields, false) }
  const wildcard = withPointer('/prefixLength', () =>
    Prefix.of(IpAddress.fromValue(ipVersion, 0n), prefixLength),
  )
  return { ...common, ...place(wildcard, fields, false) }
}

/**
 * The subnet `cidr`, host bits zero.
 * @throws IpamError INVALID_PREFIX and what `anySubnetRequest` throws, but not GATEWAY_OUTSIDE_SUBNET.
 */
export function specificSubnetRequest(
  cidr: string,
  fields: SubnetRequestFields = {},
): SpecificSubnetRequest {
  const prefix = parsePrefix(cidr, '/cidr')
  return { kind: 'specific', prefix, ...ownership(fields), ...place(prefix, fields, true) }
}

function ownership(fields: SubnetRequestFields): {
  subnetId: string | null
  projectId: string | null
} {
  const text = (value: string | null | undefined, pointer: string) =>
    value === null || value === undefined ? null : checkText(value, pointer)
  return {
    subnetId: text(fields.subnetId, '/subnetId'),
    projectId: text(fields.projectId, '/projectId'),
  }
}

function place(
  prefix: Prefix | null,
  { gateway, allocationPools }: SubnetRequestFields,
  onLink: boolean,
): Pick<SubnetRequestBase, 'gateway' | 'allocationPools'> {
  const pools = allocationPools ?? null
  if (pools !== null && !Array.isArray(pools))
    throw invalidField('/allocationPools', 'must be a list of ranges')
  const address =
    prefix === null || typeof gateway !== 'string' ? null : gatewayOf(prefix, gateway, onLink)
  return {
    ...(gateway === undefined ? {} : { gateway: address }),
    allocationPools:
      pools === null || prefix === null
        ? pools
        : // How many pools a subnet may have is the driver's own limit.
          checkAllocationPools(prefix, address, pools, Number.MAX_SAFE_INTEGER),
  }
}
