import { setTimeout as wait } from 'node:timers/promises'
import { type ChangeEvent, type EventsOptions, FreeholdApiError } from '@freehold/client'

/** Opens a server's stream of events; it ends when the server stops. */
export type FollowEvents = (
  options: Pick<EventsOptions, 'after' | 'signal'>,
) => AsyncIterable<ChangeEvent>

export interface FollowingOptions {
  readonly after?: string
  /** Ends the events without an error. */
  readonly signal: AbortSignal
  /** How long the server may be away, once its stream was open. Default a minute. */
  readonly patienceMs?: number
  /** Between two attempts. Default a second. */
  readonly retryMs?: number
}

/**
 * Events as they happen, each once, also while servers are restarted or take over from one another. Throws FreeholdApiError
 * when the stream cannot be opened at first, is refused, or the server stays away.
 */
export async function* eventsThroughRestarts(
  follow: FollowEvents,
  { signal, patienceMs = 60_000, retryMs = 1000, ...options }: FollowingOptions,
): AsyncGenerator<ChangeEvent, void> {
  let { after } = options
  let wasOpen = false
  let awaySince: number | undefined
  for (;;) {
    try {
      for await (const event of follow({ ...(after === undefined ? {} : { after }), signal })) {
        ;[after, wasOpen, awaySince] = [event.cursor, true, undefined]
        yield event
      }
      wasOpen = true
    } catch (error) {
      if (signal.aborted) return
      const isAway = error instanceof FreeholdApiError && error.kind === 'unavailable'
      const isPatient = awaySince === undefined || performance.now() - awaySince <= patienceMs
      if (!isAway || !wasOpen || !isPatient) throw error
      awaySince ??= performance.now()
    }
    await wait(retryMs, undefined, { signal }).catch(() => {})
    if (signal.aborted) return
  }
}
