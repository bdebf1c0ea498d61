import { Prefix } from '@freehold/address'
import { IpamError } from '../errors.ts'
import { parseAddress, withPointer } from '../model/address-input.ts'
import { invalidField } from '../model/record.ts'
import {
  anySubnetRequest,
  type SubnetRequest,
  type SubnetRequestFields,
  specificSubnetRequest,
} from './subnet-request.ts'

/** A subnet as Neutron's API writes it, as far as it concerns a driver. */
export interface SubnetDescription {
  id?: string | null
  project_id?: string | null
  ip_version?: number | null
  cidr?: string | null
  prefixlen?: number | null
  /** null: no gateway; absent: unsaid. */
  gateway_ip?: string | null
  allocation_pools?: readonly { start: string; end: string }[] | null
}

/** The subnet pool that the subnet is cut from, as Neutron's API writes it. */
export interface SubnetPoolDescription {
  ip_version?: number | null
  default_prefixlen?: number | string | null
}

export type SubnetRequestFactory = (
  subnet: SubnetDescription,
  subnetPool?: SubnetPoolDescription | null,
) => SubnetRequest

/**
 * A prefix asks for that prefix (host bits are cleared), a gateway with a prefix length for the prefix around the gateway,
 * and neither for any prefix of the length given, else of the pool's default length.
 * @throws IpamError INVALID_REQUEST when nothing says which or how large, and what the requests throw.
 */
export const subnetRequestFactory: SubnetRequestFactory = (subnet, subnetPool) => {
  const fields = fieldsOf(subnet)
  const { cidr, gateway_ip: gateway, prefixlen } = subnet
  if (isSet(cidr)) {
    const prefix = withPointer('/cidr', () => Prefix.parse(cidr, 'mask'))
    return specificSubnetRequest(prefix.toString(), fields)
  }
  if (isSet(gateway)) {
    if (!isSet(prefixlen)) throw tooLittle('/prefixlen', 'A gateway alone names no subnet.')
    const prefix = withPointer('/prefixlen', () =>
      Prefix.of(parseAddress(gateway, '/gateway_ip'), Number(prefixlen)),
    )
    return specificSubnetRequest(prefix.toString(), fields)
  }
  const length = prefixlen ?? subnetPool?.default_prefixlen
  if (!isSet(length)) throw tooLittle('/prefixlen', 'Neither a prefix nor its length is given.')
  const version = Number(subnetPool?.ip_version ?? subnet.ip_version)
  if (version !== 4 && version !== 6) throw invalidField('/ip_version', 'must be 4 or 6')
  return anySubnetRequest(version, Number(length), fields)
}

function fieldsOf(subnet: SubnetDescription): SubnetRequestFields {
  const { allocation_pools: pools, gateway_ip: gateway } = subnet
  return {
    subnetId: subnet.id ?? null,
    projectId: subnet.project_id ?? null,
    ...(gateway === undefined ? {} : { gateway: isSet(gateway) ? gateway : null }),
    allocationPools: isSet(pools)
      ? pools.map(({ start, end }) => ({ first: start, last: end }))
      : null,
  }
}

function isSet<T>(value: T | null | undefined): value is T {
  return value !== null && value !== undefined && value !== ''
}

function tooLittle(pointer: string, message: string): IpamError {
  return new IpamError('INVALID_REQUEST', message, {
    pointer,
    fix: 'Give a cidr, or a prefix length.',
  })
}
