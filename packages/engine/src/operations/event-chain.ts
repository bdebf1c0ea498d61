import { createHash } from 'node:crypto'
import { hexOf } from '../store/sql/address-bytes.ts'
import type { EventRow } from '../store/sql/event-queries.ts'

/** SHA-256 over the hash before, and the event as a JSON list of its columns in a fixed order. */
export function linkHash(previous: Uint8Array, seq: number, event: EventRow): Uint8Array {
  const text = JSON.stringify([
    seq,
    event.id,
    event.at,
    event.action,
    event.record_kind,
    event.record_id,
    event.subnet_key,
    event.address === null ? null : hexOf(event.address),
    event.project_id,
    event.actor,
    event.request_id,
    event.state_before,
    event.state_after,
  ])
  return createHash('sha256').update(previous).update(text).digest()
}
