import type { IncomingMessage, Server, ServerResponse } from 'node:http'
import type { Socket } from 'node:net'

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
  const requests = new Map<Socket, number>()
  const bytesAtLastSweep = new WeakMap<Socket, number>()
  const add = (socket: Socket, change: number) => {
    const before = requests.get(socket)
    if (before !== undefined) requests.set(socket, before + change)
  }
  server.on('connection', (socket: Socket) => {
    requests.set(socket, 0)
    socket.once('close', () => requests.delete(socket))
  })
  server.on('request', ({ socket }: IncomingMessage, response: ServerResponse) => {
    add(socket, 1)
    response.once('close', () => add(socket, -1))
  })
  const sweep = () => {
    for (const [socket, count] of requests) {
      if (count === 0 && bytesAtLastSweep.get(socket) === socket.bytesRead) socket.destroy()
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
