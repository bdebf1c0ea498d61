import { type ChildProcess, spawn } from 'node:child_process'
import { freePort, readyUrl } from '@freehold/test-support'

const ownMain = new URL('../../../cli/src/main.ts', import.meta.url).pathname

/** `freehold serve` in a process of its own, which can be killed and started again on the same port. */
export class FreeholdServer implements AsyncDisposable {
  readonly url: string
  kills = 0
  readonly #store: string
  readonly #port: number
  readonly #main: string
  #child: ChildProcess | undefined

  private constructor(store: string, port: number, main: string) {
    this.#store = store
    this.#main = main
    this.#port = port
    this.url = `http://127.0.0.1:${port}`
  }

  static async start(store: string): Promise<FreeholdServer> {
    const server = await FreeholdServer.prepare(store)
    await server.begin()
    return server
  }

  /** One that is not started yet, of another version when its command line is given. */
  static async prepare(store: string, main = ownMain): Promise<FreeholdServer> {
    return new FreeholdServer(store, await freePort(), main)
  }

  /** kill -9, and a new start at once; resolves when it is ready. */
  async crash(): Promise<void> {
    this.kills += 1
    await this.#end('SIGKILL')
    await this.begin()
  }

  /** SIGTERM; resolves when it has ended. */
  async stop(): Promise<void> {
    await this.#end('SIGTERM')
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.stop()
  }

  /** Starts it; resolves when it is ready, and throws Error when it ends instead. */
  async begin(): Promise<void> {
    const child = spawn(
      process.execPath,
      [
        '--conditions=source',
        this.#main,
        'serve',
        `--store=${this.#store}`,
        `--listen=127.0.0.1:${this.#port}`,
        '--no-auth',
        '--log-level=silent',
      ],
      { stdio: ['ignore', 'pipe', 'inherit'] },
    )
    this.#child = child
    await readyUrl(child)
  }

  async #end(signal: NodeJS.Signals): Promise<void> {
    const child = this.#child
    if (child === undefined || child.exitCode !== null) return
    const ended = new Promise((resolve) => child.once('exit', resolve))
    child.kill(signal)
    await ended
  }
}
