import { addressBits, IpAddress, Prefix } from '@freehold/address'
import type { Ipam, Subnet, SubnetInput, SubnetPool } from '@freehold/engine'
import { inNeutronWords, type Translations } from './engine-errors.ts'
import {
  checkNetworkOwner,
  holdNetwork,
  type Network,
  networkSpace,
  touchNetwork,
} from './network-records.ts'
import { badRequest, conflict, invalidInput, NeutronError, notFound } from './neutron-error.ts'
import { addAutomaticAddresses } from './port-automatic-addresses.ts'
import { asOwner } from './project.ts'
import { checkQuota } from './quota-records.ts'
import {
  checkAllocationPools,
  checkCidr,
  checkDhcpPrefix,
  checkGateway,
  checkHostRoutes,
  checkIpv6Modes,
  checkNameservers,
  checkPrefixSource,
  checkVersion,
  type SubnetValues,
} from './subnet-checks.ts'
import {
  insertSubnetBody,
  type SubnetBody,
  type SubnetRecord,
  subnetsOfNetworks,
} from './subnet-records.ts'

/** Makes a subnet in its network's space, or in its subnet pool's. */
export async function createSubnet(ipam: Ipam, values: SubnetValues): Promise<SubnetRecord> {
  checkPrefixSource(values)
  const ipVersion = values.ip_version as 4 | 6
  const owner = asOwner(ipam, values)
  const prefix = typeof values.cidr === 'string' ? checkCidr(values.cidr, ipVersion) : null
  if (prefix !== null) checkLayout(prefix, values)
  checkIpv6Modes(values, prefix)
  checkNameservers('new subnet', values.dns_nameservers ?? [], ipVersion)
  checkHostRoutes('new subnet', values.host_routes ?? [], ipVersion)
  // Alone from the start: two that shared it and then both wanted to give it its space would wait for each other.
  const network = await holdNetwork(ipam, values.network_id as string, 'exclusive')
  checkNetworkOwner(ipam, network)
  await checkQuota(owner, 'subnet')
  const pool = await poolOf(ipam, values, ipVersion)
  await checkAffinity(ipam, network, pool, ipVersion)
  const input = await subnetInput(ipam, network, values, prefix, pool)
  const subnet = await inNeutronWords(
    () => owner.subnets.create(input),
    createErrors(network, prefix, pool, input),
  )
  checkGiven(subnet, values)
  const record = await insertSubnetBody(owner, subnet, network.id, bodyOf(values))
  await addAutomaticAddresses(ipam, record)
  await touchNetwork(ipam, network.id)
  return record
}

function checkLayout(prefix: Prefix, values: SubnetValues): void {
  const { gateway_ip: gateway, allocation_pools: pools } = values
  if (values.enable_dhcp !== false) checkDhcpPrefix(prefix)
  if (typeof gateway === 'string') checkGateway(prefix, gateway)
  const chosen = gateway === undefined ? defaultGateway(prefix) : gateway
  if (pools) checkAllocationPools(prefix, chosen, pools)
}

// A prefix that a pool chose is only known now.
function checkGiven(subnet: Subnet, values: SubnetValues): void {
  const prefix = Prefix.parse(subnet.cidr)
  if (values.enable_dhcp !== false) checkDhcpPrefix(prefix)
  checkIpv6Modes(values, prefix)
}

/** Neutron: network + 1 in IPv4, and the subnet-router anycast address in IPv6. */
function defaultGateway(prefix: Prefix): string | null {
  if (prefix.length >= addressBits(prefix.version) - 1) return null
  return (prefix.version === 6 ? prefix.first : prefix.first.plus(1)).toString()
}

async function subnetInput(
  ipam: Ipam,
  network: Network,
  values: SubnetValues,
  prefix: Prefix | null,
  pool: SubnetPool | null,
): Promise<SubnetInput> {
  const common = {
    name: values.name || null,
    ...(values.gateway_ip === undefined ? {} : { gateway: values.gateway_ip, onLink: true }),
    // An empty list is no wish at all, as null is (Neutron).
    ...(values.allocation_pools?.length
      ? { allocationPools: values.allocation_pools.map(toPool) }
      : {}),
    shared: network.shared,
  }
  if (pool === null && prefix !== null)
    return {
      gateway: defaultGateway(prefix),
      ...common,
      cidr: prefix.toString(),
      addressScopeId: await networkSpace(ipam, network, prefix.version),
    }
  const inPool = { ...common, subnetPoolId: pool?.id ?? '' }
  if (prefix !== null) return { ...inPool, cidr: prefix.toString() }
  const length = values.prefixlen ?? pool?.defaultPrefixLength ?? 0
  // Neutron: a gateway without a prefix asks for the prefix around it.
  if (typeof values.gateway_ip === 'string' && pool !== null)
    return { ...inPool, cidr: prefixAround(values.gateway_ip, length, pool).toString() }
  return { ...inPool, prefixLength: length }
}

