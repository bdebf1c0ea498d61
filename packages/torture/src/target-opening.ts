import { engineClient } from './engine-client.ts'
import { type EngineOpening, openEngine } from './engine-opening.ts'
import { serverClient } from './server-client.ts'
import type { TargetClient } from './target-client.ts'

/** Where the load goes: a database, or servers. */
export type Target =
  | {
      readonly kind: 'store'
      readonly url: string
      /** URL of a module that opens the engines of workers in place of our own; see EngineOpening. */
      readonly engineModule?: string
    }
  | { readonly kind: 'server'; readonly urls: readonly string[]; readonly token?: string }

// The feed holds events back for as long as transactions of the reading engine may take: when all else has ended, there
// is nothing to wait for.
const readerDeadlineMs = 5000

/** What a worker calls. */
export async function openTarget(target: Target): Promise<TargetClient> {
  if (target.kind === 'server') return serverClient(target.urls, target)
  if (target.engineModule === undefined) return engineClient(await openEngine(target.url))
  const opening = (await import(target.engineModule)) as EngineOpening
  return engineClient(await opening.openEngine(target.url))
}

/** What the parent calls, before and after the load: always the real engine. */
export async function openReader(target: Target): Promise<TargetClient> {
  if (target.kind === 'server') return serverClient(target.urls, target)
  return engineClient(await openEngine(target.url, readerDeadlineMs))
}
