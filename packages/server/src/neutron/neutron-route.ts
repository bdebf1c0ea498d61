import type { IncomingHttpHeaders } from 'node:http'
import type { Ipam } from '@freehold/engine'
import type { RuleName } from '../access-rules.ts'

export interface NeutronRequest {
  /** The engine on behalf of the caller. */
  readonly ipam: Ipam
  readonly params: Readonly<Record<string, string>>
  /** The query string, undecoded. */
  readonly query: string
  readonly body: unknown
  readonly headers: IncomingHttpHeaders
  /** `http://host:port`, as the caller reached this server. */
  readonly origin: string
}

export interface NeutronAnswer {
  readonly status: 200 | 201 | 204 | 404
  /** Absent: no body. */
  readonly body?: unknown
  /** Instead of a JSON body. */
  readonly html?: string
}

/** One route of the API: who may call it, and what it does. */
export interface NeutronRoute {
  readonly method: 'GET' | 'POST' | 'PUT' | 'DELETE'
  readonly path: string
  readonly access: { readonly rule: RuleName }
  handler(request: NeutronRequest): Promise<NeutronAnswer> | NeutronAnswer
}
