const width = 30
const redrawMs = 100

/** One line that says how far a long piece of work is. Without a terminal it says so at the end only. */
export class ProgressLine {
  readonly #out: NodeJS.WriteStream
  #text = ''
  #drawnAt = 0

  constructor(out: NodeJS.WriteStream = process.stderr) {
    this.#out = out
  }

  show(what: string, done: number, total: number): void {
    const share = total === 0 ? 1 : done / total
    const full = Math.round(share * width)
    this.#text = `  [${'#'.repeat(full)}${'.'.repeat(width - full)}] ${done.toLocaleString('en-US')} of ${total.toLocaleString('en-US')} ${what}`
    const now = performance.now()
    if (!this.#out.isTTY || now - this.#drawnAt < redrawMs) return
    this.#drawnAt = now
    this.#draw()
  }

  /** Leaves the last state on the screen and begins a new line. */
  end(): void {
    if (this.#text === '') return
    this.#draw()
    this.#out.write('\n')
    this.#text = ''
  }

  #draw(): void {
    this.#out.write(this.#out.isTTY ? `\r${this.#text}` : this.#text)
  }
}
