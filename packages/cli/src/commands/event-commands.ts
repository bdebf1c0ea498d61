import { setTimeout as wait } from 'node:timers/promises'
import { dataOf } from '@freehold/client'
import type { ApiConnection } from '../api-connection.ts'
import type { ChangeEvent } from '../api-records.ts'
import type { CommandContext } from '../command-context.ts'
import { eventsThroughRestarts, type FollowEvents } from '../event-following.ts'
import type { Column } from '../output/column.ts'
import { csvHeader, csvRow } from '../output/csv.ts'
import { printJson } from '../output/record-output.ts'
import { alignText, visibleText } from '../output/terminal-text.ts'
import { givenFields } from '../request-fields.ts'

export interface EventOptions {
  readonly after?: string
  readonly limit?: number
  readonly follow?: boolean
}

const largestPage = 1000
const pollMs = 500

/**
 * Prints events page by page, so that a long feed needs no memory. Followed, JSON is one event a line, and the command ends
 * with SIGINT or SIGTERM. From a server they are followed over its stream; a store that is opened here is asked twice a
 * second.
 */
export async function showEvents(context: CommandContext, options: EventOptions): Promise<void> {
  const connection = await context.connect()
  const interrupted = options.follow === true ? interruption() : undefined
  const printer = printerFor(context, options.follow === true)
  if (interrupted !== undefined && connection.followEvents !== null)
    await printStream(connection.followEvents, printer, options, interrupted)
  else await printPages(connection, printer, options, interrupted)
}

async function printStream(
  follow: FollowEvents,
  printer: EventPrinter,
  { after, limit }: EventOptions,
  interrupted: AbortSignal,
): Promise<void> {
  let left = limit ?? Number.POSITIVE_INFINITY
  let last = after
  const from = givenFields({ after })
  for await (const event of eventsThroughRestarts(follow, { ...from, signal: interrupted })) {
    printer.print([event])
    last = event.cursor
    left -= 1
    if (left <= 0) break
  }
  printer.end(last ?? null)
}

async function printPages(
  { client }: ApiConnection,
  printer: EventPrinter,
  options: EventOptions,
  interrupted: AbortSignal | undefined,
): Promise<void> {
  let left = options.limit ?? Number.POSITIVE_INFINITY
  let after = options.after
  while (left > 0 && interrupted?.aborted !== true) {
    const limit = Math.min(left, largestPage)
    const page = await dataOf(
      client.GET('/v1/events', { params: { query: { limit, ...givenFields({ after }) } } }),
    )
    printer.print(page.items)
    left -= page.items.length
    after = page.nextCursor
    if (page.items.length > 0) continue
    if (interrupted === undefined) break
    await wait(pollMs, undefined, { signal: interrupted }).catch(() => {})
  }
  printer.end(after ?? null)
}

function interruption(): AbortSignal {
  const controller = new AbortController()
  for (const name of ['SIGINT', 'SIGTERM'] as const) process.once(name, () => controller.abort())
  return controller.signal
}

interface EventPrinter {
  print(events: readonly ChangeEvent[]): void
  end(cursor: string | null): void
}

function printerFor(context: CommandContext, follows: boolean): EventPrinter {
  const { output } = context.options
  if (output === 'json') return follows ? jsonLinePrinter(context) : jsonPrinter(context)
  if (output === 'csv') return csvPrinter(context)
  return { print: (events) => context.print(events.map(eventLine)), end: () => {} }
}

function jsonPrinter(context: CommandContext): EventPrinter {
  const all: ChangeEvent[] = []
  return {
    print: (events) => void all.push(...events),
    end: (nextCursor) => printJson(context, { items: all, nextCursor }),
  }
}

function jsonLinePrinter(context: CommandContext): EventPrinter {
  return {
    print: (events) => context.print(events.map((event) => JSON.stringify(event))),
    end: () => {},
  }
}

function csvPrinter({ terminal: { stdout } }: CommandContext): EventPrinter {
  stdout.write(csvHeader(columns))
  return {
    print: (events) => void stdout.write(events.map((event) => csvRow(event, columns)).join('')),
    end: () => {},
  }
}

const columns: readonly Column<ChangeEvent>[] = [
  { key: 'cursor', value: ({ cursor }) => cursor },
  { key: 'at', value: ({ at }) => at },
  { key: 'action', value: ({ action }) => action },
  { key: 'recordKind', value: ({ recordKind }) => recordKind },
  { key: 'recordId', value: ({ recordId }) => recordId },
  { key: 'address', value: ({ address }) => address },
  { key: 'projectId', value: ({ projectId }) => projectId },
  { key: 'actor', value: ({ actor }) => actor },
  { key: 'requestId', value: ({ requestId }) => requestId },
]

// Widths that fit every value, so that lines of a feed that never ends stand in columns too.
function eventLine(event: ChangeEvent): string {
  const subject = event.address ?? subjectOf(event)
  return [
    event.at,
    alignText(event.action, 9, 'left'),
    alignText(event.recordKind, 22, 'left'),
    visibleText(event.recordId),
    visibleText(subject),
    event.actor === null ? '' : `by ${visibleText(event.actor)}`,
  ]
    .join('  ')
    .trimEnd()
}

function subjectOf({ before, after }: ChangeEvent): string {
  const record = (after ?? before ?? {}) as { cidr?: unknown; name?: unknown }
  return (
    ([record.cidr, record.name].find((text) => typeof text === 'string' && text !== '') as
      | string
      | undefined) ?? ''
  )
}
