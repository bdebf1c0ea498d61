import { connect, type Socket } from 'node:net'

export interface Arrivals {
  readonly url: string
  readonly body: unknown
  readonly connections: number
  readonly perSecond: number
  readonly seconds: number
}

export interface OpenLoopOutcome {
  /** Milliseconds from when a request was due to its answer, for each that was answered 2xx. */
  readonly latencies: readonly number[]
  /** The same of those that were refused with 503. */
  readonly refusals: readonly number[]
  /** Refusals without Retry-After. */
  readonly withoutRetryAfter: number
  /** Requests whose connection broke before their answer or that got another one (408, when a machine is far behind). */
  readonly unanswered: number
  /** Answers by status. */
  readonly statuses: Readonly<Record<string, number>>
  /** How long after the last arrival the last answer came, in milliseconds. */
  readonly tailMs: number
}

/**
 * Sends POST requests at a fixed rate, whether or not earlier ones were answered: the next is due when it is due. Each
 * latency counts from that time and not from when the request could be sent, so that no wait is left out because the
 * generator waited too. A request takes a connection that is idle, or a new one while there are fewer than `connections`,
 * or the next that becomes idle.
 */
export async function openLoop(arrivals: Arrivals): Promise<OpenLoopOutcome> {
  const { perSecond, seconds } = arrivals
  const total = Math.round(perSecond * seconds)
  const answers = new Answers(total)
  const lines = new Lines(arrivals, answers)
  const start = performance.now()
  const dueAt = (index: number) => start + (index * 1000) / perSecond
  for (let sent = 0; sent < total; ) {
    const now = performance.now()
    for (; sent < total && dueAt(sent) <= now; sent += 1) lines.send(dueAt(sent))
    await new Promise((resolve) => setTimeout(resolve, 1))
  }
  const lastSentAt = performance.now()
  await answers.complete
  lines.close()
  return { ...answers.outcome(), tailMs: performance.now() - lastSentAt }
}

function requestBytes({ url, body }: Arrivals): Buffer {
  const { host, pathname } = new URL(url)
  const text = JSON.stringify(body)
  return Buffer.from(
    `POST ${pathname} HTTP/1.1\r\nHost: ${host}\r\nContent-Type: application/json\r\n` +
      `Content-Length: ${Buffer.byteLength(text)}\r\n\r\n${text}`,
  )
}

class Answers {
  readonly complete: Promise<void>
  readonly #latencies: number[] = []
  readonly #refusals: number[] = []
  readonly #statuses = new Map<string, number>()
  #withoutRetryAfter = 0
  #unanswered = 0
  #missing: number
  #finish!: () => void

  constructor(total: number) {
    this.#missing = total
    this.complete = new Promise((resolve) => {
      this.#finish = resolve
    })
  }

  add(status: string, head: string, latency: number): void {
    this.#statuses.set(status, (this.#statuses.get(status) ?? 0) + 1)
    if (status.startsWith('2')) this.#latencies.push(latency)
    else if (status === '503') {
      this.#refusals.push(latency)
      if (!/\r\nretry-after: \d/i.test(head)) this.#withoutRetryAfter += 1
    } else this.#unanswered += 1
    this.#count()
  }

  addUnanswered(): void {
    this.#unanswered += 1
    this.#count()
  }

  #count(): void {
    this.#missing -= 1
    if (this.#missing === 0) this.#finish()
  }

  outcome(): Omit<OpenLoopOutcome, 'tailMs'> {
    return {
      latencies: this.#latencies,
      refusals: this.#refusals,
      withoutRetryAfter: this.#withoutRetryAfter,
      unanswered: this.#unanswered,
      statuses: Object.fromEntries(this.#statuses),
    }
  }
}

class Lines {
  readonly #arrivals: Arrivals
  readonly #answers: Answers
  readonly #bytes: Buffer
  readonly #idle: Line[] = []
  readonly #waiting: number[] = []
  #firstWaiting = 0
  readonly #all = new Set<Line>()

  constructor(arrivals: Arrivals, answers: Answers) {
    this.#arrivals = arrivals
    this.#answers = answers
    this.#bytes = requestBytes(arrivals)
  }

  send(dueAt: number): void {
    const line = this.#idle.pop() ?? this.#opened()
    if (line === undefined) this.#waiting.push(dueAt)
    else line.send(this.#bytes, dueAt)
  }

  close(): void {
    for (const line of this.#all) line.close()
  }

  #opened(): Line | undefined {
    if (this.#all.size >= this.#arrivals.connections) return undefined
    const line: Line = new Line(this.#arrivals.url, this.#answers, {
      onFree: () => this.#isFree(line),
      onClose: () => this.#isClosed(line),
    })
    this.#all.add(line)
    return line
  }

  #isFree(line: Line): void {
    const dueAt = this.#nextWaiting()
    if (dueAt === undefined) this.#idle.push(line)
    else line.send(this.#bytes, dueAt)
  }

  #isClosed(line: Line): void {
    this.#all.delete(line)
    const index = this.#idle.indexOf(line)
    if (index >= 0) this.#idle.splice(index, 1)
    // Another connection may be opened in its place.
    const dueAt = this.#nextWaiting()
    if (dueAt !== undefined) this.send(dueAt)
  }

  #nextWaiting(): number | undefined {
    const dueAt = this.#waiting[this.#firstWaiting]
    if (dueAt !== undefined) this.#firstWaiting += 1
    return dueAt
  }
}

/** One connection, with one request at a time. */
class Line {
  readonly #socket: Socket
  #dueAt = 0
  #isBusy = false
  #isOver = false
  #text = ''

  constructor(
    url: string,
    answers: Answers,
    { onFree, onClose }: { onFree: () => void; onClose: () => void },
  ) {
    const { hostname, port } = new URL(url)
    const socket = connect({ host: hostname, port: Number(port), noDelay: true })
    socket.setEncoding('latin1')
    socket.on('data', (part: string) => {
      this.#text += part
      const end = this.#text.indexOf('\r\n\r\n')
      if (end === -1) return
      const head = this.#text.slice(0, end + 2)
      const length = Number(/\r\ncontent-length: (\d+)/i.exec(head)?.[1] ?? 0)
      if (this.#text.length < end + 4 + length) return
      this.#text = ''
      this.#isBusy = false
      answers.add(head.slice(9, 12), head, performance.now() - this.#dueAt)
      onFree()
    })
    // A broken connection is one that is closed.
    socket.on('error', () => undefined)
    socket.on('close', () => {
      if (this.#isBusy) answers.addUnanswered()
      this.#isBusy = false
      if (!this.#isOver) onClose()
    })
    this.#socket = socket
  }

  send(bytes: Buffer, dueAt: number): void {
    this.#dueAt = dueAt
    this.#isBusy = true
    this.#socket.write(bytes)
  }

  close(): void {
    this.#isOver = true
    this.#socket.destroy()
  }
}
