import { once } from 'node:events'
import { connect, type Socket } from 'node:net'

/** A bare TCP connection, for bytes that no HTTP client would send. */
export interface RawConnection {
  readonly socket: Socket
  write(text: string): void
  /** Resolves with all that was received, once the text matches. */
  received(pattern: RegExp): Promise<string>
  /** Resolves with all that was received, once the other side has closed. */
  closed(): Promise<string>
  destroy(): void
}

export async function rawConnection(url: string): Promise<RawConnection> {
  const { hostname, port } = new URL(url)
  const socket = connect(Number(port), hostname)
  await once(socket, 'connect')
  let text = ''
  socket.setEncoding('utf8')
  socket.setMaxListeners(0)
  socket.on('data', (chunk: string) => {
    text += chunk
  })
  // A reset is one way of being closed; `closed` tells it.
  socket.on('error', () => {})
  // Not `once` of node:events, which a reset would reject.
  const changed = () =>
    new Promise<void>((resolve) => {
      socket.once('data', () => resolve()).once('close', () => resolve())
    })
  return {
    socket,
    write: (bytes) => void socket.write(bytes),
    async received(pattern) {
      while (!pattern.test(text)) {
        if (socket.closed) throw new Error(`closed before ${pattern}: ${text}`)
        await changed()
      }
      return text
    },
    async closed() {
      while (!socket.closed) await changed()
      return text
    },
    destroy: () => void socket.destroy(),
  }
}
