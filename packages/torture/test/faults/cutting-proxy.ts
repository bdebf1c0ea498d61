import type { AddressInfo } from 'node:net'
import { connect, createServer, type Socket } from 'node:net'

/** A TCP proxy that cuts a connection at every n-th COMMIT: before it is passed on, and next time after its reply came. */
export interface CuttingProxy extends AsyncDisposable {
  readonly port: number
  readonly cuts: { requestLost: number; replyLost: number }
}

// PostgreSQL's query ends with a zero, MariaDB's begins with the command's number; `READ COMMITTED` is neither.
const commits = { postgres: 'COMMIT\0', mariadb: '\u0003COMMIT' } as const

export async function cuttingProxy(
  database: 'postgres' | 'mariadb',
  target: { host: string; port: number },
  every: number,
): Promise<CuttingProxy> {
  const cuts = { requestLost: 0, replyLost: 0 }
  const sockets = new Set<Socket>()
  let seen = 0
  const server = createServer((client) => {
    const upstream = connect(target)
    let isReplyLost = false
    const cut = () => {
      client.destroy()
      upstream.destroy()
    }
    for (const socket of [client, upstream]) {
      sockets.add(socket)
      socket.setNoDelay(true)
      socket.on('error', cut)
      socket.on('close', cut)
    }
    client.on('data', (bytes) => {
      if (bytes.includes(commits[database], 0, 'latin1')) {
        seen += 1
        if (seen % (2 * every) === every) {
          cuts.requestLost += 1
          cut()
          return
        }
        if (seen % (2 * every) === 0) isReplyLost = true
      }
      upstream.write(bytes)
    })
    upstream.on('data', (bytes) => {
      if (isReplyLost) {
        cuts.replyLost += 1
        cut()
      } else client.write(bytes)
    })
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', () => resolve()))
  return {
    port: (server.address() as AddressInfo).port,
    cuts,
    async [Symbol.asyncDispose]() {
      for (const socket of sockets) socket.destroy()
      await new Promise((resolve) => server.close(resolve))
    },
  }
}
