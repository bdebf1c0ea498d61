import { engineClient } from './engine-client.ts'
import { type EngineOpening, openEngine } from './engine-opening.ts'
import { serverClient } from './server-client.ts'
import type { TargetClient } from './target-client.ts'

/** Where the load goes: a database, by one or more ways into it, or servers. */
export type Target =
  | {
      readonly kind: 'store'
      /** Of one database; several where it has several nodes, which the workers then share out among them. */
      readonly urls: readonly [string, ...string[]]
      /** URL of a module that opens the engines of workers in place of our own; see EngineOpening. */
      readonly engineModule?: string
    }
  | { readonly kind: 'server'; readonly urls: readonly string[]; readonly token?: string }

// The feed holds events back for as long as transactions of the reading engine may take: when all else has ended, there
// is nothing to wait for.
const readerDeadlineMs = 5000

/** What the worker with this number calls. */
export async function openTarget(target: Target, worker: number): Promise<TargetClient> {
  if (target.kind === 'server') return serverClient(target.urls, target)
  const url = target.urls[worker % target.urls.length] as string
  if (target.engineModule === undefined) return engineClient(await openEngine(url))
  const opening = (await import(target.engineModule)) as EngineOpening
  return engineClient(await opening.openEngine(url))
}

/** What the parent calls, before and after the load: always the real engine, by the first way. */
export async function openReader(target: Target): Promise<TargetClient> {
  if (target.kind === 'server') return serverClient(target.urls, target)
  return engineClient(await openEngine(target.urls[0], readerDeadlineMs))
}