function prefixAround(gateway: string, length: number, pool: SubnetPool): Prefix {
  const address = IpAddress.parse(gateway)
  checkVersion('gateway_ip', gateway, address.version, pool.ipVersion)
  checkPoolLength(pool, length)
  return Prefix.of(address, length)
}

function toPool({ start, end }: { start: string; end: string }) {
  return { first: start, last: end }
}

async function poolOf(
  ipam: Ipam,
  values: SubnetValues,
  ipVersion: 4 | 6,
): Promise<SubnetPool | null> {
  const { subnetpool_id: id, use_default_subnetpool: useDefault } = values
  if (id && useDefault === true)
    throw badRequest('subnets', 'subnetpool_id and use_default_subnetpool cannot both be specified')
  if (useDefault === true) {
    const { items } = await ipam.subnetPools.list({ isDefault: true, ipVersion }, { limit: 1 })
    const [pool] = items
    if (pool === undefined)
      throw badRequest('subnets', `No default subnetpool found for IPv${ipVersion}`)
    return pool
  }
  if (!id) return null
  const pool = await inNeutronWords(() => ipam.subnetPools.get(id), {
    SUBNET_POOL_NOT_FOUND: () => notFound('SubnetPool', id),
  })
  if (pool.ipVersion !== ipVersion)
    throw badRequest(
      'subnets',
      `Cannot allocate IPv${ipVersion} subnet from IPv${pool.ipVersion} subnet pool`,
    )
  return pool
}

async function checkAffinity(
  ipam: Ipam,
  network: Network,
  pool: SubnetPool | null,
  ipVersion: number,
): Promise<void> {
  const others = await subnetsOfNetworks(ipam, [network.id])
  const stranger = others.find(
    ({ subnet }) => subnet.ipVersion === ipVersion && subnet.subnetPoolId !== (pool?.id ?? null),
  )
  if (stranger !== undefined)
    throw new NeutronError(
      400,
      'NetworkSubnetPoolAffinityError',
      'Subnets hosted on the same network must be allocated from the same subnet pool.',
    )
}

function createErrors(
  network: Network,
  prefix: Prefix | null,
  pool: SubnetPool | null,
  input: SubnetInput,
): Translations {
  const allocationError = (status: number, reason: string) => () =>
    new NeutronError(status, 'SubnetAllocationError', `Failed to allocate subnet: ${reason}.`)
  const unavailable = 'Cannot allocate requested subnet from the available set of prefixes'
  const overlaps = () =>
    invalidInput(
      `Requested subnet with cidr: ${String(prefix)} for network: ${network.id} overlaps with another subnet`,
    )
  return {
    SUBNET_OVERLAP: pool === null ? overlaps : allocationError(409, unavailable),
    PREFIX_OUTSIDE_SUBNET_POOL: allocationError(400, unavailable),
    SUBNET_POOL_EXHAUSTED: allocationError(
      409,
      `Insufficient prefix space to allocate subnet size /${input.prefixLength ?? 0}`,
    ),
    SUBNET_POOL_NOT_FOUND: () => notFound('SubnetPool', pool?.id ?? ''),
    QUOTA_EXCEEDED: () =>
      conflict('SubnetPoolQuotaExceeded', 'Per-tenant subnet pool prefix quota exceeded.'),
    PREFIX_LENGTH_OUT_OF_BOUNDS: (error) => {
      if (pool !== null) checkPoolLength(pool, prefix?.length ?? input.prefixLength ?? 0)
      return invalidInput(error.message.replace(/\.$/, ''))
    },
  }
}

/** Throws NeutronError Max- or MinPrefixSubnetAllocationError. */
function checkPoolLength(pool: SubnetPool, length: number): void {
  const text = (bound: string, limit: number) =>
    `Unable to allocate subnet with prefix length ${length}, ${bound} allowed prefix is ${limit}.`
  if (length > pool.maxPrefixLength)
    throw new NeutronError(
      400,
      'MaxPrefixSubnetAllocationError',
      text('maximum', pool.maxPrefixLength),
    )
  if (length < pool.minPrefixLength)
    throw new NeutronError(
      400,
      'MinPrefixSubnetAllocationError',
      text('minimum', pool.minPrefixLength),
    )
}

function bodyOf(values: SubnetValues): SubnetBody {
  return {
    enableDhcp: values.enable_dhcp ?? true,
    ipv6RaMode: values.ipv6_ra_mode ?? null,
    ipv6AddressMode: values.ipv6_address_mode ?? null,
    dnsNameservers: values.dns_nameservers ?? [],
    hostRoutes: values.host_routes ?? [],
    serviceTypes: values.service_types ?? [],
    description: values.description ?? '',
    tags: [],
  }
}
