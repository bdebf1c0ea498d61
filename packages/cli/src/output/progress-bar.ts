/** Where progress is written: a terminal's standard error, or nothing. */
export interface ProgressOutput {
  readonly isTTY?: boolean
  readonly columns?: number
  write(text: string): unknown
}

const redrawMs = 100

/**
 * A line with bar, count, rate and time left, redrawn at most ten times a second. On anything but a terminal it stays
 * quiet. Call `finish` on every path: it removes the line.
 */
export class ProgressBar {
  readonly #label: string
  readonly #output: ProgressOutput
  readonly #now: () => number
  readonly #startedAt: number
  #drawnAt = Number.NEGATIVE_INFINITY
  #isShown = false

  constructor(label: string, output: ProgressOutput, now: () => number = () => performance.now()) {
    this.#label = label
    this.#output = output
    this.#now = now
    this.#startedAt = now()
  }

  /** `total` null: not known yet. */
  update(done: number, total: number | null): void {
    if (this.#output.isTTY !== true) return
    const now = this.#now()
    if (now - this.#drawnAt < redrawMs) return
    this.#drawnAt = now
    this.#isShown = true
    const text = progressText(this.#label, done, total, (now - this.#startedAt) / 1000)
    this.#output.write(`\r\u001b[K${text.slice(0, (this.#output.columns ?? 80) - 1)}`)
  }

  finish(): void {
    if (this.#isShown) this.#output.write('\r\u001b[K')
    this.#isShown = false
  }
}

/** The text of one progress line after `seconds`; the rate is the mean since the start. */
export function progressText(
  label: string,
  done: number,
  total: number | null,
  seconds: number,
): string {
  if (done === 0) return `${label}…`
  const rate = seconds > 0 ? done / seconds : 0
  const rateText = `${Math.round(rate).toLocaleString('en')}/s`
  if (total === null || total <= 0) return `${label} ${done.toLocaleString('en')} ${rateText}`
  const share = Math.min(1, done / total)
  const bar = '█'.repeat(Math.floor(share * 20)).padEnd(20, '░')
  const left = rate > 0 ? `, ${durationText((total - done) / rate)} left` : ''
  return `${label} ${bar} ${done.toLocaleString('en')} of ${total.toLocaleString('en')}, ${rateText}${left}`
}

function durationText(seconds: number): string {
  const whole = Math.max(0, Math.ceil(seconds))
  if (whole < 60) return `${whole} s`
  return whole < 3600
    ? `${Math.floor(whole / 60)} min ${whole % 60} s`
    : `${Math.floor(whole / 3600)} h ${Math.floor((whole % 3600) / 60)} min`
}
