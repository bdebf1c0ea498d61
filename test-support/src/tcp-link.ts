import type { Socket } from 'node:net'

/**
 * How the way between a client and its server is: `open`; `swallowing` loses every packet, so that what was sent arrives
 * only once the way is open again; `refusing` cuts every connection and takes no new one; `delayMs` is a slow one.
 */
export type LinkState = 'open' | 'swallowing' | 'refusing' | { readonly delayMs: number }

/** The way that all connections of a proxy share. */
export class TcpLink {
  #state: LinkState = 'open'
  #opened = Promise.resolve()
  #open: () => void = () => undefined
  readonly #sockets = new Set<Socket>()

  get isRefusing(): boolean {
    return this.#state === 'refusing'
  }

  set(state: LinkState): void {
    const wasSwallowing = this.#state === 'swallowing'
    this.#state = state
    if (state === 'refusing') for (const socket of this.#sockets) socket.resetAndDestroy()
    if (state !== 'swallowing') this.#open()
    else if (!wasSwallowing)
      this.#opened = new Promise((resolve) => {
        this.#open = resolve
      })
  }

  /** Keeps a socket, to cut it when the way refuses. */
  watch(socket: Socket): void {
    this.#sockets.add(socket)
    socket.once('close', () => this.#sockets.delete(socket))
  }

  cutAll(): void {
    for (const socket of this.#sockets) socket.destroy()
  }

  /** What comes here goes there, in order, each piece after the time that it takes; the end of a connection too. */
  direction(): (deliver: () => void) => void {
    let last = Promise.resolve()
    return (deliver) => {
      const due = performance.now() + (typeof this.#state === 'object' ? this.#state.delayMs : 0)
      last = last.then(() => this.#passed(due)).then(deliver)
    }
  }

  async #passed(due: number): Promise<void> {
    const left = due - performance.now()
    if (left > 0) await new Promise((resolve) => setTimeout(resolve, left))
    while (this.#state === 'swallowing') await this.#opened
  }
}
