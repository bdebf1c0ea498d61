import type { TargetClient } from './target-client.ts'

const patienceMs = 60_000
const pauseMs = 200

/**
 * Reads of a target that may just be coming back from a fault: a failing one is made again for up to a minute, and then
 * throws what it threw last.
 */
export function patientClient(client: TargetClient): TargetClient {
  return {
    ...client,
    exportPlan: () => patiently(() => client.exportPlan()),
    utilizationOf: (subnetId) => patiently(() => client.utilizationOf(subnetId)),
    readEvents: (after) => patiently(() => client.readEvents(after)),
    check: () => patiently(() => client.check()),
  }
}

async function patiently<T>(read: () => Promise<T>): Promise<T> {
  const giveUpAt = performance.now() + patienceMs
  for (;;) {
    try {
      return await read()
    } catch (error) {
      if (performance.now() > giveUpAt) throw error
    }
    await new Promise((resolve) => setTimeout(resolve, pauseMs))
  }
}
