import type { EventAction, RecordKind } from '../model/event.ts'
import { insertEvents, type NewEvent } from '../store/sql/event-queries.ts'
import type { Session } from '../store/store.ts'
import type { OperationContext } from './context.ts'

export interface Change {
  readonly action: EventAction
  readonly recordKind: RecordKind
  readonly recordId: string | null
  readonly subnetKey?: number | null
  readonly address?: Uint8Array | null
  readonly before?: unknown
  readonly after?: unknown
  /** Whose record it is, where that is not the caller's project. */
  readonly projectId?: string
}

/** Writes one event for each change, in the transaction that makes them. */
export async function recordChanges(
  context: OperationContext,
  session: Session,
  changes: readonly Change[],
): Promise<void> {
  await insertEvents(
    session,
    changes.map((change) => toEventRow(context, change)),
  )
}

function toEventRow(context: OperationContext, change: Change): NewEvent {
  return {
    at: context.clock(),
    action: change.action,
    record_kind: change.recordKind,
    record_id: change.recordId,
    subnet_key: change.subnetKey ?? null,
    address: change.address ?? null,
    project_id: change.projectId ?? context.caller.projectId,
    actor: context.caller.actor ?? null,
    request_id: context.caller.requestId ?? null,
    state_before: jsonOf(change.before),
    state_after: jsonOf(change.after),
  }
}

function jsonOf(value: unknown): string | null {
  if (value === undefined || value === null) return null
  return JSON.stringify(value, (_, field) => (typeof field === 'bigint' ? field.toString() : field))
}

/** The event of an allocation, whose states are what `eventState` makes of it: without a bigint, so they are text at once. */
export function allocationEvent(
  { clock, caller }: OperationContext,
  action: EventAction,
  subnetKey: number,
  address: Uint8Array,
  states: { before?: object; after?: object; projectId: string },
): NewEvent {
  return {
    at: clock(),
    action,
    record_kind: 'allocation',
    record_id: null,
    subnet_key: subnetKey,
    address,
    project_id: states.projectId,
    actor: caller.actor ?? null,
    request_id: caller.requestId ?? null,
    state_before: states.before === undefined ? null : JSON.stringify(states.before),
    state_after: states.after === undefined ? null : JSON.stringify(states.after),
  }
}
