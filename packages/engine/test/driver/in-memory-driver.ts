import { randomInt, randomUUID } from 'node:crypto'
import { IpAddress, Prefix } from '@freehold/address'
import {
  type AddressRequest,
  type AllocationPool,
  addressRequestFactory,
  type DriverSubnet,
  type ErrorCode,
  type IpamDriver,
  IpamError,
  isIpamError,
  type SpecificSubnetRequest,
  specificSubnetRequest,
  subnetRequestFactory,
} from '@freehold/engine'

/** Ways in which a driver can be wrong, built in one by one to see the contract find them. */
export interface Faults {
  readonly givesGateway?: boolean
  readonly givesTwice?: boolean
  readonly forgetsRelease?: boolean
  readonly keepsPartOfBulk?: boolean
  readonly ignoresNewPools?: boolean
  readonly stopsAtFirstSubnet?: boolean
  readonly complainsOfUnheld?: boolean
}

interface Subnet {
  request: SpecificSubnetRequest
  readonly held: Set<string>
}

/** The smallest driver there can be, in plain sets, to keep the contract honest: nothing of it is ours but the requests. */
export function inMemoryDriver(poolCidr: string | null, faults: Faults = {}): IpamDriver {
  const subnets = new Map<string, Subnet>()
  const cut: Prefix[] = []

  const find = (id: string | null): Subnet => {
    if (id === null) throw failure('INVALID_REQUEST')
    const subnet = subnets.get(id)
    if (subnet === undefined) throw failure('SUBNET_NOT_FOUND')
    return subnet
  }
  const store = (cidr: string, request: Parameters<IpamDriver['allocateSubnet']>[0]) => {
    const gateway = request.gateway?.toString() ?? null
    const subnetId = request.subnetId ?? randomUUID()
    const { projectId, allocationPools } = request
    const pools = allocationPools ?? defaultPools(Prefix.parse(cidr), gateway)
    const made = specificSubnetRequest(cidr, {
      subnetId,
      projectId,
      gateway,
      allocationPools: pools,
    })
    subnets.set(subnetId, { request: made, held: new Set() })
    return handle(subnetId)
  }
  const handle = (subnetId: string): DriverSubnet => {
    const { request: details } = find(subnetId)
    return {
      subnetId,
      async allocate(request) {
        if ((request.kind as string) === 'bulk') throw failure('INVALID_REQUEST')
        return take(find(subnetId), request, faults)[0] as string
      },
      bulkAllocate: async (request) => take(find(subnetId), request, faults),
      async deallocate(address) {
        const { held } = find(subnetId)
        if (faults.complainsOfUnheld && !held.has(address)) throw failure('ALLOCATION_NOT_FOUND')
        if (!faults.forgetsRelease) held.delete(address)
      },
      details: () => details,
    }
  }

  return {
    async allocateSubnet(request) {
      if (request.kind === 'specific') return store(request.prefix.toString(), request)
      if (poolCidr === null) throw failure('INVALID_REQUEST')
      const all = [...Prefix.parse(poolCidr).children(request.prefixLength)]
      const free = all.find((prefix) => !cut.some((other) => other.overlaps(prefix)))
      if (free === undefined) throw failure('SUBNET_POOL_EXHAUSTED')
      cut.push(free)
      const gateway = request.gateway === null ? null : free.first.plus(1)
      return store(free.toString(), { ...request, gateway })
    },
    getSubnet: async (subnetId) => handle(subnetId),
    async updateSubnet({ subnetId, allocationPools, gateway }) {
      const subnet = find(subnetId)
      if (!faults.ignoresNewPools && allocationPools !== null)
        subnet.request = { ...subnet.request, allocationPools }
      if (gateway !== undefined) subnet.request = { ...subnet.request, gateway }
      return handle(subnetId as string)
    },
    async removeSubnet(subnetId) {
      find(subnetId)
      subnets.delete(subnetId)
    },
    allocatorFor: (subnetIds) => ({
      async allocate(request) {
        for (const subnetId of subnetIds) {
          try {
            return { address: await handle(subnetId).allocate(request), subnetId }
          } catch (error) {
            if (!isIpamError(error, 'SUBNET_EXHAUSTED') || faults.stopsAtFirstSubnet) throw error
          }
        }
        throw failure('ALL_SUBNETS_EXHAUSTED')
      },
    }),
    needsRollback: true,
    subnetRequestFactory,
    addressRequestFactory,
  }
}

function take(subnet: Subnet, request: AddressRequest, faults: Faults): string[] {
  const { prefix } = subnet.request
  if (request.kind === 'specific') return [takeNamed(subnet, request.address)]
  if (request.kind === 'eui64') {
    const host = addressOfMac(prefix, request.mac.toString())
    return [takeNamed(subnet, host)]
  }
  const count = request.kind === 'bulk' ? request.count : 1
  const free = [...candidates(subnet, faults)].filter(
    (address) => faults.givesTwice || !subnet.held.has(address),
  )
  if (free.length < count) {
    if (faults.keepsPartOfBulk) for (const address of free) subnet.held.add(address)
    throw failure('SUBNET_EXHAUSTED')
  }
  const first = request.kind === 'any' ? randomInt(free.length) : 0
  const chosen = request.kind === 'bulk' ? free.slice(0, count) : [free[first] as string]
  for (const address of chosen) subnet.held.add(address)
  return chosen
}

function takeNamed({ request: { prefix }, held }: Subnet, address: IpAddress): string {
  if (!prefix.contains(address)) throw failure('ADDRESS_OUTSIDE_SUBNET')
  const ends = [prefix.first, prefix.last]
  if (address.version === 4 && ends.some((end) => end.equals(address)))
    throw failure('ADDRESS_NOT_ASSIGNABLE')
  const text = address.toString()
  if (held.has(text)) throw failure('ADDRESS_IN_USE')
  held.add(text)
  return text
}

// The contract's subnets are small, or used by a few: the first thousand addresses of each pool are enough here.
function* candidates({ request }: Subnet, faults: Faults): Iterable<string> {
  if (faults.givesGateway && request.gateway) yield request.gateway.toString()
  for (const { first, last } of request.allocationPools ?? []) {
    const end = IpAddress.parse(last)
    let at: IpAddress | null = IpAddress.parse(first)
    for (let count = 0; at !== null && at.compare(end) <= 0 && count < 1000; count += 1) {
      yield at.toString()
      at = at.next()
    }
  }
}

function defaultPools(prefix: Prefix, gateway: string | null): AllocationPool[] {
  const first = prefix.first.plus(1)
  const last = prefix.version === 4 ? prefix.last.plus(-1) : prefix.last
  const router = gateway === null ? null : IpAddress.parse(gateway)
  if (router === null || !prefix.contains(router)) return [pool(first, last)]
  return [pool(first, router.plus(-1)), pool(router.plus(1), last)].filter(
    (part) => IpAddress.parse(part.first).compare(IpAddress.parse(part.last)) <= 0,
  )
}

function pool(first: IpAddress, last: IpAddress): AllocationPool {
  return { first: first.toString(), last: last.toString() }
}

function addressOfMac(prefix: Prefix, mac: string): IpAddress {
  const digits = BigInt(`0x${mac.replaceAll(':', '')}`)
  const [high, low] = [digits >> 24n, digits & 0xff_ffffn]
  const identifier = ((high << 40n) | (0xfffen << 24n) | low) ^ (1n << 57n)
  return prefix.first.plus(identifier)
}

function failure(code: ErrorCode): IpamError {
  return new IpamError(code, `refused: ${code}`)
}
