import { existsSync } from 'node:fs'
import { userInfo } from 'node:os'
import { createFreeholdClient, type FreeholdClient, followEvents } from '@freehold/client'
import type { Ipam } from '@freehold/engine'
import type { StoreLocation } from '@freehold/engine/store-url'
import { usageError } from './command-error.ts'
import type { FollowEvents } from './event-following.ts'
import type { GlobalOptions } from './global-options.ts'
import { storeLocationOf } from './store-location.ts'

/** The API, over HTTP or in this process: every command speaks to both in the same way. */
export interface ApiConnection {
  readonly client: FreeholdClient
  /** The engine as the same caller, where the store is opened in this process: only it tells how far long work is. */
  readonly ipam: Ipam | null
  /** The server's stream of events, as `followEvents` has it; null where the store is opened in this process. */
  readonly followEvents: FollowEvents | null
  /** The SQLite file that was not there and was made by opening it; null: none. */
  readonly madeFile: string | null
  close(): Promise<void>
}

export type ApiTarget =
  | { readonly kind: 'server'; readonly url: string }
  | { readonly kind: 'store'; readonly location: StoreLocation }

export interface StoreOpening {
  /** For commands that look into what happened, and do not allocate. */
  readonly evenIfRestored?: boolean
}

type Environment = Readonly<Record<string, string | undefined>>

export const defaultStorePath = 'data/freehold.sqlite'

/**
 * What to work on: --store or --server, else FREEHOLD_STORE, else FREEHOLD_SERVER, else data/freehold.sqlite where that
 * exists. Throws CommandError (invalid) when both options are given, or nothing is.
 */
export function apiTarget(
  options: Pick<GlobalOptions, 'store' | 'server'>,
  environment: Environment,
  exists: (path: string) => boolean = existsSync,
): ApiTarget {
  if (options.store !== undefined && options.server !== undefined)
    throw usageError('--store and --server exclude each other.', 'Give one of them.')
  if (options.store !== undefined) return atStore(options.store)
  if (options.server !== undefined) return atServer(options.server)
  if (environment.FREEHOLD_STORE) return atStore(environment.FREEHOLD_STORE)
  if (environment.FREEHOLD_SERVER) return atServer(environment.FREEHOLD_SERVER)
  if (exists(defaultStorePath)) return atStore(`sqlite:${defaultStorePath}`)
  throw usageError(
    'Neither a store nor a server is named.',
    'Give --store sqlite:FILE or --server URL, or set FREEHOLD_STORE or FREEHOLD_SERVER.',
  )
}

function atStore(text: string): ApiTarget {
  return { kind: 'store', location: storeLocationOf(text) }
}

function atServer(url: string): ApiTarget {
  if (!/^https?:\/\//.test(url) || !URL.canParse(url))
    throw usageError(
      'The server is no http or https URL.',
      'Use for example http://127.0.0.1:8080.',
    )
  return { kind: 'server', url }
}

/**
 * Opens the target. Opening a store migrates its schema and ends leases that are over and seals events, as a server would;
 * and as a server it refuses one that is older than the newest head in the folder FREEHOLD_AUDIT_HEADS.
 */
export async function openConnection(
  options: GlobalOptions,
  environment: Environment,
  { evenIfRestored = false }: StoreOpening = {},
): Promise<ApiConnection> {
  const target = apiTarget(options, environment)
  const heads = evenIfRestored ? undefined : environment.FREEHOLD_AUDIT_HEADS || undefined
  if (target.kind === 'store') return openStoreConnection(target.location, options.project, heads)
  const token = options.token ?? environment.FREEHOLD_TOKEN
  const server = {
    url: target.url,
    ...(token === undefined ? {} : { token }),
    fetch: withProject(fetch, options.project),
  }
  return {
    client: createFreeholdClient(server),
    ipam: null,
    followEvents: (feed) => followEvents({ ...server, ...feed }),
    madeFile: null,
    close: async () => {},
  }
}

async function openStoreConnection(
  location: StoreLocation,
  project: string | undefined,
  auditHeads: string | undefined,
): Promise<ApiConnection> {
  const [
    { openEngine },
    { createApp, fetchThrough, noAuthentication, refuseRestored },
    { storeAt },
  ] = await Promise.all([
    import('./engine-opening.ts'),
    import('@freehold/server'),
    import('@freehold/engine/store-url'),
  ])
  const madeFile = isMissingFile(location) ? location.path : null
  const ipam = await openEngine(await storeAt(location))
  try {
    if (auditHeads !== undefined) await refuseRestored(ipam, auditHeads)
    await ipam.reap()
    await ipam.audit.seal()
  } catch (error) {
    await ipam.close()
    throw error
  }
  const actor = localActor()
  const app = createApp({ ipam, authentication: noAuthentication({ actor }) })
  const client = createFreeholdClient({
    url: 'http://localhost',
    fetch: withProject(fetchThrough(app), project),
  })
  return {
    client,
    ipam: ipam.as({ projectId: project ?? ipam.caller.projectId, isAdmin: true, actor }),
    followEvents: null,
    madeFile,
    async close() {
      await app.close()
      await ipam.close()
    },
  }
}

function isMissingFile(
  location: StoreLocation,
): location is Extract<StoreLocation, { readonly kind: 'sqlite' }> {
  return location.kind === 'sqlite' && location.path !== ':memory:' && !existsSync(location.path)
}

/** Who works on the store itself, for its events: `local:` and the name that the system has for the user. */
function localActor(): string {
  try {
    return `local:${userInfo().username}`
  } catch {
    // As in a container whose user has no name.
    return `local:${process.getuid?.() ?? 'unknown'}`
  }
}

type Send = (request: Request) => Promise<Response>

function withProject(send: Send, project: string | undefined): Send {
  if (project === undefined) return send
  return (request) => {
    request.headers.set('x-project-id', project)
    return send(request)
  }
}
