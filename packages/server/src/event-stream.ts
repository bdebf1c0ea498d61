import { Readable } from 'node:stream'
import type { Ipam } from '@freehold/engine'
import type { ChangeSignal } from './change-signal.ts'
import { wireEvent } from './schemas/event-schemas.ts'

export interface EventStreamOptions {
  readonly ipam: Ipam
  readonly changes: ChangeSignal
  readonly stopping: AbortSignal
  /** Whether the reader's token still opens the stream. Asked before each page is read. */
  readonly isStillLetIn: () => Promise<boolean>
}

/** Streams open at once; each asks the database once a second. */
export const maxEventStreams = 200

export const eventStreamType = 'text/event-stream'

const pageSize = 500
const pollMs = 1000
const heartbeatMs = 15_000

/**
 * The events from a position on as Server-Sent Events, with no end until the reader leaves, its token ends or the server
 * stops.
 * The stream pulls: a slow reader holds at most one page in memory.
 */
export function eventStream(options: EventStreamOptions, firstPage: EventPage): Readable {
  const closed = new AbortController()
  const signal = AbortSignal.any([options.stopping, closed.signal])
  const stream = Readable.from(messages(options, firstPage, signal), { objectMode: false })
  stream.once('close', () => closed.abort())
  return stream
}

export type EventPage = Awaited<ReturnType<Ipam['events']['list']>>

/** Read before the stream starts, so that a bad position is still answered with a problem. */
export function readEventPage(ipam: Ipam, after: string | undefined): Promise<EventPage> {
  return ipam.events.list({ limit: pageSize, ...(after === undefined ? {} : { after }) })
}

async function* messages(
  { ipam, changes, isStillLetIn }: EventStreamOptions,
  firstPage: EventPage,
  signal: AbortSignal,
): AsyncGenerator<string> {
  let page = firstPage
  let quietMs = 0
  yield 'retry: 1000\n\n'
  while (!signal.aborted) {
    if (page.items.length > 0) {
      yield page.items.map(message).join('')
      quietMs = 0
    } else if (quietMs >= heartbeatMs) {
      yield ': still here\n\n'
      quietMs = 0
    }
    if (page.items.length < pageSize) {
      await changes.wait(pollMs, signal)
      quietMs += pollMs
    }
    // A token that is revoked or over ends what it has opened, too.
    if (signal.aborted || !(await isStillLetIn())) return
    page = await readEventPage(ipam, page.nextCursor)
  }
}

function message(event: EventPage['items'][number]): string {
  // JSON has no line breaks of its own, so one data line is enough.
  return `id: ${event.cursor}\nevent: change\ndata: ${JSON.stringify(wireEvent(event))}\n\n`
}
