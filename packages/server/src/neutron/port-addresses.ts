import { eui64Address, IpAddress, MacAddress, Prefix } from '@freehold/address'
import type { AddressRequestInput, Allocation, Ipam } from '@freehold/engine'
import { isRouter, takesNextAddress } from './device-owner.ts'
import { inNeutronWords } from './engine-errors.ts'
import { conflict, invalidInput, NeutronError, notFound } from './neutron-error.ts'
import { everyRecord } from './paged-reading.ts'
import type { FixedIp } from './port-attributes.ts'
import { type Port, portHolder } from './port-records.ts'
import { getSubnetRecord, hasAutomaticAddresses, type SubnetRecord } from './subnet-records.ts'

/** One address to allocate: from the first of these subnets that has room. */
export interface AddressWish {
  readonly subnetIds: readonly string[]
  readonly request: AddressRequestInput
}

/**
 * What a port without `fixed_ips` gets: one IPv4 and one IPv6 address of its choice, and one in every subnet with
 * automatic addresses. Subnets for the port's kind of device come before those for any.
 * Throws NeutronError when there are subnets and none is for this device.
 */
export function defaultWishes(port: Port, subnets: readonly SubnetRecord[]): AddressWish[] {
  const { deviceOwner } = port.body
  const suitable = suitableSubnets(subnets, deviceOwner)
  const chosen = suitable.filter((record) => !hasAutomaticAddresses(record))
  if (subnets.length > 0 && suitable.length === 0)
    throw conflict(
      'IpAddressGenerationFailureNoMatchingSubnet',
      `No valid service subnet for the given device owner, network ${port.networkId}, service type ${deviceOwner}.`,
    )
  const request: AddressRequestInput = { kind: takesNextAddress(deviceOwner) ? 'next' : 'any' }
  const wishes = [4, 6].flatMap((version) => {
    const subnetIds = chosen
      .filter(({ subnet }) => subnet.ipVersion === version)
      .map(({ subnet }) => subnet.id)
    return subnetIds.length === 0 ? [] : [{ subnetIds, request }]
  })
  return [...wishes, ...automaticWishes(port, suitable)]
}

/** The addresses that follow from the port's MAC address. */
export function automaticWishes(port: Port, subnets: readonly SubnetRecord[]): AddressWish[] {
  if (isRouter(port.body.deviceOwner)) return []
  return subnets
    .filter(hasAutomaticAddresses)
    .map(({ subnet }) => ({ subnetIds: [subnet.id], request: eui64(port) }))
}

/** What `fixed_ips` asks for. Named addresses come first, so that no other of the port takes one away. */
export async function wishesFor(
  ipam: Ipam,
  port: Port,
  subnets: readonly SubnetRecord[],
  fixedIps: readonly FixedIp[],
): Promise<AddressWish[]> {
  if (fixedIps.length > 0 && subnets.length === 0)
    throw invalidInput('IP allocation requires subnets for network')
  const wishes: AddressWish[] = []
  for (const fixedIp of fixedIps) {
    const record = await subnetFor(ipam, port, subnets, fixedIp)
    wishes.push(wishIn(port, record, fixedIp))
  }
  const isNamed = ({ request }: AddressWish) => Number(request.kind === 'specific')
  return wishes.toSorted((a, b) => isNamed(b) - isNamed(a))
}

/** Allocates all wishes to the port, in the calling transaction. */
export async function allocateWishes(
  owner: Ipam,
  port: Port,
  wishes: readonly AddressWish[],
): Promise<Allocation[]> {
  const found: Allocation[] = []
  for (const wish of wishes) found.push(await allocateWish(owner, port, wish))
  return found
}

export async function releaseAddresses(
  ipam: Ipam,
  allocations: readonly Pick<Allocation, 'subnetId' | 'address'>[],
): Promise<void> {
  for (const { subnetId, address } of allocations) await ipam.allocations.release(subnetId, address)
}

/** Releases all addresses of a subnet, whoever holds them. */
export async function releaseAll(ipam: Ipam, subnetId: string): Promise<void> {
  const everyone = ipam.as({ ...ipam.caller, isAdmin: true })
  const held = await everyRecord((page) =>
    everyone.allocations.list(subnetId, { state: 'allocated' }, page),
  )
  await releaseAddresses(everyone, held)
}

/** The address in the subnet that follows from the MAC address. */
function automaticAddress(port: Port, { subnet }: SubnetRecord): string {
  return eui64Address(Prefix.parse(subnet.cidr), MacAddress.parse(port.body.macAddress)).toString()
}

function suitableSubnets(subnets: readonly SubnetRecord[], deviceOwner: string): SubnetRecord[] {
  const forDevice = subnets.filter(({ body }) =>
    body.serviceTypes.some((type) => deviceOwner !== '' && deviceOwner.startsWith(type)),
  )
  return [...forDevice, ...subnets.filter(({ body }) => body.serviceTypes.length === 0)]
}

