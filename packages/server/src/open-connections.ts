import type { IncomingMessage, Server, ServerResponse } from 'node:http'
import type { Socket } from 'node:net'

export interface OpenConnection {
  /** As it was accepted: what is encrypted on a connection with TLS runs through another one. */
  readonly socket: Socket
  /** Begun and not answered to the end, in their order, each with its answer. */
  readonly requests: Map<IncomingMessage, ServerResponse>
}

const ofServer = new WeakMap<Server, ReadonlySet<OpenConnection>>()
const ofSocket = new WeakMap<Socket, OpenConnection>()

/** The connections of a server from the first call on, which has to come before it listens. */
export function openConnections(server: Server): ReadonlySet<OpenConnection> {
  const known = ofServer.get(server)
  if (known !== undefined) return known
  const connections = new Set<OpenConnection>()
  const byRemoteEnd = new Map<string, OpenConnection>()
  ofServer.set(server, connections)
  server.on('connection', (socket: Socket) => {
    const connection = { socket, requests: new Map<IncomingMessage, ServerResponse>() }
    const end = remoteEnd(socket)
    connections.add(connection)
    byRemoteEnd.set(end, connection)
    ofSocket.set(socket, connection)
    socket.once('close', () => {
      connections.delete(connection)
      if (byRemoteEnd.get(end) === connection) byRemoteEnd.delete(end)
    })
  })
  server.on('secureConnection', (socket: Socket) => {
    const connection = byRemoteEnd.get(remoteEnd(socket))
    if (connection !== undefined) ofSocket.set(socket, connection)
  })
  server.on('request', (request: IncomingMessage, response: ServerResponse) => {
    const requests = ofSocket.get(request.socket)?.requests
    requests?.set(request, response)
    response.once('close', () => requests?.delete(request))
  })
  return connections
}

/** What a request came on, encrypted or not. */
export function openConnection(socket: Socket): OpenConnection | undefined {
  return ofSocket.get(socket)
}

function remoteEnd({ remoteAddress, remotePort }: Socket): string {
  return `${remoteAddress ?? ''} ${remotePort ?? ''}`
}
