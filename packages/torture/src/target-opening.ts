import { engineClient } from './engine-client.ts'
import type { EngineOpening } from './engine-opening.ts'
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

const openingUrl = new URL(`./engine-opening${import.meta.url.slice(-3)}`, import.meta.url).href

export async function openTarget(target: Target): Promise<TargetClient> {
  if (target.kind === 'server') return serverClient(target.urls, target)
  const opening = (await import(target.engineModule ?? openingUrl)) as EngineOpening
  return engineClient(await opening.openEngine(target.url))
}
