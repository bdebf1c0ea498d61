import { type ChangeEvent, FreeholdApiError } from '@freehold/client'
import { expect, test } from 'vitest'
import { eventsThroughRestarts, type FollowEvents } from './event-following.ts'

const away = (): FreeholdApiError => refusal('SERVER_UNREACHABLE', 'unavailable', 0)

function refusal(code: string, kind: 'unavailable' | 'invalid', status: number): FreeholdApiError {
  const text = 'refused'
  return new FreeholdApiError({
    type: '',
    title: text,
    detail: text,
    status,
    code,
    kind,
    requestId: '',
  })
}

/** A stream for each time that it is opened: events by their cursors, and then its end, or the error. */
function streams(...all: readonly (readonly (string | Error)[])[]) {
  const opened: (string | undefined)[] = []
  const follow: FollowEvents = async function* ({ after }) {
    opened.push(after)
    for (const part of all[opened.length - 1] ?? [away()]) {
      if (part instanceof Error) throw part
      yield { cursor: part } as ChangeEvent
    }
  }
  return { opened, follow }
}

async function read(
  follow: FollowEvents,
  options: { after?: string; patienceMs?: number; stopAt?: string } = {},
): Promise<string[]> {
  const { stopAt, ...rest } = options
  const stop = new AbortController()
  const cursors: string[] = []
  const events = eventsThroughRestarts(follow, { retryMs: 1, signal: stop.signal, ...rest })
  for await (const { cursor } of events) {
    cursors.push(cursor)
    if (cursor === stopAt) stop.abort()
  }
  return cursors
}

test('a stream that ends or breaks is read on from where it was', async () => {
  const { opened, follow } = streams(['a', 'b'], [], [away()], ['c', away()], [away()], ['d'])
  expect(await read(follow, { stopAt: 'd' })).toEqual(['a', 'b', 'c', 'd'])
  expect(opened).toEqual([undefined, 'b', 'b', 'b', 'c', 'c'])
})

test('a stream that cannot be opened at first is an error at once', async () => {
  for (const after of [{}, { after: 'a' }]) {
    const { opened, follow } = streams([away()])
    await expect(read(follow, after)).rejects.toMatchObject({ code: 'SERVER_UNREACHABLE' })
    expect(opened).toHaveLength(1)
  }
})

test('a refusal is an error at any time', async () => {
  const { follow } = streams(['a'], [refusal('INVALID_CURSOR', 'invalid', 400)])
  await expect(read(follow)).rejects.toMatchObject({ code: 'INVALID_CURSOR' })
})

test('a server that stays away is given up', async () => {
  const { opened, follow } = streams(['a'])
  await expect(read(follow, { patienceMs: 20 })).rejects.toMatchObject({
    code: 'SERVER_UNREACHABLE',
  })
  expect(opened.length).toBeGreaterThan(1)
})
