import type { Ipam } from '@freehold/engine'
import { openStopping } from './stopping-engine.ts'

/** Stands still for longer than the database waits for a client that is in a transaction. */
export async function openEngine(storeUrl: string): Promise<Ipam> {
  return openStopping(storeUrl, { deadlineMs: 2000, stoppedSeconds: 7, transactionsBetween: 150 })
}
