import { createServer, type RequestListener, type Server } from 'node:http'
import { createServer as createTlsServer } from 'node:https'
import type { Socket } from 'node:net'
import { openConnection, openConnections } from './open-connections.ts'
import type { TlsKeyPair } from './tls-key-pair.ts'

/** Milliseconds. */
export interface AppTimeouts {
  /** For a whole request to arrive. Default 60,000. */
  readonly requestMs: number
  /** For its headers to arrive. Default 10,000. */
  readonly headersMs: number
  /** For the next request on a kept connection. Default 65,000. */
  readonly keepAliveMs: number
  /** For the client to take more of an answer. Default 60,000. */
  readonly answerMs: number
  /** How often slow connections are looked for. Default 1,000. */
  readonly checkMs: number
}

/** Of a path with its headers. */
export const maxHeaderBytes = 16 * 1024

// Each waits with all that its answer holds until the ones before it are taken, and one read can bring hundreds. No client in
// use sends so many before it has an answer.
const mostPipelined = 32

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
  const bounded: RequestListener = (request, response) => {
    const requests = openConnection(request.socket)?.requests
    if ((requests?.size ?? 0) > mostPipelined) request.socket.destroy()
    else listener(request, response)
  }
  const server = tls === undefined ? createServer(options) : createTlsServer({ ...options, ...tls })
  // Before the listener, so that it finds each request counted.
  openConnections(server)
  server.on('request', bounded)
  server.setTimeout(timeouts.answerMs ?? 60_000, dropUnlessWorking)
  return server
}

// Told when nothing went either way for so long. Where nothing waits to be taken, it is the server that is at work.
function dropUnlessWorking(socket: Socket): void {
  const isAtWork = (openConnection(socket)?.requests.size ?? 0) > 0 && socket.writableLength === 0
  if (!isAtWork) socket.destroy()
}
