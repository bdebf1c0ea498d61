import { IpAddress } from '@freehold/address'
import { type Ipam, isIpamError } from '@freehold/engine'
import type { ListQuery } from './list-query.ts'
import { invalidInput } from './neutron-error.ts'
import { everyRecord } from './paged-reading.ts'
import { listPorts, type Port, portHolder, portsById } from './port-records.ts'
import { pythonText } from './python-text.ts'
import type { View } from './view.ts'

const fixedIpKeys = new Set(['subnet_id', 'ip_address', 'ip_address_substr'])

/** At least every port that the filters can match, found by the narrowest of them that has an index. */
export async function findPorts(ipam: Ipam, filters: ListQuery['filters']): Promise<Port[]> {
  const ids = filters.get('id') ?? (await holders(ipam, filters.get('fixed_ips') ?? []))
  if (ids !== null) return portsById(ipam, [...new Set(ids)])
  const networkIds = filters.get('network_id')
  const deviceIds = filters.get('device_id')
  const names = filters.get('name')
  const projects = filters.get('project_id') ?? filters.get('tenant_id')
  return listPorts(ipam, {
    ...(networkIds === undefined ? {} : { networkIds }),
    // Ports without a device have no key to be found by.
    ...(deviceIds === undefined || deviceIds.includes('') ? {} : { deviceIds }),
    ...(names?.length === 1 ? { name: names[0] as string } : {}),
    ...(projects?.length === 1 ? { projectId: projects[0] as string } : {}),
  })
}

/** `subnet_id=…`, `ip_address=…`, `ip_address_substr=…`: all that are given must hold, each for one of its values. */
export function matchesFixedIps(view: View, values: readonly string[]): boolean {
  const fixedIps = view['fixed_ips'] as readonly { subnet_id: string; ip_address: string }[]
  return [...wantedFixedIps(values)].every(([name, wanted]) =>
    wanted.some((value) => {
      if (name === 'subnet_id') return fixedIps.some((ip) => ip.subnet_id === value)
      if (name === 'ip_address') return fixedIps.some((ip) => ip.ip_address === canonical(value))
      if (name === 'ip_address_substr') return fixedIps.some((ip) => ip.ip_address.includes(value))
      return false
    }),
  )
}

/** The ports at the addresses, or else in the subnets, that are asked for; null when neither is. */
async function holders(ipam: Ipam, values: readonly string[]): Promise<string[] | null> {
  const wanted = wantedFixedIps(values)
  const addresses = wanted.get('ip_address')
  if (addresses !== undefined) return each(addresses, (address) => holdersOf(ipam, address))
  const subnetIds = wanted.get('subnet_id')
  if (subnetIds !== undefined) return each(subnetIds, (id) => holdersIn(ipam, id))
  return null
}

/** Throws NeutronError InvalidInput for what is not `key=value`. Unknown keys are passed over. */
function wantedFixedIps(values: readonly string[]): Map<string, string[]> {
  const wanted = new Map<string, string[]>()
  for (const value of values) {
    const [name = ''] = value.split('=')
    if (name === value)
      throw invalidInput(`'${pythonText(value)}' is not of the form <key>=[value]`)
    if (!fixedIpKeys.has(name)) continue
    wanted.set(name, [...(wanted.get(name) ?? []), value.slice(name.length + 1)])
  }
  return wanted
}

async function each(
  values: readonly string[],
  find: (value: string) => Promise<readonly string[]>,
): Promise<string[]> {
  const found: string[] = []
  for (const value of values) found.push(...(await find(value)))
  return found
}

async function holdersOf(ipam: Ipam, text: string): Promise<string[]> {
  const address = canonical(text)
  if (address === null) return []
  const { subnets } = await ipam.addresses.lookup(address)
  return subnets.flatMap(({ allocation }) =>
    allocation?.holder?.kind === portHolder ? [allocation.holder.id] : [],
  )
}

async function holdersIn(ipam: Ipam, subnetId: string): Promise<string[]> {
  try {
    const held = await everyRecord((page) =>
      ipam.allocations.list(subnetId, { holderKind: portHolder }, page),
    )
    return held.flatMap(({ holder }) => (holder === null ? [] : [holder.id]))
  } catch (error) {
    if (isIpamError(error, 'SUBNET_NOT_FOUND')) return []
    throw error
  }
}

function canonical(text: string): string | null {
  try {
    return IpAddress.parse(text).toString()
  } catch {
    return null
  }
}
