import { apiError, unreachable } from './freehold-api-error.ts'
import type { FreeholdClientOptions } from './freehold-client.ts'
import type { components } from './generated/v1.ts'

/** One change, as the API's `Event`. */
export type ChangeEvent = components['schemas']['Event']

export interface EventsOptions extends FreeholdClientOptions {
  /** Position after which to start; absent: from the first event on. */
  readonly after?: string
  readonly signal?: AbortSignal
}

/**
 * Events as they happen, over Server-Sent Events, until the server ends the stream. To read on after that, call again with
 * `after` set to the last `cursor`. Throws FreeholdApiError, SERVER_UNREACHABLE also when the connection breaks; needs a real
 * connection.
 */
export async function* followEvents(options: EventsOptions): AsyncGenerator<ChangeEvent> {
  const response = await openStream(options)
  let rest = ''
  for await (const chunk of textOf(response)) {
    const messages = (rest + chunk).split('\n\n')
    rest = messages.pop() ?? ''
    for (const message of messages) {
      const data = message.split('\n').find((line) => line.startsWith('data: '))
      if (data !== undefined) yield JSON.parse(data.slice('data: '.length)) as ChangeEvent
    }
  }
}

async function openStream({ url, token, fetch = globalThis.fetch, after, signal }: EventsOptions) {
  const request = new Request(new URL('/v1/events', url), {
    headers: {
      accept: 'text/event-stream',
      ...(token === undefined ? {} : { authorization: `Bearer ${token}` }),
      ...(after === undefined ? {} : { 'last-event-id': after }),
    },
    ...(signal === undefined ? {} : { signal }),
  })
  const response = await fetch(request).catch((failure: unknown) => {
    throw unreachable(failure)
  })
  if (!response.ok) throw apiError(await response.json().catch(() => null), response.status)
  return response
}

async function* textOf(response: Response): AsyncGenerator<string> {
  const reader = response.body?.pipeThrough(new TextDecoderStream()).getReader()
  const read = () =>
    reader?.read().catch((failure: unknown) => {
      throw unreachable(failure)
    })
  try {
    for (let part = await read(); part?.value !== undefined; part = await read()) yield part.value
  } finally {
    // Of a stream that broke nothing is left to cancel.
    await reader?.cancel().catch(() => {})
  }
}
