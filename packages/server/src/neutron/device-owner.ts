const dhcp = 'network:dhcp'
const distributedRouter = 'network:router_interface_distributed'

const routers = new Set([
  'network:router_interface',
  'network:ha_router_replicated_interface',
  distributedRouter,
  'network:router_centralized_snat',
  'network:router_gateway',
])

/** A router chooses its addresses itself and gets none that follow from its MAC address. */
export function isRouter(deviceOwner: string): boolean {
  return routers.has(deviceOwner)
}

/** These ports take the lowest free address, so that their addresses stay together (Neutron: PreferNextAddressRequest). */
export function takesNextAddress(deviceOwner: string): boolean {
  return deviceOwner === dhcp || deviceOwner === distributedRouter
}

/** Ports of the network's own services: nothing is filtered at them unless it is asked for. */
export function isTrusted(deviceOwner: string): boolean {
  return deviceOwner.startsWith('network:')
}

/** Ports that go with their subnet or network instead of keeping it from being deleted. */
export function goesWithNetwork(deviceOwner: string): boolean {
  return deviceOwner === dhcp
}
