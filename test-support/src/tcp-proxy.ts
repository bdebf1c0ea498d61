import { type AddressInfo, connect, createServer } from 'node:net'
import { type LinkState, TcpLink } from './tcp-link.ts'

/**
 * What becomes of the next message that contains the watched text: `lose-request` cuts the connection before the server
 * sees it, `lose-reply` after the server has answered and before the client hears of it, `lose-server` does the same and
 * refuses every connection from then on, `swallow` passes nothing on any more, in either direction, and keeps the
 * connection.
 */
export type TcpFault = 'lose-request' | 'lose-reply' | 'lose-server' | 'swallow'

/** Stands between a client and its server and breaks one connection at a chosen message, or the way for all of them. */
export interface TcpProxy extends AsyncDisposable {
  readonly port: number
  /**
   * Breaks the next connection that sends this text, and only that one. The server has answered when it sends `answer`: its
   * first bytes, unless they are said to mean nothing yet.
   */
  breakAt(text: string, fault: TcpFault, answer?: string): void
  /** For all connections, those that are there and new ones. */
  setLink(state: LinkState): void
  /** Cuts all connections; new ones lead to another port of the same host. */
  redirect(port: number): void
}

export async function startTcpProxy(host: string, port: number): Promise<TcpProxy> {
  let pending: { text: string; fault: TcpFault; answer: string } | undefined
  let target = port
  const link = new TcpLink()

  const server = createServer((client) => {
    if (link.isRefusing) {
      client.resetAndDestroy()
      return
    }
    const upstream = connect(target, host)
    let broken: TcpFault | undefined
    let awaited = ''
    const cut = (): void => {
      client.destroy()
      upstream.destroy()
    }
    const toServer = link.direction()
    const toClient = link.direction()
    for (const socket of [client, upstream]) {
      socket.setNoDelay(true)
      link.watch(socket)
    }
    // Over a way that swallows, the other side does not even learn of the end.
    for (const event of ['error', 'close'] as const) {
      client.on(event, () => toServer(cut))
      upstream.on(event, () => toClient(cut))
    }
    client.on('data', (chunk) => {
      if (broken === undefined && pending !== undefined && chunk.includes(pending.text)) {
        broken = pending.fault
        awaited = pending.answer
        pending = undefined
        if (broken === 'lose-request') cut()
        else if (broken !== 'swallow') upstream.write(chunk)
        return
      }
      if (broken === undefined) toServer(() => void upstream.write(chunk))
    })
    upstream.on('data', (chunk) => {
      if (broken === undefined) toClient(() => void client.write(chunk))
      else if (broken !== 'swallow' && chunk.includes(awaited)) {
        cut()
        if (broken === 'lose-server') link.set('refusing')
      }
    })
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', () => resolve()))

  return {
    port: (server.address() as AddressInfo).port,
    breakAt: (text, fault, answer = '') => {
      pending = { text, fault, answer }
    },
    setLink: (state) => link.set(state),
    redirect: (other) => {
      target = other
      link.cutAll()
    },
    [Symbol.asyncDispose]: async () => {
      link.cutAll()
      await new Promise<void>((resolve) => server.close(() => resolve()))
    },
  }
}
