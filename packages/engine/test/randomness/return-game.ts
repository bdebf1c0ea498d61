import type { Ipam } from '../../src/ipam.ts'

/**
 * Releases an address and asks for one, `after` its release or at the same time (`beside`), and counts how often the same
 * one comes. Every round ends with nothing held but what was held before.
 */
export async function timesReturned(
  ipam: Ipam,
  subnetId: string,
  manner: 'after' | 'beside',
  rounds: number,
): Promise<number> {
  const take = async (): Promise<string> => {
    const [given] = await ipam.allocations.allocate(subnetId, { kind: 'any' })
    return given?.address as string
  }
  let returned = 0
  for (let round = 0; round < rounds; round += 1) {
    const before = await take()
    const release = ipam.allocations.release(subnetId, before)
    if (manner === 'after') await release
    const [after] = await Promise.all([take(), release])
    if (after === before) returned += 1
    await ipam.allocations.release(subnetId, after)
  }
  return returned
}
