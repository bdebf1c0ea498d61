import type { ApiConnection, StoreOpening } from './api-connection.ts'
import type { GlobalOptions } from './global-options.ts'
import { ProgressBar } from './output/progress-bar.ts'
import { visibleText } from './output/terminal-text.ts'
import { styleFor, type TextStyle } from './output/text-style.ts'

/** What a command may touch of the process that it runs in. */
export interface Terminal {
  readonly environment: Readonly<Record<string, string | undefined>>
  readonly stdin: NodeJS.ReadableStream & { readonly isTTY?: boolean }
  readonly stdout: NodeJS.WritableStream & { readonly isTTY?: boolean; readonly columns?: number }
  readonly stderr: NodeJS.WritableStream & { readonly isTTY?: boolean; readonly columns?: number }
}

/** One run of one command: its global options, its terminal, and the API once it asks for it. */
export class CommandContext {
  readonly options: GlobalOptions
  readonly terminal: Terminal
  readonly style: TextStyle
  #connection: Promise<ApiConnection> | undefined

  constructor(options: GlobalOptions, terminal: Terminal) {
    this.options = options
    this.terminal = terminal
    this.style = styleFor(terminal.stdout, terminal.environment)
  }

  /**
   * Opens the store or names the server, the first time. Throws CommandError (invalid) when neither is named, and IpamError
   * DATABASE_RESTORED for a store that is older than the newest head in FREEHOLD_AUDIT_HEADS, unless `evenIfRestored`.
   */
  connect(opening: StoreOpening = {}): Promise<ApiConnection> {
    this.#connection ??= this.#open(opening)
    return this.#connection
  }

  // A file is made where there is none, also for a command that only looks: a name that was mistyped must show.
  async #open(opening: StoreOpening): Promise<ApiConnection> {
    const { openConnection } = await import('./api-connection.ts')
    const connection = await openConnection(this.options, this.terminal.environment, opening)
    if (connection.madeFile !== null)
      this.remark(
        `There was no file ${visibleText(connection.madeFile)}; an empty database was made.`,
      )
    return connection
  }

  /** Writes lines to standard output. */
  print(lines: readonly string[]): void {
    if (lines.length > 0) this.terminal.stdout.write(`${lines.join('\n')}\n`)
  }

  /** Writes a remark for people to standard error, where it does not get into the output; only in table format. */
  remark(text: string): void {
    if (this.options.output === 'table') this.terminal.stderr.write(`${text}\n`)
  }

  progress(label: string): ProgressBar {
    return new ProgressBar(label, this.terminal.stderr)
  }

  async close(): Promise<void> {
    const connection = await this.#connection?.catch(() => undefined)
    await connection?.close()
  }
}
