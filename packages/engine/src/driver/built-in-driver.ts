import { IpAddress, type IpVersion, Prefix } from '@freehold/address'
import { IpamError, isIpamError } from '../errors.ts'
import type { Ipam } from '../ipam-interface.ts'
import type {
  AddressRequest,
  AddressRequestInput,
  SingleAddressRequest,
} from '../model/address-request.ts'
import type { Allocation, AllocationAttributes } from '../model/allocation.ts'
import type { AllocationPool } from '../model/allocation-pool.ts'
import type { Subnet, SubnetChanges } from '../model/subnet.ts'
import { defaultAllocationPools } from '../operations/subnet-rules.ts'
import { addressRequestFactory } from './address-request-factory.ts'
import type { DriverSubnet, DriverSubnetGroup, IpamDriver } from './ipam-driver.ts'
import {
  type AnySubnetRequest,
  type SpecificSubnetRequest,
  specificSubnetRequest,
} from './subnet-request.ts'
import { subnetRequestFactory } from './subnet-request-factory.ts'

/**
 * The driver that works on an engine. Made from a `within` or `transaction` view it works inside that transaction and
 * `needsRollback` is false; made from an engine itself, each call commits by itself.
 *
 * A request for another project than the caller's is for administrators; quotas count the request's project. Each call
 * costs what the operation of the engine costs.
 */
export function builtInDriver(
  ipam: Ipam,
  { subnetPoolId }: { readonly subnetPoolId?: string } = {},
): IpamDriver {
  return {
    async allocateSubnet(request) {
      const owner = ownerView(ipam, request.projectId)
      const subnet =
        request.kind === 'any'
          ? await cutSubnet(owner, request, subnetPoolId)
          : await createSpecific(owner, request, subnetPoolId)
      return subnetHandle(ipam, subnet)
    },
    async getSubnet(subnetId) {
      return subnetHandle(ipam, await ipam.subnets.get(subnetId))
    },
    async updateSubnet(request) {
      return subnetHandle(ipam, await changeSubnet(ipam, request))
    },
    removeSubnet: (subnetId) => ipam.subnets.delete(subnetId),
    allocatorFor: (subnetIds) => subnetGroup(ipam, subnetIds),
    needsRollback: !ipam.isJoined,
    subnetRequestFactory,
    addressRequestFactory,
  }
}

async function createSpecific(
  ipam: Ipam,
  request: SpecificSubnetRequest,
  subnetPoolId: string | undefined,
): Promise<Subnet> {
  return ipam.subnets.create({
    cidr: request.prefix.toString(),
    ...(subnetPoolId === undefined ? {} : { subnetPoolId }),
    ...(request.subnetId === null ? {} : { id: request.subnetId }),
    gateway: request.gateway?.toString() ?? null,
    onLink: true,
    ...(request.allocationPools === null ? {} : { allocationPools: request.allocationPools }),
  })
}

async function cutSubnet(
  ipam: Ipam,
  request: AnySubnetRequest,
  subnetPoolId: string | undefined,
): Promise<Subnet> {
  if (subnetPoolId === undefined)
    throw new IpamError('INVALID_REQUEST', 'Without a subnet pool there is nothing to cut from.', {
      pointer: '/subnetPoolId',
      fix: 'Name a subnet pool, or ask for a certain prefix.',
    })
  const { ipVersion, prefixLength, subnetId, gateway, allocationPools } = request
  const input = {
    subnetPoolId,
    prefixLength,
    ...(subnetId === null ? {} : { id: subnetId }),
    ...(gateway === null ? { gateway } : {}),
  }
  const isPattern = allocationPools !== null || (gateway !== undefined && gateway !== null)
  // The place is only known once the prefix is cut; both steps are one transaction.
  return ipam.transaction(async (view) => {
    const subnet = await view.subnets.create(input)
    checkVersion(ipVersion, subnet)
    if (!isPattern) return subnet
    const updated = await view.subnets.update(subnet.id, placed(request, subnet))
    return updated.subnet
  })
}

/** The request's pattern, moved from the wildcard network onto the prefix that was cut. */
function placed({ gateway, allocationPools }: AnySubnetRequest, subnet: Subnet): SubnetChanges {
  const prefix = Prefix.parse(subnet.cidr)
  const moved = (address: IpAddress) => prefix.first.plus(address.value)
  const movedText = (text: string) => moved(IpAddress.parse(text)).toString()
  const router = gateway === undefined || gateway === null ? null : moved(gateway)
  return {
    ...(router === null ? {} : { gateway: router.toString() }),
    allocationPools:
      allocationPools === null
        ? defaultAllocationPools(prefix, router)
        : allocationPools.map(({ first, last }) => ({
            first: movedText(first),
            last: movedText(last),
          })),
  }
}

