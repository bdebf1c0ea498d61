import { type AddressInfo, connect, createServer, type Socket } from 'node:net'

/**
 * What becomes of the next message that contains the watched text: `lose-request` cuts the connection before the server
 * sees it, `lose-reply` after the server has answered and before the client hears of it, `lose-server` does the same and
 * refuses every connection from then on, `swallow` passes nothing on any more, in either direction, and keeps the
 * connection.
 */
export type TcpFault = 'lose-request' | 'lose-reply' | 'lose-server' | 'swallow'

/** Stands between a client and its server and breaks one connection at a chosen message. */
export interface TcpProxy extends AsyncDisposable {
  readonly port: number
  /** Breaks the next connection that sends this text, and only that one. */
  breakAt(text: string, fault: TcpFault): void
}

export async function startTcpProxy(host: string, port: number): Promise<TcpProxy> {
  let pending: { text: string; fault: TcpFault } | undefined
  let refusing = false
  const sockets = new Set<Socket>()

  const server = createServer((client) => {
    if (refusing) {
      client.destroy()
      return
    }
    const upstream = connect(port, host)
    let broken: TcpFault | undefined
    const cut = (): void => {
      client.destroy()
      upstream.destroy()
    }
    for (const socket of [client, upstream]) {
      socket.setNoDelay(true)
      sockets.add(socket)
      socket.on('error', cut)
      socket.on('close', () => {
        sockets.delete(socket)
        cut()
      })
    }
    client.on('data', (chunk) => {
      if (broken === undefined && pending !== undefined && chunk.includes(pending.text)) {
        broken = pending.fault
        pending = undefined
        if (broken === 'lose-request') cut()
        else if (broken !== 'swallow') upstream.write(chunk)
        return
      }
      if (broken === undefined) upstream.write(chunk)
    })
    upstream.on('data', (chunk) => {
      if (broken === undefined) client.write(chunk)
      else if (broken !== 'swallow') cut()
      if (broken === 'lose-server') {
        refusing = true
        for (const socket of sockets) socket.destroy()
      }
    })
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', () => resolve()))

  return {
    port: (server.address() as AddressInfo).port,
    breakAt: (text, fault) => {
      pending = { text, fault }
    },
    [Symbol.asyncDispose]: async () => {
      for (const socket of sockets) socket.destroy()
      await new Promise<void>((resolve) => server.close(() => resolve()))
    },
  }
}
