import { type Ipam, openIpam } from '@freehold/engine'
import { storeAt } from '@freehold/engine/store-url'

/**
 * The real engine, on the store that FREEHOLD_TEST_STORE names: the way of the workers alone leads through the proxy. With
 * the deadline of FREEHOLD_TEST_DEADLINE_MS, or a long one.
 */
export async function openEngine(): Promise<Ipam> {
  const deadlineMs = Number(process.env['FREEHOLD_TEST_DEADLINE_MS'] ?? 30_000)
  for (let attempt = 1; ; attempt += 1) {
    const store = await storeAt(process.env['FREEHOLD_TEST_STORE'] ?? '')
    try {
      return await openIpam(store, { deadlineMs })
    } catch (error) {
      await store.close()
      if (attempt === 20) throw error
    }
  }
}