function checkVersion(ipVersion: IpVersion, subnet: Subnet): void {
  if (subnet.ipVersion !== ipVersion)
    throw new IpamError(
      'IP_VERSION_MISMATCH',
      `The subnet pool is IPv${subnet.ipVersion}; IPv${ipVersion} was asked for.`,
      { pointer: '/ipVersion' },
    )
}

async function changeSubnet(ipam: Ipam, request: SpecificSubnetRequest): Promise<Subnet> {
  const { subnetId, prefix, gateway, allocationPools } = request
  if (subnetId === null)
    throw new IpamError('INVALID_REQUEST', 'An update has to name its subnet.', {
      pointer: '/subnetId',
    })
  const subnet = await ipam.subnets.get(subnetId)
  if (subnet.cidr !== prefix.toString())
    throw new IpamError('INVALID_REQUEST', `The subnet is ${subnet.cidr}; its prefix stays.`, {
      pointer: '/cidr',
      fix: 'Make a new subnet for another prefix.',
    })
  const text = gateway?.toString() ?? null
  const changes: SubnetChanges = {
    ...(gateway === undefined || text === subnet.gateway ? {} : { gateway: text, onLink: true }),
    ...(allocationPools === null || samePools(allocationPools, subnet.allocationPools)
      ? {}
      : { allocationPools }),
  }
  if (Object.keys(changes).length === 0) return subnet
  const updated = await ipam.subnets.update(subnetId, changes)
  return updated.subnet
}

function subnetHandle(ipam: Ipam, subnet: Subnet): DriverSubnet {
  const allocate = (request: AddressRequest, attributes: AllocationAttributes = {}) =>
    ipam.allocations.allocate(subnet.id, plainRequest(request), attributes)
  return {
    subnetId: subnet.id,
    async allocate(request, attributes) {
      refuseBulk(request)
      return onlyAddress(await allocate(request, attributes))
    },
    async bulkAllocate(request, attributes) {
      return (await allocate(request, attributes)).map(({ address }) => address)
    },
    async deallocate(address) {
      try {
        await ipam.allocations.release(subnet.id, address)
      } catch (error) {
        if (!isIpamError(error, 'ALLOCATION_NOT_FOUND')) throw error
      }
    },
    details: () =>
      specificSubnetRequest(subnet.cidr, {
        subnetId: subnet.id,
        projectId: subnet.projectId,
        gateway: subnet.gateway,
        allocationPools: subnet.allocationPools,
      }),
  }
}

function subnetGroup(ipam: Ipam, subnetIds: readonly string[]): DriverSubnetGroup {
  return {
    async allocate(request, attributes = {}) {
      refuseBulk(request)
      if (subnetIds.length === 0) throw allExhausted('There is no subnet to allocate from.')
      try {
        const [allocation] = await ipam.allocations.allocate(
          subnetIds,
          plainRequest(request),
          attributes,
        )
        const { address, subnetId } = allocation as Allocation
        return { address, subnetId }
      } catch (error) {
        // A group says the same whether it has one subnet or several.
        if (isIpamError(error, 'SUBNET_EXHAUSTED')) throw allExhausted(error.message, error)
        throw error
      }
    },
  }
}

function allExhausted(message: string, cause?: IpamError): IpamError {
  return new IpamError('ALL_SUBNETS_EXHAUSTED', message, { requested: 1 }, cause)
}

/** The compiler rules it out; a caller in JavaScript finds out here. */
function refuseBulk(request: AddressRequest): asserts request is SingleAddressRequest {
  if (request.kind === 'bulk')
    throw new IpamError('INVALID_REQUEST', 'A bulk request has more than one answer.', {
      pointer: '/request/kind',
      fix: 'Use bulkAllocate.',
    })
}

function onlyAddress(allocations: readonly Allocation[]): string {
  return (allocations[0] as Allocation).address
}

function plainRequest(request: AddressRequest): AddressRequestInput {
  switch (request.kind) {
    case 'specific':
      return { kind: 'specific', address: request.address.toString() }
    case 'eui64':
      return { kind: 'eui64', mac: request.mac.toString() }
    default:
      return request
  }
}

function samePools(some: readonly AllocationPool[], others: readonly AllocationPool[]): boolean {
  return (
    some.length === others.length &&
    some.every((pool, index) => {
      const other = others[index]
      return pool.first === other?.first && pool.last === other.last
    })
  )
}

function ownerView(ipam: Ipam, projectId: string | null): Ipam {
  if (projectId === null || projectId === ipam.caller.projectId) return ipam
  if (!ipam.caller.isAdmin)
    throw new IpamError(
      'INVALID_REQUEST',
      'Only an administrator makes subnets for another project.',
      { pointer: '/projectId' },
    )
  return ipam.as({ ...ipam.caller, projectId })
}
