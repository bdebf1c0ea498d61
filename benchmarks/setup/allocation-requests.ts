import type { AddressRequestInput, Ipam } from '@freehold/engine'
import { milliseconds } from '../measure/callers.ts'

/** What is asked for where the cost of each kind of request is measured, by the name in the results. */
export const allocationRequests: Record<string, AddressRequestInput> = {
  any: { kind: 'any' },
  next: { kind: 'next' },
  'bulk of 100': { kind: 'bulk', count: 100 },
}

/** Milliseconds of one allocation; what it took is given back, so that the fill stays what it is. */
export async function allocateAndRelease(
  ipam: Ipam,
  subnetId: string,
  request: AddressRequestInput,
): Promise<number> {
  const given: string[] = []
  const time = await milliseconds(async () => {
    for (const { address } of await ipam.allocations.allocate(subnetId, request))
      given.push(address)
  })
  await Promise.all(given.map((address) => ipam.allocations.release(subnetId, address)))
  return time
}
