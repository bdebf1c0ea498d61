import type { IncomingHttpHeaders } from 'node:http'
import type { Readable } from 'node:stream'
import type { Ipam, MutationOptions } from '@freehold/engine'
import type { Static, TObject, TSchema } from 'typebox'
import type { RuleName } from './access-rules.ts'
import type { AppServices } from './app-services.ts'

export type HttpMethod = 'GET' | 'POST' | 'PATCH' | 'DELETE'

/** The record that `{id}` in a path names: decides which not-found error an impossible id gets. */
export type PathNoun = 'address-scope' | 'subnet-pool' | 'subnet' | 'token'

/** Names in braces of a path template. */
type PathParameters<Path extends string> = Path extends `${string}{${infer Name}}${infer Rest}`
  ? { readonly [K in Name | keyof PathParameters<Rest>]: string }
  : Record<never, string>

/** The static type of a schema as handlers give it: whatever is read-only fits too. */
export type Wire<T> = T extends readonly (infer Item)[]
  ? readonly Wire<Item>[]
  : T extends object
    ? { readonly [K in keyof T]: Wire<T[K]> }
    : T

/** A reply that is not JSON of the route's schema. */
export class RawReply {
  readonly mediaType: string
  readonly content: string | Readable
  readonly headers: Readonly<Record<string, string>>

  constructor(
    mediaType: string,
    content: string | Readable,
    headers: Readonly<Record<string, string>> = {},
  ) {
    this.mediaType = mediaType
    this.content = content
    this.headers = headers
  }
}

export interface RouteContext<Path extends string, Query, Body> {
  /** The engine on behalf of the caller. */
  readonly ipam: Ipam
  /** Ids are lower case; whatever cannot be an id was answered already. */
  readonly params: PathParameters<Path>
  readonly query: Query
  readonly body: Body
  readonly headers: IncomingHttpHeaders
  /** For POST: carries the idempotency key. */
  readonly mutation: MutationOptions
  /** For PATCH and DELETE: carries the revision that If-Match asks for; `current` is called only if that is not plain. */
  readonly ifMatch: (
    current: () => Promise<{ readonly revision?: number }>,
  ) => Promise<MutationOptions>
  readonly services: AppServices
  /** Whether the caller would be let in now as it was: for answers that outlast the look at its token. */
  readonly isStillLetIn: () => Promise<boolean>
  /** Id of the token that the caller showed, where it is one of ours. */
  readonly tokenId: string | undefined
}

export interface SuccessDefinition<Result extends TSchema | undefined> {
  readonly status: 200 | 201 | 204
  readonly description: string
  readonly schema?: Result
  /** Media types besides, or instead of, JSON. */
  readonly mediaTypes?: readonly string[]
}

export interface AccessDefinition {
  readonly rule: RuleName
  /** Fields of the body that reach into other projects: only an administrator may set them. */
  readonly adminFields?: readonly string[]
}

/** One route: what it takes, what it answers, who may call it, and the call into the engine. */
export interface TypedRoute<
  Path extends string,
  Query extends TObject,
  Body extends TSchema,
  Result extends TSchema | undefined,
> {
  readonly operationId: string
  readonly method: HttpMethod
  readonly path: Path
  readonly tag: string
  readonly summary: string
  readonly description?: string
  readonly access: AccessDefinition
  readonly noun?: PathNoun
  readonly query?: Query
  readonly body?: Body
  /** Larger than the server's general limit, in bytes. */
  readonly bodyLimit?: number
  /** The answer has a `revision`: GET takes If-None-Match, PATCH and DELETE take If-Match. */
  readonly hasRevision?: boolean
  readonly success: SuccessDefinition<Result>
  /** Path of the new record, for a 201. */
  location?(body: Wire<Static<NonNullable<Result>>>): string
  handler(
    context: RouteContext<Path, Static<Query>, Static<Body>>,
  ): Promise<(Result extends TSchema ? Wire<Static<Result>> : undefined) | RawReply>
}

/** A route as the table holds it, with its types forgotten. */
export interface RouteDefinition
  extends Omit<TypedRoute<string, TObject, TSchema, TSchema>, 'handler' | 'location'> {
  location?(body: unknown): string
  handler(context: RouteContext<string, unknown, unknown>): Promise<unknown>
}

/** Checks a route's handler against its schemas. */
export function defineRoute<
  Path extends string,
  Query extends TObject,
  Body extends TSchema,
  Result extends TSchema | undefined = undefined,
>(route: TypedRoute<Path, Query, Body, Result>): RouteDefinition {
  return route as unknown as RouteDefinition
}