async function subnetFor(
  ipam: Ipam,
  { networkId, body }: Port,
  subnets: readonly SubnetRecord[],
  { subnet_id: subnetId, ip_address: address }: FixedIp,
): Promise<SubnetRecord> {
  if (subnetId !== undefined) {
    const record = subnets.find(({ subnet }) => subnet.id === subnetId)
    if (record !== undefined) return record
    await getSubnetRecord(ipam, subnetId)
    throw invalidInput(
      `Failed to create port on network ${networkId}, because fixed_ips included invalid subnet ${subnetId}`,
    )
  }
  if (address === undefined) throw invalidInput('IP allocation requires subnet_id or ip_address')
  const suitable = suitableSubnets(subnets, body.deviceOwner)
  const record = suitable.find((candidate) => isHostAddress(candidate, address))
  if (record === undefined)
    throw new NeutronError(
      400,
      'InvalidIpForNetwork',
      `IP address ${address} is not a valid IP for any of the subnets on the specified network.`,
    )
  return record
}

function wishIn(port: Port, record: SubnetRecord, { ip_address: address }: FixedIp): AddressWish {
  const { deviceOwner } = port.body
  const subnetIds = [record.subnet.id]
  const isAutomatic = hasAutomaticAddresses(record) && !isRouter(deviceOwner)
  if (address === undefined) {
    if (isAutomatic) return { subnetIds, request: eui64(port) }
    return { subnetIds, request: { kind: takesNextAddress(deviceOwner) ? 'next' : 'any' } }
  }
  if (!isHostAddress(record, address))
    throw new NeutronError(
      400,
      'InvalidIpForSubnet',
      `IP address ${address} is not a valid IP for the specified subnet.`,
    )
  if (isAutomatic && automaticAddress(port, record) !== address)
    throw new NeutronError(
      400,
      'AllocationOnAutoAddressSubnet',
      `IPv6 address ${address} cannot be directly assigned to a port on subnet ${record.subnet.id} as the subnet is configured for automatic addresses`,
    )
  return { subnetIds, request: { kind: 'specific', address } }
}

/** Inside the subnet, and neither its IPv4 network nor its broadcast address. */
function isHostAddress({ subnet }: SubnetRecord, text: string): boolean {
  const prefix = Prefix.parse(subnet.cidr)
  const address = IpAddress.parse(text)
  if (address.version !== prefix.version || !prefix.contains(address)) return false
  if (prefix.version === 6 || prefix.length >= 31) return true
  return !address.equals(prefix.first) && !address.equals(prefix.last)
}

function eui64({ body }: Port): AddressRequestInput {
  return { kind: 'eui64', mac: body.macAddress }
}

const subnetsAtOnce = 100

async function allocateWish(owner: Ipam, port: Port, wish: AddressWish): Promise<Allocation> {
  const { request } = wish
  for (let start = 0; ; start += subnetsAtOnce) {
    const subnetIds = wish.subnetIds.slice(start, start + subnetsAtOnce)
    const isLast = start + subnetsAtOnce >= wish.subnetIds.length
    const [subnetId = ''] = subnetIds
    const exhausted = () =>
      conflict(
        'IpAddressGenerationFailure',
        `No more IP addresses available on network ${port.networkId}.`,
      )
    const inUse = () => {
      const address = request.kind === 'specific' ? request.address : 'of the MAC address'
      return conflict(
        'IpAddressAlreadyAllocated',
        `IP address ${address} already allocated in subnet ${subnetId}`,
      )
    }
    const notValid = () =>
      new NeutronError(
        400,
        'InvalidIpForSubnet',
        `IP address ${request.kind === 'specific' ? request.address : ''} is not a valid IP for the specified subnet.`,
      )
    try {
      const allocations = await inNeutronWords(
        () => owner.allocations.allocate(subnetIds, request, attributesOf(port)),
        {
          SUBNET_EXHAUSTED: exhausted,
          ALL_SUBNETS_EXHAUSTED: exhausted,
          ADDRESS_IN_USE: inUse,
          ADDRESS_NOT_ASSIGNABLE: notValid,
          ADDRESS_OUTSIDE_SUBNET: notValid,
          IP_VERSION_MISMATCH: notValid,
          SUBNET_NOT_FOUND: () => notFound('Subnet', subnetId),
        },
      )
      return allocations[0] as Allocation
    } catch (error) {
      const isFull = error instanceof NeutronError && error.type === 'IpAddressGenerationFailure'
      if (isLast || !isFull) throw error
    }
  }
}

function attributesOf({ id, body }: Port) {
  return { holder: { kind: portHolder, id, mac: body.macAddress }, mayBeGateway: true }
}
