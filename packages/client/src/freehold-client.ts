import createClient, { type Client } from 'openapi-fetch'
import type { paths } from './generated/v1.ts'

/**
 * Every path of the API with its types: `client.GET('/v1/subnets/{id}', { params: { path: { id } } })` answers
 * `{ data, error, response }`, where `error` is the problem document. `dataOf` turns that into data or FreeholdApiError.
 */
export type FreeholdClient = Client<paths, JsonMedia>

type JsonMedia = 'application/json' | 'application/problem+json'

export interface FreeholdClientOptions {
  /** Of the server, without a path: `http://127.0.0.1:8080`. */
  readonly url: string
  readonly token?: string
  /** Default: the global one. */
  readonly fetch?: (request: Request) => Promise<Response>
}

/** A client for one server. It keeps no connection and no state. */
export function createFreeholdClient({ url, token, fetch }: FreeholdClientOptions): FreeholdClient {
  return createClient<paths, JsonMedia>({
    baseUrl: url,
    ...(fetch === undefined ? {} : { fetch }),
    ...(token === undefined ? {} : { headers: { authorization: `Bearer ${token}` } }),
  })
}
