import type { ChangeEvent } from '@freehold/engine'
import { Type } from 'typebox'
import { listQueryFields, nullableString, timeSchema } from './field-schemas.ts'

const actions = [
  'created',
  'updated',
  'deleted',
  'allocated',
  'released',
  'expired',
  'freed',
  'restored',
] as const

const recordKinds = [
  'address-scope',
  'subnet-pool',
  'subnet',
  'allocation',
  'database',
  'network',
  'port',
  'subnet-attributes',
  'subnet-pool-attributes',
  'quota',
  'token',
  'document',
] as const

const snapshot = (description: string) => Type.Unsafe<unknown>({ description })

const eventSchema = Type.Object(
  {
    cursor: Type.String({ description: 'Position in the feed: give it as `after` to read on.' }),
    at: timeSchema('When it happened.'),
    action: Type.Unsafe<(typeof actions)[number]>({ type: 'string', enum: [...actions] }),
    recordKind: Type.Unsafe<(typeof recordKinds)[number]>({
      type: 'string',
      enum: [...recordKinds],
    }),
    recordId: Type.String({
      description: 'Of the record; for an allocation, of its subnet; for a quota, its project.',
    }),
    address: nullableString('For an allocation.'),
    projectId: Type.String(),
    actor: nullableString('Who did it, where that is known.'),
    requestId: nullableString('The request that did it; the same as in the log.'),
    before: snapshot('The record before; null when it was made.'),
    after: snapshot('The record after; null when it is gone.'),
  },
  { title: 'Event', description: 'One change of one record.', additionalProperties: false },
)

export const eventPageSchema = Type.Object(
  {
    items: Type.Array(eventSchema),
    nextCursor: Type.String({ description: 'Where to read on, also when there is no more yet.' }),
  },
  { title: 'EventPage', additionalProperties: false },
)

export const eventQuerySchema = Type.Object(
  {
    after: Type.Optional(Type.String({ description: 'Events after this position; absent: all.' })),
    limit: listQueryFields.limit,
  },
  { additionalProperties: false },
)

/** Counts inside the snapshots become decimal strings, as everywhere on the wire. */
export function wireEvent(event: ChangeEvent) {
  return { ...event, before: wireSnapshot(event.before), after: wireSnapshot(event.after) }
}

function wireSnapshot(value: unknown): unknown {
  if (typeof value === 'bigint') return String(value)
  if (Array.isArray(value)) return value.map(wireSnapshot)
  if (typeof value !== 'object' || value === null) return value
  return Object.fromEntries(Object.entries(value).map(([key, one]) => [key, wireSnapshot(one)]))
}
