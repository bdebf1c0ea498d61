import type { TargetClient } from './target-client.ts'

const patienceMs = 60_000
const pauseMs = 200

/**
 * Calls of a target that may just be coming back from a fault: a failing one is made again for up to a minute, and then
 * throws what it threw last.
 */
export function patientClient(client: TargetClient): TargetClient {
  return {
    ...client,
    // Twice made, it is there twice, which nobody minds.
    createAddressScope: (name, ipVersion) =>
      patiently(() => client.createAddressScope(name, ipVersion)),
    exportPlan: () => patiently(() => client.exportPlan()),
    utilizationOf: (subnetId) => patiently(() => client.utilizationOf(subnetId)),
    readEvents: (after) => patiently(() => client.readEvents(after)),
    check: () => patiently(() => client.check()),
    verifyAudit: () => patiently(() => client.verifyAudit()),
  }
}

async function patiently<T>(call: () => Promise<T>): Promise<T> {
  const giveUpAt = performance.now() + patienceMs
  for (;;) {
    try {
      return await call()
    } catch (error) {
      if (performance.now() > giveUpAt) throw error
    }
    await new Promise((resolve) => setTimeout(resolve, pauseMs))
  }
}
