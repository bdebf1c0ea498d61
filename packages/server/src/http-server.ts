import { createServer, type RequestListener, type Server } from 'node:http'
import { createServer as createTlsServer } from 'node:https'
import { openConnections } from './open-connections.ts'
import type { TlsKeyPair } from './tls-key-pair.ts'

/** Milliseconds. */
export interface AppTimeouts {
  /** For a whole request to arrive. Default 60,000. */
  readonly requestMs: number
  /** For its headers to arrive. Default 10,000. */
  readonly headersMs: number
  /** For the next request on a kept connection. Default 65,000. */
  readonly keepAliveMs: number
  /** How often slow connections are looked for. Default 1,000. */
  readonly checkMs: number
}

/** Of a path with its headers. */
export const maxHeaderBytes = 16 * 1024

/** Node's own server, for HTTP or HTTPS, with bounds for what a connection may take. */
export function httpServer(
  { timeouts = {}, tls }: { timeouts?: Partial<AppTimeouts>; tls?: TlsKeyPair },
  listener: RequestListener,
): Server {
  const options = {
    requestTimeout: timeouts.requestMs ?? 60_000,
    headersTimeout: timeouts.headersMs ?? 10_000,
    keepAliveTimeout: timeouts.keepAliveMs ?? 65_000,
    connectionsCheckingInterval: timeouts.checkMs ?? 1000,
    maxHeaderSize: maxHeaderBytes,
    // Node drops the second Authorization, Host or Content-Type; a proxy before us may have read that one.
    joinDuplicateHeaders: true,
  }
  const server =
    tls === undefined
      ? createServer(options, listener)
      : createTlsServer({ ...options, ...tls }, listener)
  openConnections(server)
  return server
}
