import type { Ipam } from '@freehold/engine'
import type { Network } from './network-records.ts'
import { forbidden } from './neutron-error.ts'

interface PortValues {
  readonly device_owner?: string | null
  readonly mac_address?: string | null
  readonly port_security_enabled?: boolean
  readonly allowed_address_pairs?: readonly unknown[] | null
}

/**
 * On a network of another project a port may not pass for a device of the network, nor for another machine (Neutron:
 * policies such as create_port:mac_address are for the network's owner). Throws NeutronError PolicyNotAuthorized.
 */
export function checkNetworkOwnersAttributes(
  { caller }: Ipam,
  { projectId }: Network,
  verb: 'create' | 'update',
  values: PortValues,
): void {
  if (caller.isAdmin || projectId === caller.projectId) return
  const refused = attributes.find(([, isSet]) => isSet(values))
  if (refused !== undefined)
    throw forbidden(
      `(rule:${verb}_port and rule:${verb}_port:${refused[0]}) is disallowed by policy`,
    )
}

const attributes: readonly (readonly [string, (values: PortValues) => boolean])[] = [
  ['device_owner', ({ device_owner: owner }) => owner?.startsWith('network:') ?? false],
  // Null asks for a random one.
  ['mac_address', ({ mac_address: mac }) => typeof mac === 'string'],
  ['port_security_enabled', ({ port_security_enabled: isOn }) => isOn !== undefined],
  ['allowed_address_pairs', ({ allowed_address_pairs: pairs }) => (pairs?.length ?? 0) > 0],
]
