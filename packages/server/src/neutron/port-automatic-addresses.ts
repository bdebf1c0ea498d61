import type { Ipam } from '@freehold/engine'
import { isRouter } from './device-owner.ts'
import { allocateWishes, automaticWishes } from './port-addresses.ts'
import { listPorts } from './port-records.ts'
import { hasAutomaticAddresses, type SubnetRecord } from './subnet-records.ts'

/** Gives the ports that a network has already their addresses in a new subnet of it. Linear in the ports. */
export async function addAutomaticAddresses(ipam: Ipam, record: SubnetRecord): Promise<void> {
  if (!hasAutomaticAddresses(record)) return
  const everyone = ipam.as({ ...ipam.caller, isAdmin: true })
  for (const port of await listPorts(everyone, { networkIds: [record.networkId] })) {
    if (isRouter(port.body.deviceOwner)) continue
    const owner = everyone.as({ ...everyone.caller, projectId: port.projectId })
    await allocateWishes(owner, port, automaticWishes(port, [record]))
  }
}
