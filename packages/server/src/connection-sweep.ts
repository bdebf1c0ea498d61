import type { Server } from 'node:http'
import type { Socket } from 'node:net'
import { openConnections } from './open-connections.ts'

/** Closes the connections of a stopping server as soon as they serve no request. */
export interface ConnectionSweep {
  start(): void
  stop(): void
}

const sweepMs = 50

/**
 * Node's own `closeIdleConnections` spares a connection that has not sent its first request yet, as browsers open them
 * ahead; such a one would hold a stop up until its timeout. A connection is closed once it has no request and has sent
 * nothing since the sweep before, so a request that is just arriving is still answered.
 */
export function connectionSweep(server: Server): ConnectionSweep {
  const connections = openConnections(server)
  const bytesAtLastSweep = new WeakMap<Socket, number>()
  const sweep = () => {
    for (const { socket, requests } of connections) {
      if (requests.size === 0 && bytesAtLastSweep.get(socket) === socket.bytesRead) socket.destroy()
      bytesAtLastSweep.set(socket, socket.bytesRead)
    }
  }
  let timer: NodeJS.Timeout | undefined
  return {
    start() {
      timer = setInterval(sweep, sweepMs)
    },
    stop() {
      clearInterval(timer)
    },
  }
}
